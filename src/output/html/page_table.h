/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables and figures of HTML pages, by the columns that all formats share.
 *
 * Each value is in the page as people read it, and if it is a number, with all its digits in the
 * attribute data-value; its name in JSON is in data-name.
 */
#pragma once

#include <stdio.h>

#include "output/column.h"
#include "output/format.h"
#include "recording/reader_set.h"

/* The list with all columns shown: those without a heading have their name in its place. */
void page_name_columns(struct column named[MAX_ROW_COLUMNS], const struct column *columns);

/* A table that the reader can sort, and the number of rows left out. id: of the element. */
void page_table(FILE *out, const char *id, const struct column *columns,
		const struct object_list *list);

/* The known values of one object. */
void page_figures(FILE *out, const char *id, const struct column *columns, const void *object);

/* "2024-01-02 03:04:05 UTC" */
void page_moment(FILE *out, __u64 realtime_ns);

/* A run: its conditions, and the name of its recording; NULL: it was live. */
struct page_run {
	const struct run_info *info;
	const char *path;
};

/* One for each recording, to be freed. NULL: no memory. */
struct page_run *page_runs_new(const struct reader_set *readers);

/* The conditions of the first runs of nr, side by side. names: their headings, or NULL. */
void page_conditions(FILE *out, const struct page_run *runs, size_t nr, const char *const *names);
