// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows calls and teardowns as they come, in intervals and at the end, and then the ledgers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/aggregate.h"
#include "model/filter.h"
#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "output/column.h"
#include "output/format.h"
#include "output/hint.h"
#include "output/histogram.h"
#include "output/ledger_text.h"
#include "output/report.h"
#include "output/stuck_text.h"
#include "output/table.h"
#include "output/teardown_view.h"
#include "trace/kernel_features.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

/* Rows kept at a time, each of some kilobytes: bounds the memory of a long run. */
#define MAX_ROWS 4096

struct report {
	const struct view_options *opts;
	const struct filter *filter;
	const char *path; /* of the output; NULL: stdout */
	struct outfile *output;
	struct table_style style;
	struct table_layout events;	 /* with --events */
	struct aggregate *run;		 /* of calls; NULL with --events */
	struct aggregate *interval;	 /* of calls; NULL without -i */
	struct teardown_view *teardowns; /* NULL if calls are shown */
	struct teardown_counts *counts;	 /* at the end; not owned */
	__u64 filtered;
	__u64 nr_intervals;
	__u64 next_ns; /* when the next interim table is due; 0: none is */
	__u64 now_ns;
	struct start start;
};

static FILE *report_file(const struct report *report)
{
	return outfile_stream(report->output);
}

static const struct column *columns_of_calls(const struct view_options *opts)
{
	return opts->identity ? identified_call_columns : call_columns;
}

static int open_views(struct report *report)
{
	const struct view_options *opts = report->opts;

	if (opts->view == VIEW_TEARDOWNS) {
		report->teardowns = teardown_view_new(opts, report->filter);
		return report->teardowns ? 0 : -ENOMEM;
	}
	if (opts->events)
		return 0;
	report->run = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	if (opts->interval_ns)
		report->interval = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	return report->run && (report->interval || !opts->interval_ns) ? 0 : -ENOMEM;
}

/* They may ask for what this kernel cannot have. */
static void warn_of_filters(const struct report *report)
{
	enum view view = report->opts->view;
	struct map_allocators kernel;
	const struct hint_facts facts = {
		.filter = report->filter,
		.view = view == VIEW_TEARDOWNS ? VIEW_TEARDOWNS : VIEW_CALLS,
		.both_views = view == VIEW_BOTH,
		.kernel = &kernel,
	};

	if (!report->filter->map_types && !report->filter->nr_callers)
		return;
	kernel_map_allocators(&kernel);
	hint_warn(&facts);
}

int report_open(struct report **out, const struct view_options *opts, const struct filter *filter,
		const char *path)
{
	struct report *report = calloc(1, sizeof(*report));
	bool live;
	int err;

	if (!report) {
		outfile_failed(path, -ENOMEM);
		return -ENOMEM;
	}
	report->opts = opts;
	report->filter = filter;
	report->path = path;
	/* Nobody waits for the lines of a recording as they come. */
	live = !opts->recorded && (opts->events || opts->interval_ns);
	err = outfile_open(&report->output, path, live);
	if (!err)
		err = open_views(report);
	if (err) {
		outfile_failed(report->path, err);
		report_close(report);
		return err;
	}
	if (!opts->recorded)
		warn_of_filters(report);
	*out = report;
	return 0;
}

int report_begin(struct report *report, const struct start *start)
{
	const struct view_options *opts = report->opts;
	struct rows rows;
	int err;

	report->start = *start;
	report->style = view_style(opts, report_file(report));
	report->now_ns = start->ns;
	if (report->teardowns) {
		err = teardown_view_begin(report->teardowns, report_file(report), start->ns);
	} else if (opts->events) {
		err = format_lines(report_file(report), opts->format, &report->events,
				   columns_of_calls(opts), &report->style);
	} else {
		err = aggregate_sort(report->run, opts->sort, opts->top, &rows);
		if (!err)
			err = format_rows_heading(
				report_file(report), opts->format, &rows, false,
				opts->interval_ns ? INTERVAL_WHOLE : INTERVAL_NONE, &report->style);
	}
	if (err)
		outfile_failed(report->path, err);
	return err;
}

void report_close(struct report *report)
{
	if (!report)
		return;
	outfile_close(report->output, false);
	aggregate_free(report->run);
	aggregate_free(report->interval);
	teardown_view_free(report->teardowns);
	free(report);
}

