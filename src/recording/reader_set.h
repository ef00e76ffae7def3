/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads several recordings as one. Their times are shifted to the clock of the first one that was
 * started, by the time of day on their hosts.
 */
#pragma once

#include "recording/reader.h"

#define MAX_FILES 1024 /* recordings of a set */

struct reader_set {
	struct reader *reader[MAX_FILES]; /* in the order of their paths, each recording once */
	size_t nr;
	const struct run_info *first; /* of the one that was started first */
	bool quiet;		      /* do not warn: another set of them is opened, too */
};

/*
 * Opens them, and warns of interrupted and disturbed ones. Leaves out a recording that is the same
 * as an earlier one, with a warning. All but quiet must be zero before. Call reader_set_close() in
 * any case. Returns 0 or -errno; errors are already reported.
 */
int reader_set_open(struct reader_set *readers, const char *const *paths, size_t nr);

/* The one that is the same recording, see reader_is_same(). NULL: none. */
const struct reader *reader_set_find(const struct reader_set *readers, const struct reader *reader);

/* Reports what reader_set_open() did not, of a quiet set. */
void reader_set_warn(const struct reader_set *readers);

void reader_set_close(struct reader_set *readers);

/* -EEXIST, already reported: the output is one of the recordings. NULL: stdout. */
int reader_set_spare(const struct reader_set *readers, const char *output);

/* The end of the last one, on the clock of the first. */
__u64 reader_set_end_ns(const struct reader_set *readers);

/* The end of the nth one, on the clock of the first. UNKNOWN_NS: it has none. */
__u64 reader_set_end_of(const struct reader_set *readers, size_t nth);

/* Whether all are of benchmarks. */
bool reader_set_have_scenarios(const struct reader_set *readers);

/* Merges the ledgers; see figures_merge(). */
void reader_set_ledger(const struct reader_set *readers, struct ledger *ledger,
		       struct teardown_counts *counts);

/* Hands over the events of the nth recording. Errors as of reader_run(). */
int reader_set_run_one(struct reader_set *readers, size_t nth, enum view view, bool identity,
		       const struct event_sink *sink, const struct run_ops *run);

/* The same of one recording after the other. */
int reader_set_run(struct reader_set *readers, enum view view, bool identity,
		   const struct event_sink *sink, const struct run_ops *run);
