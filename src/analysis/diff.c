// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares two aggregates key by key and phase by phase, and corrects for the number of tests.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/diff.h"

/* The samples of a phase on both sides. */
struct phase_samples {
	const struct row *row; /* for its key */
	enum phase phase;
	struct samples *samples[NR_DIFF_SIDES]; /* NULL: none */
};

/* Lines */

static double metric_of(const struct diff_figures *side, enum metric metric)
{
	switch (metric) {
	case METRIC_P50:
		return side->median_ns;
	case METRIC_P99:
		return side->p99_ns;
	case METRIC_MEAN:
		return side->mean_ns;
	case METRIC_TOTAL:
		return side->n ? (double)side->total_ns : NAN;
	case NR_METRICS:
		break;
	}
	return NAN;
}

/* Exact for whole percents: 10 % does not exceed a limit of 10 %. */
static double change_percent(double base, double now)
{
	return base > 0 ? 100 * (now - base) / base : NAN;
}

static void side_fill(struct diff_figures *side, const struct samples *samples, double alpha)
{
	size_t i;

	*side = (struct diff_figures){.median_ns = NAN, .mean_ns = NAN, .p99_ns = NAN};
	if (!samples || !samples->nr)
		return;

	side->n = samples->nr;
	for (i = 0; i < samples->nr; i++)
		if (__builtin_add_overflow(side->total_ns, samples->ns[i], &side->total_ns))
			side->total_ns = ~0ULL;
	side->median_ns = stats_median(samples->ns, samples->nr);
	side->mean_ns = stats_mean(samples->ns, samples->nr);
	side->p99_ns = (double)stats_percentile(samples->ns, samples->nr, 99);
	side->bounded = stats_median_interval(samples->ns, samples->nr, alpha, &side->low_ns,
					      &side->high_ns);
}

/* Fills what does not depend on other lines: p values are not corrected yet. */
static int line_fill(struct diff_line *line, const struct phase_samples *values, double alpha)
{
	static const struct samples none;
	const struct samples *base = values->samples[DIFF_BASE] ?: &none;
	const struct samples *now = values->samples[DIFF_NEW] ?: &none;
	enum metric metric;
	int err;

	*line = (struct diff_line){.row = values->row, .phase = values->phase};
	side_fill(&line->side[DIFF_BASE], base, alpha);
	side_fill(&line->side[DIFF_NEW], now, alpha);
	for (metric = 0; metric < NR_METRICS; metric++)
		line->delta[metric] = change_percent(metric_of(&line->side[DIFF_BASE], metric),
						     metric_of(&line->side[DIFF_NEW], metric));

	err = stats_compare(base->ns, base->nr, now->ns, now->nr, &line->difference);
	if (err)
		return err;
	return stats_compare_tail(base->ns, base->nr, now->ns, now->nr, 99,
				  &line->p_tail_corrected);
}

/* Sorts the samples. Is any of them more than 0? */
static bool took_time(struct samples *samples)
{
	if (!samples || !samples->nr)
		return false;
	samples_sort(samples);
	return samples->ns[samples->nr - 1];
}

/*
 * Adds a line for each phase of a key; one row may be NULL. A phase that takes no time on both
 * sides is left out: one more test would make it harder for the others to be significant.
 */
static int add_key(struct diff *diff, const struct row *base, const struct row *now,
		   const struct diff_options *opts)
{
	struct phase_samples values = {.row = base ? base : now};
	bool base_took, now_took;
	int err;

	for (values.phase = 0; values.phase < NR_PHASES; values.phase++) {
		if (opts->phases && !(opts->phases & 1U << values.phase))
			continue;
		values.samples[DIFF_BASE] =
			base && base->samples ? &base->samples[values.phase] : NULL;
		values.samples[DIFF_NEW] = now && now->samples ? &now->samples[values.phase] : NULL;
		base_took = took_time(values.samples[DIFF_BASE]);
		now_took = took_time(values.samples[DIFF_NEW]);
		if (!base_took && !now_took)
			continue;
		err = line_fill(&diff->line[diff->nr], &values, opts->alpha);
		if (err)
			return err;
		diff->nr++;
	}
	return 0;
}

/* In a benchmark, a map without a scenario is not its own, or is of the warm-up. */
static bool lacks_scenario(const struct rows *rows, const struct row *row)
{
	size_t i;

	for (i = 0; i < rows->nr_by; i++)
		if (rows->by[i] == KEY_SCENARIO)
			return !row->other && !row->key.map.scenario;
	return false;
}

static int add_keys(struct diff *diff, struct aggregate *base, struct aggregate *new_side,
		    const struct diff_options *opts)
{
	struct rows rows[NR_DIFF_SIDES];
	const struct row *row;
	int err = aggregate_sort(base, SORT_KEY, 0, &rows[DIFF_BASE]);
	size_t i;

	if (!err)
		err = aggregate_sort(new_side, SORT_KEY, 0, &rows[DIFF_NEW]);
	if (err)
		return err;

	diff->by = rows[DIFF_BASE].by;
	diff->nr_by = rows[DIFF_BASE].nr_by;
	/* One more, because an allocation of nothing may return NULL. */
	diff->line = calloc((rows[DIFF_BASE].nr + rows[DIFF_NEW].nr) * NR_PHASES + 1,
			    sizeof(*diff->line));
	if (!diff->line)
		return -ENOMEM;
	for (i = 0; i < rows[DIFF_BASE].nr && !err; i++) {
		row = rows[DIFF_BASE].row[i];
		if (!lacks_scenario(&rows[DIFF_BASE], row))
			err = add_key(diff, row, aggregate_find(new_side, row), opts);
	}
	for (i = 0; i < rows[DIFF_NEW].nr && !err; i++) {
		row = rows[DIFF_NEW].row[i];
		if (!lacks_scenario(&rows[DIFF_NEW], row) && !aggregate_find(base, row))
			err = add_key(diff, NULL, row, opts);
	}
	return err;
}

