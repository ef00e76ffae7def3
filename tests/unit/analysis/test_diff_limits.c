// SPDX-License-Identifier: GPL-2.0-only
/* Limits pass only where a comparison could have shown that they are exceeded. */
#include <math.h>

#include "support/compared.h"

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

#define LIMIT_TEST(name) TEST_BETWEEN(name, open_sides, close_sides)

/*
 * Nothing is above the joint percentile of 40 values, and two of 200 are not significant. A limit
 * of tails alone could not be exceeded by any tail, so that it is not known to be kept either.
 */
LIMIT_TEST(tail_of_few_values)
{
	put_both(&sides, "a", 10000, 10000, 1, 19);
	put(&sides, DIFF_BASE, "a", 10019);
	put(&sides, DIFF_NEW, "a", 90000);
	limit(&sides, METRIC_P99, 50);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.unclear, 1);
	assert_int_equal(sides.diff.line->verdict, VERDICT_SAME);
	assert_true(sides.diff.line->unclear && !sides.diff.line->few && !sides.diff.line->failed);
	put_both(&sides, "a", 10000, 10000, 1, 80);
	put_steps(&sides, DIFF_NEW, "a", 90000, 1, 2);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	sides.opts.allow_missing = true;
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	sides.opts.limits[0].percent = 1000;
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	/* Beside a row with enough of them, the limit judges something. */
	put_both(&sides, "b", 10000, 10000, 1, 2000);
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	assert_int_equal(sides.diff.tally.few, 1);
	sides.opts.allow_missing = false;
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	/* The median needs fewer values. */
	sides.opts.limits[0] = (struct diff_limit){METRIC_P50, 50};
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
}

/* Eight values far above the joint percentile are gone; the new side's own percentile is greater.
 */
LIMIT_TEST(tail_that_shrank)
{
	put_steps(&sides, DIFF_BASE, "a", 100, 0, 992);
	put_steps(&sides, DIFF_BASE, "a", 1000, 0, 8);
	put_steps(&sides, DIFF_NEW, "a", 100, 0, 987);
	put_steps(&sides, DIFF_NEW, "a", 115, 0, 13);
	limit(&sides, METRIC_P99, 10);
	assert_true(compare(&sides)->line->delta[METRIC_P99] == 15);
	assert_true(sides.diff.line->p_tail_corrected < 0.05);
	assert_int_equal(sides.diff.line->verdict, VERDICT_SAME);
	assert_int_equal(sides.diff.line->direction_tail, -1);
	assert_int_equal(sides.diff.result, RESULT_PASSES);
}

/* A total is that of a run, so that one new run compares with many; parts and copies are one. */
LIMIT_TEST(total_of_runs)
{
	for (int i = 0; i < 18; i++) {
		begin_run(&sides, DIFF_BASE, "", "x");
		put_steps(&sides, DIFF_BASE, "a", 1000 + i, 0, 10);
	}
	for (int i = 0; i < 2; i++) {
		begin_run(&sides, DIFF_BASE, "copy", "x");
		put_steps(&sides, DIFF_BASE, "a", 1018, 0, 5);
	}
	begin_run(&sides, DIFF_NEW, "", "x");
	put_steps(&sides, DIFF_NEW, "a", 2018, 0, 10);
	limit(&sides, METRIC_TOTAL, 50);
	sides.opts.alpha = 0.06; /* 1 of 20 arrangements */
	assert_int_equal(compare(&sides)->line->verdict, VERDICT_SLOWER);
	assert_true(sides.diff.line->side[DIFF_BASE].metric[METRIC_TOTAL] == 10090);
	assert_int_equal(sides.diff.line->side[DIFF_BASE].total_ns, 191710);
	assert_true(sides.diff.line->delta[METRIC_TOTAL] == 100);
	assert_int_equal(sides.diff.result, RESULT_FAILS);

	sides.opts.within_run = true;
	assert_true(compare(&sides)->line->delta[METRIC_TOTAL] == 100);
	assert_int_equal(sides.diff.result, RESULT_FAILS);
}

static bool is_near(double got, double want)
{
	return fabs(got - want) <= 1e-9;
}

/* Equal values on each side are no more evidence than others: 2 of 70 arrangements, twice. */
LIMIT_TEST(equal_values)
{
	limit(&sides, METRIC_P50, 10);
	put_both(&sides, "equal", 1000, 2000, 0, 4);
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	assert_true(is_near(sides.diff.line->p_corrected, 4 / 70.0));
	assert_int_equal(sides.diff.line->verdict, VERDICT_SAME);
	assert_true(sides.diff.line->few && sides.diff.line->unclear);
	put_both(&sides, "equal", 1000, 2000, 0, 1);
	assert_int_equal(compare(&sides)->result, RESULT_FAILS);
	assert_true(is_near(sides.diff.line->p_corrected, 4 / 252.0));
	assert_false(sides.diff.line->few);
}

/*
 * Beside 19 rows with a smaller p, that of 6 and 6 values, 2 / 924, is multiplied by 21 and not by
 * 40.
 */
LIMIT_TEST(few_or_significant)
{
	char name[12];

	for (int i = 1; i < 20; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put_both(&sides, name, 1000, 2000, 1, 20);
	}
	put_both(&sides, "few", 1000, 2000, 1, 6);
	assert_int_equal(compare(&sides)->tally.slower, 20);
	for (size_t i = 0; i < sides.diff.nr; i++) {
		const struct diff_line *line = &sides.diff.line[i];

		assert_false(line->few);
		if (line->side[DIFF_NEW].n == 6)
			assert_true(is_near(line->p_corrected, 21 * 2 / 924.0));
	}
}

/* Sides that do not compare well can fail a limit. */
LIMIT_TEST(forced)
{
	put_both(&sides, "a", 1000, 1200, 1, 20);
	limit(&sides, METRIC_P50, 50);
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	sides.opts.forced = sides.opts.allow_missing = true;
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);
	sides.opts.limits[0].percent = 10;
	assert_int_equal(compare(&sides)->result, RESULT_FAILS);
	sides.opts.nr_limits = 0;
	assert_int_equal(compare(&sides)->result, RESULT_NO_LIMITS);
}

TEST_MAIN(NULL, NULL)
