// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts comparisons as test systems do: only what was judged passes.
 */
#include "output/diff_cases.h"
#include "output/diff_report.h"
#include "output/github.h"
#include "output/ktap.h"
#include "support/compared.h"
#include "support/written.h"

static const struct diff_sides whole;
static const struct diff_sides forced = {.forced = true};

static const struct diff_line *row_of(const struct diff *diff, const char *name)
{
	for (size_t i = 0; i < diff->nr; i++)
		if (!strcmp(diff->line[i].row->key.map.name, name))
			return &diff->line[i];
	fail_msg("no line of %s", name);
	return NULL;
}

static void check_line(const struct diff *diff, const char *name, enum case_result result,
		       const char *why)
{
	char *reason = case_reason_of_line(diff, row_of(diff, name));

	assert_non_null(reason);
	assert_int_equal(case_of_line(diff, row_of(diff, name)), result);
	check_begins(reason, why);
	if (!*why)
		assert_string_equal(reason, "");
	free(reason);
}

static void check_whole(const struct diff *diff, const struct diff_sides *sides,
			enum case_result result, const char *why)
{
	char *reason = case_reason_of_whole(diff, sides);

	assert_non_null(reason);
	assert_int_equal(case_of_whole(diff, sides), result);
	check_begins(reason, why);
	free(reason);
}

static struct sides some_keys(void)
{
	struct sides sides = sides_new();

	put_both(&sides, "slower", 1000, 2000, 1, 20);
	put_both(&sides, "same", 1000, 1000, 1, 20);
	put_both(&sides, "few", 1000, 9000, 1, 2);
	put_steps(&sides, DIFF_BASE, "gone", 1000, 1, 20);
	put_steps(&sides, DIFF_NEW, "added", 1000, 1, 20);
	return sides;
}

TEST(with_limits)
{
	struct sides sides = some_keys();
	const struct diff *diff;

	limit(&sides, METRIC_P50, 10);
	diff = compare(&sides);
	check_line(diff, "slower", CASE_FAILED, "destroy p50 +99.1% (limit 10%), p=");
	check_line(diff, "same", CASE_PASSED, "");
	check_line(diff, "few", CASE_ERROR, "destroy p50 +799.6% (limit 10%): too few values");
	check_line(diff, "gone", CASE_ERROR, "missing in the new side");
	check_line(diff, "added", CASE_SKIPPED, "missing in the base");
	check_whole(diff, &whole, CASE_PASSED, "");
	check_whole(diff, &forced, CASE_SKIPPED, "they are not well comparable");
	assert_int_equal(cases_count(diff, &whole).all, 6);
	assert_int_equal(cases_count(diff, &whole).of[CASE_ERROR], 2);

	/* A missing key is accepted, and yet not passed. */
	sides.opts.allow_missing = true;
	diff = compare(&sides);
	check_line(diff, "few", CASE_SKIPPED, "destroy p50 +799.6% (limit 10%): too few values");
	check_line(diff, "gone", CASE_SKIPPED, "missing in the new side");

	/* Within a far limit, too few values are not known to be. */
	sides.opts.limits[0].percent = 1000;
	diff = compare(&sides);
	check_line(diff, "slower", CASE_PASSED, "");
	check_line(diff, "few", CASE_SKIPPED, "too few values");
	sides_free(&sides);
}

/* Enough values for the median, too few in the tail */
TEST(limit_of_tail)
{
	struct sides sides = sides_new();
	const struct diff *diff;

	put_both(&sides, "a", 1000, 1000, 1, 19);
	put(&sides, DIFF_BASE, "a", 1019);
	put(&sides, DIFF_NEW, "a", 9000);
	limit(&sides, METRIC_P99, 10);
	diff = compare(&sides);
	check_line(diff, "a", CASE_ERROR, "destroy p99 +783.2% (limit 10%): too few values");
	check_whole(diff, &whole, CASE_ERROR, "no row can be judged: too few values in 1 of 1 row");
	sides.opts.allow_missing = true;
	diff = compare(&sides);
	check_line(diff, "a", CASE_SKIPPED, "destroy p99 +783.2% (limit 10%): too few");
	check_whole(diff, &whole, CASE_ERROR, "no row can be judged: too few values in 1 of 1 row");
	sides_free(&sides);
}

TEST(without_limits)
{
	struct sides sides = some_keys();
	const struct diff *diff = compare(&sides);

	check_line(diff, "slower", CASE_FAILED, "destroy is slower: p50 +99.1%, p=");
	check_line(diff, "same", CASE_PASSED, "");
	check_line(diff, "few", CASE_SKIPPED, "too few values");
	check_line(diff, "gone", CASE_SKIPPED, "missing in the new side");
	check_line(diff, "added", CASE_SKIPPED, "missing in the base");
	check_whole(diff, &whole, CASE_PASSED, "");
	sides_free(&sides);
}

TEST(unlike)
{
	struct sides sides = some_keys();
	const struct diff *diff;

	sides.opts.unlike = true;
	diff = compare(&sides);
	check_line(diff, "same", CASE_SKIPPED, "the benchmarks are not the same");
	check_whole(diff, &whole, CASE_SKIPPED, "the benchmarks are not the same");
	limit(&sides, METRIC_P50, 10);
	diff = compare(&sides);
	check_line(diff, "slower", CASE_FAILED, "destroy p50");
	check_line(diff, "same", CASE_ERROR, "the benchmarks are not the same");
	check_whole(diff, &whole, CASE_ERROR, "the benchmarks are not the same");
	sides_free(&sides);
}

