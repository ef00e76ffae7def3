/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds where the medians of a key changed over a series of recordings.
 */
#pragma once

#include "analysis/diff.h"

#define TREND_ARRANGEMENTS 9999

struct trend_options {
	enum measure measure; /* of the aggregates' samples */
	double alpha;	      /* probability of any change in a table without changes */
	__u32 phases;	      /* as in struct diff_options */
	size_t arrangements;  /* that are tried; 0: TREND_ARRANGEMENTS */
};

/* Recordings that count as one: those of a boot, or of a run if all are of the same boot. */
struct trend_point {
	size_t run; /* the first one, in the order of the input */
	size_t nr_runs;
};

/* A key's phase. */
struct trend_series {
	const struct row *row; /* of the aggregate of all */
	enum phase phase;
	/* Of each point */
	double *median;	  /* of its runs' medians; in ns, or a count; NAN: unknown */
	__u64 *n;	  /* values */
	__u64 *uncounted; /* of counts: frees without a known one */
};

struct trend_change {
	const struct trend_series *series;
	size_t at;	      /* the first point after the change */
	double before, after; /* medians of the points up to the next change or the end */
	double delta;	      /* percent; not finite: unknown */
	double p_corrected;
};

struct trend {
	enum measure measure;
	const enum key *by;
	size_t nr_by;
	struct trend_point *point;
	size_t nr_points;
	size_t *point_of; /* of each run */
	enum diff_unit unit;
	struct trend_series *series; /* in the order of their keys and phases */
	size_t nr_series;
	struct trend_change *change; /* by series, then by point */
	size_t nr_changes;
	size_t nr_few;	       /* series with too few points for any change to be significant */
	size_t enough;	       /* points that are not too few */
	size_t orders;	       /* that were tried of all series; 0: none */
	bool few_orders;       /* so few that no change can be significant */
	__u64 uncounted;       /* of counts: frees without a known one, of all keys */
	size_t uncounted_keys; /* of these, without any: they have no series */
};

/*
 * all: the aggregate of all values; run: the recordings in their order. They keep samples, and all
 * must outlive *trend. Phases that took no time are left out, and rows without a scenario if that
 * is a key.
 *
 * A change is the split of a series in two parts that differ most, by the F statistic of the
 * logarithms of medians; p is the share of random orders of the points in which that of any series
 * is as large (step-down, as in Westfall and Young). The parts of a series with a change are tested
 * in the same way, all together, at half of alpha, their parts at a quarter, and so on.
 *
 * Fills *trend, to be freed with trend_free(). Returns 0, or -ENOMEM with nothing to be freed.
 */
int trend_make(struct trend *trend, struct aggregate *all, const struct diff_run *run, size_t nr,
	       const struct trend_options *opts);
void trend_free(struct trend *trend);