/* All lines together */

static int correct(struct diff *diff)
{
	double *p = calloc(2 * diff->nr + 1, sizeof(*p)), *tail = p + diff->nr;
	int err = p ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < diff->nr && !err; i++) {
		p[i] = diff->line[i].difference.p;
		tail[i] = diff->line[i].p_tail_corrected;
	}
	if (!err)
		err = stats_correct(p, p, diff->nr);
	if (!err)
		err = stats_correct(tail, tail, diff->nr);
	for (i = 0; i < diff->nr && !err; i++) {
		diff->line[i].p_corrected = p[i];
		diff->line[i].p_tail_corrected = tail[i];
	}
	free(p);
	return err;
}

static enum diff_verdict verdict_of(const struct diff_line *line, double alpha)
{
	if (!line->side[DIFF_BASE].n || !line->side[DIFF_NEW].n)
		return VERDICT_UNKNOWN;
	if (!(line->p_corrected < alpha) || line->difference.effect == 0)
		return VERDICT_SAME;
	return line->difference.effect > 0 ? VERDICT_SLOWER : VERDICT_FASTER;
}

static bool limit_fails(const struct diff_line *line, const struct diff_limit *limit, double alpha)
{
	/* False also for NAN, an unknown change. */
	if (!(line->delta[limit->metric] > limit->percent))
		return false;
	return line->verdict == VERDICT_SLOWER ||
	       (limit->metric == METRIC_P99 && line->p_tail_corrected < alpha);
}

static void judge(struct diff *diff, const struct diff_options *opts)
{
	struct diff_line *line;
	size_t limit;

	for (line = diff->line; line < diff->line + diff->nr; line++) {
		line->verdict = verdict_of(line, opts->alpha);
		line->limits = opts->limits;
		for (limit = 0; limit < opts->nr_limits; limit++)
			if (limit_fails(line, &opts->limits[limit], opts->alpha))
				line->failed |= 1U << limit;
		diff->failed += !!line->failed;
	}
}

/* Adds the geometric mean of the changes of a phase's medians. */
static void mean_add(struct diff *diff, enum phase phase)
{
	struct diff_line mean = {.phase = phase, .p_corrected = NAN, .p_tail_corrected = NAN};
	const struct diff_line *line;
	double logs = 0;
	size_t nr = 0;
	int i;

	for (line = diff->line; line < diff->line + diff->nr; line++) {
		const struct diff_figures *base = &line->side[DIFF_BASE],
					  *now = &line->side[DIFF_NEW];

		if (line->phase != phase || !(base->median_ns > 0) || !(now->median_ns > 0))
			continue;
		logs += log(now->median_ns / base->median_ns);
		nr++;
	}
	if (!nr)
		return;

	for (i = 0; i < NR_DIFF_SIDES; i++)
		mean.side[i] = (struct diff_figures){
			.n = nr, .median_ns = NAN, .mean_ns = NAN, .p99_ns = NAN};
	for (i = 0; i < NR_METRICS; i++)
		mean.delta[i] = NAN;
	mean.delta[METRIC_P50] = (exp(logs / (double)nr) - 1) * 100;
	mean.difference = (struct stats_difference){.u = NAN, .p = NAN, .effect = NAN};
	diff->means[diff->nr_means++] = mean;
}

/* Groups of lines, in the order in which they are shown. */
enum place { PLACE_FAILED, PLACE_SLOWER, PLACE_SAME, PLACE_FASTER };

static enum place place_of(const struct diff_line *line)
{
	if (line->failed)
		return PLACE_FAILED;
	if (line->verdict == VERDICT_SLOWER)
		return PLACE_SLOWER;
	return line->verdict == VERDICT_FASTER ? PLACE_FASTER : PLACE_SAME;
}

static int compare(const void *left, const void *right)
{
	const struct diff_line *a = left, *b = right;
	enum place place = place_of(a);
	double a_delta = a->delta[METRIC_P50], b_delta = b->delta[METRIC_P50];
	int order;

	if (place != place_of(b))
		return place < place_of(b) ? -1 : 1;
	/* Unknown changes come last. */
	if (place != PLACE_SAME && isnan(a_delta) != isnan(b_delta))
		return isnan(a_delta) ? 1 : -1;
	if (place != PLACE_SAME && !isnan(a_delta) && a_delta != b_delta)
		return a_delta > b_delta ? -1 : 1;
	order = aggregate_compare_keys(a->row, b->row);
	return order ? order : (a->phase > b->phase) - (a->phase < b->phase);
}

int diff_make(struct diff *diff, struct aggregate *base, struct aggregate *new_side,
	      const struct diff_options *opts)
{
	enum phase phase;
	int err;

	*diff = (struct diff){};
	err = add_keys(diff, base, new_side, opts);
	if (!err)
		err = correct(diff);
	if (err) {
		diff_free(diff);
		return err;
	}

	judge(diff, opts);
	for (phase = 0; phase < NR_PHASES; phase++)
		mean_add(diff, phase);
	qsort(diff->line, diff->nr, sizeof(*diff->line), compare);
	if (opts->top && opts->top < diff->nr) {
		diff->left_out = diff->nr - opts->top;
		diff->nr = opts->top;
	}
	return 0;
}

void diff_free(struct diff *diff)
{
	free(diff->line);
	*diff = (struct diff){};
}
