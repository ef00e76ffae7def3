// SPDX-License-Identifier: GPL-2.0-only
/* Compares aggregates with results known by hand. */
#include <math.h>

#include "support/compared.h"

static bool is_near(double got, double want)
{
	return fabs(got - want) <= 1e-9 * fmax(1, fabs(want));
}

static struct sides sides; /* by name */

static int open_sides(void **state __attribute__((unused)))
{
	sides = sides_new();
	return 0;
}

static int close_sides(void **state __attribute__((unused)))
{
	sides_free(&sides);
	return 0;
}

#define DIFF_TEST(name) TEST_BETWEEN(name, open_sides, close_sides)

/* 1000 values from 10 us on; one in fifty takes 90 us more. */
static void put_tail(enum diff_side side, const char *name)
{
	for (size_t i = 0; i < 1000; i++)
		put(&sides, side, name, i % 50 ? 10000 + i : 100000 + i);
}

static const struct diff_line *line_of(const struct diff *diff, const char *name)
{
	size_t i;

	for (i = 0; i < diff->nr + diff->left_out; i++)
		if (!strcmp(diff->line[i].row->key.map.name, name))
			return &diff->line[i];
	fail_msg("no line of %s", name);
	return NULL;
}

/* Five values each, all new ones greater: one arrangement of 252. */
DIFF_TEST(figures_of_a_line)
{
	const struct diff_line *line;

	put_steps(&sides, DIFF_BASE, "a", 100, 10, 5);
	put_steps(&sides, DIFF_NEW, "a", 150, 20, 5);
	line = compare(&sides)->line;
	assert_int_equal(sides.diff.nr, 1);
	assert_int_equal(sides.diff.nr_by, 1);
	assert_int_equal(sides.diff.by[0], KEY_NAME);
	assert_int_equal(line->phase, PHASE_DESTROY);
	assert_int_equal(line->side[DIFF_BASE].n, 5);
	assert_int_equal(line->side[DIFF_BASE].total_ns, 600);
	assert_true(line->side[DIFF_BASE].metric[METRIC_P50] == 120);
	assert_true(line->side[DIFF_NEW].metric[METRIC_P50] == 190);
	assert_true(line->side[DIFF_NEW].metric[METRIC_MEAN] == 190);
	assert_true(line->side[DIFF_NEW].metric[METRIC_P99] == 230);
	/* The interval from the least to the greatest of five covers 1 - 2 / 32, less than 0.95. */
	assert_false(line->side[DIFF_BASE].bounded);

	assert_true(is_near(line->delta[METRIC_P50], 100 * 70 / 120.0));
	assert_true(is_near(line->delta[METRIC_P99], 100 * 90 / 140.0));
	assert_true(is_near(line->delta[METRIC_MEAN], 100 * 70 / 120.0));
	assert_true(is_near(line->delta[METRIC_TOTAL], 100 * 350 / 600.0));
	assert_true(line->difference.u == 25);
	assert_true(line->difference.effect == 1);
	assert_true(line->difference.exact);
	assert_true(is_near(line->difference.p, 2 / 252.0));
	/* The median and the tail are two tests. */
	assert_true(is_near(line->p_corrected, 2 * 2 / 252.0));
	assert_int_equal(line->verdict, VERDICT_SLOWER);
	assert_int_equal(line->failed, 0);

	sides.opts.alpha = 2 / 252.0;
	assert_int_equal(compare(&sides)->line->verdict, VERDICT_SAME);
	sides.opts.alpha = 0.07;
	line = compare(&sides)->line;
	assert_true(line->side[DIFF_BASE].bounded);
	assert_int_equal(line->side[DIFF_BASE].low_ns, 100);
	assert_int_equal(line->side[DIFF_BASE].high_ns, 140);
}

