/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares two aggregates that keep samples, key by key and phase by phase.
 */
#ifndef MEMDESTROY_DIFF_H
#define MEMDESTROY_DIFF_H

#include "aggregate.h"
#include "options.h"
#include "stats.h"

/* Fewer values than this on a side say little, whatever the test says of them. */
#define DIFF_FEW 8

struct diff_side {
	__u64 n;	  /* values that are known */
	__u64 total_ns;	  /* of these */
	double median_ns; /* NAN: n is 0, as for the next two */
	double mean_ns;
	double p99_ns;
	bool bounded;	       /* the interval is known */
	__u64 low_ns, high_ns; /* of the median, with a confidence of 1 - alpha */
};

enum verdict {
	VERDICT_UNKNOWN, /* one side has no values */
	VERDICT_SAME,	 /* the difference is not significant */
	VERDICT_FASTER,
	VERDICT_SLOWER,
};

struct diff_line {
	const struct row
		*row; /* whose key it is; NULL: the geometric mean of the lines of a phase */
	enum phase phase;
	struct diff_side side[NR_SIDES_OF_DIFF];
	double delta[NR_METRICS]; /* in percent of the base; NAN: unknown */
	struct stats_difference difference;
	double p_corrected;	 /* of difference.p */
	double p_tail_corrected; /* that the 99th percentile is another */
	enum verdict verdict;
	__u32 failed; /* bit N: gate N of the options */
};

struct diff {
	const enum key *by;
	size_t nr_by;
	struct diff_line
		*line; /* worst first: significant and slower, then by the medians' delta */
	size_t nr;
	size_t left_out; /* lines beyond the first "top" ones; they are gated all the same */
	struct diff_line
		means[NR_PHASES]; /* with a row of NULL; a phase without a delta has none */
	size_t nr_means;
	size_t failed; /* lines with a gate that failed */
};

/*
 * Fills *diff, to be freed with diff_free(). Calls have the phase PHASE_DESTROY only. The
 * aggregates must outlive it, and their samples are sorted. -ENOMEM.
 */
int diff_make(struct diff *diff, struct aggregate *base, struct aggregate *new_side,
	      const struct options *opts);
void diff_free(struct diff *diff);

#endif
