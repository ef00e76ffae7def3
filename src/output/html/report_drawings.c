// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the drawings of a run's page: phases, distributions, the timeline.
 */
#include <string.h>

#include "output/html/bars.h"
#include "output/html/distributions.h"
#include "output/html/page.h"
#include "output/html/report_parts.h"
#include "output/html/timeline.h"
#include "output/table_cell.h"
#include "util/macros.h"
#include "util/text.h"

#define MAX_BARS	  40
#define MAX_DISTRIBUTIONS 16

/* "hash events" */
static void label_row(char label[BAR_LABEL], const struct rows *rows, const struct row *row)
{
	const struct row_line line = {.row = row};
	struct column columns[MAX_ROW_COLUMNS];
	char cell[CELL_SIZE];
	size_t len = 0;

	label[0] = '\0';
	row_columns(columns, rows->by, rows->nr_by, row->phases, false);
	for (const struct column *column = columns; column->name && len < BAR_LABEL; column++) {
		if (!column->of_key || !column->heading)
			continue;
		table_cell_fill(cell, column, &line, 0);
		len += snprintf(label + len, BAR_LABEL - len, "%s%s", len ? " \u00b7 " : "", cell);
		if (row->other)
			break;
	}
}

static void label_teardown(char label[BAR_LABEL], const struct teardown *teardown)
{
	const char *name = table_cell_map_name(&teardown->map);
	char safe[TEXT_SIZE(NAME_LEN)];

	text_printable(safe, sizeof(safe), name, strlen(name));
	snprintf(label, BAR_LABEL, "%s \u00b7 %s \u00b7 id %u", table_cell_map_type(&teardown->map),
		 safe, teardown->map.identity.map_id);
}

/* Phases */

static void put_limit(struct page_writing *page, size_t shown, size_t all, const char *what)
{
	if (all > shown)
		fprintf(page->out, "<p class=\"dim\">The first %zu of %zu %s are drawn.</p>\n",
			shown, all, what);
}

static void put_row_bars(struct page_writing *page)
{
	const struct rows *rows = &page->teardowns;
	size_t nr = rows->nr < MAX_BARS ? rows->nr : MAX_BARS;
	struct bar bars[MAX_BARS];

	for (size_t i = 0; i < nr; i++) {
		bars[i] = bar_of_row(rows->row[i]);
		label_row(bars[i].label, rows, rows->row[i]);
	}
	fputs("<h3>By key</h3>\n<p class=\"dim\">Left: the sum of all teardowns, to scale. "
	      "Right: its parts.</p>\n",
	      page->out);
	bars_draw(page->out, "bars-by-key", bars, nr, true);
	put_limit(page, nr, rows->nr + rows->left_out, "rows");
}

static void put_teardown_bars(struct page_writing *page)
{
	size_t nr = page->nr_slowest < MAX_BARS ? page->nr_slowest : MAX_BARS;
	struct bar bars[MAX_BARS];

	for (size_t i = 0; i < nr; i++) {
		bars[i] = bar_of_teardown(page->slowest[i]);
		label_teardown(bars[i].label, page->slowest[i]);
	}
	fputs("<h3>The slowest teardowns</h3>\n", page->out);
	bars_draw(page->out, "bars-slowest", bars, nr, false);
	put_limit(page, nr, page->nr_slowest + page->slowest_left_out, "teardowns");
}

void report_put_phases(struct page_writing *page)
{
	page_begin_section(page->out, "Phases");
	if (page->teardowns.nr) {
		bars_legend(page->out);
		put_row_bars(page);
		put_teardown_bars(page);
	} else {
		fputs("<p class=\"dim\">no teardowns</p>\n", page->out);
	}
	page_end_section(page->out);
}

/* Distributions */

