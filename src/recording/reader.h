/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a recording.
 *
 * The file is not trusted: what a function gives is right by the layout, whatever the file holds.
 * Functions return 0 or -errno; errors are already reported, in one line that names the file.
 * -EINVAL: it is no recording, of a newer layout, or damaged.
 */
#pragma once

#include <sys/types.h>

#include "bench/scenario.h"
#include "model/event_sink.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "model/run_info.h"
#include "model/run_ops.h"

/* An open recording. */
struct reader {
	const char *path;
	const struct run_info *run_info;
	const struct scenario *scenarios; /* of a benchmark */
	size_t nr_scenarios;
	/* Of the reader only: */
	dev_t device; /* of the file */
	ino_t inode;
	struct sqlite3 *db;
	struct reader_rows *rows;
	struct cgroups *cgroups;
};

/* path must outlive the reader. On success, free *out with reader_close(). */
int reader_open(struct reader **out, const char *path);
void reader_close(struct reader *reader);

/*
 * Whether both are one file, or copies of one. The files of a rotated recording are not. A copy
 * without a run id, from an older version, is not known as one.
 */
bool reader_is_same(const struct reader *reader, const struct reader *other);

/* Sets all counts; those that the recording lacks to LEDGER_ABSENT. */
void reader_ledger(const struct reader *reader, struct ledger *ledger,
		   struct teardown_counts *counts);

/* Not until the first commit, and only of calls: that of teardowns may be lacking alone. */
bool reader_has_ledger(const struct reader *reader);

struct reader_options {
	enum view view; /* VIEW_CALLS: calls and stuck reports; VIEW_TEARDOWNS: all except calls */
	bool identity;	/* read also of calls which map it was and who released it */
	__u64 shift_ns; /* added to all times, modulo 2^64 */
};

/*
 * Hands the events to the sink, in the order of recording. Names of callers, hosts and scenarios,
 * and cgroups, are owned by the reader. -EINVAL: the recording is damaged or cannot be read,
 * already reported; any other -errno is that of the sink or of tick(), and not reported.
 *
 * run may be NULL; if not, its tick() and done() are called. The time that tick() gets is that of
 * the run's start first, then the end of the next event as far as it is known; it never decreases.
 */
int reader_run(struct reader *reader, const struct reader_options *opts,
	       const struct event_sink *sink, const struct run_ops *run);
