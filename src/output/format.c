// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes objects, lists of them and rows in the format asked for.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis/aggregate.h"
#include "output/csv_line.h"
#include "output/format.h"
#include "output/json_line.h"
#include "output/table.h"
#include "util/outfile.h"

static int no_heading(FILE *out, const struct column *columns)
{
	(void)out;
	(void)columns;
	return 0;
}

static const struct {
	int (*heading)(FILE *out, const struct column *columns);
	int (*line)(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
	const char *gap; /* of tables: between the last row and the number of those left out */
} formats[NR_FORMATS] = {
	[FORMAT_TABLE] = {table_heading, table_line, ""},
	[FORMAT_MARKDOWN] = {markdown_heading, markdown_line, "\n"},
	[FORMAT_JSON] = {no_heading, json_line, NULL},
	[FORMAT_CSV] = {csv_heading, csv_line, NULL},
};

int format_heading(FILE *out, enum format format, const struct column *columns)
{
	errno = 0;
	return formats[format].heading(out, columns);
}

int format_line(FILE *out, enum format format, const struct column *columns, const void *object,
		__u64 start_ns)
{
	errno = 0;
	return formats[format].line(out, columns, object, start_ns);
}

const void *object_list_nth(const struct object_list *list, size_t n)
{
	if (!list->size)
		return ((const void *const *)list->objects)[n];
	return (const char *)list->objects + n * list->size;
}

int format_list(FILE *out, enum format format, const struct column *columns,
		const struct object_list *list)
{
	const char *gap = formats[format].gap;
	struct column fitted[MAX_ROW_COLUMNS];
	size_t i;
	int err = 0;

	errno = 0;
	if (gap && !list->nr)
		fprintf(out, "%s\n", list->empty);
	if (gap && list->nr) {
		table_fit(fitted, columns, list);
		columns = fitted;
		err = format_heading(out, format, columns);
	}
	for (i = 0; i < list->nr && !err; i++)
		err = format_line(out, format, columns, object_list_nth(list, i), list->start_ns);
	if (err)
		return err;
	if (gap && list->nr && list->left_out)
		fprintf(out, "%s%zu more row%s\n", gap, list->left_out,
			list->left_out > 1 ? "s" : "");
	return stream_flush(out);
}

int format_rows_heading(FILE *out, enum format format, const struct rows *rows, bool teardowns,
			__u64 interval)
{
	struct column columns[MAX_ROW_COLUMNS];
	int err;

	if (format != FORMAT_CSV)
		return 0;

	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	err = format_heading(out, format, columns);
	return err ? err : stream_flush(out);
}

int format_rows(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		__u64 interval)
{
	/* One too many, because an allocation of nothing may return NULL. */
	struct row_line *lines = calloc(rows->nr + 1, sizeof(*lines));
	const struct object_list list = {
		.objects = lines,
		.size = sizeof(*lines),
		.nr = rows->nr,
		.left_out = rows->left_out,
		.empty = teardowns ? "no teardowns" : "no calls",
	};
	struct column columns[MAX_ROW_COLUMNS];
	size_t i;
	int err;

	if (!lines)
		return -ENOMEM;
	for (i = 0; i < rows->nr; i++)
		lines[i] = (struct row_line){rows->row[i], interval};
	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	err = format_list(out, format, columns, &list);
	free(lines);
	return err;
}
