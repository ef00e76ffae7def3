/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of teardowns: the list of the slowest, rows, bars, or what other viewers read.
 *
 * All functions return 0, or -errno as those of render.h do.
 */
#ifndef MEMDESTROY_OUTPUT_TEARDOWN_VIEW_H
#define MEMDESTROY_OUTPUT_TEARDOWN_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "model/filter.h"
#include "model/ledger.h"
#include "model/teardown.h"
#include "output/view_options.h"

struct teardown_view;

/* opts and filter must outlive the view; times are shown since start_ns. NULL: no memory. */
struct teardown_view *teardown_view_new(const struct view_options *opts,
					const struct filter *filter, __u64 start_ns);
void teardown_view_free(struct teardown_view *view);

/* Writes what comes before anything else. */
int teardown_view_begin(struct teardown_view *view, FILE *file);

/* May the teardown of this map be wanted, as far as the filters can tell before it is over? */
bool teardown_view_wants(const struct teardown_view *view, const struct map_info *map);

/* Takes a teardown, or a deferred end, and writes it if it is to be written as it happens. */
int teardown_view_teardown(struct teardown_view *view, FILE *file, const struct teardown *teardown);
int teardown_view_reclaim(struct teardown_view *view, FILE *file,
			  const struct deferred_free *reclaim);

/* Writes what was taken since the last time. */
int teardown_view_interval(struct teardown_view *view, FILE *file, __u64 interval);

/*
 * Writes what was taken since the beginning. May be done again to another file, but for a trace,
 * which lies in the first one.
 */
int teardown_view_end(struct teardown_view *view, FILE *file);

/* Fills in what was counted here, and leaves the other members alone. */
void teardown_view_count(const struct teardown_view *view, struct teardown_ledger *ledger);

#endif
