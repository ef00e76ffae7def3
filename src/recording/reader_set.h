/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several recordings as one: laid on the clock of the one that began first, by what their hosts
 * took the time of day to be.
 */
#ifndef MEMDESTROY_RECORDING_READER_SET_H
#define MEMDESTROY_RECORDING_READER_SET_H

#include "output/report.h"
#include "recording/reader.h"

struct replays {
	struct replay *replay[MAX_FILES]; /* in the order of their paths */
	size_t nr;
	const struct conditions *first; /* of the one that began first */
};

/*
 * Opens them, and warns of those that were never ended. All zero before; replays_close() is to be
 * called in any case. -errno, of which the user has been told.
 */
int replays_open(struct replays *replays, const char *const *paths, size_t nr);
void replays_close(struct replays *replays);

/* -EEXIST, of which the user has been told: what is to be written is one of them. NULL: stdout. */
int replays_spare(const struct replays *replays, const char *output);

struct start replays_start(const struct replays *replays);

/* When the last of them ended, on the clock of the first. */
__u64 replays_end_ns(const struct replays *replays);

/* Are all of them of benchmarks? */
bool replays_have_scenarios(const struct replays *replays);

/* The sum of what was counted. */
int replays_ledger(struct replays *replays, struct ledger *ledger, struct teardown_counts *counts);

/* Hands over one recording after the other. Errors are those of replay_run(). */
int replays_run(struct replays *replays, enum view view, bool identity, const struct sink *sink);

#endif
