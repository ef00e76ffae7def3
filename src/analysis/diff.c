// SPDX-License-Identifier: GPL-2.0-only
/* Compares two aggregates key by key and phase by phase, and corrects for the number of tests. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/diff_runs.h"

/* Exact for whole percents: 10 % does not exceed a limit of 10 %. */
static double change_percent(double base, double now)
{
	return base > 0 ? 100 * (now - base) / base : NAN;
}

static void side_fill(struct diff_figures *side, const struct samples *samples, double alpha)
{
	*side = (struct diff_figures){.n = samples->nr};
	for (enum metric metric = 0; metric < NR_METRICS; metric++)
		side->metric[metric] = NAN;
	if (!samples->nr)
		return;

	for (size_t i = 0; i < samples->nr; i++)
		if (__builtin_add_overflow(side->total_ns, samples->ns[i], &side->total_ns))
			side->total_ns = ~0ULL;
	side->metric[METRIC_P50] = stats_median(samples->ns, samples->nr);
	side->metric[METRIC_P99] = (double)stats_percentile(samples->ns, samples->nr, 99);
	side->metric[METRIC_MEAN] = stats_mean(samples->ns, samples->nr);
	side->metric[METRIC_TOTAL] = (double)side->total_ns;
	side->bounded = stats_median_interval(samples->ns, samples->nr, alpha, &side->low_ns,
					      &side->high_ns);
}

static int sign_of(double number)
{
	return (number > 0) - (number < 0);
}

static void set_deltas(struct diff_line *line)
{
	for (enum metric metric = 0; metric < NR_METRICS; metric++)
		line->delta[metric] = change_percent(line->side[DIFF_BASE].metric[metric],
						     line->side[DIFF_NEW].metric[metric]);
}

/* Fills what does not depend on other lines: p values are not corrected yet. */
static int line_fill(struct diff_line *line, const struct samples *base, const struct samples *now,
		     double alpha)
{
	int err;

	side_fill(&line->side[DIFF_BASE], base, alpha);
	side_fill(&line->side[DIFF_NEW], now, alpha);
	err = stats_compare(base->ns, base->nr, now->ns, now->nr, &line->difference);
	if (err)
		return err;
	line->direction = sign_of(line->difference.effect);
	line->direction_tail = stats_tail_direction(base->ns, base->nr, now->ns, now->nr, 99);
	line->least_p_tail = stats_least_tail_p(base->ns, base->nr, now->ns, now->nr, 99);
	return stats_compare_tail(base->ns, base->nr, now->ns, now->nr, 99,
				  &line->p_tail_corrected);
}

/* Sorted; none for a row that is NULL. */
static const struct samples *samples_of(const struct row *row, enum phase phase)
{
	static const struct samples none;

	if (!row || !row->samples || !row->samples[phase].nr)
		return &none;
	samples_sort(&row->samples[phase]);
	return &row->samples[phase];
}

static bool took_time(const struct samples *samples)
{
	return samples->nr && samples->ns[samples->nr - 1];
}

/*
 * Adds a line for each phase of a key; one row may be NULL. A phase that takes no time on both
 * sides is left out: one more test would make it harder for the others to be significant.
 */
static int add_key(struct diff *diff, const struct row *base, const struct row *now,
		   const struct diff_options *opts)
{
	__u64 base_uncounted = row_uncounted(base, opts->measure);
	__u64 new_uncounted = row_uncounted(now, opts->measure);
	int err = 0;

	diff->uncounted[DIFF_BASE] += base_uncounted;
	diff->uncounted[DIFF_NEW] += new_uncounted;
	for (enum phase phase = 0; phase < NR_PHASES && !err; phase++) {
		const struct samples *base_samples = samples_of(base, phase);
		const struct samples *new_samples = samples_of(now, phase);
		struct diff_line *line = &diff->line[diff->nr];

		if (!phase_is_compared(opts->phases, phase))
			continue;
		if (!took_time(base_samples) && !took_time(new_samples)) {
			diff->uncounted_keys +=
				phase == PHASE_FREE && (base_uncounted || new_uncounted);
			continue;
		}
		*line = (struct diff_line){
			.row = base ? base : now, .measure = opts->measure, .phase = phase};
		err = line_fill(line, base_samples, new_samples, opts->alpha);
		line->side[DIFF_BASE].applies = base && row_has_phase(base, phase);
		line->side[DIFF_NEW].applies = now && row_has_phase(now, phase);
		line->side[DIFF_BASE].uncounted = base_uncounted;
		line->side[DIFF_NEW].uncounted = new_uncounted;
		diff->nr++;
	}
	return err;
}