DIFF_TEST(limits)
{
	const struct diff *diff;

	/* Slower by 100 %, faster, and slower with too few values to be significant. */
	put_steps(&sides, DIFF_BASE, "slower", 1000, 1, 20);
	put_steps(&sides, DIFF_NEW, "slower", 2000, 2, 20);
	put_both(&sides, "faster", 2000, 1000, 1, 20);
	put_both(&sides, "few", 1000, 3000, 1, 3);
	limit(&sides, METRIC_P50, 10);
	limit(&sides, METRIC_P99, 99);
	limit(&sides, METRIC_MEAN, 101);
	limit(&sides, METRIC_TOTAL, 50);
	diff = compare(&sides);
	assert_int_equal(diff->nr, 3);
	assert_int_equal(diff->tally.failed, 1);
	assert_string_equal(diff->line[0].row->key.map.name, "slower");
	assert_int_equal(line_of(diff, "slower")->failed, 1 << 0 | 1 << 1 | 1 << 3);
	assert_int_equal(line_of(diff, "slower")->verdict, VERDICT_SLOWER);
	assert_int_equal(line_of(diff, "faster")->failed, 0);
	assert_int_equal(line_of(diff, "faster")->verdict, VERDICT_FASTER);
	assert_int_equal(line_of(diff, "few")->failed, 0);
	assert_int_equal(line_of(diff, "few")->verdict, VERDICT_SAME);
	assert_true(line_of(diff, "few")->delta[METRIC_P50] > 199);
}

/* 1000 to 1100 does not exceed 10 %, 1000 to 1101 does. */
DIFF_TEST(limit_exact)
{
	put_both(&sides, "a", 1000, 1100, 0, 15);
	limit(&sides, METRIC_P50, 10);
	assert_true(compare(&sides)->line->delta[METRIC_P50] == 10);
	assert_int_equal(sides.diff.tally.failed, 0);
	assert_int_equal(sides.diff.line->verdict, VERDICT_SLOWER);
	aggregate_reset(sides.of[DIFF_NEW]);
	put_steps(&sides, DIFF_NEW, "a", 1101, 0, 15);
	assert_int_equal(compare(&sides)->tally.failed, 1);
}

/* One in fifty takes ten times as long: median and rank sum do not show it, but the tail does. */
DIFF_TEST(limit_of_tail)
{
	const struct diff_line *line;

	put_steps(&sides, DIFF_BASE, "a", 10000, 1, 1000);
	put_tail(DIFF_NEW, "a");
	limit(&sides, METRIC_P50, 5);
	limit(&sides, METRIC_P99, 5);
	limit(&sides, METRIC_MEAN, 5); /* has grown, but needs a significant rank sum */
	line = compare(&sides)->line;
	assert_int_equal(line->verdict, VERDICT_SAME);
	assert_true(line->delta[METRIC_MEAN] > 15);
	assert_true(line->p_tail_corrected < 0.001);
	assert_int_equal(line->failed, 1 << 1);

	/* The same number on both sides is no change. */
	put_tail(DIFF_BASE, "a");
	put_steps(&sides, DIFF_NEW, "a", 10000, 1, 1000);
	line = compare(&sides)->line;
	assert_true(line->p_tail_corrected > 0.9);
	assert_int_equal(line->failed, 0);
}

/* Twice as many calls take twice the total time, but none of them is slower. */
DIFF_TEST(limit_of_total)
{
	const struct diff_line *line;

	put_steps(&sides, DIFF_BASE, "a", 1000, 2, 100);
	put_steps(&sides, DIFF_NEW, "a", 1000, 1, 200);
	limit(&sides, METRIC_TOTAL, 50);
	line = compare(&sides)->line;
	assert_true(line->delta[METRIC_TOTAL] > 99);
	assert_int_equal(line->failed, 0);
}

/* A p of 2 / 252 is rare for one key, and expected for one of 40. */
DIFF_TEST(corrected_for_their_number)
{
	char name[12];
	int i;

	put_both(&sides, "slower", 100, 200, 10, 5);
	limit(&sides, METRIC_P50, 10);
	assert_int_equal(compare(&sides)->tally.failed, 1);
	for (i = 1; i < 40; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put_both(&sides, name, 100, 101, 10, 5);
	}
	assert_int_equal(compare(&sides)->tally.failed, 0);
	assert_int_equal(sides.diff.nr, 40);
	assert_int_equal(line_of(&sides.diff, "slower")->verdict, VERDICT_SAME);
	assert_true(is_near(line_of(&sides.diff, "slower")->difference.p, 2 / 252.0));
	assert_true(is_near(line_of(&sides.diff, "slower")->p_corrected, 80 * 2 / 252.0));
}

/* The same for tails: the ten greatest of 1000 are all on one side with a p of 1 / 500. */
DIFF_TEST(tails_corrected_for_their_number)
{
	char name[12];
	int i;

	put_steps(&sides, DIFF_BASE, "tail", 10000, 1, 500);
	put_steps(&sides, DIFF_NEW, "tail", 10000, 1, 490);
	put_steps(&sides, DIFF_NEW, "tail", 100000, 1, 10);
	limit(&sides, METRIC_P99, 10);
	assert_int_equal(compare(&sides)->tally.failed, 1);
	for (i = 1; i < 40; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put_both(&sides, name, 100, 100, 1, 5);
	}
	assert_int_equal(compare(&sides)->tally.failed, 0);
	assert_true(line_of(&sides.diff, "tail")->p_tail_corrected > 0.05);
}

