/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of calls and teardowns: a line for each (--events), or rows printed now and then.
 */
#ifndef MEMDESTROY_OUTPUT_REPORT_H
#define MEMDESTROY_OUTPUT_REPORT_H

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
		const char *path, const struct start *start);
void report_close(struct report *report);

/* Writes what comes before any call does. -errno, of which the user has been told. */
int report_begin(struct report *report);

/*
 * Takes calls with their callers resolved, or teardowns. Of a recording, it takes those that the
 * filters want: the kernel has let through all. Hangs are also told of on stderr at once.
 */
struct event_sink report_sink(struct report *report);

/* Writes tables when they are due, and ends a run whose output nobody reads any more. */
extern const struct run_ops report_run_ops;

/*
 * Prints the end: the rows of the whole run, and the ledger; also that of teardowns, if these are
 * shown, and the points that tell who let go of maps, if that is. err is what ended the run, if
 * anything did; a reader that has gone is no error. What cannot be written where it was wanted is
 * written to stdout, if that is another place. 0 or -errno, of which the user has been told.
 * now_ns: when that was, CLOCK_MONOTONIC.
 */
int report_end(struct report *report, __u64 now_ns, struct ledger *ledger,
	       struct teardown_counts *counts, int err);

#endif
