// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds changes that were planted in series of recordings, and none where there are none.
 */
#include <math.h>

#include "analysis/trend.h"
#include "support/chance.h"
#include "support/compared.h"

#define MAX_POINTS 64

/* Recordings, each of a boot, with one value for each map. */
struct history {
	struct aggregate *all;
	struct diff_run run[MAX_POINTS];
	char id[MAX_POINTS][16];
	size_t nr;
	struct trend trend;
	struct trend_options opts;
};

static struct aggregate *samples_new(enum measure measure)
{
	struct aggregate *aggregate = aggregate_new(by_name, 1, 100);

	assert_non_null(aggregate);
	aggregate_keep_samples(aggregate, measure);
	return aggregate;
}

static struct history history_of(enum measure measure, size_t arrangements)
{
	return (struct history){
		.all = samples_new(measure),
		.opts = {.measure = measure, .alpha = 0.05, .arrangements = arrangements},
	};
}

static struct history history_new(size_t arrangements)
{
	return history_of(MEASURE_TIME, arrangements);
}

static void history_free(struct history *history)
{
	trend_free(&history->trend);
	aggregate_free(history->all);
	for (size_t i = 0; i < history->nr; i++)
		aggregate_free(history->run[i].aggregate);
}

static void add_run(struct history *history, const char *boot)
{
	struct diff_run *run = &history->run[history->nr];

	snprintf(history->id[history->nr], sizeof(*history->id), "%zu", history->nr);
	run->aggregate = samples_new(history->opts.measure);
	run->run_id = history->id[history->nr];
	run->boot_id = boot ? boot : run->run_id;
	history->nr++;
}

/* In the last run. */
static void add_value(struct history *history, const char *name, double ns)
{
	struct call call = call_of(name, (__u64)ns);

	assert_int_equal(aggregate_add(history->all, &call), 0);
	assert_int_equal(aggregate_add(history->run[history->nr - 1].aggregate, &call), 0);
}

static void add_counted(struct history *history, const char *name, __u64 instructions)
{
	const struct teardown teardown = counted_of(name, instructions);

	assert_int_equal(aggregate_add_teardown(history->all, &teardown), 0);
	assert_int_equal(aggregate_add_teardown(history->run[history->nr - 1].aggregate, &teardown),
			 0);
}

static const struct trend *find(struct history *history)
{
	trend_free(&history->trend);
	assert_int_equal(trend_make(&history->trend, history->all, history->run, history->nr,
				    &history->opts),
			 0);
	return &history->trend;
}

/* Around 1, by up to so much. */
static double noise(double much)
{
	return 1 + much * ((double)below(2001) / 1000 - 1);
}

/* 10 maps; a map named "step" has two changes, at points 8 and 16 of 24. */
TEST(planted)
{
	struct history history = history_new(0);
	const struct trend *trend;
	char name[16];

	for (size_t point = 0; point < 24; point++) {
		add_run(&history, NULL);
		for (int map = 0; map < 9; map++) {
			snprintf(name, sizeof(name), "map%d", map);
			add_value(&history, name, 100000 * noise(0.1));
		}
		add_value(&history, "step",
			  (point < 8	? 100000
			   : point < 16 ? 200000
					: 150000) *
				  noise(0.05));
	}
	trend = find(&history);
	assert_int_equal(trend->nr_points, 24);
	assert_int_equal(trend->unit, UNIT_BOOT);
	assert_int_equal(trend->nr_series, 10);
	assert_int_equal(trend->nr_changes, 2);
	assert_int_equal(trend->nr_few, 0);
	assert_string_equal(trend->change[0].series->row->key.map.name, "step");
	assert_int_equal(trend->change[0].at, 8);
	assert_int_equal(trend->change[1].at, 16);
	assert_true(trend->change[0].delta > 80 && trend->change[0].delta < 120);
	assert_true(trend->change[1].delta > -35 && trend->change[1].delta < -15);
	assert_true(trend->change[0].after == trend->change[1].before);
	assert_true(trend->change[0].p_corrected < 0.01);
	history_free(&history);
}

/* Boots that lack the map do not count, and the change is at the next one that has it. */
TEST(unknown)
{
	struct history history = history_new(999);
	const struct trend *trend;

	for (size_t point = 0; point < 20; point++) {
		add_run(&history, NULL);
		if (point % 4 != 2)
			add_value(&history, "map", (point < 10 ? 1000 : 3000) + (double)point);
		add_value(&history, "rare", 5);
		if (point > 3)
			continue;
		add_value(&history, "short", 1000);
	}
	trend = find(&history);
	assert_int_equal(trend->nr_changes, 1);
	assert_int_equal(trend->change[0].at, 11);
	assert_true(isnan(trend->change[0].series->median[10]));
	assert_int_equal(trend->nr_few, 1);
	assert_int_equal(trend->enough, 8);
	history_free(&history);
}