/* In a benchmark, a map without a scenario is not its own, or is of the warm-up. */
static bool lacks_scenario(const struct rows *rows, const struct row *row)
{
	for (size_t i = 0; i < rows->nr_by; i++)
		if (rows->by[i] == KEY_SCENARIO)
			return !row->other && !row->key.map.scenario;
	return false;
}

/* Those of the base, then those of the new side alone. */
static int add_keys(struct diff *diff, const struct diff_input sides[NR_DIFF_SIDES],
		    const struct diff_options *opts)
{
	struct rows rows[NR_DIFF_SIDES];
	int err = 0;

	for (int side = 0; side < NR_DIFF_SIDES && !err; side++)
		err = aggregate_sort(sides[side].aggregate, SORT_KEY, 0, &rows[side]);
	if (err)
		return err;

	diff->keys_mixed = aggregate_overflow(sides[DIFF_BASE].aggregate) ||
			   aggregate_overflow(sides[DIFF_NEW].aggregate);
	diff->by = rows[DIFF_BASE].by;
	diff->nr_by = rows[DIFF_BASE].nr_by;
	/* One more, because an allocation of nothing may return NULL. */
	diff->line = calloc((rows[DIFF_BASE].nr + rows[DIFF_NEW].nr) * NR_PHASES + 1,
			    sizeof(*diff->line));
	if (!diff->line)
		return -ENOMEM;
	for (int side = 0; side < NR_DIFF_SIDES; side++) {
		for (size_t i = 0; i < rows[side].nr && !err; i++) {
			const struct row *row = rows[side].row[i];
			const struct row *match = aggregate_find(sides[!side].aggregate, row);

			if (lacks_scenario(&rows[side], row))
				continue;
			if (side == DIFF_BASE)
				err = add_key(diff, row, match, opts);
			else if (!match)
				err = add_key(diff, NULL, row, opts);
		}
	}
	return err;
}

/* A total grows with the number of runs: the sides have it of a run each, on average. */
static void share_totals(struct diff *diff, const struct diff_input sides[NR_DIFF_SIDES])
{
	for (int side = 0; side < NR_DIFF_SIDES; side++) {
		size_t runs = diff_units_runs(&sides[side]);

		for (size_t i = 0; i < diff->nr && runs; i++)
			diff->line[i].side[side].metric[METRIC_TOTAL] /= (double)runs;
	}
	for (size_t i = 0; i < diff->nr; i++)
		set_deltas(&diff->line[i]);
}

/* All lines together */

/* Medians and tails are one family: a comparison without differences gives no alarm by either. */
static int correct(struct diff *diff)
{
	double *p = calloc(2 * diff->nr + 1, sizeof(*p)), *tail = p + diff->nr;
	int err = p ? 0 : -ENOMEM;

	for (size_t i = 0; i < diff->nr && !err; i++) {
		p[i] = diff->line[i].difference.p;
		tail[i] = diff->line[i].p_tail_corrected;
	}
	if (!err)
		err = stats_correct(p, p, 2 * diff->nr);
	for (size_t i = 0; i < diff->nr && !err; i++) {
		diff->line[i].p_corrected = p[i];
		diff->line[i].p_tail_corrected = tail[i];
	}
	free(p);
	return err;
}

