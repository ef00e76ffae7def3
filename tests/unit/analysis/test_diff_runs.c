// SPDX-License-Identifier: GPL-2.0-only
/* Comparisons over runs and boots, with results known by hand. */
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

#define RUNS_TEST(name) TEST_BETWEEN(name, open_sides, close_sides)

/* Three values of each key; the middle one is ns. */
static void put_run(enum diff_side side, const char *run_id, const char *boot_id, __u64 ns)
{
	begin_run(&sides, side, run_id, boot_id);
	put_steps(&sides, side, "a", ns - 10, 10, 3);
}

/* Runs of one boot, each a little slower than the one before. */
static void put_runs(enum diff_side side, const char *boot_id, __u64 from_ns, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		put_run(side, "", boot_id, from_ns + 2 * i);
}

static bool is_near(double got, double want)
{
	return fabs(got - want) <= 1e-9;
}

/* All of 252 arrangements of 5 and 5 runs: two are as far apart, for median and tail alike. */
RUNS_TEST(figures_of_runs)
{
	const struct diff_line *line;
	const struct diff *diff;

	put_runs(DIFF_BASE, "x", 1000, 5);
	put_runs(DIFF_NEW, "x", 1100, 5);
	limit(&sides, METRIC_P50, 9);
	limit(&sides, METRIC_P99, 9);
	diff = compare(&sides);
	line = diff->line;
	assert_int_equal(diff->unit, UNIT_RUN);
	assert_true(diff->runs[DIFF_BASE] == 5 && diff->boots[DIFF_NEW] == 1);
	assert_int_equal(line->side[DIFF_BASE].n, 15);
	assert_int_equal(line->side[DIFF_BASE].runs, 5);
	assert_int_equal(line->side[DIFF_BASE].boots, 1);
	assert_true(line->side[DIFF_BASE].metric[METRIC_P50] == 1004);
	assert_true(line->side[DIFF_NEW].metric[METRIC_P99] == 1114);
	assert_true(is_near(line->delta[METRIC_P50], 100 * 100 / 1004.0));
	assert_true(is_near(line->difference.p, 2 / 252.0));
	assert_true(is_near(line->p_corrected, 2 / 252.0));
	assert_true(is_near(line->p_tail_corrected, 2 / 252.0));
	assert_true(line->difference.exact && line->difference.effect == 1);
	assert_int_equal(line->verdict, VERDICT_SLOWER);
	assert_int_equal(line->failed, 1 << 0 | 1 << 1);
	assert_int_equal(diff->result, RESULT_FAILS);
	/* Six medians bound their median at 1 - 2 / 64; five do not. */
	assert_false(line->side[DIFF_BASE].bounded);
	put_run(DIFF_BASE, "", "x", 1010);
	line = compare(&sides)->line;
	assert_true(line->side[DIFF_BASE].bounded);
	assert_true(line->side[DIFF_BASE].low_ns == 1000 && line->side[DIFF_BASE].high_ns == 1010);
}

/* However many values a run has. */
RUNS_TEST(one_run)
{
	const struct diff *diff;

	put_run(DIFF_BASE, "", "x", 1000);
	put_run(DIFF_NEW, "", "x", 2000);
	put_both(&sides, "many", 1000, 2000, 1, 300);
	diff = compare(&sides);
	assert_true(diff->few_runs && diff->enough == 4);
	assert_int_equal(diff->result, RESULT_NO_LIMITS);
	assert_int_equal(diff->line[1].verdict, VERDICT_FEW_RUNS);
	assert_true(diff->line[1].p_corrected < 0.001 && diff->line[1].delta[METRIC_P50] > 80);
	assert_true(diff->tally.slower == 0 && diff->tally.faster == 0);

	/* A limit is neither kept nor exceeded, whatever may be missing. */
	limit(&sides, METRIC_P50, 10);
	limit(&sides, METRIC_P99, 10);
	sides.opts.allow_missing = true;
	diff = compare(&sides);
	assert_int_equal(diff->result, RESULT_NO_EVIDENCE);
	assert_int_equal(diff->tally.failed, 0);
	sides.opts.limits[0].percent = sides.opts.limits[1].percent = 1000;
	assert_int_equal(compare(&sides)->result, RESULT_NO_EVIDENCE);

	sides.opts.within_run = true;
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
	assert_int_equal(sides.diff.line[0].verdict, VERDICT_SLOWER);
	assert_int_equal(sides.diff.unit, UNIT_VALUE);
}

