/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Distributions of durations, or of counts, on a logarithmic scale, and their drawings.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "util/hist.h"
#include "util/samples.h"

#define MAX_BINS 120

/* Bins of equal width in powers of two. */
struct bins {
	bool counts; /* not durations, so that values have no unit */
	double low;  /* log2 of the start of the first bin in ns */
	double step; /* log2 of the ratio of a bin's end to its start */
	unsigned int nr;
	__u64 count[MAX_BINS];
	__u64 most;  /* the greatest count */
	__u64 zeros; /* values of 0, which are in no bin */
};

/*
 * Empty bins for values from low_ns (1 or more) to high_ns, up to max of them. None is narrower
 * than finest, in powers of two.
 */
struct bins bins_new(__u64 low_ns, __u64 high_ns, unsigned int max, double finest);

/* Their least value that is not 0; UINT64_MAX: none. */
__u64 hist_least(const struct hist *hist);
__u64 samples_least(const struct samples *samples); /* which are sorted */

void bins_add_hist(struct bins *bins, const struct hist *hist);
void bins_add_samples(struct bins *bins, const struct samples *samples);

/* Where bins are drawn: on a ground line, from there up, or down if height is negative. */
struct plot {
	double x, width;
	double ground, height;
};

/* The place of a value on the axis. */
double plot_x(const struct plot *plot, const struct bins *bins, double ns);

/* The counts have a logarithmic scale, too. style: class of the bars. */
void plot_bins(FILE *out, const struct plot *plot, const struct bins *bins, const char *style);

/* A line across the height; none at 0. */
void plot_mark(FILE *out, const struct plot *plot, const struct bins *bins, double ns,
	       const char *title);

/* Ticks from top to bottom, and their values below. */
void plot_axis(FILE *out, const struct plot *plot, const struct bins *bins, double top,
	       double bottom);