static int take_call(void *ctx, const struct call *call)
{
	struct report *report = ctx;
	int err;

	if (report->opts->recorded && !filter_wants_call(report->filter, call)) {
		report->filtered += call->ts_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS;
		return 0;
	}
	if (report->opts->events)
		return format_line(report_file(report), report->opts->format,
				   report->events.columns, call, report->start.ns);
	err = aggregate_add(report->run, call);
	if (!err && report->interval)
		err = aggregate_add(report->interval, call);
	return err;
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct report *report = ctx;

	return teardown_view_teardown(report->teardowns, report_file(report), teardown);
}

static int take_deferred_free(void *ctx, const struct deferred_free *deferred)
{
	struct report *report = ctx;

	return teardown_view_deferred_free(report->teardowns, report_file(report), deferred);
}

static bool wants_stuck(void *ctx, const struct map_info *map)
{
	const struct report *report = ctx;

	if (report->teardowns)
		return teardown_view_wants(report->teardowns, map);
	return !report->opts->recorded || filter_wants_map(report->filter, map);
}

/* A recording has stuck teardowns, too, and does not know their callers. */
static bool is_of_wanted_call(const struct filter *filter, const struct stuck *stuck)
{
	return !filter->nr_callers && !strcmp(stuck->where, TRACED_FUNCTION);
}

static int take_stuck(void *ctx, const struct stuck *stuck)
{
	struct report *report = ctx;
	const struct view_options *opts = report->opts;

	if (!wants_stuck(report, &stuck->map))
		return 0;
	if (opts->recorded && !report->teardowns && !is_of_wanted_call(report->filter, stuck))
		return 0;
	stuck_text_print(stderr, stuck);
	if (!opts->events || opts->format != FORMAT_JSON)
		return 0;
	return format_line(report_file(report), FORMAT_JSON, stuck_columns, stuck,
			   report->start.ns);
}

/* Of a live run, by the clock as it is now: it may have been set, or the machine have slept. */
static void write_timestamp(const struct report *report, FILE *file)
{
	const struct start *start = &report->start;
	__u64 now_ns = start->live ? clock_moment().realtime_ns
				   : start->realtime_ns + (report->now_ns - start->ns);
	time_t now = (time_t)(now_ns / NSEC_PER_SEC);
	char text[16];

	if (!report->opts->timestamp || report->opts->format != FORMAT_TABLE)
		return;
	strftime(text, sizeof(text), "%H:%M:%S", localtime(&now));
	fprintf(file, "%s\n", text);
}

static int write_rows(struct report *report, FILE *file, struct aggregate *aggregate,
		      __u64 interval)
{
	const struct view_options *opts = report->opts;
	struct rows rows;
	int err = aggregate_sort(aggregate, opts->sort, opts->top, &rows);

	if (!err) {
		write_timestamp(report, file);
		err = format_rows(file, opts->format, &rows, false, interval, &report->style);
	}
	if (!err && opts->histogram)
		err = histogram_draw(file, &rows);
	return err;
}

static int write_interval(struct report *report)
{
	FILE *file = report_file(report);
	int err;

	if (report->teardowns) {
		write_timestamp(report, file);
		err = teardown_view_interval(report->teardowns, file, ++report->nr_intervals);
	} else {
		err = write_rows(report, file, report->interval, ++report->nr_intervals);
		aggregate_reset(report->interval);
	}
	/* Without an empty line, Markdown would take the next table for more rows. */
	if (!err && report->opts->format == FORMAT_MARKDOWN)
		putc('\n', file);
	return err;
}

static __u64 later(__u64 ns, __u64 by_ns)
{
	return ns > ~0ULL - by_ns ? ~0ULL : ns + by_ns;
}

/*
 * Writes the table that is due. Later intervals that have passed get a number, but no table: the
 * machine slept in them; or, in a recording, where the next event sets the time, nothing happened.
 */
static int write_due(struct report *report, __u64 now_ns)
{
	__u64 interval_ns = report->opts->interval_ns, late_ns = now_ns - report->next_ns;
	int err;

	report->now_ns = now_ns;
	if (!interval_ns || now_ns < report->next_ns)
		return 0;
	if (report->opts->recorded)
		report->now_ns = report->next_ns;
	err = write_interval(report);
	report->now_ns = now_ns;
	report->nr_intervals += late_ns / interval_ns;
	report->next_ns = later(now_ns - late_ns % interval_ns, interval_ns);
	return err;
}

static int tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct report *report = ctx;
	int err;

	if (!report->next_ns) /* the first time */
		report->next_ns = later(now_ns, report->opts->interval_ns);
	err = write_due(report, now_ns);
	*next_ns = report->opts->interval_ns ? report->next_ns : 0;
	return err;
}

/* Lines are flushed together, once no more are pending. */
static int drained(void *ctx)
{
	struct report *report = ctx;

	if (fflush(report_file(report)))
		return errno ? -errno : -EIO;
	return 0;
}

