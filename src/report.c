// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aggregate.h"
#include "diag.h"
#include "maptype.h"
#include "output.h"
#include "render.h"
#include "report.h"
#include "teardown_view.h"
#include "text.h"

/* Rows kept apart at a time, each of some kilobytes: what bounds the memory of a long run. */
#define MAX_ROWS 4096

struct report {
	const struct options *opts;
	struct output *output;
	struct aggregate *run;		 /* of calls; NULL with --events */
	struct aggregate *interval;	 /* of calls; NULL without -i */
	struct teardown_view *teardowns; /* NULL if it is calls that are shown */
	struct teardown_counts *counts;	 /* of teardowns, at the end; not owned */
	__u64 nr_intervals;
	__u64 start_ns;
};

static FILE *report_file(const struct report *report)
{
	return output_file(report->output);
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void write_failed(const struct report *report, int err)
{
	const char *path = report->opts->output;

	diag_error("cannot write %s%s%s: %s", path ? "'" : "", path ? path : "stdout",
		   path ? "'" : "", strerror(-err));
}

/* To main(), -EPERM is a word on tracing. */
static int not_eperm(int err)
{
	return err == -EPERM ? -EACCES : err;
}

static const struct column *columns_of_calls(const struct options *opts)
{
	return opts->identity ? identified_call_columns : call_columns;
}

static int open_views(struct report *report)
{
	const struct options *opts = report->opts;

	if (opts->view == VIEW_TEARDOWNS) {
		report->teardowns = teardown_view_new(opts, report->start_ns);
		return report->teardowns ? 0 : -ENOMEM;
	}
	if (opts->events)
		return 0;
	report->run = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	if (opts->interval_ns)
		report->interval = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	return report->run && (report->interval || !opts->interval_ns) ? 0 : -ENOMEM;
}

int report_open(struct report **out, const struct options *opts)
{
	struct report *report = calloc(1, sizeof(*report));
	int err;

	if (!report)
		return -ENOMEM;
	report->opts = opts;
	report->start_ns = now_ns();
	err = output_open(&report->output, opts->output, opts->events || opts->interval_ns);
	if (!err)
		err = open_views(report);
	if (err) {
		write_failed(report, err);
		report_close(report);
		return not_eperm(err);
	}
	*out = report;
	return 0;
}

int report_begin(struct report *report)
{
	const struct options *opts = report->opts;
	struct rows rows;
	int err;

	if (report->teardowns) {
		err = teardown_view_begin(report->teardowns, report_file(report));
	} else if (opts->events) {
		err = render_event_header(report_file(report), opts->format,
					  columns_of_calls(opts));
	} else {
		err = aggregate_sort(report->run, opts->sort, opts->top, &rows);
		if (!err)
			err = render_rows_header(report_file(report), opts->format, &rows, false,
						 opts->interval_ns ? INTERVAL_WHOLE
								   : INTERVAL_NONE);
	}
	if (err)
		write_failed(report, err);
	return not_eperm(err);
}

void report_close(struct report *report)
{
	if (!report)
		return;
	output_close(report->output, false);
	aggregate_free(report->run);
	aggregate_free(report->interval);
	teardown_view_free(report->teardowns);
	free(report);
}

int report_call(struct report *report, const struct call *call)
{
	int err;

	if (report->opts->events)
		return render_event(report_file(report), report->opts->format,
				    columns_of_calls(report->opts), call, report->start_ns);
	err = aggregate_add(report->run, call);
	if (!err && report->interval)
		err = aggregate_add(report->interval, call);
	return err;
}

int report_teardown(struct report *report, const struct teardown *teardown)
{
	return teardown_view_teardown(report->teardowns, report_file(report), teardown);
}

int report_reclaim(struct report *report, const struct reclaim *reclaim)
{
	return teardown_view_reclaim(report->teardowns, report_file(report), reclaim);
}

static void print_safe(FILE *file, const char *text)
{
	char safe[TEXT_SIZE(NAME_LEN)];

	text_printable(safe, sizeof(safe), text, strnlen(text, NAME_LEN));
	fputs(safe, file);
}

static void print_hang(FILE *file, const struct hang *hang)
{
	const struct task_id *task = identity_task(&hang->call.identity);
	const char *line = hang->stack;
	char duration[DURATION_SIZE];

	fprintf(file, "memdestroy-trace: stuck for %s: %s", text_duration(duration, hang->for_ns),
		hang->where);
	if (call_has(&hang->call, CALL_MAP))
		fprintf(file, " of %s", maptype_name(hang->call.map_type));
	if (call_has(&hang->call, CALL_MAP | CALL_NAME)) {
		fputs(" '", file);
		print_safe(file, hang->call.map_name);
		putc('\'', file);
	}
	if (hang->call.identity.map_id)
		fprintf(file, " (id %u)", hang->call.identity.map_id);
	if (task) {
		fputs(", let go of by ", file);
		print_safe(file, task->comm);
		fprintf(file, " (pid %u)", task->pid);
	}
	if (hang->in_worker) {
		fputs(", in ", file);
		print_safe(file, hang->call.comm);
		fprintf(file, " (pid %u)", hang->call.tid);
	}
	putc('\n', file);
	while (*line) {
		int len = (int)strcspn(line, "\n");

		fprintf(file, "    %.*s\n", len, line);
		line += len + (line[len] == '\n');
	}
	fflush(file);
}

bool report_wants_hang(const struct report *report, const struct call *map)
{
	return !report->teardowns || teardown_view_wants(report->teardowns, map);
}

int report_hang(struct report *report, const struct hang *hang)
{
	const struct options *opts = report->opts;

	print_hang(stderr, hang);
	if (!opts->events || opts->format != FORMAT_JSON)
		return 0;
	return render_event(report_file(report), FORMAT_JSON, hang_columns, hang, report->start_ns);
}

static void write_timestamp(const struct report *report, FILE *file)
{
	time_t now = time(NULL);
	char text[16];

	if (!report->opts->timestamp || report->opts->format != FORMAT_TABLE)
		return;
	strftime(text, sizeof(text), "%H:%M:%S", localtime(&now));
	fprintf(file, "%s\n", text);
}

static int write_rows(struct report *report, FILE *file, struct aggregate *aggregate,
		      __u64 interval)
{
	const struct options *opts = report->opts;
	struct rows rows;
	int err = aggregate_sort(aggregate, opts->sort, opts->top, &rows);

	if (!err) {
		write_timestamp(report, file);
		err = render_rows(file, opts->format, &rows, false, interval);
	}
	if (!err && opts->histogram)
		err = render_histogram(file, &rows);
	return err;
}

int report_interval(struct report *report)
{
	int err;

	if (report->teardowns) {
		write_timestamp(report, report_file(report));
		return teardown_view_interval(report->teardowns, report_file(report),
					      ++report->nr_intervals);
	}
	err = write_rows(report, report_file(report), report->interval, ++report->nr_intervals);

	aggregate_reset(report->interval);
	return err;
}

bool report_abandoned(const struct report *report)
{
	return output_abandoned(report->output);
}

/* The rows of the whole run, then the ledger if the format has a place for it. */
static int write_end(struct report *report, FILE *file, const struct ledger *ledger)
{
	const struct options *opts = report->opts;
	int err = 0;

	if (report->teardowns) {
		if (!opts->events)
			write_timestamp(report, file);
		err = teardown_view_end(report->teardowns, file);
	} else if (report->run) {
		err = write_rows(report, file, report->run,
				 report->interval ? INTERVAL_WHOLE : INTERVAL_NONE);
	}
	if (!err && opts->format == FORMAT_JSON)
		err = render_ledger_json(file, ledger);
	if (!err && opts->format == FORMAT_JSON && report->counts)
		err = render_teardown_ledger_json(file, &report->counts->ledger,
						  report->counts->points, NR_POINTS);
	return err;
}

static bool has_filters(const struct options *opts)
{
	return opts->map_types || opts->nr_callers || opts->name || opts->min_latency_ns ||
	       opts->no_empty;
}

/* After a failure: what was gathered goes to stdout, if that is another place. */
static int write_elsewhere(struct report *report, const struct ledger *ledger)
{
	int err;

	/* A trace has been written piece by piece to the file that failed. */
	if (!report->opts->output || report->opts->format == FORMAT_PERFETTO)
		return -EIO;
	err = write_end(report, stdout, ledger);
	return err ? err : fflush(stdout);
}

int report_end(struct report *report, struct ledger *ledger, struct teardown_counts *counts,
	       int err)
{
	bool ledger_shown = report->opts->format == FORMAT_JSON;
	int close_err;

	if (report->run)
		ledger->rows_full = aggregate_overflow(report->run);
	report->counts = counts;
	if (counts)
		teardown_view_count(report->teardowns, &counts->ledger);
	if (!err && report->opts->interval_ns)
		err = report_interval(report);
	if (!err)
		err = write_end(report, report_file(report), ledger);
	close_err = output_close(report->output, !err);
	report->output = NULL;
	err = err ? err : close_err;
	if (err == -EPIPE) { /* the reader has had enough */
		err = 0;
		ledger_shown = false;
	} else if (err) {
		write_failed(report, err);
		if (write_elsewhere(report, ledger))
			ledger_shown = false;
	}
	if (!ledger_shown) {
		render_ledger_text(stderr, ledger, !counts && has_filters(report->opts));
		if (counts)
			render_teardown_ledger_text(stderr, &counts->ledger, counts->points,
						    NR_POINTS, has_filters(report->opts));
	}
	return not_eperm(err);
}
