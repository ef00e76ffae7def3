/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of calls and teardowns: a line for each (--events), or rows printed now and then.
 */
#ifndef MEMDESTROY_REPORT_H
#define MEMDESTROY_REPORT_H

#include <stdbool.h>

#include "call.h"
#include "ledger.h"
#include "options.h"
#include "stuck.h"
#include "teardown.h"

struct report;

/*
 * Opens the output. On success *out is to be freed with report_close(). -errno, of which the user
 * has been told. opts must outlive the report.
 */
int report_open(struct report **out, const struct options *opts);
void report_close(struct report *report);

/* Writes what comes before any call does. -errno, of which the user has been told. */
int report_begin(struct report *report);

/* Takes a call with its caller resolved. -errno: it could not be written, or counted. */
int report_call(struct report *report, const struct call *call);

/* The same for a teardown, and for the end of what it had left to be freed later. */
int report_teardown(struct report *report, const struct teardown *teardown);
int report_reclaim(struct report *report, const struct reclaim *reclaim);

/* Is it asked for to be told of what hangs of this map? */
bool report_wants_hang(const struct report *report, const struct call *map);

/* Tells of what hangs: on stderr at once, and in the events. -errno: the event is not written. */
int report_hang(struct report *report, const struct hang *hang);

/* What was counted of teardowns. */
struct teardown_counts {
	struct teardown_ledger ledger;
	struct point_counts points[NR_POINTS];
};

/* Prints the rows since the last time. -errno: they could not be written. */
int report_interval(struct report *report);

/* Has everybody who reads the output gone? */
bool report_abandoned(const struct report *report);

/*
 * Prints the end: the rows of the whole run, and the ledger; counts is NULL for calls. err is what
 * ended the run, if anything did; a reader that has gone is no error. What cannot be written where
 * it was wanted is written to stdout, if that is another place. 0 or -errno, of which the user has
 * been told.
 */
int report_end(struct report *report, struct ledger *ledger, struct teardown_counts *counts,
	       int err);

#endif
