// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads pages of runs back: of nothing, of hostile names, of a million teardowns.
 */
#include <errno.h>

#include "output/html/report.h"
#include "support/html.h"
#include "support/rendered_teardowns.h"
#include "util/macros.h"

#define START 3000000000ULL

static struct view_options opts;
static struct filter filter;
static struct page_report *report;
static struct ledger ledger;
static struct teardown_counts counts;
static struct run_info info;

static void renew(enum view view)
{
	page_report_free(report);
	opts = (struct view_options){.view = view, .format = FORMAT_HTML, .recorded = true};
	filter = (struct filter){};
	ledger = (struct ledger){};
	counts = (struct teardown_counts){};
	info = (struct run_info){.start_ns = START, .end_ns = START + 5 * NSEC_PER_SEC};
	for (int i = 0; i < NR_HOOKS; i++)
		counts.hooks[i].function = "bpf_map_put";
	report = page_report_new(&opts, &filter);
	assert_non_null(report);
	page_report_begin(report, START);
}

static void add_teardown(const struct teardown *teardown)
{
	assert_int_equal(page_report_teardown(report, teardown), 0);
}

static void add_call(const struct call *call)
{
	assert_int_equal(page_report_call(report, call), 0);
}

/* The page, valid until the next call. */
static const char *written(void)
{
	const struct page_run runs[] = {{&info, "a.mdt"}};
	const struct page_facts facts = {runs, 1, START + NSEC_PER_SEC, &ledger, &counts};
	FILE *out = out_open();
	const char *page;

	page_report_count(report, &ledger, &counts.ledger);
	assert_int_equal(page_report_write(report, out, &facts), 0);
	page = out_close(out);
	check_page(page);
	return page;
}

TEST(nothing)
{
	const char *page;

	renew(VIEW_BOTH);
	page = written();
	check_has(page, "<p id=\"all-teardowns\">no teardowns</p>");
	check_has(page, "<p id=\"all-calls\">no calls</p>");
	check_has(page, "<p class=\"dim\">no events</p>");
	assert_null(strstr(page, "\"-nan"));
	assert_null(strstr(page, "\"nan"));
	assert_null(strstr(page, "\"inf"));
}

TEST(only_the_view)
{
	const char *page;

	renew(VIEW_CALLS);
	add_call(&plain);
	page = written();
	check_has(page, "<title>bpf_mem_alloc_destroy() on ?, Linux ?</title>");
	assert_null(strstr(page, "id=\"teardowns\""));
	renew(VIEW_TEARDOWNS);
	page = written();
	assert_null(strstr(page, "id=\"calls\""));
	check_has(page, "<p id=\"teardowns\" class=\"dim\">no teardowns</p>");
}

/* Nothing is loaded, and no script or style but the page's own is run. */
TEST(loads_nothing)
{
	const char *page;

	renew(VIEW_BOTH);
	page = written();
	check_has(page, "content=\"default-src 'none'; img-src data:; style-src 'sha256-");
	check_has(page, "; script-src 'sha256-");
	assert_null(strstr(page, "unsafe"));
	assert_null(strstr(page, "http:"));
	assert_null(strstr(page, "https:"));
	assert_null(strstr(page, " style=\""));
	assert_null(strstr(page, " on"
				 "click="));
	assert_null(strstr(page, " src="));
	assert_int_equal(occurrences(page, "<script"), 1);
	assert_int_equal(occurrences(page, "<style"), 1);
}

static const char *const hostile[] = {
	"<script>",	"</script>", "\"><b>",	   "'a'&lt;", "]]>",	      "<!--",
	"\xe2\x80\xa8", "\x1b[31m",  "\xff\xfe a", "\n\r\t",  "\xe2\x80\xae", "&",
};

static const char *const shown[] = {
	"&lt;script&gt;", "&lt;/script&gt;", "&quot;&gt;&lt;b&gt;", "&#39;a&#39;&amp;lt;",
	"]]&gt;",	  "&lt;!--",	     "\\xe2\\x80\\xa8",	    "\\x1b[31m",
	"\\xff\\xfe a",	  "\\x0a\\x0d\\x09", "\\xe2\\x80\\xae",	    "&amp;",
};

TEST(hostile_names)
{
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct teardown teardown = known_teardown();
		struct stuck stuck = {.where = hostile[i], .in_worker = true};
		struct call call = plain;
		char want[64];
		const char *page;

		renew(VIEW_BOTH);
		snprintf(teardown.map.name, NAME_LEN, "%s", hostile[i]);
		snprintf(teardown.map.identity.closed_by.task.comm, NAME_LEN, "%s", hostile[i]);
		snprintf(teardown.run.worker.comm, NAME_LEN, "%s", hostile[i]);
		call.caller.name = hostile[i];
		stuck.map = teardown.map;
		snprintf(stuck.worker.comm, NAME_LEN, "%s", hostile[i]);
		snprintf(stuck.stack, sizeof(stuck.stack), "%s\n%s", hostile[i], hostile[i]);
		snprintf(info.host, RUN_INFO_LEN, "%s", hostile[i]);
		snprintf(info.kernel_release, RUN_INFO_LEN, "%s", hostile[i]);
		snprintf(info.blind, RUN_INFO_LEN, "%s", hostile[i]);
		add_teardown(&teardown);
		add_call(&call);
		assert_int_equal(page_report_stuck(report, &stuck), 0);
		page = written();
		snprintf(want, sizeof(want), "<td>%s</td>", shown[i]);
		check_has(page, want);
		snprintf(want, sizeof(want), " on %s, Linux %s</title>", shown[i], shown[i]);
		check_has(page, want);
	}
}

