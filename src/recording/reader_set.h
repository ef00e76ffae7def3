/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several recordings as one: laid on the clock of the one that began first, by what their hosts
 * took the time of day to be.
 */
#ifndef MEMDESTROY_RECORDING_READER_SET_H
#define MEMDESTROY_RECORDING_READER_SET_H

#include "recording/reader.h"

#define MAX_FILES 1024 /* recordings of a set */

struct reader_set {
	struct reader *reader[MAX_FILES]; /* in the order of their paths */
	size_t nr;
	const struct run_info *first; /* of the one that began first */
};

/*
 * Opens them, and warns of those that were never ended. All zero before; reader_set_close() is to
 * be called in any case. -errno, of which the user has been told.
 */
int reader_set_open(struct reader_set *readers, const char *const *paths, size_t nr);
void reader_set_close(struct reader_set *readers);

/* -EEXIST, of which the user has been told: what is to be written is one of them. NULL: stdout. */
int reader_set_spare(const struct reader_set *readers, const char *output);

struct start reader_set_start(const struct reader_set *readers);

/* When the last of them ended, on the clock of the first. */
__u64 reader_set_end_ns(const struct reader_set *readers);

/* Are all of them of benchmarks? */
bool reader_set_have_scenarios(const struct reader_set *readers);

/* The sum of what was counted. */
int reader_set_ledger(struct reader_set *readers, struct ledger *ledger,
		      struct teardown_counts *counts);

/* Hands over one recording after the other. Errors are those of reader_run(). */
int reader_set_run(struct reader_set *readers, enum view view, bool identity,
		   const struct event_sink *sink, const struct run_ops *run);

#endif
