// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gathers a run for its page: rows, the slowest teardowns, counts over time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/ledger_figures.h"
#include "output/html/report_parts.h"
#include "util/macros.h"

#define MAX_ROWS 4096 /* each of some kilobytes */

static int open_gathered(struct page_gathered *gathered, struct aggregate *rows)
{
	gathered->rate.slot_ns = RATE_FIRST_NS;
	gathered->rows = rows;
	gathered->all = aggregate_new(NULL, 0, 1);
	return gathered->rows && gathered->all ? 0 : -ENOMEM;
}

/* The keys given; type and name if there are none, or if they belong to calls. */
static struct aggregate *teardown_rows(const struct view_options *opts)
{
	static const enum key usual[] = {KEY_TYPE, KEY_NAME};
	bool of_calls = !opts->nr_by;

	for (size_t i = 0; i < opts->nr_by; i++)
		of_calls |= opts->by[i] < KEY_TYPE;
	return of_calls ? aggregate_new(usual, ARRAY_SIZE(usual), MAX_ROWS)
			: aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
}

static struct aggregate *call_rows(const struct view_options *opts)
{
	static const enum key usual[] = {KEY_CALLER, KEY_TYPE};

	return opts->nr_by ? aggregate_new(opts->by, opts->nr_by, MAX_ROWS)
			   : aggregate_new(usual, ARRAY_SIZE(usual), MAX_ROWS);
}

static int open_teardowns(struct page_report *report)
{
	const struct view_options *opts = report->opts;
	__u64 max = opts->top ?: PAGE_ROWS;

	if (opts->view == VIEW_CALLS)
		return 0;
	report->slowest = top_teardowns_new(max < MAX_ROWS ? max : MAX_ROWS, opts->sort);
	if (!report->slowest)
		return -ENOMEM;
	return open_gathered(&report->teardowns, teardown_rows(opts));
}

struct page_report *page_report_new(const struct view_options *opts, const struct filter *filter)
{
	struct page_report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->opts = opts;
	report->filter = filter;
	report->from_ns = UNKNOWN_NS;
	if ((opts->view == VIEW_TEARDOWNS || !open_gathered(&report->calls, call_rows(opts))) &&
	    !open_teardowns(report))
		return report;
	page_report_free(report);
	return NULL;
}

void page_report_free(struct page_report *report)
{
	if (!report)
		return;
	aggregate_free(report->calls.rows);
	aggregate_free(report->calls.all);
	aggregate_free(report->teardowns.rows);
	aggregate_free(report->teardowns.all);
	top_teardowns_free(report->slowest);
	free(report->stuck);
	free(report);
}

void page_report_begin(struct page_report *report, __u64 start_ns)
{
	report->start_ns = start_ns;
}

/* An event at this time that took so long. */
static void note_time(struct page_report *report, struct rate *rate, __u64 ts_ns, __u64 took_ns)
{
	if (ts_ns == UNKNOWN_NS) {
		report->undated++;
		return;
	}
	rate_add(rate, ts_ns > report->start_ns ? ts_ns - report->start_ns : 0);
	if (report->from_ns == UNKNOWN_NS || ts_ns < report->from_ns)
		report->from_ns = ts_ns;
	if (ts_ns + took_ns > report->to_ns)
		report->to_ns = ts_ns + took_ns;
}

int page_report_call(struct page_report *report, const struct call *call)
{
	struct page_gathered *calls = &report->calls;
	int err;

	/*
	 * Of a live run of calls alone, the kernel has filtered, but neither by who released the
	 * map nor, if a call was seen in progress, by its latency.
	 */
	if ((report->opts->recorded || report->teardowns.rows ||
	     filter_by_releaser(report->filter) || report->filter->min_latency_ns) &&
	    !filter_wants_call(report->filter, call)) {
		calls->filtered += call->ts_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS;
		return 0;
	}
	err = aggregate_add(calls->rows, call);
	if (!err)
		err = aggregate_add(calls->all, call);
	if (!err)
		note_time(report, &calls->rate, call->ts_ns,
			  call->latency_ns == UNKNOWN_NS ? 0 : call->latency_ns);
	return err;
}

int page_report_teardown(struct page_report *report, const struct teardown *teardown)
{
	struct page_gathered *teardowns = &report->teardowns;
	__u64 ts_ns = teardown->map.identity.released_ns;
	int err;

	if (!filter_wants_teardown(report->filter, teardown)) {
		teardowns->filtered++;
		return 0;
	}
	err = aggregate_add_teardown(teardowns->rows, teardown);
	if (!err)
		err = aggregate_add_teardown(teardowns->all, teardown);
	if (!err)
		err = top_teardowns_add(report->slowest, teardown);
	if (!err)
		note_time(report, &teardowns->rate,
			  ts_ns == UNKNOWN_NS ? teardown->run.start_ns : ts_ns,
			  teardown_known_ns(teardown));
	return err;
}

int page_report_stuck(struct page_report *report, const struct stuck *stuck)
{
	struct kept_stuck *kept;

	if (report->nr_stuck++ >= MAX_STUCK)
		return 0;
	kept = reallocarray(report->stuck, report->nr_stuck, sizeof(*kept));
	if (!kept) {
		report->nr_stuck--;
		return -ENOMEM;
	}
	report->stuck = kept;
	kept += report->nr_stuck - 1;
	kept->stuck = *stuck;
	snprintf(kept->where, sizeof(kept->where), "%s", stuck->where);
	return 0;
}

void page_report_count(const struct page_report *report, struct ledger *ledger,
		       struct teardown_ledger *teardown_ledger)
{
	const struct page_gathered *calls = &report->calls, *teardowns = &report->teardowns;

	if (calls->rows)
		ledger->rows_full = aggregate_overflow(calls->rows);
	figure_add(&ledger->filtered, calls->filtered);
	figure_subtract(&ledger->completed, calls->filtered);
	if (!teardowns->rows)
		return;
	teardown_ledger->filtered = teardowns->filtered;
	figure_subtract(&teardown_ledger->shown, teardowns->filtered);
	teardown_ledger->rows_full = aggregate_overflow(teardowns->rows);
}
