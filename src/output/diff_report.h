/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison.
 */
#pragma once

#include <stdio.h>

#include "analysis/diff.h"
#include "output/format.h"

/* What the line is of: "free", "free instructions". */
const char *diff_subject(const struct diff_line *line);

/*
 * Tables and Markdown are followed by the geometric means, a line for each limit exceeded and for
 * each key missing, also of rows beyond "top", and last the verdict in a line. JSON and CSV have
 * lines only; the last one of JSON is the verdict. On a terminal, long lines are wrapped. Flushes.
 * Returns as format_list().
 */
int diff_write(FILE *out, enum format format, const struct diff *diff,
	       const struct table_style *style);

/*
 * The lines below the table alone, for FORMAT_TABLE or FORMAT_MARKDOWN; the last one is the
 * verdict. Flushes. Returns as stream_flush().
 */
int diff_write_summary(FILE *out, enum format format, const struct diff *diff);

/*
 * A limit of the line that is exceeded or may be: "destroy p50 +49.8% (limit 10%), p=4.4e-06", or
 * with "too few values" at its end.
 */
void diff_write_exceeded(FILE *out, const struct diff_line *line, size_t nth);

/* Of what a line has too few, if it has. */
const char *diff_too_few(const struct diff_line *line);

#define DIFF_VERDICT_SIZE 512

/*
 * The verdict, with all that was not compared: "2 of 14 rows are slower; only in the base: 1; the
 * gate fails". Returns text.
 */
const char *diff_verdict(const struct diff *diff, char text[DIFF_VERDICT_SIZE]);

#define DIFF_RUNS_SIZE 128

/* ", 5 runs in 2 boots" of a side; empty: one run, or runs do not matter. Returns text. */
const char *diff_runs(const struct diff *diff, enum diff_side side, char text[DIFF_RUNS_SIZE]);

/* With diff->few_runs, why nothing is significant: "1 run: within-run noise only". */
const char *diff_few_runs(const struct diff *diff, char text[DIFF_RUNS_SIZE]);