/* Replaces what values say by what runs say. */
static int compare_runs(struct diff *diff, const struct diff_input sides[NR_DIFF_SIDES],
			double alpha)
{
	struct diff_units units;
	int err = diff_units_make(&units, sides, diff);
	bool significant = !err && permute_least_p(&units.permute) < alpha;
	bool several = significant || (units.nr[DIFF_BASE] > 1 && units.nr[DIFF_NEW] > 1);

	for (size_t i = 0; i < diff->nr && !err; i++)
		diff_units_count(sides, &diff->line[i]);
	if (!err && several)
		err = diff_units_compare(&units, sides, diff, alpha);
	for (size_t i = 0; i < diff->nr && !err; i++)
		set_deltas(&diff->line[i]);
	if (!err)
		diff_units_set_deltas(&units, sides, diff);
	if (!err)
		diff->few_runs = !significant;
	/* Two of the arrangements of 2 k units are as far apart as can be. */
	diff->enough = 2;
	for (double ways = 6; 2 / ways >= alpha; diff->enough++)
		ways *= (4.0 * (double)diff->enough + 2) / ((double)diff->enough + 1);
	diff_units_free(&units);
	return err;
}

static bool has_few_runs(const struct diff *diff, const struct diff_line *line, double alpha)
{
	return diff->few_runs || (diff->unit != UNIT_VALUE && !(line->least_p < alpha));
}

static enum diff_verdict verdict_of(const struct diff *diff, const struct diff_line *line,
				    double alpha)
{
	if (!line->side[DIFF_BASE].n || !line->side[DIFF_NEW].n)
		return VERDICT_UNKNOWN;
	if (has_few_runs(diff, line, alpha))
		return VERDICT_FEW_RUNS;
	if (!(line->p_corrected < alpha))
		return VERDICT_SAME;
	/* The mean of logarithms is tested; a few runs can turn it against all others. */
	if (!line->direction || line->direction != sign_of(line->difference.effect))
		return VERDICT_MIXED;
	return line->direction > 0 ? VERDICT_SLOWER : VERDICT_FASTER;
}

static bool is_compared(const struct diff_line *line)
{
	return line->side[DIFF_BASE].n && line->side[DIFF_NEW].n;
}

/*
 * Whatever has grown from 0 has grown by more than any percentage. The change is also unknown if no
 * boot has the line on both sides; then it may be beyond.
 */
static bool is_beyond(const struct diff_line *line, const struct diff_limit *limit)
{
	if (isnan(line->delta[limit->metric]))
		return is_compared(line) && line->side[DIFF_NEW].metric[limit->metric] > 0;
	return line->delta[limit->metric] > limit->percent;
}

/* Is the line known to be slower by this figure? The test is of means, whatever most runs say. */
static bool is_slower_by(const struct diff_line *line, enum metric metric, double alpha)
{
	bool of_sum = metric == METRIC_MEAN || metric == METRIC_TOTAL;

	if (line->verdict == VERDICT_SLOWER ||
	    (of_sum && line->verdict == VERDICT_MIXED && line->direction > 0))
		return true;
	return metric == METRIC_P99 && !line->few && line->direction_tail > 0 &&
	       line->p_tail_corrected < alpha;
}

static void apply_limits(struct diff_line *line, const struct diff_options *opts)
{
	line->limits = opts->limits;
	for (size_t i = 0; i < opts->nr_limits; i++) {
		enum metric metric = opts->limits[i].metric;

		if (!is_beyond(line, &opts->limits[i]))
			continue;
		if (is_slower_by(line, metric, opts->alpha))
			line->failed |= 1U << i;
		else if (metric == METRIC_P99 ? line->few_tail : line->few)
			line->unclear |= 1U << i;
	}
}

/*
 * Sets whether so few values, runs or boots can be significant. factor: of p, for all tests. Beside
 * rows with a smaller p, the correction is less, and so few values may be significant after all.
 */
static void set_few(struct diff_line *line, enum diff_unit unit, double factor, double alpha)
{
	double least = stats_least_p(line->side[DIFF_BASE].n, line->side[DIFF_NEW].n);

	line->few = line->few_tail = line->verdict == VERDICT_FEW_RUNS;
	if (unit != UNIT_VALUE)
		return;
	line->few = line->verdict == VERDICT_SAME && least * factor >= alpha;
	line->few_tail = line->few || line->least_p_tail * factor >= alpha;
}