/* 2 of 20 arrangements are 0.1, 2 of 70 less than 0.03. */
RUNS_TEST(three_and_four_runs)
{
	put_runs(DIFF_BASE, "x", 1000, 3);
	put_runs(DIFF_NEW, "x", 2000, 3);
	assert_true(compare(&sides)->few_runs);
	assert_true(is_near(sides.diff.line->p_corrected, 0.1));
	assert_int_equal(sides.diff.line->verdict, VERDICT_FEW_RUNS);
	sides.opts.alpha = 0.11;
	assert_int_equal(compare(&sides)->line->verdict, VERDICT_SLOWER);
	sides.opts.alpha = 0.01;
	assert_int_equal(compare(&sides)->enough, 5);
	sides.opts.alpha = 0.05;
	put_run(DIFF_BASE, "", "x", 1006);
	put_run(DIFF_NEW, "", "x", 2006);
	assert_false(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.line->verdict, VERDICT_SLOWER);
}

/* One run is the most unlike of 21 with probability 1 / 21, and of 20 with 0.05. */
RUNS_TEST(one_against_many)
{
	put_runs(DIFF_BASE, "x", 1000, 19);
	put_run(DIFF_NEW, "", "x", 2000);
	assert_true(compare(&sides)->few_runs);
	put_run(DIFF_BASE, "", "x", 1007);
	limit(&sides, METRIC_P50, 10);
	assert_false(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.line->verdict, VERDICT_SLOWER);
	assert_true(is_near(sides.diff.line->p_corrected, 1 / 21.0));
	assert_int_equal(sides.diff.result, RESULT_FAILS);

	/* A row that few runs of the base have cannot be judged, and is not passed. */
	put_both(&sides, "few", 1000, 3000, 1, 10);
	assert_int_equal(compare(&sides)->line[1].verdict, VERDICT_FEW_RUNS);
	assert_int_equal(sides.diff.tally.unclear, 1);
}

/* Five runs of one boot against five of another may differ as boots do. */
RUNS_TEST(boots_are_units)
{
	static const char boots[NR_DIFF_SIDES][3][2] = {{"a", "b", "c"}, {"d", "e", "f"}};

	put_runs(DIFF_BASE, "x", 1000, 5);
	put_runs(DIFF_NEW, "y", 2000, 5);
	assert_int_equal(compare(&sides)->unit, UNIT_BOOT);
	assert_true(sides.diff.few_runs);
	assert_true(sides.diff.runs[DIFF_NEW] == 5 && sides.diff.boots[DIFF_NEW] == 1);
	for (int i = 0; i < 3; i++) {
		put_runs(DIFF_BASE, boots[DIFF_BASE][i], 1000 + i, 2);
		put_runs(DIFF_NEW, boots[DIFF_NEW][i], 2000 + i, 1);
	}
	assert_false(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.line->side[DIFF_BASE].units, 4);
	assert_int_equal(sides.diff.line->side[DIFF_BASE].runs, 11);
	assert_int_equal(sides.diff.line->side[DIFF_BASE].boots, 4);
	assert_true(is_near(sides.diff.line->p_corrected, 2 / 70.0));
}

/* Runs of unknown boots may be of one. */
RUNS_TEST(unknown_boots)
{
	put_runs(DIFF_BASE, "", 1000, 5);
	put_runs(DIFF_NEW, "", 2000, 5);
	assert_int_equal(compare(&sides)->unit, UNIT_BOOT);
	assert_true(sides.diff.few_runs);
}

/* Boots on both sides are blocks: that one is slow is no difference of sides. */
RUNS_TEST(boots_on_both_sides)
{
	put_runs(DIFF_BASE, "x", 1000, 4);
	put_runs(DIFF_NEW, "x", 1001, 1);
	put_runs(DIFF_BASE, "y", 2000, 1);
	put_runs(DIFF_NEW, "y", 2001, 4);
	assert_int_equal(compare(&sides)->unit, UNIT_RUN);
	/* 5 * 5 arrangements */
	assert_int_equal(sides.diff.line->verdict, VERDICT_SAME);
	assert_true(sides.diff.line->p_corrected > 0.2);
}

