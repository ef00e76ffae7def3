// SPDX-License-Identifier: GPL-2.0-only
/* Command lines of diff, good and bad. */
#include "model/teardown.h"
#include "cmd/command.h"
#include "support/command_line.h"
#include "util/macros.h"

TEST(test_diff)
{
	good("diff a b");
	assert_ptr_equal(opts.command, &diff_command);
	assert_int_equal(opts.show.view, VIEW_CALLS);
	assert_false(opts.view_given || opts.force || opts.show.identity);
	assert_int_equal(opts.show.nr_by, 0);
	assert_int_equal(opts.diff.phases, 0);
	assert_int_equal(opts.diff.nr_limits, 0);
	assert_true(opts.diff.alpha == 0.05);
	assert_true(opts.nr_files[DIFF_BASE] == 1 && opts.nr_files[DIFF_NEW] == 1);
	assert_string_equal(opts.files[DIFF_BASE][0], "a");
	assert_string_equal(opts.files[DIFF_NEW][0], "b");
	good("diff teardowns -n 2 a --by host,type -f markdown b -o out --force");
	assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
	assert_true(opts.view_given && opts.show.identity && opts.force && opts.show.top == 2);
	assert_string_equal(opts.files[DIFF_NEW][0], "b");
	good("diff a -- -b");
	assert_string_equal(opts.files[DIFF_NEW][0], "-b");
	good("diff -- a b");
	assert_string_equal(opts.files[DIFF_BASE][0], "a");

	bad("diff", "diff needs two recordings, BASE and NEW\n");
	bad("diff a", "diff needs two recordings, BASE and NEW\n");
	bad("diff a b c", "diff needs two recordings, BASE and NEW: for more, see --base and "
			  "--new\n");
	bad("diff a ~", "the name of a recording is empty");
	bad("diff -f perfetto a b",
	    "--format: 'perfetto' does not apply to diff (one of table, json, "
	    "csv, markdown, html, junit, ktap, mail)\n");
	bad("diff -f xml a b",
	    "unknown format 'xml' (one of table, json, csv, markdown, html, junit, ktap, mail)\n");
	bad("diff --by foo a b", "cgroup, unit, pod, container, memcg, host, scenario)");
}

TEST(test_diff_of_sides)
{
	good("diff --base a b -n 1 c --new d --base e --new=f -- --g");
	assert_int_equal(opts.nr_files[DIFF_BASE], 4);
	assert_int_equal(opts.nr_files[DIFF_NEW], 3);
	assert_string_equal(opts.files[DIFF_BASE][2], "c");
	assert_string_equal(opts.files[DIFF_BASE][3], "e");
	assert_string_equal(opts.files[DIFF_NEW][0], "d");
	assert_string_equal(opts.files[DIFF_NEW][1], "f");
	assert_string_equal(opts.files[DIFF_NEW][2], "--g");
	good("diff --new b --base a");
	assert_string_equal(opts.files[DIFF_BASE][0], "a");

	bad("diff --base a", "diff needs a recording on each side, and there is none for --new\n");
	bad("diff --base a b", "there is none for --new");
	bad("diff --new a b", "there is none for --base\n");
	bad("diff --new", "option '--new' needs a value (FILE)");
	bad("diff a --base b --new c",
	    "unexpected argument 'a' before --base (which side is it on?)");
	bad("diff a b --new c", "unexpected argument 'a' before --new");
	bad("diff --base ~ --new c", "the name of a recording is empty");
	bad("diff --base teardowns x teardowns --new c", "unexpected argument 'teardowns'");
}

/* Without "teardowns", options for one view only select that view. */
TEST(test_diff_views)
{
	good("diff --phase wait,total a b");
	assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
	assert_true(opts.view_given && opts.show.identity);
	assert_int_equal(opts.diff.phases, 1U << PHASE_WAIT | 1U << PHASE_TOTAL);
	good("diff --phase destroy a b");
	assert_int_equal(opts.show.view, VIEW_CALLS);
	assert_false(opts.view_given);
	assert_int_equal(opts.diff.phases, 1U << PHASE_DESTROY);
	good("diff --by type a b");
	assert_false(opts.view_given);
	good("diff --by type,caller a b");
	assert_true(opts.view_given && opts.show.view == VIEW_CALLS);
	good("diff --no-empty --phase destroy a b");
	assert_true(opts.view_given && opts.show.view == VIEW_CALLS);
	good("diff calls a b");
	assert_true(opts.view_given && opts.show.view == VIEW_CALLS);
	good("diff teardowns --phase wait,free,destroy,deferred,total,held a b");
	assert_int_equal(opts.diff.phases, (1U << NR_PHASES) - 1);

	bad("diff --caller f --phase wait a b",
	    "--phase: 'wait' does not apply to calls (see: memdestroy-trace diff teardowns)\n");
	bad("diff --by cpu --phase destroy,total a b", "--phase: 'total' does not apply to calls");
	bad("diff teardowns --caller f a b", "--caller does not apply to teardowns\n");
	bad("diff teardowns --by cpu a b", "--by: 'cpu' does not apply to teardowns\n");
	bad("diff --phase x a b",
	    "--phase: unknown phase 'x' (one of wait, free, destroy, deferred, total, held)");
	bad("diff --phase ~ a b", "unknown phase ''");
	bad("diff --phase wait, a b", "unknown phase ''");
	bad("diff --phase wait,free,wait a b", "--phase: phase 'wait' given twice");
	bad("diff --phase wait --phase free a b", "'--phase' given twice");
}

