/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows calls and teardowns: a line for each (--events), or rows in intervals and at the end.
 */
#pragma once

#include "model/event_sink.h"
#include "model/filter.h"
#include "model/ledger.h"
#include "model/run_info.h"
#include "model/run_ops.h"
#include "output/view_options.h"

struct report;

/*
 * Opens the output: the file of this path, NULL: stdout. On success *out is to be freed with
 * report_close(). opts, filter and path must outlive the report. Returns 0 or -errno; errors are
 * already reported.
 */
int report_open(struct report **out, const struct view_options *opts, const struct filter *filter,
		const char *path);
void report_close(struct report *report);

/* Writes headings and the like. Returns 0 or -errno; errors are already reported. */
int report_begin(struct report *report, const struct start *start);

/* Sets both to what has been counted so far. */
typedef void report_count_fn(void *ctx, struct ledger *ledger, struct teardown_counts *counts);

/* Shows progress once a second, if stderr is a terminal. Needs report_run_ops. */
void report_show_progress(struct report *report, report_count_fn *count, void *ctx);

/*
 * Takes calls with their callers resolved, or teardowns. Filters what comes from a recording; live,
 * the kernel has filtered. Reports stuck calls on stderr at once, too.
 */
struct event_sink report_sink(struct report *report);

/* Writes tables when they are due, and ends a run when the reader of its output is gone. */
extern const struct run_ops report_run_ops;

/*
 * Prints the rows of the whole run and the ledger of calls; that of teardowns, if these are shown;
 * and the hooks' counts, if releasers are shown. now_ns: the end of the run, CLOCK_MONOTONIC. err:
 * the error that ended the run; -EPIPE, a reader that has gone, is none. If the output cannot be
 * written, it goes to stdout. Returns 0 or -errno; errors are already reported.
 */
int report_end(struct report *report, __u64 now_ns, struct ledger *ledger,
	       struct teardown_counts *counts, int err);
