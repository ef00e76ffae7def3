/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes what happens live, and has it recorded: the middle between a session and a recording.
 */
#ifndef MEMDESTROY_CMD_RECORDER_H
#define MEMDESTROY_CMD_RECORDER_H

#include "cmd/options.h"
#include "recording/writer.h"
#include "trace/tracer.h"

struct recorder {
	struct tracer *tracer;
	const struct options *opts;
	struct writer *writer;
	const char *path;
	__u64 start_ns;
	__u64 committed_ns; /* when that was done last */
	__u64 shown_events; /* for the rate: events at the last line of progress, and when */
	__u64 shown_ns;
};

/*
 * Makes the file and starts the live one, which must outlive the recorder: what is wrong with the
 * file is said at once, but one that is there is only written over when all else has been found
 * possible. Whether it succeeds or not, recorder_close() is to be called. Errors are those of
 * tracer_start() and writer_create().
 */
int recorder_open(struct recorder *recorder, struct tracer *tracer, const struct options *opts);

/* To be called when all is set for the run to begin. */
int recorder_begin(struct recorder *recorder);

/* What a sink does; a ctx of them begins with the recorder. */
int recorder_call(void *ctx, const struct call *call);
int recorder_teardown(void *ctx, const struct teardown *teardown);
int recorder_deferred_free(void *ctx, const struct deferred_free *reclaim);
int recorder_stuck(void *ctx, const struct stuck *stuck);

/* Commits now and then, so that next to nothing is lost if the machine stops. */
int recorder_tick(void *ctx, __u64 now_ns, __u64 *next_ns);

/*
 * Ends the recording, and tells on stderr what was recorded and what was not. err is what ended the
 * run. 0 or -errno, of which the user has been told.
 */
int recorder_end(struct recorder *recorder, int err);

/* Prints on stderr what became of all calls and teardowns, as recorder_end() does. */
void recorder_print_ledger(const struct ledger *ledger, const struct teardown_counts *counts);

/* Stops the live one, too. A recording that has not begun is removed. Takes all zero. */
void recorder_close(struct recorder *recorder);

#endif
