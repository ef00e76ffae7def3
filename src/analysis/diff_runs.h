/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The units of a comparison. What the values of a run have in common, such as the layout of memory,
 * is chance as well, so a comparison exchanges whole runs between the sides; or boots, unless both
 * sides were measured in the same boots.
 */
#pragma once

#include "analysis/diff.h"
#include "util/permute.h"

struct diff_units {
	struct permute_runs permute; /* a run here is a unit; blocks are boots */
	size_t nr[NR_DIFF_SIDES];
	size_t *unit_of[NR_DIFF_SIDES]; /* of each run as given */
	bool *second;
	size_t *block;
	__u64 *ns[NR_DIFF_SIDES]; /* room for a figure of each unit */
	__u64 *scratch;
};

/*
 * Sets *units, to be freed with diff_units_free() in any case, and the numbers of runs and boots of
 * the whole comparison. Returns 0 or -ENOMEM.
 */
int diff_units_make(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		    struct diff *diff);
void diff_units_free(struct diff_units *units);

/* The number of the side's different runs: copies of a recording, and parts of a run, are one. */
size_t diff_units_runs(const struct diff_input *side);

/* Counts the runs and boots of each side that have the line's values. */
void diff_units_count(const struct diff_input sides[NR_DIFF_SIDES], struct diff_line *line);

/*
 * Replaces the figures of all values by those of units: medians, 99th percentiles, intervals and
 * the difference, with p and corrected p by permutation of units. Returns 0 or -ENOMEM.
 */
int diff_units_compare(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		       struct diff *diff, double alpha);
