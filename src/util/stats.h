/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares two samples of plain numbers, without units.
 *
 * Samples are arrays sorted in ascending order. A result that cannot be computed is NAN.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* Rank, from 1, of a percentile (0 to 100) of nr values, by nearest rank. */
__u64 stats_rank(__u64 nr, unsigned int percent);

/* The value at a percentile (0 to 100) by nearest rank, as hist_percentile(); nr is not 0. */
__u64 stats_percentile(const __u64 *sample, size_t nr, unsigned int percent);

/* For an even nr, half the sum of the two middle values. NAN: no values. */
double stats_median(const __u64 *sample, size_t nr);
double stats_mean(const __u64 *sample, size_t nr);

/*
 * A distribution-free confidence interval of the median: from one value of the sample to another,
 * by the binomial distribution of the number of values below the median. It covers the median with
 * a probability of at least 1 - alpha. False: too few values.
 */
bool stats_median_interval(const __u64 *sample, size_t nr, double alpha, __u64 *low, __u64 *high);

/* The result of a Mann-Whitney U test. */
struct stats_difference {
	double u;   /* of the second sample: pairs in which its value is the greater, ties half */
	double p;   /* two-sided */
	bool exact; /* by counting, not by the normal approximation */
	double effect; /* Cliff's delta: 2 u / (n1 n2) - 1, from -1 to 1 */
};

/*
 * p is exact if both samples have fewer than 50 values and no two are equal; else it uses the
 * normal distribution, corrected for ties and continuity, as R's wilcox.test() does, but p is never
 * less than 2 in the number of ways to arrange the values in two samples of these sizes. NAN if a
 * sample is empty; 1 if all values are equal. Returns 0 or -ENOMEM.
 */
int stats_compare(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		  struct stats_difference *difference);

/*
 * The least p that stats_compare() can return for samples of these sizes without ties. NAN: a
 * sample is empty.
 */
double stats_least_p(size_t nr_first, size_t nr_second);

/*
 * Does the second sample have more, or fewer, of the greatest values than chance explains? Sets *p,
 * two-sided, by Fisher's exact test of the numbers above the joint percentile (0 to 100, by nearest
 * rank); NAN if a sample is empty. -EINVAL: no such percentile.
 */
int stats_compare_tail(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		       unsigned int percent, double *p);

/* 1: the second sample has the greater share of those values; -1: the smaller one; or 0. */
int stats_tail_direction(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
			 unsigned int percent);

/*
 * The least p that stats_compare_tail() can return for so many values above the joint percentile:
 * all of them are in the second sample, as far as it has room. NAN if a sample is empty.
 */
double stats_least_tail_p(const __u64 *first, size_t nr_first, const __u64 *second,
			  size_t nr_second, unsigned int percent);

/*
 * Holm's correction: the probability of even one false alarm among the corrected values below alpha
 * is at most alpha. NANs stay and do not count. Both may be the same array. Returns 0 or -ENOMEM.
 */
int stats_correct(const double *p, double *corrected, size_t nr);
