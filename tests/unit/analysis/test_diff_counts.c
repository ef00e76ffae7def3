// SPDX-License-Identifier: GPL-2.0-only
/* Compares counts of instructions in place of times. */
#include "support/compared.h"

static struct sides sides; /* by name */

static int open_sides(void **state __attribute__((unused)))
{
	sides = sides_of(MEASURE_INSTRUCTIONS, by_name, 1, 100);
	return 0;
}

static int close_sides(void **state __attribute__((unused)))
{
	sides_free(&sides);
	return 0;
}

#define COUNT_TEST(name) TEST_BETWEEN(name, open_sides, close_sides)

/* Only frees with a known count have a sample; the others are counted as left out. */
COUNT_TEST(counts_in_place_of_times)
{
	const struct diff_line *line;

	limit(&sides, METRIC_P50, 10);
	for (int i = 0; i < 20; i++) {
		put_counted(&sides, DIFF_BASE, "more", 1000 + i);
		put_counted(&sides, DIFF_NEW, "more", i < 3 ? 0 : 1500 + i);
		put_counted(&sides, DIFF_BASE, "same", 1000 + i);
		put_counted(&sides, DIFF_NEW, "same", 1000 + i);
	}
	put_counted(&sides, DIFF_BASE, "never", 0);
	line = compare(&sides)->line;
	assert_int_equal(sides.diff.measure, MEASURE_INSTRUCTIONS);
	assert_int_equal(sides.diff.nr, 2);
	assert_int_equal(sides.diff.uncounted[DIFF_BASE], 1);
	assert_int_equal(sides.diff.uncounted[DIFF_NEW], 3);
	assert_int_equal(sides.diff.uncounted_keys, 1);
	assert_int_equal(sides.diff.result, RESULT_FAILS);
	assert_string_equal(line->row->key.map.name, "more");
	assert_int_equal(line->measure, MEASURE_INSTRUCTIONS);
	assert_int_equal(line->phase, PHASE_FREE);
	assert_int_equal(line->verdict, VERDICT_SLOWER);
	assert_int_equal(line->failed, 1);
	assert_int_equal(line->side[DIFF_BASE].uncounted, 0);
	assert_int_equal(line->side[DIFF_NEW].uncounted, 3);
	assert_int_equal(line->side[DIFF_NEW].n, 17);
	assert_true(line->side[DIFF_BASE].metric[METRIC_P50] == 1009.5);
	assert_true(line->side[DIFF_NEW].metric[METRIC_P50] == 1511);
	assert_int_equal(sides.diff.nr_means, 1);
	assert_int_equal(sides.diff.means[0].measure, MEASURE_INSTRUCTIONS);
}

/* A key that had counts and has none is missing. */
COUNT_TEST(counts_that_are_gone)
{
	limit(&sides, METRIC_P50, 10);
	for (int i = 0; i < 20; i++) {
		put_counted(&sides, DIFF_BASE, "a", 1000 + i);
		put_counted(&sides, DIFF_NEW, "a", 1000 + i);
		put_counted(&sides, DIFF_BASE, "b", 1000 + i);
		put_counted(&sides, DIFF_NEW, "b", 0);
	}
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.only_in[DIFF_BASE], 1);
	assert_int_equal(sides.diff.uncounted_keys, 0);
}

/* The unit stays the run. */
COUNT_TEST(counts_of_one_run)
{
	static const char *const ids[] = {"3", "4", "5", "6", "7", "8", "9", "10"};

	begin_run(&sides, DIFF_BASE, "1", "boot");
	begin_run(&sides, DIFF_NEW, "2", "boot");
	for (int i = 0; i < 20; i++) {
		put_counted(&sides, DIFF_BASE, "a", 1000 + i);
		put_counted(&sides, DIFF_NEW, "a", 2000 + i);
	}
	assert_true(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.line[0].verdict, VERDICT_FEW_RUNS);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(ids); i += 2) {
		begin_run(&sides, DIFF_BASE, ids[i], "boot");
		put_counted(&sides, DIFF_BASE, "a", 1000 + i);
		begin_run(&sides, DIFF_NEW, ids[i + 1], "boot");
		put_counted(&sides, DIFF_NEW, "a", 2000 + i);
	}
	assert_false(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.line[0].verdict, VERDICT_SLOWER);
}

TEST_MAIN(NULL, NULL)
