/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes events, rows and the ledger as tables, Markdown, JSON lines or CSV.
 *
 * All functions return 0, or -errno if the stream could not be written (-ENOSPC, -EPIPE, ...; -EIO
 * once it had failed before) or memory ran out (-ENOMEM). Those for events leave flushing to the
 * stream's own buffering, so that a failure may show up at a later event; the others flush.
 * What goes to tables, Markdown and CSV holds no control characters; JSON is pure ASCII.
 */
#ifndef MEMDESTROY_OUTPUT_RENDER_H
#define MEMDESTROY_OUTPUT_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "analysis/aggregate.h"
#include "model/call.h"
#include "model/ledger.h"
#include "output/column.h"
#include "output/format.h"

/* The line with the names of the columns, which CSV and tables start with; nothing for JSON. */
int render_event_header(FILE *out, enum format format, const struct column *columns);

/*
 * One line for one object that the columns are of. Tables show times in seconds since start_ns
 * (CLOCK_MONOTONIC).
 */
int render_event(FILE *out, enum format format, const struct column *columns, const void *object,
		 __u64 start_ns);

/*
 * Many such objects at a time: a table with columns as wide as they need, its heading, and how many
 * more there are; the same as Markdown; or lines of JSON or CSV. nothing: what tables show if there
 * are none.
 */
int render_list(FILE *out, enum format format, const struct column *columns,
		const void *const *objects, size_t nr, size_t left_out, __u64 start_ns,
		const char *nothing);

/* Which table the rows are from; numbers from 1 on are interim tables. */
#define INTERVAL_NONE  (~0ULL) /* the whole run, of a run without interim tables */
#define INTERVAL_WHOLE 0ULL    /* the whole run, of a run with interim tables */

/*
 * The line with the names of the columns that CSV starts with, once for all of the run's tables;
 * nothing for the other formats. teardowns: the rows are of them, not of calls. interval: as for
 * render_rows(), any of the run's.
 */
int render_rows_header(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		       __u64 interval);

/* The same for rows. */
int render_rows(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		__u64 interval);

/* The distribution of each row's latencies, as text. */
int render_histogram(FILE *out, const struct rows *rows);

/* One line of JSON. */
int render_ledger_json(FILE *out, const struct ledger *ledger);

/* One line of JSON. */
int render_teardown_ledger_json(FILE *out, const struct teardown_ledger *ledger);

/* Lines of text; those that tell of a loss begin with "WARNING:". */
int render_teardown_ledger_text(FILE *out, const struct teardown_ledger *ledger, bool with_filters);

/* One line of JSON for each of the points. */
int render_points_json(FILE *out, const struct hook_counts *hooks, size_t nr_hooks);

/* Lines of text, which tell of losses and begin with "WARNING:", and one of what is not counted. */
int render_points_text(FILE *out, const struct hook_counts *hooks, size_t nr_hooks);

/*
 * Three lines of text; one that tells of a loss begins with "WARNING:". with_filters: whether the
 * run had filters; the filtered calls are named if so, or if there are any.
 */
int render_ledger_text(FILE *out, const struct ledger *ledger, bool with_filters);

#endif
