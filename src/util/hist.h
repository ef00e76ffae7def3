/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A log-linear histogram of nanoseconds: small, and right within 0.8 % over the whole of __u64.
 *
 * Values below 128 have a bucket each. Above, each power of two is cut into 64 buckets. Their
 * counts are allocated one power of two (an octave) at a time, when the first value falls into it,
 * so that memory depends on the spread of the values: 512 bytes per octave.
 */
#pragma once

#include <linux/types.h>

#define HIST_BUCKETS 64 /* per octave */
#define HIST_OCTAVES 59 /* [0, 64), [64, 128), ... [2^63, 2^64) */
#define HIST_RANGES  64 /* powers of two, as hist_range() counts them */

/* All zero is an empty histogram. Read the first four members only; they are exact. */
struct hist {
	__u64 count;
	__u64 total_ns; /* stays at the greatest __u64 (584 years) rather than wrap around */
	__u64 min_ns;	/* 0 while count is 0, like max_ns */
	__u64 max_ns;
	__u64 *octave[HIST_OCTAVES]; /* NULL until needed */
};

/* Counts one value. Returns 0, or -ENOMEM with *hist unchanged. */
int hist_add(struct hist *hist, __u64 ns);

/* Allocates memory so that hist_add() of this value cannot fail. Returns 0 or -ENOMEM. */
int hist_reserve(struct hist *hist, __u64 ns);

/* Adds *from to *to. Returns 0, or -ENOMEM with the figures of *to unchanged. */
int hist_merge(struct hist *to, const struct hist *from);

/* Mean in ns, rounded to the nearest; 0 if the histogram is empty. */
__u64 hist_mean(const struct hist *hist);

/*
 * The value in ns at a percentile (0 to 100) by nearest rank: min_ns for the first value, max_ns
 * for the last, else the middle of its bucket, but never beyond these two; 0 if the histogram is
 * empty.
 */
__u64 hist_percentile(const struct hist *hist, unsigned int percent);

/* The range, of HIST_RANGES, that holds a value: range 0 is [0, 2), range N is [2^N, 2^(N+1)). */
unsigned int hist_range_of(__u64 ns);

/* The number of values in a range. */
__u64 hist_range(const struct hist *hist, unsigned int range);

/*
 * Calls visit for each bucket that has values, in ascending order, with the middle of the bucket
 * and their number.
 */
void hist_visit(const struct hist *hist, void (*visit)(void *ctx, __u64 ns, __u64 count),
		void *ctx);

/* Frees the histogram's memory and empties it. Takes NULL. */
void hist_free(struct hist *hist);