DIFF_TEST(keys_of_one_side)
{
	const struct diff_line *line;
	const struct diff *diff;

	put_steps(&sides, DIFF_BASE, "gone", 100, 1, 20);
	put_steps(&sides, DIFF_NEW, "added", 100, 1, 20);
	put_both(&sides, "both", 100, 100, 1, 20);
	limit(&sides, METRIC_TOTAL, 0);
	limit(&sides, METRIC_P99, 0);
	diff = compare(&sides);
	assert_int_equal(diff->nr, 3);
	assert_int_equal(diff->tally.failed, 0);
	/* In the order of the keys, whatever their side. */
	assert_string_equal(diff->line[0].row->key.map.name, "added");
	assert_string_equal(diff->line[1].row->key.map.name, "both");
	assert_string_equal(diff->line[2].row->key.map.name, "gone");
	line = &diff->line[0];
	assert_int_equal(line->verdict, VERDICT_UNKNOWN);
	assert_int_equal(line->side[DIFF_BASE].n, 0);
	assert_int_equal(line->side[DIFF_NEW].n, 20);
	assert_true(isnan(line->side[DIFF_BASE].metric[METRIC_P50]));
	assert_true(isnan(line->delta[METRIC_P50]));
	assert_true(isnan(line->delta[METRIC_TOTAL]));
	assert_true(isnan(line->p_corrected));
	assert_int_equal(diff->line[2].verdict, VERDICT_UNKNOWN);
	assert_true(isnan(diff->line[2].delta[METRIC_TOTAL]));
	/* Lines without a p do not count in the correction. */
	assert_true(diff->line[1].p_corrected == diff->line[1].difference.p);
	assert_int_equal(diff->nr_means, 1);
	assert_int_equal(diff->means[0].side[DIFF_BASE].n, 1);
}

DIFF_TEST(rows_of_no_scenario)
{
	static const enum key by[] = {KEY_SCENARIO};
	struct call call = call_of("a", 1000);
	int i;

	sides_free(&sides);
	sides = sides_by(by, 1, 100);
	for (i = 0; i < NR_DIFF_SIDES; i++) {
		call.map.scenario = NULL;
		assert_int_equal(aggregate_add(sides.of[i], &call), 0);
		call.map.scenario = "hash";
		assert_int_equal(aggregate_add(sides.of[i], &call), 0);
	}
	assert_int_equal(compare(&sides)->nr, 1);
	assert_string_equal(sides.diff.line[0].row->key.map.scenario, "hash");
	sides_free(&sides);

	/* The "other" row may belong to a scenario. */
	sides = sides_by(by, 1, 0);
	for (i = 0; i < NR_DIFF_SIDES; i++)
		assert_int_equal(aggregate_add(sides.of[i], &call), 0);
	assert_int_equal(compare(&sides)->nr, 1);
	assert_true(sides.diff.line[0].row->other);
	sides_free(&sides);

	/* Without that key, no row is left out. */
	sides = sides_new();
	put(&sides, DIFF_NEW, "a", 1000);
	assert_int_equal(compare(&sides)->nr, 1);
}

DIFF_TEST(other_rows)
{
	sides_free(&sides);
	sides = sides_by(by_name, 1, 1);
	put_steps(&sides, DIFF_BASE, "a", 100, 1, 5);
	put_steps(&sides, DIFF_BASE, "b", 100, 1, 5);
	put_steps(&sides, DIFF_NEW, "a", 100, 1, 5);
	put_steps(&sides, DIFF_NEW, "c", 100, 1, 6);
	assert_int_equal(compare(&sides)->nr, 2);
	assert_true(sides.diff.line[1].row->other);
	assert_int_equal(sides.diff.line[1].side[DIFF_BASE].n, 5);
	assert_int_equal(sides.diff.line[1].side[DIFF_NEW].n, 6);
}

static struct teardown teardown_of(__u64 wait_ns, __u64 free_ns, __u64 destroy_ns,
				   __u64 deferred_ns)
{
	return (struct teardown){
		.map = call_of("a", free_ns).map,
		.phase = {wait_ns, free_ns, destroy_ns, deferred_ns, wait_ns + free_ns},
	};
}