/*
 * Counts in place of times: of free alone, though the teardowns have times of all phases. Frees
 * without a known one are counted, point by point; a map without any has no series.
 */
TEST(counts)
{
	struct history history = history_of(MEASURE_INSTRUCTIONS, 999);
	const struct trend_series *series;
	const struct trend *trend;

	for (size_t point = 0; point < 12; point++) {
		add_run(&history, NULL);
		for (int i = 0; i < 3; i++)
			add_counted(&history, "map", (point < 6 ? 1000 : 1500) + point);
		if (point == 4)
			add_counted(&history, "map", 0);
		add_counted(&history, "never", 0);
	}
	trend = find(&history);
	assert_int_equal(trend->measure, MEASURE_INSTRUCTIONS);
	assert_int_equal(trend->nr_series, 1);
	assert_int_equal(trend->nr_changes, 1);
	assert_int_equal(trend->change[0].at, 6);
	assert_true(trend->change[0].before == 1002.5);
	assert_true(trend->change[0].after == 1508.5);
	assert_int_equal(trend->uncounted, 13);
	assert_int_equal(trend->uncounted_keys, 1);
	series = trend->series;
	assert_int_equal(series->phase, PHASE_FREE);
	assert_int_equal(series->n[4], 3);
	assert_int_equal(series->uncounted[4], 1);
	assert_int_equal(series->uncounted[5], 0);
	assert_true(series->median[11] == 1511);
	history_free(&history);
}

/* Runs of a boot are one point, unless there is only one boot. */
TEST(points)
{
	static const char *const boots[] = {"a", "a", "b", "a", "b", "c"};
	struct history history = history_new(99);
	const struct trend *trend;

	for (size_t i = 0; i < 6; i++) {
		add_run(&history, boots[i]);
		add_value(&history, "map", 100 * (double)(i + 1));
	}
	trend = find(&history);
	assert_int_equal(trend->nr_points, 3);
	assert_int_equal(trend->point[0].nr_runs, 3);
	assert_int_equal(trend->point[1].run, 2);
	assert_true(trend->series[0].median[0] == 200);
	assert_true(trend->series[0].median[1] == 400);
	assert_int_equal(trend->series[0].n[0], 3);
	history_free(&history);

	history = history_new(99);
	for (size_t i = 0; i < 6; i++) {
		add_run(&history, "a");
		add_value(&history, "map", 100);
	}
	history.run[3].run_id = history.run[1].run_id; /* a copy */
	trend = find(&history);
	assert_int_equal(trend->unit, UNIT_RUN);
	assert_int_equal(trend->nr_points, 5);
	assert_int_equal(trend->nr_changes, 0);
	history_free(&history);
}

/* A table of 5 maps over 12 boots; what boots have in common, and each map's own noise. */
static size_t changes_of(bool planted, double own, double common)
{
	struct history history = history_new(499);
	size_t changes;
	char name[16];

	for (size_t point = 0; point < 12; point++) {
		double boot = noise(common);

		add_run(&history, NULL);
		for (int map = 0; map < 5; map++) {
			double step = planted && !map && point >= 6 ? 1.25 : 1;

			snprintf(name, sizeof(name), "map%d", map);
			add_value(&history, name, 100000 * boot * step * noise(own));
		}
	}
	changes = find(&history)->nr_changes;
	history_free(&history);
	return changes;
}

/* Of 300 tables without a change, 5 % have one by chance: 15, give or take 4. */
TEST(false_alarms)
{
	size_t independent = 0, alike = 0, found = 0;

	for (int i = 0; i < 300; i++)
		independent += changes_of(false, 0.1, 0) > 0;
	for (int i = 0; i < 300; i++)
		alike += changes_of(false, 0.02, 0.1) > 0;
	for (int i = 0; i < 50; i++)
		found += changes_of(true, 0.1, 0) > 0;
	printf("false alarms in 300 tables: %zu and %zu; found of 50: %zu\n", independent, alike,
	       found);
	assert_in_range(independent, 5, 27);
	assert_in_range(alike, 5, 27);
	assert_in_range(found, 45, 50);
}

TEST_MAIN(NULL, NULL)
