/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a recording: an SQLite file of the layout in schema.h (docs/recording.md).
 *
 * What is taken is written in transactions: after a crash at any time the file is a valid one that
 * holds all that was taken before the last commit. Functions return 0, or -errno of which the user
 * has been told (-ENOSPC: the disk is full; what was committed before stays).
 */
#ifndef MEMDESTROY_RECORDING_WRITER_H
#define MEMDESTROY_RECORDING_WRITER_H

#include "bench/scenario.h"
#include "model/event_sink.h"
#include "model/run_info.h"

struct recording;

/*
 * Makes the file. -EEXIST: there is one, and force is not set; with it, a regular file is replaced.
 * path must outlive the recording. On success *out is to be freed with recording_close().
 */
int recording_create(struct recording **out, const char *path, bool force,
		     const struct conditions *conditions);

/* Sets the conditions to these, since more is known when all is set to begin. */
int recording_begin(struct recording *recording, const struct conditions *conditions);

/* Each may be called any number of times; what is the same is stored once. */
int recording_call(struct recording *recording, const struct call *call);
int recording_teardown(struct recording *recording, const struct teardown *teardown);
int recording_reclaim(struct recording *recording, const struct reclaim *reclaim);
int recording_hang(struct recording *recording, const struct hang *hang);

/* Calls and teardowns of maps with the scenario's map name are of this scenario. */
int recording_scenario(struct recording *recording, const struct scenario *scenario);

/* Sets the ledger to these figures. */
int recording_ledger(struct recording *recording, const struct ledger *ledger,
		     const struct teardown_counts *counts);

/* Makes what was taken so far survive. */
int recording_commit(struct recording *recording);

/* Calls, teardowns, reclaims and hangs taken so far. */
__u64 recording_events(const struct recording *recording);

/* Commits, notes when the run ended, and closes the file: it is then complete. */
int recording_end(struct recording *recording, __u64 end_ns);

/* Closes and frees; the file stays as of the last commit. Takes NULL. */
void recording_close(struct recording *recording);

#endif
