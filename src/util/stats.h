/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares two samples. Knows numbers only, and no units.
 *
 * Samples are arrays sorted in ascending order. What cannot be told is NAN.
 */
#ifndef MEMDESTROY_UTIL_STATS_H
#define MEMDESTROY_UTIL_STATS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* Rank, from 1, of a percentile (0 to 100) of nr values, by nearest rank. */
__u64 stats_rank(__u64 nr, unsigned int percent);

/* The value at a percentile (0 to 100) by nearest rank, as hist_percentile(); nr is not 0. */
__u64 stats_percentile(const __u64 *sample, size_t nr, unsigned int percent);

/* Half the sum of the two in the middle if nr is even. NAN: no values. */
double stats_median(const __u64 *sample, size_t nr);
double stats_mean(const __u64 *sample, size_t nr);

/*
 * A confidence interval of the median that asks nothing of the distribution: from one value of the
 * sample to another, by the binomial distribution of how many lie below the median. It covers the
 * median with a probability of at least 1 - alpha. False: there are too few values for one.
 */
bool stats_median_interval(const __u64 *sample, size_t nr, double alpha, __u64 *low, __u64 *high);

/* How two samples differ, by Mann and Whitney. */
struct stats_difference {
	double u;   /* of the second sample: pairs in which its value is the greater, ties half */
	double p;   /* two-sided */
	bool exact; /* by counting, not by the normal approximation */
	double effect; /* Cliff's delta: 2 u / (n1 n2) - 1, from -1 to 1 */
};

/*
 * p is exact if both samples have less than 50 values and no two are equal; else by the normal
 * distribution, corrected for ties and for continuity. That is what R's wilcox.test() does. NAN
 * where a sample is empty; 1 where all values are equal. -ENOMEM.
 */
int stats_compare(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		  struct stats_difference *difference);

/*
 * The least p that stats_compare() can find in samples of these sizes, if no two are equal. NAN:
 * one is empty.
 */
double stats_least_p(size_t nr_first, size_t nr_second);

/*
 * Does the second sample have more, or fewer, of the greatest values than chance would have it?
 * Two-sided p by Fisher's exact test on how many of each lie above the joint percentile (0 to 100,
 * by nearest rank). NAN where a sample is empty. -EINVAL: no such percentile.
 */
int stats_compare_tail(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		       unsigned int percent, double *p);

/*
 * Corrects p values for their number by Holm: the probability of even one false alarm among those
 * below alpha is at most alpha. NANs stay, and do not count. Both may be the same array. -ENOMEM.
 */
int stats_correct(const double *p, double *corrected, size_t nr);

#endif
