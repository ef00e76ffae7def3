// SPDX-License-Identifier: GPL-2.0-only
/* Counts nanoseconds in buckets whose width grows with the value. */
#include <errno.h>
#include <stdlib.h>

#include "util/hist.h"
#include "util/stats.h"

#define OCTAVE_BITS 6 /* HIST_BUCKETS is 1 << OCTAVE_BITS */

_Static_assert(HIST_BUCKETS == 1 << OCTAVE_BITS, "buckets of an octave");
_Static_assert(HIST_OCTAVES == 64 - OCTAVE_BITS + 1, "octaves of __u64");

static unsigned int top_bit(__u64 ns)
{
	return 63 - __builtin_clzll(ns);
}

static unsigned int octave_of(__u64 ns)
{
	return ns < HIST_BUCKETS ? 0 : top_bit(ns) - OCTAVE_BITS + 1;
}

static unsigned int bucket_of(__u64 ns, unsigned int octave)
{
	return octave ? (ns >> (octave - 1)) - HIST_BUCKETS : ns;
}

static __u64 bucket_middle(unsigned int octave, unsigned int bucket)
{
	__u64 width;

	if (!octave)
		return bucket;

	width = 1ULL << (octave - 1);
	return (HIST_BUCKETS + bucket) * width + (width - 1) / 2;
}

static int octave_need(struct hist *hist, unsigned int octave)
{
	if (!hist->octave[octave])
		hist->octave[octave] = calloc(HIST_BUCKETS, sizeof(*hist->octave[octave]));
	return hist->octave[octave] ? 0 : -ENOMEM;
}

/* Adds a value, or a whole histogram, to the exact figures. */
static void figures_add(struct hist *hist, __u64 count, __u64 total_ns, __u64 min_ns, __u64 max_ns)
{
	if (!hist->count || min_ns < hist->min_ns)
		hist->min_ns = min_ns;
	if (!hist->count || max_ns > hist->max_ns)
		hist->max_ns = max_ns;
	hist->count += count;
	if (__builtin_add_overflow(hist->total_ns, total_ns, &hist->total_ns))
		hist->total_ns = ~0ULL;
}

int hist_reserve(struct hist *hist, __u64 ns)
{
	return octave_need(hist, octave_of(ns));
}

int hist_add(struct hist *hist, __u64 ns)
{
	unsigned int octave = octave_of(ns);
	int err = octave_need(hist, octave);

	if (err)
		return err;

	hist->octave[octave][bucket_of(ns, octave)]++;
	figures_add(hist, 1, ns, ns, ns);
	return 0;
}

int hist_merge(struct hist *to, const struct hist *from)
{
	unsigned int i, j;
	int err;

	if (!from->count)
		return 0;

	/* Allocate all memory first, so that a failure changes no figure. */
	for (i = 0; i < HIST_OCTAVES; i++) {
		err = from->octave[i] ? octave_need(to, i) : 0;
		if (err)
			return err;
	}

	for (i = 0; i < HIST_OCTAVES; i++)
		for (j = 0; from->octave[i] && j < HIST_BUCKETS; j++)
			to->octave[i][j] += from->octave[i][j];
	figures_add(to, from->count, from->total_ns, from->min_ns, from->max_ns);
	return 0;
}

__u64 hist_mean(const struct hist *hist)
{
	__u64 rest;

	if (!hist->count)
		return 0;

	rest = hist->total_ns % hist->count;
	return hist->total_ns / hist->count + (rest >= hist->count - rest);
}

__u64 hist_percentile(const struct hist *hist, unsigned int percent)
{
	__u64 rank = stats_rank(hist->count, percent), seen = 0, middle;
	unsigned int i, j;

	/* The first and the last are known exactly. */
	if (rank <= 1)
		return hist->min_ns;
	if (rank >= hist->count)
		return hist->max_ns;

	for (i = 0; i < HIST_OCTAVES; i++) {
		for (j = 0; hist->octave[i] && j < HIST_BUCKETS; j++) {
			seen += hist->octave[i][j];
			if (seen < rank)
				continue;

			middle = bucket_middle(i, j);
			if (middle < hist->min_ns)
				return hist->min_ns;
			return middle > hist->max_ns ? hist->max_ns : middle;
		}
	}
	return hist->max_ns;
}

unsigned int hist_range_of(__u64 ns)
{
	return ns ? top_bit(ns) : 0;
}

__u64 hist_range(const struct hist *hist, unsigned int range)
{
	/* The first octave holds the ranges below OCTAVE_BITS, each later one is a range. */
	unsigned int octave = range < OCTAVE_BITS ? 0 : range - OCTAVE_BITS + 1;
	unsigned int from = octave || !range ? 0 : 1U << range;
	unsigned int to = octave ? HIST_BUCKETS : 2U << range;
	__u64 count = 0;

	for (; hist->octave[octave] && from < to; from++)
		count += hist->octave[octave][from];
	return count;
}

void hist_visit(const struct hist *hist, void (*visit)(void *ctx, __u64 ns, __u64 count), void *ctx)
{
	for (unsigned int i = 0; i < HIST_OCTAVES; i++)
		for (unsigned int j = 0; hist->octave[i] && j < HIST_BUCKETS; j++)
			if (hist->octave[i][j])
				visit(ctx, bucket_middle(i, j), hist->octave[i][j]);
}

void hist_free(struct hist *hist)
{
	unsigned int i;

	if (!hist)
		return;

	for (i = 0; i < HIST_OCTAVES; i++)
		free(hist->octave[i]);
	*hist = (struct hist){};
}
