// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows calls and teardowns as they come, in intervals and at the end, and then the ledgers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/filter.h"
#include "model/hooks.h"
#include "output/call_view.h"
#include "output/column.h"
#include "output/format.h"
#include "output/heading.h"
#include "output/hint.h"
#include "output/ledger_text.h"
#include "output/progress.h"
#include "output/report.h"
#include "output/stuck_text.h"
#include "output/table.h"
#include "output/teardown_view.h"
#include "output/wall_time.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

/* Lines for quiet intervals of a recording, one after the other; a longer gap has one line. */
#define MAX_QUIET 1000

struct report {
	const struct view_options *opts;
	const struct filter *filter;
	const char *path; /* of the output; NULL: stdout */
	struct outfile *output;
	struct call_view *calls;	 /* NULL if only teardowns are shown */
	struct teardown_view *teardowns; /* NULL if only calls are shown */
	struct teardown_counts *counts;	 /* at the end; not owned */
	struct page page;
	bool on_terminal;	/* the output may be where progress is shown */
	report_count_fn *count; /* for progress; NULL: none is shown */
	void *count_ctx;
	__u64 progress_ns; /* when it is due */
	__u64 nr_intervals;
	__u64 next_ns; /* when the next interim table is due; 0: none is */
	__u64 now_ns;
	struct start start;
};

/* To write to. */
static FILE *report_file(const struct report *report)
{
	if (report->on_terminal)
		diag_status(NULL);
	return outfile_stream(report->output);
}

static int open_views(struct report *report)
{
	const struct view_options *opts = report->opts;

	bool calls = opts->view != VIEW_TEARDOWNS, teardowns = opts->view != VIEW_CALLS;

	if (calls)
		report->calls = call_view_new(opts, report->filter);
	if (teardowns)
		report->teardowns = teardown_view_new(opts, report->filter);
	return (calls && !report->calls) || (teardowns && !report->teardowns) ? -ENOMEM : 0;
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
	/* No reader waits for the lines of a recording as they come. */
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
		hint_warn_here(filter, opts->view);
	*out = report;
	return 0;
}

int report_begin(struct report *report, const struct start *start)
{
	FILE *file = report_file(report);
	int err = 0;

	report->start = *start;
	report->now_ns = start->ns;
	wall_time_set(start, report->opts->timestamp);
	if (report->calls)
		err = call_view_begin(report->calls, file, start->ns);
	if (!err && report->teardowns)
		err = teardown_view_begin(report->teardowns, file, start->ns);
	if (err)
		outfile_failed(report->path, err);
	return err;
}

void report_show_progress(struct report *report, report_count_fn *count, void *ctx)
{
	if (!diag_shows_status())
		return;
	report->count = count;
	report->count_ctx = ctx;
	report->on_terminal = isatty(fileno(report_file(report)));
}

void report_close(struct report *report)
{
	if (!report)
		return;
	outfile_close(report->output, false);
	call_view_free(report->calls);
	teardown_view_free(report->teardowns);
	free(report);
}

