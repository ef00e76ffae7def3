/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes objects as lines of a table, in text or Markdown, by their columns.
 *
 * Functions return as stream_error() unless they say otherwise.
 */
#pragma once

#include <stdio.h>

#include "output/column.h"
#include "output/format.h"

/* The columns of a table with the widths that it needs or has room for. */
struct table_layout {
	struct column columns[MAX_ROW_COLUMNS];
	char note[256]; /* which columns had no room, as a line without its end; "": none */
};

/*
 * Lays out the columns that have a heading and the one that the list is sorted by, or the columns
 * of the style, for all objects of the list.
 */
void table_fit(struct table_layout *layout, const struct column *columns,
	       const struct object_list *list);

/* The same for lines written one by one, of unknown contents: columns have the width of their own.
 */
void table_fit_lines(struct table_layout *layout, const struct column *columns,
		     const struct table_style *style);

/* Leaves room for so many columns beside the table, which no option takes away. */
void table_fit_beside(struct table_layout *layout, const struct column *columns,
		      const struct object_list *list, size_t beside);

#define TABLE_GAP 2 /* blanks between the columns of a text table */

/* The cells of a line without its end; the headings for NULL. */
void table_cells(FILE *out, const struct column *columns, const void *object, __u64 start_ns);

/* Columns without a width are left out. Times are in seconds since start_ns (CLOCK_MONOTONIC). */
int table_heading(FILE *out, const struct column *columns);
int table_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
int markdown_heading(FILE *out, const struct column *columns);
int markdown_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
