// SPDX-License-Identifier: GPL-2.0-only
/* What a report whose output fails says, and where its figures go. */
#include <errno.h>

#include "support/messages.h"

#include "output/report.h"

static void write_report(void *options)
{
	static const struct filter filter;
	const struct start start = {.ns = 1000};
	struct teardown_counts counts = {};
	struct ledger ledger = {};
	struct report *report;

	assert_int_equal(report_open(&report, options, &filter, "/dev/full"), 0);
	assert_int_equal(report_begin(report, &start), 0);
	assert_int_equal(report_end(report, 2000, &ledger, &counts, 0), -ENOSPC);
	report_close(report);
}

static const char follows[] = "warning: the figures of the run follow on standard output\n";

TEST(figures_of_a_live_run_follow)
{
	struct view_options options = {.view = VIEW_CALLS, .sort = SORT_TOTAL};

	assert_non_null(strstr(said(write_report, &options), follows));
	options.format = FORMAT_JSON;
	assert_non_null(strstr(said(write_report, &options), follows));
	options.events = true; /* JSON has a line for the ledger */
	assert_non_null(strstr(said(write_report, &options), follows));
	options.format = FORMAT_TABLE;
	assert_null(strstr(said(write_report, &options), follows));
}

TEST(recording_has_only_the_error)
{
	struct view_options options = {.view = VIEW_CALLS, .recorded = true};

	check_one_line(said(write_report, &options), "cannot write '/dev/full': ");
}

TEST_MAIN(NULL, NULL)
