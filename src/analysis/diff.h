/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares two aggregates that keep samples, key by key and phase by phase.
 */
#pragma once

#include "analysis/aggregate.h"
#include "util/stats.h"

/* With fewer values on a side, a comparison says little, whatever the test finds. */
#define DIFF_FEW 8

#define MAX_LIMITS 16

/* Rows on each side; the values of further keys go to one more row. */
#define DIFF_MAX_ROWS 4096

enum diff_side { DIFF_BASE, DIFF_NEW, NR_DIFF_SIDES };

/* A figure that both sides of a comparison have. */
enum metric { METRIC_P50, METRIC_P99, METRIC_MEAN, METRIC_TOTAL, NR_METRICS };

static const char *const metric_names[] = {
	[METRIC_P50] = "p50",
	[METRIC_P99] = "p99",
	[METRIC_MEAN] = "mean",
	[METRIC_TOTAL] = "total",
};
_Static_assert(ARRAY_SIZE(metric_names) == NR_METRICS, "a name for each");

/* A comparison fails if the metric has grown by more than this. */
struct diff_limit {
	enum metric metric;
	double percent;
};

struct diff_options {
	enum measure measure; /* of the aggregates' samples */
	struct diff_limit limits[MAX_LIMITS];
	size_t nr_limits;
	bool allow_missing; /* lines may lack evidence: see struct diff_tally */
	bool unlike;	    /* the sides are of different things: limits are not known to be kept */
	bool forced;	    /* the sides are not well comparable: limits can fail, and not pass */
	bool within_run;    /* values are compared, as if runs did not differ by chance */
	double alpha;	    /* probability of a false alarm */
	__u32 phases;	    /* see phase_is_compared() */
	__u64 top;	    /* lines to show; 0: all */
};

/* A recording. */
struct diff_run {
	struct aggregate *aggregate; /* of its values alone; NULL: another file of the run has it */
	const char *run_id;	     /* empty: unknown */
	const char *boot_id;	     /* empty: unknown */
};

/* A side of a comparison. */
struct diff_input {
	struct aggregate *aggregate; /* of all values */
	const struct diff_run *run;  /* aggregates: not read with diff_options.within_run */
	size_t nr_runs;		     /* 0: one run, with diff_options.within_run */
};

/* The unit that is exchanged between the sides to measure chance. */
enum diff_unit {
	UNIT_VALUE, /* with diff_options.within_run */
	UNIT_RUN,   /* both sides were measured in the same boots */
	UNIT_BOOT,
};

struct diff_figures {
	bool applies;	 /* the side has the key, and its maps have the phase */
	__u64 n;	 /* known values */
	__u64 uncounted; /* of counts: frees without a known one */
	__u64 runs;	 /* with values; 0 with UNIT_VALUE */
	__u64 boots;	 /* the same */
	size_t units;	 /* runs or boots with values; 0: the figures are of all values together */
	__u64 total_ns;	 /* counts have no unit, here and below */
	double metric[NR_METRICS]; /* in ns; total: mean of the side's runs; NAN if n is 0 */
	bool bounded;		   /* the interval is known */
	__u64 low_ns, high_ns;	   /* confidence interval of the median, at 1 - alpha */
};

enum diff_verdict {
	VERDICT_UNKNOWN, /* one side has no values */
	VERDICT_SAME,	 /* the difference is not significant */
	VERDICT_MIXED,	 /* it is, but the mean and most pairs of runs differ in direction */
	VERDICT_FASTER,
	VERDICT_SLOWER,	  /* of counts: higher, and lower for VERDICT_FASTER */
	VERDICT_FEW_RUNS, /* so few runs or boots that no difference can be significant */
};

/* VERDICT_SLOWER or VERDICT_FASTER in the words of the measure. */
static inline const char *diff_word(enum measure measure, enum diff_verdict verdict)
{
	if (measure == MEASURE_TIME)
		return verdict == VERDICT_SLOWER ? "slower" : "faster";
	return verdict == VERDICT_SLOWER ? "higher" : "lower";
}

