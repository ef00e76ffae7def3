/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a recording: an SQLite file of the layout in schema.h (docs/recording.md).
 *
 * Rows are written in transactions: after a crash at any time the file is valid, and holds all rows
 * up to the last commit. Functions return 0 or -errno; errors are already reported. (-ENOSPC: the
 * disk is full; committed rows stay.)
 */
#pragma once

#include "bench/scenario.h"
#include "model/call.h"
#include "model/ledger.h"
#include "model/run_info.h"
#include "model/stuck.h"
#include "model/teardown.h"
#include "recording/shed.h"

struct writer;

/*
 * Makes the file. -EEXIST: it exists; with force, a regular file is replaced instead. path must
 * outlive the writer. On success, free *out with writer_close().
 */
int writer_create(struct writer **out, const char *path, bool force,
		  const struct run_info *run_info);

/* Replaces the conditions of the run: more is known once all programs are attached. */
int writer_begin(struct writer *writer, const struct run_info *run_info);

/* Each takes one event. */
int writer_call(struct writer *writer, const struct call *call);
int writer_teardown(struct writer *writer, const struct teardown *teardown);
int writer_deferred_free(struct writer *writer, const struct deferred_free *deferred_free);
int writer_stuck(struct writer *writer, const struct stuck *stuck);

/* From when on what share of the maps is written. */
int writer_shed(struct writer *writer, const struct shed_change *change);

/* The scenario of all maps with its map name. */
int writer_scenario(struct writer *writer, const struct scenario *scenario);

/* Replaces the counts. */
int writer_ledger(struct writer *writer, const struct ledger *ledger,
		  const struct teardown_counts *counts);

/* Makes all rows so far survive a crash; later, while a reader is in the way. */
int writer_commit(struct writer *writer);

/* Whether all rows so far survive a crash. */
bool writer_is_committed(const struct writer *writer);

/* Events so far. */
__u64 writer_events(const struct writer *writer);

/* Records why events may have gone unseen; empty: none did. Returns 0 or -errno. */
int writer_blind(struct writer *writer, const char *why);

/* What others did in the run: before its end. */
void writer_others(struct writer *writer, const struct activity *others);

/*
 * Writes the end of the run and commits: the file is complete, and nothing can be added. -EBUSY: a
 * reader is in the way for too long; the recording is complete in another file, as reported.
 */
int writer_end(struct writer *writer, const struct moment *end);

/* Closes and frees; the file stays as of the last commit, or is removed. Both take NULL. */
void writer_close(struct writer *writer);
void writer_discard(struct writer *writer);
