/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of the calls: a line for each (--events), or rows printed now and then.
 */
#ifndef MEMDESTROY_REPORT_H
#define MEMDESTROY_REPORT_H

#include <stdbool.h>

#include "call.h"
#include "ledger.h"
#include "options.h"

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

/* Prints the rows since the last time. -errno: they could not be written. */
int report_interval(struct report *report);

/* Has everybody who reads the output gone? */
bool report_abandoned(const struct report *report);

/*
 * Prints the end: the rows of the whole run, and the ledger. err is what ended the run, if
 * anything did; a reader that has gone is no error. What cannot be written where it was wanted is
 * written to stdout, if that is another place. 0 or -errno, of which the user has been told.
 */
int report_end(struct report *report, struct ledger *ledger, int err);

#endif