struct diff_line {
	/*
	 * For its key. NULL: this is the geometric mean of a phase's lines; n is their number, and
	 * all else is unknown, except delta[METRIC_P50].
	 */
	const struct row *row;
	enum measure measure;
	enum phase phase;
	struct diff_figures side[NR_DIFF_SIDES];
	/*
	 * In percent of the base; NAN: unknown. Of runs of several boots: the median change over
	 * pairs of runs of the same boot, and not that of the metrics of the sides.
	 */
	double delta[NR_METRICS];
	struct stats_difference difference;
	double p_corrected;	 /* of difference.p */
	double p_tail_corrected; /* of the test of the 99th percentile */
	int direction;		 /* of what p tests: 1: upward; -1: downward; or 0 */
	int direction_tail;	 /* the same of the tail */
	double least_p;		 /* of its runs or boots, not corrected; unknown with UNIT_VALUE */
	double least_p_tail;	 /* that this test of values can give, not corrected */
	enum diff_verdict verdict;
	bool few;      /* no difference of so few values, runs or boots is significant */
	bool few_tail; /* no difference of tails is; with UNIT_VALUE, also for want of values there
			*/
	const struct diff_limit *limits; /* of the options */
	__u32 failed;			 /* bit N: limits[N] is exceeded */
	__u32 unclear; /* bit N: it seems to be, but no difference of so few values is significant
			*/
};

/* Numbers of lines. */
struct diff_tally {
	size_t compared; /* with values on both sides */
	size_t few;	 /* of these: so few values, runs or boots that no limit can be exceeded */
	size_t slower;	 /* of these; also by their tail, beyond a limit */
	size_t faster;
	size_t mixed;
	size_t failed;	/* beyond a limit */
	size_t unclear; /* perhaps beyond a limit: too few values; or all, if no line has enough */
	size_t only_in[NR_DIFF_SIDES];
};

/* The result of the limits. */
enum diff_result {
	RESULT_NO_LIMITS,
	RESULT_PASSES,
	RESULT_FAILS,	    /* a line is beyond a limit */
	RESULT_NO_EVIDENCE, /* none is known to be, but not all could be compared */
};

struct diff {
	enum measure measure;
	const enum key *by;
	size_t nr_by;
	/*
	 * Worst first: lines beyond a limit, then slower ones, both by the change of the median;
	 * lines that are the same or unknown, by key; faster ones.
	 */
	struct diff_line *line;
	size_t nr;
	size_t left_out; /* lines behind line[nr - 1]: not shown, but limits apply */
	struct diff_line means[NR_PHASES]; /* of phases with a change that is known */
	size_t nr_means;
	struct diff_tally tally;	/* of all lines */
	__u64 uncounted[NR_DIFF_SIDES]; /* of counts: frees without a known one, of all keys */
	size_t uncounted_keys;		/* of these, without any on both sides: they have no line */
	bool keys_mixed;		/* a side has an "other" row, of several keys */
	bool unlike, forced;		/* as in the options */
	bool strict;			/* there are limits, and missing evidence is not allowed */
	enum diff_unit unit;
	size_t runs[NR_DIFF_SIDES];  /* 0 with UNIT_VALUE */
	size_t boots[NR_DIFF_SIDES]; /* the same */
	bool few_runs; /* for any difference to be significant; p is of the values of one run */
	size_t enough; /* units a side that can be; runs: in one boot */
	enum diff_result result;
};

/* Whether the new side lacks the values of the base. */
static inline bool diff_is_gone(const struct diff_line *line)
{
	return line->side[DIFF_BASE].n && !line->side[DIFF_NEW].n;
}

/* False: the difference is not significant, or has no direction. */
static inline bool diff_has_changed(const struct diff_line *line)
{
	return line->verdict != VERDICT_SAME && line->verdict != VERDICT_MIXED;
}

/* Whether there are rows to judge, and all of them have too few values, runs or boots. */
static inline bool diff_is_blind(const struct diff *diff)
{
	return diff->tally.compared && diff->tally.few == diff->tally.compared;
}

/*
 * Fills *diff, to be freed with diff_free(). Calls have the phase PHASE_DESTROY only. Phases that
 * took no time on both sides are left out, and so are rows without a scenario if that is a key. The
 * aggregates have the same keys, keep samples, which are sorted here, and must outlive *diff; those
 * of runs are no longer needed.
 * Returns 0, or -ENOMEM with nothing to be freed.
 */
int diff_make(struct diff *diff, const struct diff_input sides[NR_DIFF_SIDES],
	      const struct diff_options *opts);

/* Leaves an empty *diff, which can be freed again. */
void diff_free(struct diff *diff);
