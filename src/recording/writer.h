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
#include "model/call.h"
#include "model/ledger.h"
#include "model/stuck.h"
#include "model/teardown.h"
#include "model/run_info.h"

struct writer;

/*
 * Makes the file. -EEXIST: there is one, and force is not set; with it, a regular file is replaced.
 * path must outlive the recording. On success *out is to be freed with writer_close().
 */
int writer_create(struct writer **out, const char *path, bool force,
		  const struct run_info *run_info);

/* Sets the conditions to these, since more is known when all is set to begin. */
int writer_begin(struct writer *writer, const struct run_info *run_info);

/* Each may be called any number of times; what is the same is stored once. */
int writer_call(struct writer *writer, const struct call *call);
int writer_teardown(struct writer *writer, const struct teardown *teardown);
int writer_deferred_free(struct writer *writer, const struct deferred_free *reclaim);
int writer_stuck(struct writer *writer, const struct stuck *stuck);

/* Calls and teardowns of maps with the scenario's map name are of this scenario. */
int writer_scenario(struct writer *writer, const struct scenario *scenario);

/* Sets the ledger to these figures. */
int writer_ledger(struct writer *writer, const struct ledger *ledger,
		  const struct teardown_counts *counts);

/* Makes what was taken so far survive. */
int writer_commit(struct writer *writer);

/* Calls, teardowns, reclaims and hangs taken so far. */
__u64 writer_events(const struct writer *writer);

/* Commits, notes when the run ended, and closes the file: it is then complete. */
int writer_end(struct writer *writer, __u64 end_ns);

/* Closes and frees; the file stays as of the last commit. Takes NULL. */
void writer_close(struct writer *writer);

#endif
