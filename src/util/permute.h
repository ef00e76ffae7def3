/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares two groups of runs by several figures at once, by exchanging runs between the groups.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Runs are exchanged within a block only. */
struct permute_runs {
	const bool *second;  /* of each run: it is in the second group */
	const size_t *block; /* of each run; ascending */
	size_t nr;
};

/* The least p that a comparison of these runs can give, 1 / 20,000 or more; 1: there is only one
 * arrangement. */
double permute_least_p(const struct permute_runs *runs);

/* The same of a figure that only some of the runs have: value[] of each; NAN: the run lacks it. */
double permute_least_p_known(const struct permute_runs *runs, const double *value);

/* The same of groups of so many runs, in one block. */
double permute_least_p_of(size_t first, size_t second);

struct permute_result {
	double p;	  /* NAN in all: no run has the figure */
	double corrected; /* for all figures together */
	int direction;	  /* 1: the second group has the greater mean; -1: the smaller one; or 0 */
	bool exact;	  /* p is of all arrangements */
};

/*
 * value: nr_figures rows of runs->nr values; NAN: the run lacks the figure. Each block has a mean
 * of each group. The sum of the differences of these means is tested, each times the sizes of both
 * groups divided by that of the block. p: the share of the arrangements that have at least as large
 * a sum; exactly, or, of more than 20,000 arrangements, from as many random ones.
 *
 * Only runs that have a figure are exchanged, so the pattern of those that lack it is no evidence.
 * An arrangement of all runs becomes one of these by random additions or removals.
 *
 * corrected: by Westfall and Young's step-down procedure: the probability of even one false alarm
 * among those below alpha is at most alpha, however figures depend on each other. If figures are
 * known of different runs, the dependence is approximate. Returns 0 or -ENOMEM.
 */
int permute_compare(const double *value, size_t nr_figures, const struct permute_runs *runs,
		    struct permute_result *result);
