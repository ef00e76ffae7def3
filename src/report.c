// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aggregate.h"
#include "diag.h"
#include "output.h"
#include "render.h"
#include "report.h"

/* Rows kept apart at a time, each of some kilobytes: what bounds the memory of a long run. */
#define MAX_ROWS 4096

struct report {
	const struct options *opts;
	struct output *output;
	struct aggregate *run;	    /* NULL with --events */
	struct aggregate *interval; /* NULL without -i */
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

static int open_aggregates(struct report *report)
{
	const struct options *opts = report->opts;

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
		err = open_aggregates(report);
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

	if (opts->events) {
		err = render_event_header(report_file(report), opts->format);
	} else {
		err = aggregate_sort(report->run, opts->sort, opts->top, &rows);
		if (!err)
			err = render_rows_header(report_file(report), opts->format, &rows,
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
	free(report);
}

int report_call(struct report *report, const struct call *call)
{
	int err;

	if (report->opts->events)
		return render_event(report_file(report), report->opts->format, call,
				    report->start_ns);
	err = aggregate_add(report->run, call);
	if (!err && report->interval)
		err = aggregate_add(report->interval, call);
	return err;
}

static int write_rows(struct report *report, FILE *file, struct aggregate *aggregate,
		      __u64 interval)
{
	const struct options *opts = report->opts;
	struct rows rows;
	int err = aggregate_sort(aggregate, opts->sort, opts->top, &rows);

	if (!err && opts->timestamp && opts->format == FORMAT_TABLE) {
		time_t now = time(NULL);
		char text[16];

		strftime(text, sizeof(text), "%H:%M:%S", localtime(&now));
		fprintf(file, "%s\n", text);
	}
	if (!err)
		err = render_rows(file, opts->format, &rows, interval);
	if (!err && opts->histogram)
		err = render_histogram(file, &rows);
	return err;
}

int report_interval(struct report *report)
{
	int err = write_rows(report, report_file(report), report->interval, ++report->nr_intervals);

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

	if (report->run)
		err = write_rows(report, file, report->run,
				 report->interval ? INTERVAL_WHOLE : INTERVAL_NONE);
	if (!err && opts->format == FORMAT_JSON)
		err = render_ledger_json(file, ledger);
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

	if (!report->opts->output)
		return -EIO;
	err = write_end(report, stdout, ledger);
	return err ? err : fflush(stdout);
}

int report_end(struct report *report, struct ledger *ledger, int err)
{
	bool ledger_shown = report->opts->format == FORMAT_JSON;
	int close_err;

	if (report->run)
		ledger->rows_full = aggregate_overflow(report->run);
	if (!err && report->interval)
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
	if (!ledger_shown)
		render_ledger_text(stderr, ledger, has_filters(report->opts));
	return not_eperm(err);
}