static void put_all_distributions(struct page_writing *page)
{
	struct distribution list[NR_PHASES + 1];
	const struct row *teardowns = only_row(&page->all_teardowns),
			 *calls = only_row(&page->all_calls);
	static const char *const styles[] = {
		[PHASE_WAIT] = "wait",	       [PHASE_FREE] = "free", [PHASE_DESTROY] = "destroy",
		[PHASE_DEFERRED] = "deferred", [PHASE_HELD] = "held", [PHASE_TOTAL] = "total",
	};
	size_t nr = 0;

	for (enum phase phase = 0; teardowns && phase < NR_PHASES; phase++)
		list[nr++] = (struct distribution){phase_names[phase], styles[phase],
						   row_hist(teardowns, phase)};
	if (calls)
		list[nr++] = (struct distribution){"destroy calls, singly", "destroy",
						   row_hist(calls, PHASE_TOTAL)};
	distributions_draw(page->out, "distributions", list, nr, 56);
}

static void put_row_distributions(struct page_writing *page, const char *id, const char *heading,
				  const struct rows *rows, const char *style)
{
	size_t nr = rows->nr < MAX_DISTRIBUTIONS ? rows->nr : MAX_DISTRIBUTIONS;
	struct distribution list[MAX_DISTRIBUTIONS];
	char labels[MAX_DISTRIBUTIONS][BAR_LABEL];

	if (!nr)
		return;
	for (size_t i = 0; i < nr; i++) {
		label_row(labels[i], rows, rows->row[i]);
		list[i] = (struct distribution){labels[i], style,
						row_hist(rows->row[i], PHASE_TOTAL)};
	}
	fprintf(page->out, "<h3>%s</h3>\n", heading);
	distributions_draw(page->out, id, list, nr, 26);
	put_limit(page, nr, rows->nr + rows->left_out, "rows");
}

void report_put_distributions(struct page_writing *page)
{
	page_begin_section(page->out, "Distributions");
	if (page->teardowns.nr || page->calls.nr)
		fputs("<p class=\"dim\">Durations and counts have logarithmic scales. The lines are "
		      "the 50th and the 99th percentile.</p>\n",
		      page->out);
	else
		fputs("<p class=\"dim\">no values</p>\n", page->out);
	put_all_distributions(page);
	put_row_distributions(page, "distributions-teardowns", "Totals of teardowns, by key",
			      &page->teardowns, "total");
	put_row_distributions(page, "distributions-calls", "Calls, by key", &page->calls,
			      "destroy");
	page_end_section(page->out);
}

/* Timeline */

int report_put_timeline(struct page_writing *page)
{
	const struct page_report *report = page->report;
	struct page_rate rates[2];
	struct page_timeline timeline = {
		.start_ns = report->start_ns,
		.from_ns = report->from_ns,
		.to_ns = report->to_ns,
		.rates = rates,
		.teardowns = page->slowest,
		.nr_teardowns = page->nr_slowest,
	};
	long drawn = 0;

	if (report->teardowns.rows)
		rates[timeline.nr_rates++] =
			(struct page_rate){"teardowns", "total", &report->teardowns.rate};
	if (report->calls.rows)
		rates[timeline.nr_rates++] =
			(struct page_rate){"calls", "destroy", &report->calls.rate};
	page_begin_section(page->out, "Timeline");
	if (report->from_ns == UNKNOWN_NS) {
		fputs("<p class=\"dim\">no events</p>\n", page->out);
	} else {
		fputs("<p class=\"dim\">Seconds since the start of the run. All events are "
		      "counted; each bar below is one of the slowest teardowns.</p>\n",
		      page->out);
		if (report->teardowns.rows)
			bars_legend(page->out);
		drawn = page_timeline_draw(page->out, &timeline);
	}
	if (drawn >= 0 && (size_t)drawn < page->nr_slowest)
		fprintf(page->out,
			"<p class=\"dim\">%zu of the %zu slowest teardowns are not drawn: too many "
			"overlap, or their times are unknown.</p>\n",
			page->nr_slowest - (size_t)drawn, page->nr_slowest);
	page_end_section(page->out);
	return drawn < 0 ? (int)drawn : 0;
}
