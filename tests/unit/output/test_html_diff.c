// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads pages of comparisons back: intervals, verdicts, hostile names, nothing to compare.
 */
#include <errno.h>

#include "output/diff_report.h"
#include "output/html/diff.h"
#include "support/compared.h"
#include "support/html.h"
#include "util/macros.h"

static struct run_info info;

static int write_to(FILE *out, struct sides *sides)
{
	const struct page_run runs[] = {{&info, "<a>.mdt"}, {&info, "b.mdt"}};
	const struct page_side page_sides[] = {{runs, 1, sides->of[DIFF_BASE]},
					       {runs + 1, 1, sides->of[DIFF_NEW]}};

	return page_diff_write(out, compare(sides), page_sides);
}

/* The page, valid until the next call. */
static const char *written(struct sides *sides)
{
	FILE *out = out_open();
	const char *page;

	assert_int_equal(write_to(out, sides), 0);
	page = out_close(out);
	check_page(page);
	return page;
}

TEST(verdict_and_intervals)
{
	struct sides sides = sides_new();
	const char *page;

	put_both(&sides, "slower", 1000, 2000, 1, 20);
	put_both(&sides, "same", 1000, 1000, 1, 20);
	put_steps(&sides, DIFF_BASE, "gone", 1000, 1, 20);
	limit(&sides, METRIC_P50, 10);
	page = written(&sides);
	check_has(page, "<p class=\"verdict\">1 of 2 rows is slower; only in the base: 1; the gate "
			"fails</p>");
	check_has(page, "FAIL: map_name=slower: destroy p50 +99.1% (limit 10%)");
	check_has(page, "data-verdict=\"slower\">FAIL: slower +99.1%</text>");
	check_has(page, "data-verdict=\"no significant change\">");
	check_has(page, "data-verdict=\"unknown\">");
	check_has(page, "data-low=\"1005\" data-high=\"1014\"");
	check_has(page, "data-low=\"2005\" data-high=\"2014\"");
	check_has(page, "<strong>base</strong>: &lt;a&gt;.mdt, Linux ? on ?, ?</p>");
	assert_int_equal(occurrences(page, "<svg class=\"line\""), 3);
	sides_free(&sides);
}

TEST(nothing_to_compare)
{
	struct sides sides = sides_new();
	const char *page = written(&sides);

	check_has(page, "<p class=\"verdict\">nothing to compare</p>");
	check_has(page, "<p id=\"lines\" class=\"dim\">nothing to compare</p>");
	sides_free(&sides);
}

TEST(hostile_names)
{
	struct sides sides = sides_new();
	const char *page;

	put_both(&sides, "</svg><b>\x1b", 1000, 1000, 1, 20);
	snprintf(info.host, RUN_INFO_LEN, "</title><script>alert(1)</script>");
	page = written(&sides);
	check_has(page, "&lt;/svg&gt;&lt;b&gt;\\x1b");
	assert_int_equal(occurrences(page, "<script"), 1);
	info = (struct run_info){};
	sides_free(&sides);
}

/* Rows beyond those drawn are in the table, and the page says so. */
TEST(many_rows)
{
	struct sides sides = sides_by(by_name, 1, 1000);
	char name[NAME_LEN];
	const char *page;

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		put_both(&sides, name, 1000, 1000, 1, 8);
	}
	page = written(&sides);
	check_has(page, "The first 100 of 300 rows are drawn.");
	assert_int_equal(occurrences(page, "<svg class=\"line\""), 100);
	assert_in_range(strlen(page), 100000, 1500000);
	sides.opts.top = 3;
	page = written(&sides);
	check_has(page, "The first 3 of 300 rows are drawn.");
	check_has(page, ">297 more rows not shown</p>");
	sides_free(&sides);
}

TEST(values_of_0)
{
	struct sides sides = sides_new();

	put_steps(&sides, DIFF_BASE, "zero", 0, 0, 9);
	put_steps(&sides, DIFF_NEW, "zero", 0, 1, 9);
	check_has(written(&sides), ">9 and 1 took no time</text>");
	sides_free(&sides);
}

TEST(disk_full)
{
	struct sides sides = sides_new();
	FILE *full = full_disk();

	assert_int_equal(write_to(full, &sides), -ENOSPC);
	fclose(full);
	sides_free(&sides);
}

TEST_MAIN(NULL, NULL)