static int take_call(void *ctx, const struct call *call)
{
	struct report *report = ctx;

	return call_view_call(report->calls, report_file(report), call);
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
	return (!report->opts->recorded && !filter_by_releaser(report->filter)) ||
	       filter_wants_map(report->filter, map);
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

static struct heading heading_of(const struct report *report, __u64 interval)
{
	return (struct heading){
		.format = report->opts->format,
		.timed = report->opts->timestamp || report->opts->interval_ns,
		.realtime_ns = wall_time_ns(report->now_ns),
		.interval = interval,
		.took_ns = report->now_ns - report->start.ns,
	};
}

static bool is_interim(__u64 interval)
{
	return interval != INTERVAL_WHOLE && interval != INTERVAL_NONE;
}

static bool is_empty(const struct report *report, enum view of, __u64 interval)
{
	bool interim = is_interim(interval);

	return (of == VIEW_TEARDOWNS || call_view_is_empty(report->calls, interim)) &&
	       (of == VIEW_CALLS || teardown_view_is_empty(report->teardowns, interim));
}

/* A line in place of a table, or of the tables of nr intervals up to this one. */
static int write_empty(struct report *report, FILE *file, enum view of, __u64 interval, __u64 nr)
{
	static const char *const quiet[] = {"no calls", "no teardowns", "no calls, no teardowns"};
	struct heading heading = heading_of(report, interval);

	heading.more = nr - 1;
	errno = 0;
	heading_put_empty(file, &report->page, &heading, quiet[of]);
	return stream_flush(file);
}

/* One view, with the heading of its table. */
static int write_view(struct report *report, FILE *file, enum view of, __u64 interval)
{
	static const char *const titles[] = {"destroy calls by caller and type",
					     "slowest teardowns"};
	const struct heading heading = heading_of(report, interval);
	const char *title = report->opts->view == VIEW_BOTH ? titles[of] : NULL;
	__u64 now_ns = report->now_ns;

	if (format_is_for_people(report->opts->format)) {
		if (is_empty(report, of, interval))
			return write_empty(report, file, of, interval, 1);
		heading_put(file, &report->page, &heading, title);
	}
	if (of == VIEW_CALLS)
		return is_interim(interval)
			       ? call_view_interval(report->calls, file, interval, now_ns)
			       : call_view_end(report->calls, file, now_ns);
	return is_interim(interval)
		       ? teardown_view_interval(report->teardowns, file, interval, now_ns)
		       : teardown_view_end(report->teardowns, file, now_ns);
}

static int write_views(struct report *report, FILE *file, __u64 interval)
{
	enum view view = report->opts->view;
	int err = 0;

	if (view == VIEW_BOTH && format_is_for_people(report->opts->format) &&
	    is_interim(interval) && is_empty(report, view, interval))
		return write_empty(report, file, view, interval, 1);
	if (report->calls)
		err = write_view(report, file, VIEW_CALLS, interval);
	if (!err && report->teardowns)
		err = write_view(report, file, VIEW_TEARDOWNS, interval);
	return err;
}

static __u64 later(__u64 ns, __u64 by_ns)
{
	return ns > ~0ULL - by_ns ? ~0ULL : ns + by_ns;
}

/* Passes nr intervals of a recording, in which nothing happened. */
static int pass_quiet(struct report *report, __u64 nr)
{
	const struct view_options *opts = report->opts;
	__u64 at_once = nr > MAX_QUIET ? nr : 1;
	int err = 0;

	for (; nr && !err; nr -= at_once) {
		report->now_ns += at_once * opts->interval_ns;
		report->nr_intervals += at_once;
		if (format_is_for_people(opts->format))
			err = write_empty(report, report_file(report), opts->view,
					  report->nr_intervals, at_once);
	}
	return err;
}

/*
 * Writes the table that is due. Later intervals that have passed in a live run get a number, but no
 * table: the reader of the output was slow, and their events are in this one.
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
	err = write_views(report, report_file(report), ++report->nr_intervals);
	if (report->opts->recorded && !err)
		err = pass_quiet(report, late_ns / interval_ns);
	else
		report->nr_intervals += late_ns / interval_ns;
	report->now_ns = now_ns;
	report->next_ns = later(now_ns - late_ns % interval_ns, interval_ns);
	return err;
}

static int flush(struct report *report)
{
	if (fflush(outfile_stream(report->output)))
		return errno ? -errno : -EIO;
	return 0;
}

/* A part of a line must not stand before it, and be erased with it. */
static int show_progress(struct report *report, __u64 now_ns)
{
	struct teardown_counts counts;
	struct ledger ledger;
	int err = report->on_terminal ? flush(report) : 0;

	report->count(report->count_ctx, &ledger, &counts);
	progress_of_trace(now_ns - report->start.ns, &ledger, &counts);
	report->progress_ns = now_ns + NSEC_PER_SEC;
	return err;
}

/* Whether the run went on after the last interim table. */
static bool has_rest(const struct report *report)
{
	const struct view_options *opts = report->opts;

	return opts->interval_ns && (report->now_ns != report->next_ns - opts->interval_ns ||
				     !is_empty(report, opts->view, report->nr_intervals));
}

static int tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct report *report = ctx;
	int err;

	if (!report->next_ns) { /* the first time */
		report->next_ns = later(report->start.ns, report->opts->interval_ns);
		report->progress_ns = now_ns + NSEC_PER_SEC;
	}
	err = write_due(report, now_ns);
	if (!err && report->count && now_ns >= report->progress_ns)
		err = show_progress(report, now_ns);
	*next_ns = report->opts->interval_ns ? report->next_ns : 0;
	if (report->count && (!*next_ns || report->progress_ns < *next_ns))
		*next_ns = report->progress_ns;
	return err;
}