static bool done(void *ctx)
{
	const struct report *report = ctx;

	return outfile_abandoned(report->output);
}

static int outlet(void *ctx)
{
	const struct report *report = ctx;

	return fileno(report_file(report));
}

struct event_sink report_sink(struct report *report)
{
	static const struct event_sink_ops of_calls = {.call = take_call, .stuck = take_stuck};
	static const struct event_sink_ops of_teardowns = {
		.teardown = take_teardown,
		.deferred_free = take_deferred_free,
		.stuck = take_stuck,
	};

	return (struct event_sink){
		.ops = report->teardowns ? &of_teardowns : &of_calls,
		.ctx = report,
	};
}

const struct run_ops report_run_ops = {
	.wants_stuck = wants_stuck,
	.tick = tick,
	.drained = drained,
	.done = done,
	.outlet = outlet,
};

/* The rows of the whole run, then the ledger if the format has a place for it. */
static int write_end(struct report *report, FILE *file, const struct ledger *ledger)
{
	const struct view_options *opts = report->opts;
	const struct teardown_counts *counts = report->counts;
	int err = 0;

	if (report->teardowns) {
		if (!opts->events)
			write_timestamp(report, file);
		err = teardown_view_end(report->teardowns, file);
	} else if (report->run) {
		err = write_rows(report, file, report->run,
				 report->interval ? INTERVAL_WHOLE : INTERVAL_NONE);
	}
	if (err || opts->format != FORMAT_JSON)
		return err;
	err = format_line(file, FORMAT_JSON, ledger_columns, ledger, 0);
	if (!err && report->teardowns)
		err = format_line(file, FORMAT_JSON, teardown_ledger_columns, &counts->ledger, 0);
	for (int i = 0; i < NR_HOOKS && opts->identity && !err; i++)
		err = format_line(file, FORMAT_JSON, hook_columns, &counts->hooks[i], 0);
	return err;
}

/* After a failure: the rest goes to stdout, unless that was the output. */
static int write_elsewhere(struct report *report, const struct ledger *ledger)
{
	int err;

	/* The first part of a trace is in the file that failed. */
	if (!report->path || report->opts->format == FORMAT_PERFETTO)
		return -EIO;
	err = write_end(report, stdout, ledger);
	return err ? err : fflush(stdout);
}

/* Lines of CSV and the like go to programs, which need no gap. */
static bool is_table(const struct report *report)
{
	const struct view_options *opts = report->opts;

	return !report->path && (opts->format == FORMAT_TABLE || opts->format == FORMAT_MARKDOWN) &&
	       same_stream(stdout, stderr);
}

static void show_ledgers(const struct report *report, const struct ledger *ledger)
{
	const struct teardown_counts *counts = report->counts;

	ledger_text(stderr, &(struct ledger_text){
				    .calls = ledger,
				    .teardowns = report->teardowns ? &counts->ledger : NULL,
				    .hooks = report->opts->identity ? counts->hooks : NULL,
				    .view = report->opts->view,
				    .below_table = is_table(report),
				    .filter = report->filter,
				    .all_teardowns = &counts->ledger,
				    .recorded = report->opts->recorded,
			    });
}

int report_end(struct report *report, __u64 now_ns, struct ledger *ledger,
	       struct teardown_counts *counts, int err)
{
	bool ledger_shown = report->opts->format == FORMAT_JSON;
	int close_err;

	if (report->run)
		ledger->rows_full = aggregate_overflow(report->run);
	/* A recording that was never ended has no end time. */
	if (now_ns < report->now_ns)
		now_ns = report->now_ns;
	/* They were counted as completed when they were recorded. */
	figure_add(&ledger->filtered, report->filtered);
	figure_subtract(&ledger->completed, report->filtered);
	report->counts = counts;
	if (report->teardowns)
		teardown_view_count(report->teardowns, &counts->ledger);
	if (!err && report->opts->recorded)
		err = write_due(report, now_ns);
	report->now_ns = now_ns;
	if (!err && report->opts->interval_ns)
		err = write_interval(report);
	if (!err)
		err = write_end(report, report_file(report), ledger);
	close_err = outfile_close(report->output, !err);
	report->output = NULL;
	err = err ? err : close_err;
	if (err == -EPIPE) { /* nobody reads on */
		err = 0;
		ledger_shown = false;
	} else if (err) {
		outfile_failed(report->path, err);
		if (write_elsewhere(report, ledger))
			ledger_shown = false;
	}
	if (!ledger_shown)
		show_ledgers(report, ledger);
	return err;
}