/* Counts are of teardowns, and there of free alone. */
TEST(test_diff_measure)
{
	good("diff a b");
	assert_int_equal(opts.diff.measure, MEASURE_TIME);
	good("diff --measure time a b");
	assert_true(opts.diff.measure == MEASURE_TIME && !opts.view_given);
	good("diff --measure instructions a b");
	assert_int_equal(opts.diff.measure, MEASURE_INSTRUCTIONS);
	assert_true(opts.view_given && opts.show.view == VIEW_TEARDOWNS);
	good("diff --measure cycles --phase free a b");
	assert_int_equal(opts.diff.measure, MEASURE_CYCLES);
	good("trend --measure instructions a b");
	assert_int_equal(opts.diff.measure, MEASURE_INSTRUCTIONS);
	assert_true(opts.view_given && opts.show.view == VIEW_TEARDOWNS);
	good("bench --against a");
	assert_false(opts.trace.counters);
	good("bench --against a --measure instructions");
	assert_true(opts.trace.counters);

	bad("diff --measure loads a b",
	    "--measure: unknown measure 'loads' (one of time, instructions, cycles)\n");
	bad("diff calls --measure cycles a b", "--measure: 'cycles' does not apply to calls");
	bad("diff --caller f --measure cycles a b", "--measure: 'cycles' does not apply to calls");
	bad("trend calls --measure cycles a b", "--measure: 'cycles' does not apply to calls");
	bad("trend --measure cycles --phase wait a b",
	    "--phase: 'wait' does not apply to --measure cycles (only free does)\n");
	bad("diff --measure cycles --phase free,total a b",
	    "--phase: 'total' does not apply to --measure cycles (only free does)\n");
	bad("bench --against a --measure cycles --phase wait",
	    "--phase: 'wait' does not apply to --measure cycles (only free does)\n");
	bad("bench --measure cycles", "--measure needs --against\n");
}

TEST(test_diff_alpha)
{
	good("diff --alpha 0.01 a b");
	assert_true(opts.diff.alpha == 0.01);
	good("diff --alpha .5 a b");
	assert_true(opts.diff.alpha == 0.5);
	bad_words("diff a b --alpha",
		  "0 1 0.0 1.0 1.5 -0.1 +0.1 nan inf ~ . 1e-3 0x1p-4 0,05 %0.05 0.05% 0.0.5 5^ "
		  "0.99999999999999999999999 "
		  "0.0000000000000000000000000000000000000000000000000000000000000000000000000005",
		  "is not a probability above 0 and below 1 (such as 0.05)\n");
	good("diff --alpha 0.00011 a b");
	good("diff --alpha 0.0000001 --within-run a b");
	good("bench --against a --alpha 0.0000001 --within-run");
	bad_words("diff a b --alpha", "0.0001 0.00001",
		  "is too small: P is a share of random arrangements (use more than 0.0001, or"
		  " --within-run)\n");
	bad_words("bench --against a --alpha", "0.0001",
		  "is too small: P is a share of random arrangements (use more than 0.0001, or"
		  " --within-run)\n");
	bad("diff --alpha 0.01 --alpha 0.02 a b", "'--alpha' given twice");
}

TEST(test_diff_limits)
{
	char line[256];

	good("diff --fail-on p50>10^ --fail-on p99>0,%mean%>%2.5%^%,total>.5% a b");
	assert_int_equal(opts.diff.nr_limits, 4);
	assert_true(opts.diff.limits[0].metric == METRIC_P50 && opts.diff.limits[0].percent == 10);
	assert_true(opts.diff.limits[1].metric == METRIC_P99 && opts.diff.limits[1].percent == 0);
	assert_true(opts.diff.limits[2].metric == METRIC_MEAN &&
		    opts.diff.limits[2].percent == 2.5);
	assert_true(opts.diff.limits[3].metric == METRIC_TOTAL &&
		    opts.diff.limits[3].percent == 0.5);
	bad_words(
		"diff a b --fail-on",
		"p50> p50>^ p50>-1 p50>+1 p50>1e3 p50>nan^ p50>inf p50>0x p50>1^^ p50>1.1.1 p50>. "
		"p50>>1 p50>1%1 p50>1^x "
		"p50>9999999999999999999999999999999999999999999999999999999999999999999999999999",
		"is not a percentage (0 or more, such as 10 or 2.5)\n");
	good("diff --within-run a b");
	assert_true(opts.diff.within_run);
	good("diff --fail-on p50>10 --allow-missing a b");
	assert_true(opts.diff.allow_missing);
	bad("diff --allow-missing a b", "--allow-missing needs --fail-on\n");
	bad("diff --fail-on ~ a b", "--fail-on: '' is not a limit (such as p50>10%)\n");
	bad("diff --fail-on p50 a b", "--fail-on: 'p50' is not a limit");
	bad("diff --fail-on p50=1 a b", "is not a limit");
	bad_words("diff a b --fail-on", "p50>1, ,p50>1 %", "--fail-on: '' is not a limit");
	bad("diff --fail-on >1 a b", "unknown metric '' (one of p50, p99, mean, total)");
	bad("diff --fail-on p90>1 a b", "unknown metric 'p90' (one of p50, p99, mean, total)\n");
	bad("diff --fail-on P50>1 a b", "unknown metric 'P50'");

	snprintf(line, sizeof(line), "diff a b --fail-on p50>1");
	for (size_t i = 1; i < MAX_LIMITS; i++)
		strcat(line, ",p50>1");
	good(line);
	assert_int_equal(opts.diff.nr_limits, MAX_LIMITS);
	strcat(line, ",p99>7^");
	bad(line, "--fail-on: 'p99>7%' is one too many (at most 16)\n");
}

TEST_MAIN(NULL, NULL)