/* --allow-missing does not apply to a comparison in which nothing was judged. */
TEST(few_everywhere)
{
	struct sides sides = sides_new();
	const struct diff *diff;

	put_both(&sides, "few", 1000, 9000, 1, 2);
	put_steps(&sides, DIFF_BASE, "gone", 1000, 1, 20);
	check_whole(compare(&sides), &whole, CASE_PASSED, "");
	limit(&sides, METRIC_P50, 10);
	sides.opts.allow_missing = true;
	diff = compare(&sides);
	check_whole(diff, &whole, CASE_ERROR, "no row can be judged: too few values in 1 of 1 row");
	check_line(diff, "few", CASE_SKIPPED, "destroy p50 +799.6% (limit 10%): too few values");
	sides_free(&sides);
}

/* A row of several keys is the same on no side. */
TEST(keys_mixed)
{
	struct sides sides = sides_by(by_name, 1, 1);
	const struct diff *diff;

	put_both(&sides, "first", 1000, 1000, 1, 20);
	put_both(&sides, "second", 1000, 1000, 1, 20);
	diff = compare(&sides);
	assert_true(diff->line[1].row->other);
	assert_int_equal(case_of_line(diff, &diff->line[1]), CASE_SKIPPED);
	limit(&sides, METRIC_P50, 10);
	diff = compare(&sides);
	assert_int_equal(case_of_line(diff, &diff->line[1]), CASE_ERROR);
	check_whole(diff, &whole, CASE_ERROR, "some of more than 4096 keys share a row");
	sides_free(&sides);
}

TEST(nothing)
{
	struct sides sides = sides_new();
	const struct diff *diff = compare(&sides);

	check_whole(diff, &whole, CASE_SKIPPED, "nothing to compare");
	limit(&sides, METRIC_P50, 10);
	diff = compare(&sides);
	check_whole(diff, &whole, CASE_ERROR, "nothing to compare");
	sides_free(&sides);
}

TEST(few_runs)
{
	struct sides sides = sides_new();
	const struct diff *diff;

	begin_run(&sides, DIFF_BASE, "a", "boot");
	put_steps(&sides, DIFF_BASE, "slower", 1000, 1, 20);
	begin_run(&sides, DIFF_NEW, "b", "boot");
	put_steps(&sides, DIFF_NEW, "slower", 2000, 1, 20);
	diff = compare(&sides);
	check_line(diff, "slower", CASE_SKIPPED, "1 run: within-run noise only");
	check_whole(diff, &whole, CASE_SKIPPED, "1 run: within-run noise only");
	limit(&sides, METRIC_P50, 10);
	diff = compare(&sides);
	check_line(diff, "slower", CASE_ERROR, "1 run: within-run noise only");
	check_whole(diff, &whole, CASE_ERROR, "1 run: within-run noise only");
	sides_free(&sides);
}

/* The runner shows ten of a kind: the verdict and nine rows. */
TEST(annotations)
{
	struct sides sides = sides_new();
	const char *text;
	char name[16];
	FILE *out = out_open();
	size_t nr;

	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "map%d", i);
		put_both(&sides, name, 1000, 2000, 1, 20);
	}
	limit(&sides, METRIC_P50, 10);
	assert_int_equal(github_annotate(out, compare(&sides), &whole), 0);
	text = out_close(out);
	nr = occurrences(text, "::error title=");
	assert_int_equal(nr, GITHUB_ANNOTATIONS);
	sides_free(&sides);
}

/* A count is never shown as a time. */
TEST(counts)
{
	struct sides sides = sides_of(MEASURE_INSTRUCTIONS, by_name, 1, 100);
	char *figures, verdict[DIFF_VERDICT_SIZE];
	const struct diff *diff;

	for (int i = 0; i < 20; i++) {
		put_counted(&sides, DIFF_BASE, "a", 1000000 + i);
		put_counted(&sides, DIFF_NEW, "a", i ? 1200000 + i : 0);
	}
	diff = compare(&sides);
	check_line(diff, "a", CASE_FAILED, "free instructions are higher: p50 +20.0%");
	figures = case_figures(row_of(diff, "a"));
	check_begins(figures, "base 1.00M instructions of 20 values, new 1.20M instructions of 19"
			      " values, +20.0%");
	free(figures);
	assert_string_equal(diff_verdict(diff, verdict),
			    "instructions: 1 of 1 row is higher; frees left out, of unknown"
			    " instructions: 0 in the base, 1 in the new side");
	limit(&sides, METRIC_P50, 10);
	check_line(compare(&sides), "a", CASE_FAILED, "free instructions p50 +20.0% (limit 10%)");
	sides_free(&sides);
}

TEST(refusals)
{
	FILE *out = out_open();

	assert_int_equal(github_refuse(out, "50%,\r\nnot::so"), 0);
	assert_string_equal(out_close(out),
			    "::error title=memdestroy-trace diff::50%25,%0D%0Anot::so\n");
	out = out_open();
	assert_int_equal(ktap_write_refusal(out, "a#b\n"), 0);
	assert_string_equal(out_close(out), "KTAP version 1\n1..1\nnot ok 1 " CASE_WHOLE_NAME
					    " # ERROR a\\x23b\\x0a\n");
}

TEST_MAIN(NULL, NULL)
