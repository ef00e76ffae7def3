/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares two aggregates that keep samples, key by key and phase by phase.
 */
#ifndef MEMDESTROY_ANALYSIS_DIFF_H
#define MEMDESTROY_ANALYSIS_DIFF_H

#include "analysis/aggregate.h"
#include "util/stats.h"

/* A side with fewer values proves little, whatever the test's result. */
#define DIFF_FEW 8

#define MAX_LIMITS 16

enum diff_side { DIFF_BASE, DIFF_NEW, NR_DIFF_SIDES };

/* A figure that both sides of a comparison have. */
enum metric { METRIC_P50, METRIC_P99, METRIC_MEAN, METRIC_TOTAL, NR_METRICS };

static inline const char *metric_name(enum metric metric)
{
	static const char *const names[] = {
		[METRIC_P50] = "p50",
		[METRIC_P99] = "p99",
		[METRIC_MEAN] = "mean",
		[METRIC_TOTAL] = "total",
	};

	_Static_assert(ARRAY_SIZE(names) == NR_METRICS, "a name for each");
	return names[metric];
}

/* A comparison fails if the metric has grown by more than this. */
struct diff_limit {
	enum metric metric;
	double percent;
};

struct diff_options {
	struct diff_limit limits[MAX_LIMITS];
	size_t nr_limits;
	double alpha; /* probability of a false alarm */
	__u32 phases; /* bit N: enum phase N is compared; 0: all */
	__u64 top;    /* lines to show; 0: all */
};

struct diff_figures {
	__u64 n;	  /* values that are known */
	__u64 total_ns;	  /* of these */
	double median_ns; /* NAN: n is 0, as for the next two */
	double mean_ns;
	double p99_ns;
	bool bounded;	       /* the interval is known */
	__u64 low_ns, high_ns; /* of the median, with a confidence of 1 - alpha */
};

enum diff_verdict {
	VERDICT_UNKNOWN, /* one side has no values */
	VERDICT_SAME,	 /* the difference is not significant */
	VERDICT_FASTER,
	VERDICT_SLOWER,
};

struct diff_line {
	/*
	 * The row of the key. NULL: this is the geometric mean of the lines of a phase; n is the
	 * number of lines, and besides it only delta[METRIC_P50] is known.
	 */
	const struct row *row;
	enum phase phase;
	struct diff_figures side[NR_DIFF_SIDES];
	double delta[NR_METRICS]; /* in percent of the base; NAN: unknown */
	struct stats_difference difference;
	double p_corrected;	 /* of difference.p */
	double p_tail_corrected; /* of the 99th percentile's difference */
	enum diff_verdict verdict;
	__u32 failed; /* bit N: limits[N] is exceeded */
};

struct diff {
	const enum key *by;
	size_t nr_by;
	/*
	 * Worst first: lines that exceed a limit, then slower ones, by the medians' delta; lines
	 * that are the same or unknown, by key; faster lines.
	 */
	struct diff_line *line;
	size_t nr;
	size_t left_out; /* that follow line[nr - 1]: beyond the first "top", but also checked */
	struct diff_line
		means[NR_PHASES]; /* with a row of NULL; a phase without a delta has none */
	size_t nr_means;
	size_t failed; /* lines that exceed a limit */
};

/*
 * Fills *diff; free it with diff_free(). Calls have the phase PHASE_DESTROY only. Leaves out phases
 * that took no time on either side and, by scenario, rows of no scenario. The aggregates, with the
 * same keys, must outlive *diff; their samples get sorted. Returns 0, or -ENOMEM with nothing to
 * free.
 */
int diff_make(struct diff *diff, struct aggregate *base, struct aggregate *new_side,
	      const struct diff_options *opts);

/* Leaves *diff empty, so that it can be freed again. */
void diff_free(struct diff *diff);

#endif