/* One run a side in each boot: six boots have 64 arrangements, five have 32. */
RUNS_TEST(pairs_in_boots)
{
	static const char boots[6][2] = {"a", "b", "c", "d", "e", "f"};

	limit(&sides, METRIC_P50, 10);
	for (int i = 0; i < 6; i++) {
		put_run(DIFF_BASE, "", boots[i], 1000 + i);
		put_run(DIFF_NEW, "", boots[i], 1000 - i);
		if (i)
			put_both(&sides, "b", 1000, 2000, 1, 10);
		if (i == 4) {
			assert_true(compare(&sides)->few_runs);
			assert_int_equal(sides.diff.unit, UNIT_RUN);
		}
	}
	assert_false(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.line[0].verdict, VERDICT_SAME);
	assert_true(is_near(sides.diff.line[1].least_p, 2 / 32.0));
	assert_int_equal(sides.diff.line[1].verdict, VERDICT_FEW_RUNS);
	assert_int_equal(sides.diff.tally.unclear, 1);
	assert_int_equal(sides.diff.result, RESULT_NO_EVIDENCE);
}

/* In both boots, each new run is 5 % slower; the base has most of its runs in the slow one. */
RUNS_TEST(sides_of_unequal_boots)
{
	const struct diff_line *line;

	for (int i = 0; i < 8; i++) {
		put_run(DIFF_BASE, "", i < 6 ? "slow" : "fast", i < 6 ? 20000 : 10000);
		put_run(DIFF_NEW, "", i < 2 ? "slow" : "fast", i < 2 ? 21000 : 10500);
	}
	limit(&sides, METRIC_P50, 4);
	line = compare(&sides)->line;
	assert_true(line->side[DIFF_BASE].metric[METRIC_P50] == 20000);
	assert_true(line->side[DIFF_NEW].metric[METRIC_P50] == 10500);
	assert_true(is_near(line->delta[METRIC_P50], 5));
	assert_true(is_near(line->delta[METRIC_MEAN], 5) && line->delta[METRIC_P99] > 4.9);
	assert_true(is_near(line->delta[METRIC_TOTAL], 5));
	assert_true(line->difference.effect == 1 && line->direction == 1);
	assert_int_equal(line->verdict, VERDICT_SLOWER);
	assert_int_equal(sides.diff.result, RESULT_FAILS);
	assert_true(is_near(sides.diff.means->delta[METRIC_P50], 5));
}

/* Half of the boots lack the row in the base: the other half has the change. */
RUNS_TEST(boots_of_one_side)
{
	static const char boots[12][2] = {"a", "b", "c", "d", "e", "f",
					  "g", "h", "i", "j", "k", "l"};
	const struct diff_line *line;

	for (int i = 0; i < 12; i++) {
		__u64 ns = 10000 + 3000 * (__u64)i;

		begin_run(&sides, DIFF_BASE, "", boots[i]);
		put(&sides, DIFF_BASE, "all", ns);
		put_steps(&sides, DIFF_BASE, "half", ns, 0, i < 7 ? 3 : 0);
		put_steps(&sides, DIFF_BASE, "never both", ns, 0, i < 6 ? 3 : 0);
		begin_run(&sides, DIFF_NEW, "", boots[i]);
		put(&sides, DIFF_NEW, "all", ns);
		put_steps(&sides, DIFF_NEW, "half", ns + ns * 3 / 100, 0, 3);
		put_steps(&sides, DIFF_NEW, "never both", 10, 0, i < 6 ? 0 : 3);
	}
	limit(&sides, METRIC_P50, 3);
	line = compare(&sides)->line;
	assert_string_equal(line[0].row->key.map.name, "half");
	assert_int_equal(line[0].verdict, VERDICT_SLOWER);
	assert_true(is_near(line[0].delta[METRIC_P50], 3));
	assert_true(line[0].p_corrected >= 2 / 128.0);
	/* The change is not known to be within the limit. */
	assert_string_equal(line[2].row->key.map.name, "never both");
	assert_true(isnan(line[2].delta[METRIC_P50]) && isnan(line[2].difference.effect));
	assert_int_equal(line[2].verdict, VERDICT_FEW_RUNS);
	assert_int_equal(line[2].unclear, 1);
	assert_int_equal(sides.diff.tally.failed, 0);
	assert_int_equal(sides.diff.result, RESULT_NO_EVIDENCE);
}

/* 12 and 12 runs: most new ones are on one side of the base, five are far on the other. */
static void put_against(__u64 most_ns, __u64 far_ns)
{
	for (size_t i = 0; i < 12; i++) {
		put_run(DIFF_BASE, "", "x", 100000 + 7 * i);
		put_run(DIFF_NEW, "", "x", (i < 7 ? most_ns : far_ns) + 7 * i);
	}
}

