/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes objects as lines of a table, in text or Markdown, by the columns that have a heading.
 *
 * Functions return as stream_error().
 */
#pragma once

#include <stdio.h>

#include "output/column.h"
#include "output/format.h"

/* Sets fitted to the columns with the widths that the list needs; 0: the column is left out. */
void table_fit(struct column fitted[MAX_ROW_COLUMNS], const struct column *columns,
	       const struct object_list *list);

#define TABLE_GAP 2 /* blanks between the columns of a text table */

/* The cells of a line without its end; the headings for NULL. */
void table_cells(FILE *out, const struct column *columns, const void *object, __u64 start_ns);

/* Columns without a width are left out. Times are in seconds since start_ns (CLOCK_MONOTONIC). */
int table_heading(FILE *out, const struct column *columns);
int table_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
int markdown_heading(FILE *out, const struct column *columns);
int markdown_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
