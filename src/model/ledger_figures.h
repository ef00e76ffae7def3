/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The figures of the ledgers as tables, one row each, and the ledger of several recordings.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/ledger.h"

/* The kind of a figure says how several recordings are merged: see figures_merge(). */
enum figure_kind {
	FIGURE_COUNT,	 /* added up */
	FIGURE_NOTED,	 /* the same; of records, and known even if events went unseen */
	FIGURE_DURATION, /* ns; added up */
	FIGURE_LONGEST,	 /* ns; the greatest one */
	FIGURE_AMOUNT,	 /* bytes; added up. No loss, and older recordings lack it */
	FIGURE_LEFT,	 /* not over at the end of the run; added up */
	FIGURE_LATER,	 /* as FIGURE_COUNT; no loss, and older recordings lack it */
	FIGURE_SHED,	 /* as FIGURE_NOTED; 0 in older recordings, which lack it */
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

/* Whether it is a number of events, and neither a time nor bytes. */
static inline bool figure_counts(const struct figure *figure)
{
	return figure->kind == FIGURE_COUNT || figure->kind == FIGURE_NOTED ||
	       figure->kind == FIGURE_LATER || figure->kind == FIGURE_SHED;
}

__u64 figure_get(const struct figure *figure, const void *ledger);
void figure_set(const struct figure *figure, void *ledger, __u64 value);

/* Both keep an unknown figure; a difference below 0 becomes LEDGER_UNKNOWN. */
void figure_add(__u64 *figure, __u64 nr);
void figure_subtract(__u64 *figure, __u64 nr);

/* Sets all figures of a ledger to what they are in a recording that lacks them. */
void figures_clear(const struct figure *figures, void *ledger);

/*
 * Sets figures that mean nothing to LEDGER_UNKNOWN: of a hook that is not attached, or not at
 * return.
 */
void hook_counts_clear_unused(struct hook_counts *counts);

/* Sets figures to LEDGER_UNKNOWN that need all events, if the programs have not seen all. */
void ledger_forget(struct ledger *ledger, struct teardown_counts *counts);

/*
 * For a run that is recorded into several files: makes a ledger of the whole run that of the file,
 * by what the files before hold. goes_on: another file follows; then *before includes this one, and
 * what is not over is left to the next one. figures_merge() of all of them is the whole run's.
 */
void figures_since(const struct figure *figures, void *ledger, void *before, bool goes_on);

/*
 * Makes *ledger, to begin with all zero, that of one more recording. A figure that is not known
 * of one recording is not known of all.
 */
void figures_merge(const struct figure *figures, void *ledger, const void *one);
