// SPDX-License-Identifier: GPL-2.0-only
/* Makes series of medians of recordings, and sums up the changes in them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/trend.h"
#include "analysis/trend_splits.h"

/* Points */

static bool is_same_text(const char *id, const char *other)
{
	return *id && !strcmp(id, other);
}

static bool is_one_boot(const struct diff_run *run, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!is_same_text(run[i].boot_id, run[0].boot_id))
			return false;
	return true;
}

/* A point for each boot, or for each run if there is only one boot. */
static int make_points(struct trend *trend, const struct diff_run *run, size_t nr)
{
	bool by_run = is_one_boot(run, nr);

	trend->unit = by_run ? UNIT_RUN : UNIT_BOOT;
	trend->point = calloc(nr + 1, sizeof(*trend->point));
	trend->point_of = calloc(nr + 1, sizeof(*trend->point_of));
	if (!trend->point || !trend->point_of)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		size_t first = 0;

		while (first < i && !is_same_text(run[i].run_id, run[first].run_id) &&
		       (by_run || !is_same_text(run[i].boot_id, run[first].boot_id)))
			first++;
		if (first == i)
			trend->point[trend->nr_points] = (struct trend_point){.run = i};
		trend->point_of[i] = first == i ? trend->nr_points++ : trend->point_of[first];
		trend->point[trend->point_of[i]].nr_runs++;
	}
	return 0;
}

/* Series */

static int compare_doubles(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Sorts. NAN: no values. */
static double median_of(double *value, size_t nr)
{
	qsort(value, nr, sizeof(*value), compare_doubles);
	if (!nr)
		return NAN;
	return nr % 2 ? value[nr / 2] : (value[nr / 2 - 1] + value[nr / 2]) / 2;
}

static struct samples *samples_of(const struct row *row, enum phase phase)
{
	return row && row->samples && row->samples[phase].nr ? &row->samples[phase] : NULL;
}

/* room: for a median of each run */
static void fill_series(const struct trend *trend, struct trend_series *series,
			const struct diff_run *run, size_t nr, double *room)
{
	for (size_t point = 0; point < trend->nr_points; point++) {
		size_t medians = 0;

		for (size_t i = trend->point[point].run; i < nr; i++) {
			const struct row *row;
			struct samples *samples;

			if (trend->point_of[i] != point || !run[i].aggregate)
				continue;
			row = aggregate_find(run[i].aggregate, series->row);
			series->uncounted[point] += row_uncounted(row, trend->measure);
			samples = samples_of(row, series->phase);
			if (!samples)
				continue;
			samples_sort(samples);
			room[medians++] = stats_median(samples->ns, samples->nr);
			series->n[point] += samples->nr;
		}
		series->median[point] = median_of(room, medians);
	}
}

static bool takes_time(const struct row *row, enum phase phase)
{
	struct samples *samples = samples_of(row, phase);

	for (size_t i = 0; samples && i < samples->nr; i++)
		if (samples->ns[i])
			return true;
	return false;
}

/* Several keys, or a map that is not the benchmark's own. */
static bool is_left_out(const struct trend *trend, const struct row *row)
{
	for (size_t i = 0; i < trend->nr_by; i++)
		if (trend->by[i] == KEY_SCENARIO && !row->key.map.scenario)
			return true;
	return row->other;
}

/* Of counts, what a key lacks. */
static void add_uncounted(struct trend *trend, const struct row *row)
{
	__u64 uncounted = row_uncounted(row, trend->measure);

	trend->uncounted += uncounted;
	trend->uncounted_keys += uncounted && !samples_of(row, PHASE_FREE);
}

static int make_series(struct trend *trend, const struct rows *rows, const struct diff_run *run,
		       size_t nr, __u32 phases)
{
	double *room = calloc(nr + 1, sizeof(*room));
	int err = room ? 0 : -ENOMEM;

	trend->series = calloc(rows->nr * NR_PHASES + 1, sizeof(*trend->series));
	if (!trend->series)
		err = -ENOMEM;
	for (size_t i = 0; i < rows->nr * NR_PHASES && !err; i++) {
		struct trend_series *series = &trend->series[trend->nr_series];
		const struct row *row = rows->row[i / NR_PHASES];
		enum phase phase = i % NR_PHASES;

		if (!phase_is_compared(phases, phase) || is_left_out(trend, row))
			continue;
		if (phase == PHASE_FREE)
			add_uncounted(trend, row);
		if (!takes_time(row, phase))
			continue;
		*series = (struct trend_series){
			.row = row,
			.phase = phase,
			.median = calloc(trend->nr_points, sizeof(double)),
			.n = calloc(trend->nr_points, sizeof(__u64)),
			.uncounted = calloc(trend->nr_points, sizeof(__u64)),
		};
		trend->nr_series++;
		if (!series->median || !series->n || !series->uncounted)
			err = -ENOMEM;
		else
			fill_series(trend, series, run, nr, room);
	}
	free(room);
	return err;
}

/* Changes */

static double median_between(const struct trend_series *series, size_t from, size_t to,
			     double *room)
{
	size_t nr = 0;

	for (size_t i = from; i < to; i++)
		if (!isnan(series->median[i]))
			room[nr++] = series->median[i];
	return median_of(room, nr);
}

static int compare_changes(const void *left, const void *right)
{
	const struct trend_change *a = left, *b = right;

	if (a->series != b->series)
		return a->series < b->series ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static int finish_changes(struct trend *trend)
{
	double *room = calloc(trend->nr_points + 1, sizeof(*room));

	if (!room)
		return -ENOMEM;
	if (trend->nr_changes)
		qsort(trend->change, trend->nr_changes, sizeof(*trend->change), compare_changes);
	for (size_t i = 0; i < trend->nr_changes; i++) {
		struct trend_change *change = &trend->change[i];
		bool first = !i || change[-1].series != change->series;
		bool last = i + 1 == trend->nr_changes || change[1].series != change->series;

		change->before =
			median_between(change->series, first ? 0 : change[-1].at, change->at, room);
		change->after = median_between(change->series, change->at,
					       last ? trend->nr_points : change[1].at, room);
		change->delta = change->before > 0
					? 100 * (change->after - change->before) / change->before
					: NAN;
	}
	free(room);
	return 0;
}

int trend_make(struct trend *trend, struct aggregate *all, const struct diff_run *run, size_t nr,
	       const struct trend_options *opts)
{
	struct rows rows;
	int err;

	*trend = (struct trend){.measure = opts->measure};
	err = aggregate_sort(all, SORT_KEY, 0, &rows);
	if (err)
		return err;
	trend->by = rows.by;
	trend->nr_by = rows.nr_by;
	err = make_points(trend, run, nr);
	if (!err)
		err = make_series(trend, &rows, run, nr, opts->phases);
	if (!err)
		err = trend_find_splits(trend, opts);
	if (!err)
		err = finish_changes(trend);
	if (err)
		trend_free(trend);
	return err;
}

void trend_free(struct trend *trend)
{
	for (size_t i = 0; i < trend->nr_series; i++) {
		free(trend->series[i].median);
		free(trend->series[i].n);
		free(trend->series[i].uncounted);
	}
	free(trend->series);
	free(trend->change);
	free(trend->point);
	free(trend->point_of);
	*trend = (struct trend){};
}
