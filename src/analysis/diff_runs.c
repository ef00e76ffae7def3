// SPDX-License-Identifier: GPL-2.0-only
/* Compares lines over runs or boots instead of over their values. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff_runs.h"

/* Whether both are known to be the same run: files of a rotated recording. */
static bool is_same_run(const struct diff_run *run, const struct diff_run *other)
{
	return *run->run_id && !strcmp(run->run_id, other->run_id);
}

/* Runs of unknown boots are taken for runs of one boot: they may be. */
static bool is_same_boot(const struct diff_run *run, const struct diff_run *other)
{
	return !strcmp(run->boot_id, other->boot_id);
}

typedef bool same_fn(const struct diff_run *run, const struct diff_run *other);

/* The first run like this one. */
static size_t first_like(const struct diff_input *side, size_t nth, same_fn *is_same)
{
	size_t first = 0;

	while (first < nth && !is_same(&side->run[first], &side->run[nth]))
		first++;
	return first;
}

static size_t count_different(const struct diff_input *side, same_fn *is_same)
{
	size_t nr = 0;

	for (size_t i = 0; i < side->nr_runs; i++)
		nr += first_like(side, i, is_same) == i;
	return nr;
}

size_t diff_units_runs(const struct diff_input *side)
{
	return count_different(side, is_same_run);
}

/* Whether each run has a run of the same boot on the other side. */
static bool has_boots_of(const struct diff_input *side, const struct diff_input *other)
{
	for (size_t i = 0; i < side->nr_runs; i++) {
		size_t j = 0;

		while (j < other->nr_runs && !is_same_boot(&side->run[i], &other->run[j]))
			j++;
		if (!*side->run[i].boot_id || j == other->nr_runs)
			return false;
	}
	return true;
}

/* The boot's number: the first run of the base with that boot. */
static size_t block_of(const struct diff_input sides[NR_DIFF_SIDES], const struct diff_run *run)
{
	size_t block = 0;

	while (!is_same_boot(&sides[DIFF_BASE].run[block], run))
		block++;
	return block;
}

/* Adds the units of a side that belong to the block. */
static void add_units(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		      enum diff_side side, bool by_boot, size_t block)
{
	const struct diff_input *input = &sides[side];

	for (size_t i = 0; i < input->nr_runs; i++) {
		size_t first = first_like(input, i, by_boot ? is_same_boot : is_same_run);

		if (!by_boot && block_of(sides, &input->run[i]) != block)
			continue;
		if (first < i) {
			units->unit_of[side][i] = units->unit_of[side][first];
			continue;
		}
		units->unit_of[side][i] = units->permute.nr;
		units->second[units->permute.nr] = side == DIFF_NEW;
		units->block[units->permute.nr++] = block;
		units->nr[side]++;
	}
}

int diff_units_make(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		    struct diff *diff)
{
	bool by_boot = !has_boots_of(&sides[DIFF_BASE], &sides[DIFF_NEW]) ||
		       !has_boots_of(&sides[DIFF_NEW], &sides[DIFF_BASE]);
	size_t nr = sides[DIFF_BASE].nr_runs + sides[DIFF_NEW].nr_runs;

	*units = (struct diff_units){
		.second = calloc(nr + 1, sizeof(*units->second)),
		.block = calloc(nr + 1, sizeof(*units->block)),
		.scratch = calloc(nr + 1, sizeof(*units->scratch)),
		.figure = calloc(nr + 1, sizeof(*units->figure)),
		.change = calloc(sides[DIFF_BASE].nr_runs * sides[DIFF_NEW].nr_runs + 1,
				 sizeof(*units->change)),
	};
	units->permute = (struct permute_runs){.second = units->second, .block = units->block};
	diff->unit = by_boot ? UNIT_BOOT : UNIT_RUN;
	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		units->unit_of[i] = calloc(sides[i].nr_runs + 1, sizeof(size_t));
		units->ns[i] = calloc(sides[i].nr_runs + 1, sizeof(__u64));
		diff->runs[i] = count_different(&sides[i], is_same_run);
		diff->boots[i] = count_different(&sides[i], is_same_boot);
	}
	if (!units->second || !units->block || !units->scratch || !units->figure ||
	    !units->change || !units->unit_of[DIFF_BASE] || !units->unit_of[DIFF_NEW] ||
	    !units->ns[DIFF_BASE] || !units->ns[DIFF_NEW])
		return -ENOMEM;
	for (size_t block = 0; block < (by_boot ? 1 : sides[DIFF_BASE].nr_runs); block++)
		for (int i = 0; i < NR_DIFF_SIDES; i++)
			add_units(units, sides, i, by_boot, block);
	return 0;
}

