/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records a live run: takes the events of a tracer and hands them to a writer. Without --output
 * there is no writer, and the run is only traced.
 */
#pragma once

#include "cmd/options.h"
#include "recording/shed.h"
#include "recording/writer.h"
#include "trace/tracer.h"

/*
 * Bytes of records that wait for the writer, at most: with them the process takes less than 64 MB.
 */
#define RECORDER_PENDING ((size_t)32 << 20)

struct recorder {
	struct tracer *tracer;
	const struct options *opts;
	struct writer *writer;
	struct run_info run_info; /* of the run that has begun */
	__u64 committed_ns;	  /* time of the last commit */
	__u64 shown_events;	  /* events by then */
	bool sheds;		  /* maps, if it cannot keep up; set it before tracer_run() */
	struct shed shed;
	struct shed_counts {
		__u64 calls, teardowns, deferred_frees;
	} shed_counts;
	/* Of a run in several files (--rotate): */
	char *path;	     /* of the file; NULL: --output */
	char *path_before;   /* while a file takes the place of another */
	unsigned int nr;     /* its number */
	__u64 file_ns;	     /* when it was begun */
	__u64 events_before; /* in the files before it */
	struct ledger ledger_before;
	struct teardown_counts counts_before;
};

static inline bool recorder_rotates(const struct options *opts)
{
	return opts->rotate_bytes || opts->rotate_ns;
}

/*
 * Makes the file and starts the tracer. A new file is made first, so that its errors come at once;
 * one that exists is replaced only after the tracer has started. tracer and opts must outlive the
 * recorder. Call recorder_close() in any case. Errors as of tracer_start() and writer_create().
 */
int recorder_open(struct recorder *recorder, struct tracer *tracer, const struct options *opts);

/* Begins the run: call it right before tracer_run(). */
int recorder_begin(struct recorder *recorder);

/* Functions of an event sink whose ctx begins with the recorder. The last two work without a
 * writer. */
int recorder_call(void *ctx, const struct call *call);
int recorder_deferred_free(void *ctx, const struct deferred_free *deferred_free);
int recorder_teardown(void *ctx, const struct teardown *teardown);
int recorder_stuck(void *ctx, const struct stuck *stuck);

/* Commits twice a second, sheds, and shows progress: the tick() of struct run_ops. */
int recorder_tick(void *ctx, __u64 now_ns, __u64 *next_ns);

/*
 * Ends the recording, and prints its ledger on stderr. err is the result of the run. Returns 0 or
 * -errno; errors are already reported.
 */
int recorder_end(struct recorder *recorder, int err);

/* Stops the tracer too. Removes the file if the run has not begun. Takes all zero. */
void recorder_close(struct recorder *recorder);
