/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The figures of the ledgers, one row each: their columns in the output, the rows of a recording
 * and the ledger of several recordings all follow from these lists.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/ledger.h"

/* The kind of a figure says how several recordings are merged: see figures_merge(). */
enum figure_kind {
	FIGURE_COUNT,	 /* added up */
	FIGURE_DURATION, /* ns; added up */
	FIGURE_LONGEST,	 /* ns; the greatest one */
};

/* A member of a ledger: a __u64. */
struct figure {
	const char *name; /* NULL ends a list */
	size_t at;
	enum figure_kind kind;
	bool of_return; /* means nothing for a hook whose return is not probed */
};

extern const struct figure ledger_figures[];	      /* of struct ledger */
extern const struct figure teardown_ledger_figures[]; /* of struct teardown_ledger */
extern const struct figure hook_figures[];	      /* of struct hook_counts */

__u64 figure_get(const struct figure *figure, const void *ledger);
void figure_set(const struct figure *figure, void *ledger, __u64 value);

/* Sets all figures of a ledger to LEDGER_UNKNOWN. */
void figures_clear(const struct figure *figures, void *ledger);

/* The same for figures that mean nothing: of a hook that is not attached, or not at return. */
void hook_counts_clear_unused(struct hook_counts *counts);

/*
 * Makes *ledger, to begin with all zero, that of one more recording. A figure that is unknown in
 * one recording is unknown in all.
 */
void figures_merge(const struct figure *figures, void *ledger, const void *one);

/* FIGURE(struct, member, kind less "FIGURE_") for each, in the order of the output. */
#define LEDGER_FIGURES(FIGURE)                                                                     \
	FIGURE(ledger, entered, COUNT)                                                             \
	FIGURE(ledger, completed, COUNT)                                                           \
	FIGURE(ledger, filtered, COUNT)                                                            \
	FIGURE(ledger, still_running, COUNT)                                                       \
	FIGURE(ledger, entry_only, COUNT)                                                          \
	FIGURE(ledger, return_only, COUNT)                                                         \
	FIGURE(ledger, lost_entry, COUNT)                                                          \
	FIGURE(ledger, lost_return, COUNT)                                                         \
	FIGURE(ledger, parked_lost, COUNT)                                                         \
	FIGURE(ledger, missed_entry, COUNT)                                                        \
	FIGURE(ledger, missed_return, COUNT)                                                       \
	FIGURE(ledger, probe_missed_entry, COUNT)                                                  \
	FIGURE(ledger, probe_missed_return, COUNT)                                                 \
	FIGURE(ledger, rows_full, COUNT)                                                           \
	FIGURE(ledger, stuck, COUNT)                                                               \
	FIGURE(ledger, still_stuck, COUNT)                                                         \
	FIGURE(ledger, bad_records, COUNT)

#define TEARDOWN_LEDGER_FIGURES(FIGURE)                                                            \
	FIGURE(teardown_ledger, started, COUNT)                                                    \
	FIGURE(teardown_ledger, completed, COUNT)                                                  \
	FIGURE(teardown_ledger, running, COUNT)                                                    \
	FIGURE(teardown_ledger, start_only, COUNT)                                                 \
	FIGURE(teardown_ledger, lost, COUNT)                                                       \
	FIGURE(teardown_ledger, end_only, COUNT)                                                   \
	FIGURE(teardown_ledger, missed, COUNT)                                                     \
	FIGURE(teardown_ledger, shown, COUNT)                                                      \
	FIGURE(teardown_ledger, before, COUNT)                                                     \
	FIGURE(teardown_ledger, filtered, COUNT)                                                   \
	FIGURE(teardown_ledger, waiting, COUNT)                                                    \
	FIGURE(teardown_ledger, no_release, COUNT)                                                 \
	FIGURE(teardown_ledger, forgotten, COUNT)                                                  \
	FIGURE(teardown_ledger, deferred, COUNT)                                                   \
	FIGURE(teardown_ledger, reclaimed, COUNT)                                                  \
	FIGURE(teardown_ledger, pending, COUNT)                                                    \
	FIGURE(teardown_ledger, undecided, COUNT)                                                  \
	FIGURE(teardown_ledger, strays, COUNT)                                                     \
	FIGURE(teardown_ledger, rows_full, COUNT)

/* Of a hook that is attached; then, of one whose return is probed too. */
#define HOOK_ENTRY_FIGURES(FIGURE)                                                                 \
	FIGURE(hook_counts, seen, COUNT)                                                           \
	FIGURE(hook_counts, taken, COUNT)                                                          \
	FIGURE(hook_counts, lost, COUNT)                                                           \
	FIGURE(hook_counts, missed, COUNT)
#define HOOK_RETURN_FIGURES(FIGURE)                                                                \
	FIGURE(hook_counts, seen_return, COUNT)                                                    \
	FIGURE(hook_counts, lost_return, COUNT)                                                    \
	FIGURE(hook_counts, missed_return, COUNT)