/* wait, free, total: DESTROY is 0 in all teardowns, DEFERRED unknown in all. */
DIFF_TEST(phases_of_teardowns)
{
	struct teardown teardown;
	const struct diff *diff;
	int i;

	for (i = 1; i <= 10; i++) {
		teardown = teardown_of(i, 100, 0, UNKNOWN_NS);
		assert_int_equal(aggregate_add_teardown(sides.of[DIFF_BASE], &teardown), 0);
		teardown = teardown_of(i, 200, 0, UNKNOWN_NS);
		assert_int_equal(aggregate_add_teardown(sides.of[DIFF_NEW], &teardown), 0);
	}
	diff = compare(&sides);
	assert_int_equal(diff->nr, 3);
	assert_int_equal(diff->line[0].phase, PHASE_FREE);
	assert_true(diff->line[0].delta[METRIC_P50] == 100);
	assert_int_equal(diff->line[1].phase, PHASE_TOTAL);
	assert_true(diff->line[1].side[DIFF_NEW].metric[METRIC_P50] == 205.5);
	assert_int_equal(diff->line[2].phase, PHASE_WAIT);
	assert_int_equal(diff->line[2].verdict, VERDICT_SAME);
	assert_int_equal(diff->nr_means, 3);

	sides.opts.phases = 1 << PHASE_WAIT | 1 << PHASE_DEFERRED;
	assert_int_equal(compare(&sides)->nr, 1);
	assert_int_equal(sides.diff.line[0].phase, PHASE_WAIT);
}

/* A base of 0 ns does not mean that nothing has changed. */
DIFF_TEST(base_of_zero)
{
	const struct diff_line *line;

	put_steps(&sides, DIFF_BASE, "a", 0, 0, 20);
	put_steps(&sides, DIFF_NEW, "a", 100, 1, 20);
	limit(&sides, METRIC_P50, 10);
	line = compare(&sides)->line;
	assert_int_equal(sides.diff.nr, 1);
	assert_int_equal(line->verdict, VERDICT_SLOWER);
	assert_true(isnan(line->delta[METRIC_P50]));
	/* It has grown by more than any percentage. */
	assert_int_equal(line->failed, 1);
	assert_int_equal(sides.diff.result, RESULT_FAILS);
	assert_int_equal(sides.diff.nr_means, 0);
}

DIFF_TEST(geometric_means)
{
	const struct diff_line *mean;

	put(&sides, DIFF_BASE, "half", 2000);
	put(&sides, DIFF_NEW, "half", 1000);
	put(&sides, DIFF_BASE, "eightfold", 1000);
	put(&sides, DIFF_NEW, "eightfold", 8000);
	put(&sides, DIFF_BASE, "zero", 0);
	put(&sides, DIFF_NEW, "zero", 1);
	put(&sides, DIFF_BASE, "gone", 1);
	sides.opts.top = 1;
	mean = compare(&sides)->means;
	assert_int_equal(sides.diff.nr_means, 1);
	assert_null(mean->row);
	assert_int_equal(mean->phase, PHASE_DESTROY);
	assert_int_equal(mean->side[DIFF_BASE].n, 2);
	assert_int_equal(mean->side[DIFF_NEW].n, 2);
	assert_true(is_near(mean->delta[METRIC_P50], 100));
	assert_true(isnan(mean->delta[METRIC_MEAN]));
	assert_true(isnan(mean->p_corrected));
	assert_int_equal(mean->verdict, VERDICT_UNKNOWN);
}

DIFF_TEST(worst_first)
{
	static const struct {
		const char *name;
		__u64 new_from;
	} order[] = {
		{"slower30", 1300}, {"slower20", 1200}, {"slower9", 1090}, {"gone", 0},
		{"same1", 1000},    {"same2", 1000},	{"faster1", 900},  {"faster2", 800},
	};
	const struct diff *diff;
	size_t i;

	for (i = 0; i < 8; i++) {
		put_steps(&sides, DIFF_BASE, order[i].name, 1000, 1, 40);
		if (order[i].new_from)
			put_steps(&sides, DIFF_NEW, order[i].name, order[i].new_from, 1, 40);
	}
	diff = compare(&sides);
	assert_int_equal(diff->nr, 8);
	for (i = 0; i < 8; i++)
		assert_string_equal(diff->line[i].row->key.map.name, order[i].name);

	/* All lines are checked against the limits; only the first is shown. */
	limit(&sides, METRIC_P50, 10);
	sides.opts.top = 1;
	diff = compare(&sides);
	assert_int_equal(diff->nr, 1);
	assert_int_equal(diff->left_out, 7);
	assert_int_equal(diff->tally.failed, 2);
	assert_string_equal(diff->line[0].row->key.map.name, "slower30");
	assert_string_equal(diff->line[1].row->key.map.name, "slower20");
}

