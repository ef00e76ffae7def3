// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows calls in the view asked for: lines, or rows with or without histograms.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis/aggregate.h"
#include "model/ledger_figures.h"
#include "output/call_view.h"
#include "output/column.h"
#include "output/format.h"
#include "output/histogram.h"
#include "output/table.h"

/* Rows kept at a time, each of some kilobytes: bounds the memory of a long run. */
#define MAX_ROWS 4096

struct call_view {
	const struct view_options *opts;
	const struct filter *filter;
	bool filters; /* the kernel has not filtered, or not by all, or not the calls that lasted */
	__u64 start_ns;
	struct table_style style;
	struct table_layout events; /* with --events */
	struct aggregate *run;	    /* NULL with --events */
	struct aggregate *interval; /* NULL without -i */
	__u64 filtered;
	__u64 taken, taken_before; /* in the run; before this interval */
};

struct call_view *call_view_new(const struct view_options *opts, const struct filter *filter)
{
	struct call_view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->opts = opts;
	view->filter = filter;
	view->filters = opts->recorded || opts->view == VIEW_BOTH || filter_by_releaser(filter) ||
			filter->min_latency_ns;
	if (opts->events)
		return view;
	view->run = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	if (opts->interval_ns)
		view->interval = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	if (view->run && (view->interval || !opts->interval_ns))
		return view;
	call_view_free(view);
	return NULL;
}

void call_view_free(struct call_view *view)
{
	if (!view)
		return;
	aggregate_free(view->run);
	aggregate_free(view->interval);
	free(view);
}

static const struct column *columns_of(const struct view_options *opts)
{
	return opts->identity ? identified_call_columns : call_columns;
}

static __u64 whole(const struct call_view *view)
{
	return view->interval ? INTERVAL_WHOLE : INTERVAL_NONE;
}

int call_view_begin(struct call_view *view, FILE *file, __u64 start_ns)
{
	const struct view_options *opts = view->opts;
	struct rows rows;
	int err;

	view->start_ns = start_ns;
	view->style = view_style(opts, file);
	if (opts->events)
		return format_lines(file, opts->format, &view->events, columns_of(opts),
				    &view->style);
	err = aggregate_sort(view->run, opts->sort, opts->top, &rows);
	return err ? err
		   : format_rows_heading(file, opts->format, &rows, false, whole(view),
					 &view->style);
}

int call_view_call(struct call_view *view, FILE *file, const struct call *call)
{
	int err;

	if (view->filters && !filter_wants_call(view->filter, call)) {
		view->filtered += call->ts_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS;
		return 0;
	}
	view->taken++;
	if (view->opts->events)
		return format_line(file, view->opts->format, view->events.columns, call,
				   view->start_ns);
	err = aggregate_add(view->run, call);
	if (!err && view->interval)
		err = aggregate_add(view->interval, call);
	return err;
}

bool call_view_is_empty(const struct call_view *view, bool interval)
{
	return view->taken == (interval ? view->taken_before : 0);
}

static int write_rows(const struct call_view *view, FILE *file, struct aggregate *aggregate,
		      __u64 interval, __u64 end_ns)
{
	const struct view_options *opts = view->opts;
	struct rows rows;
	int err = aggregate_sort(aggregate, opts->sort, opts->top, &rows);

	if (!err)
		err = format_rows(file, opts->format, &rows, false, interval, end_ns, &view->style);
	if (!err && opts->histogram)
		err = histogram_draw(file, &rows);
	return err;
}

int call_view_interval(struct call_view *view, FILE *file, __u64 interval, __u64 end_ns)
{
	int err = write_rows(view, file, view->interval, interval, end_ns);

	aggregate_reset(view->interval);
	view->taken_before = view->taken;
	return err;
}

int call_view_end(struct call_view *view, FILE *file, __u64 end_ns)
{
	return view->run ? write_rows(view, file, view->run, whole(view), end_ns) : 0;
}

void call_view_count(const struct call_view *view, struct ledger *ledger)
{
	if (view->run)
		ledger->rows_full = aggregate_overflow(view->run);
	/* The programs, or those of the recorded run, counted them as completed. */
	figure_add(&ledger->filtered, view->filtered);
	figure_subtract(&ledger->completed, view->filtered);
}
