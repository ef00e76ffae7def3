/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows calls in the view asked for: lines, or rows with or without histograms.
 *
 * Functions return 0 or -errno as those of format.h do.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "model/call.h"
#include "model/filter.h"
#include "model/ledger.h"
#include "output/view_options.h"

struct call_view;

/* opts and filter must outlive the view. NULL: no memory. */
struct call_view *call_view_new(const struct view_options *opts, const struct filter *filter);
void call_view_free(struct call_view *view); /* takes NULL */

/* Writes what comes before anything else. Times are shown since start_ns. */
int call_view_begin(struct call_view *view, FILE *file, __u64 start_ns);

/* Takes a call, and writes it if the view has a line for each. */
int call_view_call(struct call_view *view, FILE *file, const struct call *call);

/* Whether nothing was taken in this interval, or in the whole run. */
bool call_view_is_empty(const struct call_view *view, bool interval);

/*
 * Writes what was taken in this interval, or in the run, which ends then (CLOCK_MONOTONIC). The
 * latter can be called again for another file if writing fails.
 */
int call_view_interval(struct call_view *view, FILE *file, __u64 interval, __u64 end_ns);
int call_view_end(struct call_view *view, FILE *file, __u64 end_ns);

/* Sets and corrects the members that are counted here. */
void call_view_count(const struct call_view *view, struct ledger *ledger);
