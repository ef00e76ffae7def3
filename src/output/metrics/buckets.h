/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts durations in the buckets of a classic Prometheus histogram, which are the same in every
 * series and in every version, so that histograms of many machines can be added up.
 */
#pragma once

#include <linux/types.h>

#define NR_BUCKETS 15 /* from 1 us to 256 s; longer values are in none */

struct bucket_bound {
	__u64 ns;	  /* the greatest value in it */
	const char *text; /* seconds, as Go and OpenMetrics write them */
};

extern const struct bucket_bound bucket_bounds[NR_BUCKETS];

/* All zero is empty. */
struct buckets {
	__u64 nr[NR_BUCKETS]; /* of each bucket alone: not cumulative */
	__u64 count;
	__u64 sum_ns; /* exact; stays at the greatest __u64 rather than wrap around */
};

void buckets_add(struct buckets *buckets, __u64 ns);
