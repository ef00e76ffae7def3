// SPDX-License-Identifier: GPL-2.0-only
/* Counts durations in the buckets of a classic Prometheus histogram. */
#include "output/metrics/buckets.h"
#include "util/macros.h"

#define US 1000ULL
#define MS 1000000ULL

const struct bucket_bound bucket_bounds[NR_BUCKETS] = {
	{1 * US, "1e-06"},	     {4 * US, "4e-06"},		  {16 * US, "1.6e-05"},
	{64 * US, "6.4e-05"},	     {256 * US, "0.000256"},	  {1 * MS, "0.001"},
	{4 * MS, "0.004"},	     {16 * MS, "0.016"},	  {64 * MS, "0.064"},
	{256 * MS, "0.256"},	     {1 * NSEC_PER_SEC, "1.0"},	  {4 * NSEC_PER_SEC, "4.0"},
	{16 * NSEC_PER_SEC, "16.0"}, {64 * NSEC_PER_SEC, "64.0"}, {256 * NSEC_PER_SEC, "256.0"},
};

void buckets_add(struct buckets *buckets, __u64 ns)
{
	for (int i = 0; i < NR_BUCKETS; i++) {
		if (ns > bucket_bounds[i].ns)
			continue;
		buckets->nr[i]++;
		break;
	}
	buckets->count++;
	if (__builtin_add_overflow(buckets->sum_ns, ns, &buckets->sum_ns))
		buckets->sum_ns = ~0ULL;
}