/* The mean of the logarithms is significant, and most pairs of runs are the other way. */
RUNS_TEST(mean_against_most)
{
	put_against(99000, 1000000);
	limit(&sides, METRIC_P50, 3);
	limit(&sides, METRIC_MEAN, 3);
	assert_true(compare(&sides)->line->p_corrected < 0.05);
	assert_true(sides.diff.line->difference.effect < 0 && sides.diff.line->direction > 0);
	assert_int_equal(sides.diff.line->verdict, VERDICT_MIXED);
	assert_int_equal(sides.diff.line->failed, 1 << 1);
	assert_int_equal(sides.diff.result, RESULT_FAILS);
}

RUNS_TEST(no_failure_against_the_mean)
{
	put_against(104000, 10000);
	limit(&sides, METRIC_P50, 3);
	limit(&sides, METRIC_TOTAL, 3);
	assert_true(compare(&sides)->line->delta[METRIC_P50] > 3);
	assert_true(sides.diff.line->difference.effect > 0 && sides.diff.line->direction < 0);
	assert_int_equal(sides.diff.line->verdict, VERDICT_MIXED);
	assert_int_equal(sides.diff.tally.mixed, 1);
	assert_int_equal(sides.diff.result, RESULT_PASSES);
}

/* The tail shrank, though its median grew. */
RUNS_TEST(tail_that_shrank)
{
	for (size_t i = 0; i < 12; i++) {
		begin_run(&sides, DIFF_BASE, "", "x");
		put_steps(&sides, DIFF_BASE, "a", 100000, 0, 9);
		put(&sides, DIFF_BASE, "a", (i < 7 ? 200000 : 3000000) + i);
		begin_run(&sides, DIFF_NEW, "", "x");
		put_steps(&sides, DIFF_NEW, "a", 100000, 0, 9);
		put(&sides, DIFF_NEW, "a", 230000 + i);
	}
	limit(&sides, METRIC_P99, 10);
	assert_true(compare(&sides)->line->delta[METRIC_P99] > 10);
	assert_true(sides.diff.line->p_tail_corrected < 0.05);
	assert_int_equal(sides.diff.line->direction_tail, -1);
	assert_int_equal(sides.diff.line->failed, 0);
	assert_int_equal(sides.diff.result, RESULT_PASSES);
}

/* One new run of many has the row: P is as if it was the only one. */
RUNS_TEST(row_of_one_run)
{
	for (size_t i = 0; i < 18; i++) {
		put_run(DIFF_BASE, "", "x", 1000 + i);
		begin_run(&sides, DIFF_NEW, "", "x");
		put_steps(&sides, DIFF_NEW, "a", 1500, 0, i ? 0 : 3);
	}
	limit(&sides, METRIC_P50, 10);
	sides.opts.alpha = 0.06;
	assert_true(is_near(compare(&sides)->line->p_corrected, 1 / 19.0));
	assert_true(is_near(sides.diff.line->p_tail_corrected, 1 / 19.0));
	sides.opts.alpha = 0.05;
	assert_int_equal(compare(&sides)->line->verdict, VERDICT_FEW_RUNS);
	assert_int_equal(sides.diff.result, RESULT_NO_EVIDENCE);
}

/* A copy is no further run. */
RUNS_TEST(copies)
{
	for (int i = 0; i < 5; i++) {
		put_run(DIFF_BASE, "one", "x", 1000);
		put_run(DIFF_NEW, "other", "x", 2000);
	}
	assert_true(compare(&sides)->few_runs);
	assert_int_equal(sides.diff.runs[DIFF_BASE], 1);
	assert_int_equal(sides.diff.line->side[DIFF_BASE].runs, 1);
}

/* A key that one run of a side has is shown, and not judged. */
RUNS_TEST(key_of_one_run)
{
	const struct diff_line *line;

	put_runs(DIFF_BASE, "x", 1000, 5);
	put_runs(DIFF_NEW, "x", 1001, 5);
	put_both(&sides, "b", 1000, 5000, 1, 50);
	put_steps(&sides, DIFF_BASE, "gone", 1000, 1, 50);
	limit(&sides, METRIC_P50, 10);
	line = compare(&sides)->line;
	assert_string_equal(line[1].row->key.map.name, "b");
	assert_int_equal(line[1].verdict, VERDICT_FEW_RUNS);
	assert_int_equal(line[1].unclear, 1);
	assert_int_equal(line[2].verdict, VERDICT_UNKNOWN);
	assert_true(isnan(line[2].p_corrected));
	assert_int_equal(sides.diff.result, RESULT_NO_EVIDENCE);
	assert_int_equal(sides.diff.tally.unclear, 1);
	sides.opts.allow_missing = true;
	assert_int_equal(compare(&sides)->result, RESULT_PASSES);
}

TEST_MAIN(NULL, NULL)
