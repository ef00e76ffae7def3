// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the page of a run, except its drawings.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/html/page.h"
#include "output/html/report_parts.h"
#include "output/ledger_text.h"
#include "util/outfile.h"
#include "util/text.h"

static __u64 count_of(const struct rows *rows)
{
	return rows->nr ? rows->row[0]->count : 0;
}

/* Summary */

/* The figures of all calls or teardowns. */
static void put_sum(struct page_writing *page, const char *id, const char *heading,
		    const struct rows *all, bool teardowns)
{
	const struct row_line line = {.row = only_row(all)};
	struct column columns[MAX_ROW_COLUMNS];

	fprintf(page->out, "<h3>%s</h3>\n", heading);
	if (!line.row) {
		fprintf(page->out, "<p id=\"%s\">%s</p>\n", id,
			teardowns ? "no teardowns" : "no calls");
		return;
	}
	row_columns(columns, NULL, 0, teardowns, false);
	page_figures(page->out, id, columns, &line);
}

/* The lines about losses; without any, the first line, which says so. */
static void put_losses(struct page_writing *page)
{
	bool lossy = strstr(page->ledger, "WARNING");
	size_t len;

	for (const char *line = page->ledger; *line; line += len + (line[len] == '\n')) {
		char text[512];
		bool loss = !strncmp(line, "WARNING", strlen("WARNING"));

		len = strcspn(line, "\n");
		snprintf(text, sizeof(text), "%.*s", (int)len, line);
		if (loss != lossy)
			continue;
		fputs(loss ? "<p class=\"warning\">" : "<p id=\"seen\">", page->out);
		page_text(page->out, text);
		fputs("</p>\n", page->out);
		if (!loss)
			return;
	}
}

static void put_summary(struct page_writing *page)
{
	const struct page_report *report = page->report;

	page_begin_section(page->out, "Summary");
	if (report->teardowns.rows)
		put_sum(page, "all-teardowns", "Teardowns of BPF maps", &page->all_teardowns, true);
	if (report->calls.rows)
		put_sum(page, "all-calls", "Calls of bpf_mem_alloc_destroy()", &page->all_calls,
			false);
	put_losses(page);
	page_end_section(page->out);
}

/* Tables */

static int put_rows(struct page_writing *page, const char *id, const char *heading,
		    const struct rows *rows, bool teardowns)
{
	struct row_line *lines = calloc(rows->nr + 1, sizeof(*lines));
	const struct object_list list = {
		.objects = lines,
		.size = sizeof(*lines),
		.nr = rows->nr,
		.left_out = rows->left_out,
		.empty = teardowns ? "no teardowns" : "no calls",
	};
	struct column columns[MAX_ROW_COLUMNS];

	if (!lines)
		return -ENOMEM;
	for (size_t i = 0; i < rows->nr; i++)
		lines[i] = (struct row_line){.row = rows->row[i]};
	row_columns(columns, rows->by, rows->nr_by, teardowns, false);
	page_begin_section(page->out, heading);
	page_table(page->out, id, columns, &list);
	page_end_section(page->out);
	free(lines);
	return 0;
}

static void put_slowest(struct page_writing *page)
{
	const struct object_list list = {
		.objects = page->slowest,
		.nr = page->nr_slowest,
		.left_out = page->slowest_left_out,
		.empty = "no teardowns",
		.start_ns = page->report->start_ns,
	};

	page_begin_section(page->out, "The slowest teardowns");
	if (list.left_out)
		fprintf(page->out,
			"<p>Of %llu teardowns, %zu are listed singly. Figures, bars by key and "
			"distributions are of all.</p>\n",
			count_of(&page->all_teardowns), list.nr);
	page_table(page->out, "slowest", teardown_columns, &list);
	page_end_section(page->out);
}

static int put_tables(struct page_writing *page)
{
	const struct page_report *report = page->report;
	int err = 0;

	if (report->teardowns.rows) {
		err = put_rows(page, "teardowns", "Teardowns by key", &page->teardowns, true);
		put_slowest(page);
	}
	if (!err && report->calls.rows)
		err = put_rows(page, "calls", "Calls by key", &page->calls, false);
	return err;
}

static void put_stuck(struct page_writing *page)
{
	const struct page_report *report = page->report;
	size_t kept = report->nr_stuck < MAX_STUCK ? report->nr_stuck : MAX_STUCK;
	const struct object_list list = {
		.objects = report->stuck,
		.size = sizeof(*report->stuck),
		.nr = kept,
		.left_out = report->nr_stuck - kept,
		.start_ns = report->start_ns,
	};
	struct column columns[MAX_ROW_COLUMNS];

	if (!kept)
		return;
	for (size_t i = 0; i < kept; i++)
		report->stuck[i].stuck.where = report->stuck[i].where;
	page_name_columns(columns, stuck_columns);
	page_begin_section(page->out, "Stuck");
	page_table(page->out, "stuck", columns, &list);
	page_end_section(page->out);
}