/* Can no limit be known to be exceeded? Limits of tails alone need as many values as tails do. */
static bool lacks_values(const struct diff_line *line, const struct diff_options *opts)
{
	bool of_tails = opts->nr_limits;

	for (size_t i = 0; i < opts->nr_limits; i++)
		of_tails = of_tails && opts->limits[i].metric == METRIC_P99;
	return of_tails ? line->few_tail : line->few;
}

static enum diff_result result_of(const struct diff *diff, const struct diff_options *opts)
{
	const struct diff_tally *tally = &diff->tally;
	bool missing = tally->only_in[DIFF_BASE] || tally->unclear || diff->keys_mixed;

	if (!opts->nr_limits)
		return RESULT_NO_LIMITS;
	if (tally->failed)
		return RESULT_FAILS;
	if (!tally->compared || diff_is_blind(diff) || opts->unlike || opts->forced ||
	    (missing && diff->strict))
		return RESULT_NO_EVIDENCE;
	return RESULT_PASSES;
}

static void judge(struct diff *diff, const struct diff_options *opts)
{
	struct diff_tally *tally = &diff->tally;
	struct diff_line *line, *end = diff->line + diff->nr;

	for (line = diff->line; line < end; line++)
		tally->compared += is_compared(line);
	for (line = diff->line; line < end; line++) {
		line->verdict = verdict_of(diff, line, opts->alpha);
		set_few(line, diff->unit, 2 * (double)tally->compared, opts->alpha);
		apply_limits(line, opts);
		tally->few += lacks_values(line, opts);
		tally->failed += !!line->failed;
		tally->unclear += line->unclear && !line->failed;
		tally->slower += line->verdict == VERDICT_SLOWER || line->failed;
		tally->faster += line->verdict == VERDICT_FASTER && !line->failed;
		tally->mixed += line->verdict == VERDICT_MIXED && !line->failed;
		for (int side = 0; side < NR_DIFF_SIDES; side++)
			tally->only_in[side] += !line->side[!side].n;
	}
	if (opts->nr_limits && diff_is_blind(diff))
		tally->unclear = tally->few;
	diff->unlike = opts->unlike;
	diff->forced = opts->forced;
	diff->strict = opts->nr_limits && !opts->allow_missing;
	diff->result = result_of(diff, opts);
}

/* Adds the geometric mean of the changes of a phase's medians. */
static void mean_add(struct diff *diff, enum phase phase)
{
	static const struct samples none;
	struct diff_line mean = {.measure = diff->measure,
				 .phase = phase,
				 .p_corrected = NAN,
				 .p_tail_corrected = NAN};
	double logs = 0;
	size_t nr = 0;

	for (struct diff_line *line = diff->line; line < diff->line + diff->nr; line++) {
		double ratio = 1 + line->delta[METRIC_P50] / 100;

		/* Both medians are known and not 0. */
		if (line->phase != phase || !(ratio > 0))
			continue;
		logs += log(ratio);
		nr++;
	}
	if (!nr)
		return;

	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		side_fill(&mean.side[i], &none, 0);
		mean.side[i].n = nr;
	}
	for (int i = 0; i < NR_METRICS; i++)
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

int diff_make(struct diff *diff, const struct diff_input sides[NR_DIFF_SIDES],
	      const struct diff_options *opts)
{
	int err;

	*diff = (struct diff){.measure = opts->measure};
	err = add_keys(diff, sides, opts);
	if (!err)
		share_totals(diff, sides);
	if (!err)
		err = correct(diff);
	if (!err && !opts->within_run)
		err = compare_runs(diff, sides, opts->alpha);
	if (err) {
		diff_free(diff);
		return err;
	}

	judge(diff, opts);
	for (enum phase phase = 0; phase < NR_PHASES; phase++)
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