/* Lines without a delta, because the base took no time, come after those with one. */
DIFF_TEST(unknown_delta_last)
{
	put_steps(&sides, DIFF_BASE, "a", 0, 0, 40);
	put_steps(&sides, DIFF_NEW, "a", 1000, 1, 40);
	put_both(&sides, "b", 1000, 1100, 1, 40);
	assert_string_equal(compare(&sides)->line[0].row->key.map.name, "b");
	assert_int_equal(sides.diff.line[1].verdict, VERDICT_SLOWER);
}

/* A tail beyond its limit comes before a slower line without a limit. */
DIFF_TEST(failed_first)
{
	put_both(&sides, "slower", 1000, 2000, 1, 1000);
	put_steps(&sides, DIFF_BASE, "tail", 10000, 1, 1000);
	put_tail(DIFF_NEW, "tail");
	limit(&sides, METRIC_P99, 200);
	assert_int_equal(compare(&sides)->tally.failed, 1);
	assert_string_equal(sides.diff.line[0].row->key.map.name, "tail");
}

DIFF_TEST(nothing)
{
	assert_int_equal(compare(&sides)->nr, 0);
	assert_int_equal(sides.diff.nr_means, 0);
	assert_int_equal(sides.diff.left_out, 0);
	assert_int_equal(sides.diff.result, RESULT_NO_LIMITS);
	diff_free(&sides.diff);
	limit(&sides, METRIC_P50, 10);
	sides.opts.allow_missing = true;
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
}

/* Limits are kept only by what was compared. */
DIFF_TEST(limits_need_evidence)
{
	limit(&sides, METRIC_P50, 10);
	put_both(&sides, "both", 1000, 1000, 1, 20);
	put_steps(&sides, DIFF_NEW, "added", 1000, 1, 20);
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	assert_int_equal(sides.diff.tally.compared, 1);
	assert_int_equal(sides.diff.tally.only_in[DIFF_NEW], 1);

	put_steps(&sides, DIFF_BASE, "gone", 1000, 1, 20);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.only_in[DIFF_BASE], 1);
	sides.opts.allow_missing = true;
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	put_both(&sides, "slower", 1000, 2000, 1, 20);
	assert_int_equal(compare(&sides)->result, RESULT_FAILS);

	/* A key without values on the new side. */
	sides_free(&sides);
	sides = sides_new();
	limit(&sides, METRIC_P50, 10);
	put_both(&sides, "both", 1000, 1000, 1, 20);
	put_both(&sides, "unknown", 1000, UNKNOWN_NS, 0, 1);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
}

/* Of 3 and 3 values, all greater: p is 0.1 at least. 5 and 5 suffice for one key, not for 40. */
DIFF_TEST(limits_need_enough_values)
{
	char name[12];

	limit(&sides, METRIC_P50, 10);
	put_both(&sides, "few", 1000, 1099, 0, 3);
	/* Nothing could fail. */
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.unclear, 1);
	put_both(&sides, "many", 1000, 1000, 1, 20);
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	put_both(&sides, "slower", 1000, 2000, 1, 3);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.unclear, 1);
	assert_int_equal(line_of(&sides.diff, "slower")->unclear, 1);
	assert_int_equal(line_of(&sides.diff, "few")->unclear, 0);

	sides_free(&sides);
	sides = sides_new();
	limit(&sides, METRIC_P50, 10);
	put_both(&sides, "slower", 1000, 2000, 1, 5);
	assert_int_equal(compare(&sides)->result, RESULT_FAILS);
	for (int i = 1; i < 40; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put_both(&sides, name, 1000, 1000, 1, 5);
	}
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.failed, 0);
}

/* A slower key may hide in the row of all further keys. */
DIFF_TEST(limits_need_each_key)
{
	sides_free(&sides);
	sides = sides_by(by_name, 1, 1);
	limit(&sides, METRIC_P50, 10);
	put_both(&sides, "a", 1000, 1000, 1, 20);
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	put_both(&sides, "b", 1000, 1000, 1, 20);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
}

TEST_MAIN(NULL, NULL)