void diff_units_free(struct diff_units *units)
{
	free(units->second);
	free(units->block);
	free(units->scratch);
	free(units->figure);
	free(units->change);
	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		free(units->unit_of[i]);
		free(units->ns[i]);
	}
}

static int compare_ns(const void *left, const void *right)
{
	const __u64 *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Rounded. The values are sorted. */
static __u64 median_ns(const __u64 *ns, size_t nr)
{
	return (__u64)(stats_median(ns, nr) + 0.5);
}

/* Of a run; sorted. NULL: it has no such values. */
static const struct samples *samples_of(const struct diff_run *run, const struct diff_line *line)
{
	const struct row *row = run->aggregate ? aggregate_find(run->aggregate, line->row) : NULL;

	if (!row || !row->samples || !row->samples[line->phase].nr)
		return NULL;
	samples_sort(&row->samples[line->phase]);
	return &row->samples[line->phase];
}

static void count_runs(struct diff_line *line, const struct diff_input *input, enum diff_side side)
{
	struct diff_figures *figures = &line->side[side];

	for (size_t i = 0; i < input->nr_runs; i++) {
		size_t boot = 0;

		if (!samples_of(&input->run[i], line) || first_like(input, i, is_same_run) < i)
			continue;
		while (boot < i && !(is_same_boot(&input->run[boot], &input->run[i]) &&
				     samples_of(&input->run[boot], line)))
			boot++;
		figures->runs++;
		figures->boots += boot == i;
	}
}

static __u64 run_figure(const struct samples *samples, enum metric metric)
{
	__u64 total_ns = 0;

	switch (metric) {
	case METRIC_P99:
		return stats_percentile(samples->ns, samples->nr, 99);
	case METRIC_MEAN:
		return (__u64)(stats_mean(samples->ns, samples->nr) + 0.5);
	case METRIC_TOTAL:
		for (size_t i = 0; i < samples->nr; i++)
			if (__builtin_add_overflow(total_ns, samples->ns[i], &total_ns))
				return ~0ULL;
		return total_ns;
	default:
		return median_ns(samples->ns, samples->nr);
	}
}

/* The metric of a unit: the median of that of its runs. NAN: it has no values. */
static double unit_figure(const struct diff_units *units, const struct diff_input *input,
			  size_t unit, const struct diff_line *line, enum metric metric)
{
	const size_t *unit_of = units->unit_of[units->second[unit]];
	size_t nr = 0;

	for (size_t i = 0; i < input->nr_runs; i++) {
		const struct samples *samples =
			unit_of[i] == unit ? samples_of(&input->run[i], line) : NULL;

		if (samples)
			units->scratch[nr++] = run_figure(samples, metric);
	}
	qsort(units->scratch, nr, sizeof(*units->scratch), compare_ns);
	return nr ? (double)median_ns(units->scratch, nr) : NAN;
}

static void set_figures(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
			const struct diff_line *line, enum metric metric)
{
	for (size_t unit = 0; unit < units->permute.nr; unit++)
		units->figure[unit] =
			unit_figure(units, &sides[units->second[unit] ? DIFF_NEW : DIFF_BASE], unit,
				    line, metric);
}

/*
 * Sets the metric of both sides to the median over their units, whose figures are left in
 * units->figure and, sorted, in units->ns. value: of each unit, the logarithm, so that a percentage
 * is as far from any value; NAN in all if a side has none.
 */
static void set_metric(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		       struct diff_line *line, enum metric metric, double *value)
{
	size_t nr[NR_DIFF_SIDES] = {};

	set_figures(units, sides, line, metric);
	for (size_t unit = 0; unit < units->permute.nr; unit++) {
		enum diff_side side = units->second[unit] ? DIFF_NEW : DIFF_BASE;

		value[unit] = log1p(units->figure[unit]);
		if (!isnan(value[unit]))
			units->ns[side][nr[side]++] = (__u64)units->figure[unit];
	}
	for (size_t unit = 0; unit < units->permute.nr; unit++)
		if (!nr[DIFF_BASE] || !nr[DIFF_NEW])
			value[unit] = NAN;
	for (int side = 0; side < NR_DIFF_SIDES; side++) {
		qsort(units->ns[side], nr[side], sizeof(__u64), compare_ns);
		line->side[side].units = nr[side];
		if (nr[side])
			line->side[side].metric[metric] = stats_median(units->ns[side], nr[side]);
	}
}

/*
 * Lists the changes, in percent, from each base unit to each new unit of its block; 0 counts as 1
 * ns there. Returns their number.
 */
static size_t list_changes(struct diff_units *units)
{
	size_t nr = 0;

	for (size_t i = 0; i < units->permute.nr; i++) {
		for (size_t j = 0; j < units->permute.nr; j++) {
			double base = units->figure[i], now = units->figure[j];

			if (!units->second[i] && units->second[j] &&
			    units->block[i] == units->block[j] && !isnan(base) && !isnan(now))
				units->change[nr++] = 100 * (now - base) / fmax(base, 1);
		}
	}
	return nr;
}

/* As stats_compare(), without p. */
static void set_effect(struct diff_units *units, struct stats_difference *difference)
{
	size_t nr = list_changes(units);

	*difference = (struct stats_difference){.u = nr ? 0 : NAN, .p = NAN, .effect = NAN};
	for (size_t i = 0; i < nr; i++)
		difference->u += units->change[i] > 0 ? 1 : units->change[i] < 0 ? 0 : 0.5;
	if (nr)
		difference->effect = 2 * difference->u / (double)nr - 1;
}

static void set_line(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		     struct diff_line *line, double alpha, double *values)
{
	set_metric(units, sides, line, METRIC_P99, values + units->permute.nr);
	set_metric(units, sides, line, METRIC_P50, values);
	line->least_p = permute_least_p_known(&units->permute, values);
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		line->side[i].bounded =
			stats_median_interval(units->ns[i], line->side[i].units, alpha,
					      &line->side[i].low_ns, &line->side[i].high_ns);
	set_effect(units, &line->difference);
}

static void set_result(struct diff_line *line, const struct permute_result *median,
		       const struct permute_result *tail)
{
	line->difference.p = median->p;
	line->difference.exact = median->exact;
	line->p_corrected = median->corrected;
	line->direction = median->direction;
	line->p_tail_corrected = tail->corrected;
	line->direction_tail = tail->direction;
}

int diff_units_compare(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
		       struct diff *diff, double alpha)
{
	size_t nr = units->permute.nr;
	double *values = calloc(2 * diff->nr * nr + 1, sizeof(*values));
	struct permute_result *result = calloc(2 * diff->nr + 1, sizeof(*result));
	int err = values && result ? 0 : -ENOMEM;

	for (size_t i = 0; i < diff->nr && !err; i++)
		set_line(units, sides, &diff->line[i], alpha, values + 2 * i * nr);
	if (!err)
		err = permute_compare(values, 2 * diff->nr, &units->permute, result);
	for (size_t i = 0; i < diff->nr && !err; i++)
		set_result(&diff->line[i], &result[2 * i], &result[2 * i + 1]);
	free(values);
	free(result);
	return err;
}

static int compare_changes(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static double median_change(struct diff_units *units)
{
	size_t nr = list_changes(units);

	qsort(units->change, nr, sizeof(*units->change), compare_changes);
	return nr ? (units->change[(nr - 1) / 2] + units->change[nr / 2]) / 2 : NAN;
}

void diff_units_set_deltas(struct diff_units *units, const struct diff_input sides[NR_DIFF_SIDES],
			   struct diff *diff)
{
	size_t nr = units->permute.nr;

	/* Blocks are in ascending order. */
	if (!nr || units->block[nr - 1] == units->block[0])
		return;
	for (size_t i = 0; i < diff->nr; i++) {
		for (enum metric metric = 0; metric < NR_METRICS; metric++) {
			set_figures(units, sides, &diff->line[i], metric);
			diff->line[i].delta[metric] = median_change(units);
		}
	}
}

void diff_units_count(const struct diff_input sides[NR_DIFF_SIDES], struct diff_line *line)
{
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		count_runs(line, &sides[i], i);
}