TEST(unknown_values)
{
	const struct teardown teardown = unknown_teardown();
	const char *page;

	renew(VIEW_BOTH);
	info.end_ns = UNKNOWN_NS;
	counts.ledger.waiting = LEDGER_UNKNOWN;
	add_teardown(&teardown);
	add_call(&unknown);
	page = written();
	check_has(page, "<dd data-name=\"count\" data-value=\"1\">1</dd>");
	assert_null(strstr(page, "18446744073709551615"));
	assert_null(strstr(page, "\"nan"));
}

/* Each teardown a microsecond longer than the one before. */
static void add_many(size_t nr)
{
	struct teardown teardown = known_teardown();

	for (size_t i = 0; i < nr; i++) {
		teardown.map.identity.map_id = i + 1;
		teardown.map.identity.released_ns = START + i * 100000;
		teardown.run.start_ns = teardown.map.identity.released_ns + 500;
		teardown.run.latency_ns = 1000 * i;
		teardown.phase[PHASE_WAIT] = 500;
		teardown.phase[PHASE_FREE] = 1000 * i;
		teardown.phase[PHASE_DEFERRED] = 0;
		teardown.phase[PHASE_TOTAL] = 500 + 1000 * i;
		snprintf(teardown.map.name, NAME_LEN, "m%zu", i % 5000);
		add_teardown(&teardown);
	}
}

TEST(a_million)
{
	const char *page;

	renew(VIEW_TEARDOWNS);
	add_many(1000000);
	page = written();
	check_has(page, "data-name=\"count\" data-value=\"1000000\">1000000</dd>");
	check_has(page, "<p>Of 1000000 teardowns, 250 are listed singly.");
	check_has(page, "data-left-out=\"999750\">999750 more rows not shown</p>");
	/* All keys but the first 4096 share a row. */
	check_has(page, "data-left-out=\"3847\">3847 more rows not shown</p>");
	check_has(page, ">1000000 teardowns</text>");
	assert_in_range(strlen(page), 100000, 1500000);
	assert_int_equal(counts.ledger.rows_full, 1000000 - 1000000 / 5000 * 4096);
}

TEST(top)
{
	const char *page;

	renew(VIEW_TEARDOWNS);
	opts.top = 3;
	page_report_free(report);
	report = page_report_new(&opts, &filter);
	page_report_begin(report, START);
	add_many(10);
	page = written();
	check_has(page, "<p>Of 10 teardowns, 3 are listed singly.");
	check_has(page, "data-left-out=\"7\">7 more rows not shown</p>");
}

TEST(filters)
{
	const struct teardown teardown = known_teardown();

	renew(VIEW_BOTH);
	filter.min_latency_ns = 2000000000;
	ledger.completed = 5;
	counts.ledger.shown = 7;
	add_teardown(&teardown);
	add_call(&plain);
	written();
	assert_int_equal(ledger.filtered, 1);
	assert_int_equal(ledger.completed, 4);
	assert_int_equal(counts.ledger.filtered, 1);
	assert_int_equal(counts.ledger.shown, 6);
}

/* The kernel has filtered, but not a call that was seen in progress. */
TEST(latency_of_calls_alone)
{
	renew(VIEW_CALLS);
	filter.min_latency_ns = 2000000000;
	ledger.completed = 5;
	add_call(&plain);
	written();
	assert_int_equal(ledger.filtered, 1);
	assert_int_equal(ledger.completed, 4);
}

TEST(losses_come_first)
{
	const char *page;

	renew(VIEW_CALLS);
	check_has(written(), "<p id=\"seen\">0 calls; nothing lost</p>");
	ledger.lost_entry = 5;
	page = written();
	assert_null(strstr(page, "id=\"seen\""));
	check_has(page, "<p class=\"warning\">WARNING: ");
	check_has(page, "<span class=\"warning\">WARNING: ");
	check_has(page, "data-name=\"lost_entry\" data-value=\"5\">5</dd>");
}

TEST(many_stuck)
{
	const struct stuck stuck = {.where = "wait", .stack = "a\nb"};
	const char *page;

	renew(VIEW_BOTH);
	for (int i = 0; i < 100; i++)
		assert_int_equal(page_report_stuck(report, &stuck), 0);
	page = written();
	check_has(page, ">68 more rows not shown</p>");
	check_has(page, "<td>a<br>b<br></td>");
}

TEST(overlap)
{
	struct teardown teardown = known_teardown();

	renew(VIEW_TEARDOWNS);
	for (int i = 0; i < 200; i++)
		add_teardown(&teardown);
	check_has(written(), "<p class=\"dim\">80 of the 200 slowest teardowns are not drawn");
}

TEST(disk_full)
{
	const struct page_run runs[] = {{&info, NULL}};
	const struct page_facts facts = {runs, 1, START + NSEC_PER_SEC, &ledger, &counts};
	FILE *full = full_disk();

	renew(VIEW_BOTH);
	assert_int_equal(page_report_write(report, full, &facts), -ENOSPC);
	fclose(full);
}

static int end(void **state)
{
	(void)state;
	page_report_free(report);
	out_close(out_open());
	return 0;
}

TEST_MAIN(NULL, end)