/* Lines are flushed together, once no more are pending. */
static int drained(void *ctx)
{
	return flush(ctx);
}

static bool done(void *ctx)
{
	const struct report *report = ctx;

	return outfile_abandoned(report->output);
}

static int outlet(void *ctx)
{
	const struct report *report = ctx;

	return fileno(outfile_stream(report->output));
}

struct event_sink report_sink(struct report *report)
{
	static const struct event_sink_ops ops[] = {
		[VIEW_CALLS] = {take_call, NULL, NULL, take_stuck},
		[VIEW_TEARDOWNS] = {NULL, take_teardown, take_deferred_free, take_stuck},
		[VIEW_BOTH] = {take_call, take_teardown, take_deferred_free, take_stuck},
	};

	return (struct event_sink){.ops = &ops[report->opts->view], .ctx = report};
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

	if (!opts->events)
		err = write_views(report, file, opts->interval_ns ? INTERVAL_WHOLE : INTERVAL_NONE);
	if (err || opts->format != FORMAT_JSON)
		return err;
	err = format_line(file, FORMAT_JSON, ledger_columns, ledger, 0);
	if (!err && report->teardowns)
		err = format_line(file, FORMAT_JSON, teardown_ledger_columns, &counts->ledger, 0);
	for (int i = 0; i < NR_HOOKS && opts->identity && !err; i++)
		err = format_line(file, FORMAT_JSON, hook_columns, &counts->hooks[i], 0);
	return err;
}

/* After a failure: the figures of a live run go to stdout, unless that was the output. */
static int write_elsewhere(struct report *report, const struct ledger *ledger)
{
	const struct view_options *opts = report->opts;
	int err;

	/* The first part of a trace is in the file that failed. */
	if (!report->path || opts->format == FORMAT_PERFETTO ||
	    (opts->events && opts->format != FORMAT_JSON))
		return -EIO;
	diag_warn("the figures of the run follow on standard output");
	report->page = (struct page){};
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
	struct ledger_text text =
		ledger_text_of_view(report->opts, report->filter, ledger, report->counts);

	text.below_table = is_table(report);
	ledger_text(stderr, &text);
}

int report_end(struct report *report, __u64 now_ns, struct ledger *ledger,
	       struct teardown_counts *counts, int err)
{
	bool ledger_shown = report->opts->format == FORMAT_JSON;
	int close_err;

	diag_status(NULL);
	/* A recording that was never ended has no end time. */
	if (now_ns < report->now_ns)
		now_ns = report->now_ns;
	report->counts = counts;
	if (report->calls)
		call_view_count(report->calls, ledger);
	if (report->teardowns)
		teardown_view_count(report->teardowns, &counts->ledger);
	if (!err && report->opts->recorded)
		err = write_due(report, now_ns);
	report->now_ns = now_ns;
	if (!err && has_rest(report))
		err = write_views(report, report_file(report), ++report->nr_intervals);
	if (!err)
		err = write_end(report, report_file(report), ledger);
	close_err = outfile_close(report->output, !err);
	report->output = NULL;
	err = err ? err : close_err;
	if (err == -EPIPE) { /* the reader is gone */
		err = 0;
		ledger_shown = false;
	} else if (err) {
		outfile_failed(report->path, err);
		if (report->opts->recorded) /* which can be shown again */
			ledger_shown = true;
		else if (write_elsewhere(report, ledger))
			ledger_shown = false;
	}
	if (!ledger_shown)
		show_ledgers(report, ledger);
	return err;
}
