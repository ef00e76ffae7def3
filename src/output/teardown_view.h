/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows teardowns in the view asked for: lines, the slowest, rows, bars, a trace or stacks.
 *
 * Functions return 0 or -errno as those of format.h do.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "model/filter.h"
#include "model/ledger.h"
#include "model/teardown.h"
#include "output/view_options.h"

struct teardown_view;

/* opts and filter must outlive the view. NULL: no memory. */
struct teardown_view *teardown_view_new(const struct view_options *opts,
					const struct filter *filter);
void teardown_view_free(struct teardown_view *view);

/* Writes what comes before anything else. Times are shown since start_ns. */
int teardown_view_begin(struct teardown_view *view, FILE *file, __u64 start_ns);

/* Whether the filters may want the teardown of this map, as far as is known before its end. */
bool teardown_view_wants(const struct teardown_view *view, const struct map_info *map);

/* Takes a teardown or a deferred free, and writes it if the view has a line for each. */
int teardown_view_teardown(struct teardown_view *view, FILE *file, const struct teardown *teardown);
int teardown_view_deferred_free(struct teardown_view *view, FILE *file,
				const struct deferred_free *deferred);

/* Whether nothing was taken in this interval, or in the whole run. */
bool teardown_view_is_empty(const struct teardown_view *view, bool interval);

/* Writes what was taken in this interval, which ends then (CLOCK_MONOTONIC). */
int teardown_view_interval(struct teardown_view *view, FILE *file, __u64 interval, __u64 end_ns);

/*
 * Writes what was taken in the run. If that fails, it can be called for another file, except for a
 * trace, whose first part is in the first file.
 */
int teardown_view_end(struct teardown_view *view, FILE *file, __u64 end_ns);

/* Sets the members that are counted here. */
void teardown_view_count(const struct teardown_view *view, struct teardown_ledger *ledger);
