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
	double *figure; /* of each unit, in ns; NAN: it lacks the figure */
	double *change; /* room for that of each pair of a base unit and a new unit */
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
 * the difference, with p, corrected p and directions by permutation of units. The effect is over
 * the pairs of a base unit and a new unit of the same block. Returns 0 or -ENOMEM.
 */
int diff_units_compare(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		       struct diff *diff, double alpha);

/*
 * With several blocks, sets each delta to the median change over the pairs of a base run and a new
 * run of the same boot, so that it does not depend on how many runs of each boot a side has. NAN:
 * no boot has the line on both sides.
 */
void diff_units_set_deltas(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
			   struct diff *diff);