/* Ledger */

static void put_ledger(struct page_writing *page)
{
	const struct teardown_counts *counts = page->facts->counts;
	const struct object_list hooks = {
		.objects = counts->hooks,
		.size = sizeof(*counts->hooks),
		.nr = NR_HOOKS,
	};
	struct column columns[MAX_ROW_COLUMNS];

	page_begin_section(page->out, "Ledger");
	page_lines(page->out, page->ledger);
	if (page->report->calls.rows) {
		fputs("<h3>Calls</h3>\n", page->out);
		page_name_columns(columns, ledger_columns);
		page_figures(page->out, "ledger", columns, page->facts->ledger);
	}
	if (page->report->teardowns.rows) {
		fputs("<h3>Teardowns</h3>\n", page->out);
		page_name_columns(columns, teardown_ledger_columns);
		page_figures(page->out, "teardown-ledger", columns, &counts->ledger);
	}
	if (page->report->teardowns.rows) {
		fputs("<h3>Hooks</h3>\n", page->out);
		page_name_columns(columns, hook_columns);
		page_table(page->out, "hooks", columns, &hooks);
	}
	page_end_section(page->out);
}

static int word_ledger(struct page_writing *page)
{
	const struct page_facts *facts = page->facts;
	const struct page_report *report = page->report;
	const bool teardowns = report->teardowns.rows;
	const struct ledger_text ledger = {
		.calls = facts->ledger,
		.teardowns = teardowns ? &facts->counts->ledger : NULL,
		.hooks = teardowns ? facts->counts->hooks : NULL,
		.view = report->opts->view,
	};
	size_t size;
	FILE *text = open_memstream(&page->ledger, &size);
	int err;

	if (!text)
		return -ENOMEM;
	err = ledger_text(text, &ledger);
	for (size_t i = 0; i < facts->nr_runs; i++)
		ledger_text_blind(text, facts->runs[i].info->blind);
	return text_memory_end(text, &page->ledger) ?: err;
}

/* The whole */

static void put_head(struct page_writing *page)
{
	const struct page_facts *facts = page->facts;
	const struct run_info *info = facts->nr_runs ? facts->runs[0].info : NULL;
	char title[2 * RUN_INFO_LEN + 64], duration[DURATION_SIZE];

	snprintf(title, sizeof(title), "%s on %s, Linux %s",
		 page->report->teardowns.rows ? "BPF map teardowns" : "bpf_mem_alloc_destroy()",
		 info && *info->host ? info->host : "?",
		 info && *info->kernel_release ? info->kernel_release : "?");
	page_begin(page->out, title);
	fputs("<p class=\"dim\">", page->out);
	if (info)
		page_moment(page->out, info->start_realtime_ns);
	fprintf(page->out, ", %s", text_duration(duration, facts->end_ns - page->report->start_ns));
	if (facts->nr_runs > 1)
		fprintf(page->out, ", %zu recordings as one", facts->nr_runs);
	fputs("</p>\n", page->out);
}

static int sort_all(struct page_writing *page)
{
	struct page_report *report = page->report;
	enum sort sort = report->opts->sort;
	bool of_phase = sort >= SORT_WAIT && sort <= SORT_GRACE;
	__u64 top = report->opts->top ?: PAGE_ROWS;
	int err = 0;

	if (report->calls.rows)
		err = aggregate_sort(report->calls.rows, of_phase ? SORT_TOTAL : sort, top,
				     &page->calls);
	if (!err && report->calls.rows)
		err = aggregate_sort(report->calls.all, SORT_TOTAL, 0, &page->all_calls);
	if (!err && report->teardowns.rows)
		err = aggregate_sort(report->teardowns.rows, sort, top, &page->teardowns);
	if (!err && report->teardowns.rows)
		err = aggregate_sort(report->teardowns.all, SORT_TOTAL, 0, &page->all_teardowns);
	if (!err && report->slowest)
		page->slowest = top_teardowns_sorted(report->slowest, report->opts->top,
						     &page->nr_slowest, &page->slowest_left_out);
	return err;
}

static int put_all(struct page_writing *page)
{
	int err;

	put_head(page);
	put_summary(page);
	if (page->report->teardowns.rows)
		report_put_phases(page);
	report_put_distributions(page);
	err = report_put_timeline(page);
	if (!err)
		err = put_tables(page);
	put_stuck(page);
	put_ledger(page);
	page_begin_section(page->out, "Conditions");
	page_conditions(page->out, page->facts->runs, page->facts->nr_runs, NULL);
	page_end_section(page->out);
	page_end(page->out);
	return err;
}

int page_report_write(struct page_report *report, FILE *out, const struct page_facts *facts)
{
	struct page_writing page = {.out = out, .report = report, .facts = facts};
	int err = sort_all(&page);

	errno = 0;
	if (!err)
		err = word_ledger(&page);
	if (!err)
		err = put_all(&page);
	free(page.ledger);
	return err ? err : stream_flush(out);
}
