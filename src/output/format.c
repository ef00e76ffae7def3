// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes objects, lists of them and rows in the format asked for.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis/aggregate.h"
#include "output/column_names.h"
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

/* Of the formats without widths. */
static void choose(struct table_layout *layout, enum format format, const struct column *columns,
		   const struct table_style *style)
{
	const char *names = style && format == FORMAT_CSV ? style->columns : NULL;

	layout->note[0] = '\0';
	column_names_choose(layout->columns, columns, names, format);
}

const void *object_list_nth(const struct object_list *list, size_t n)
{
	if (!list->size)
		return ((const void *const *)list->objects)[n];
	return (const char *)list->objects + n * list->size;
}

int format_lines(FILE *out, enum format format, struct table_layout *layout,
		 const struct column *columns, const struct table_style *style)
{
	errno = 0;
	if (format == FORMAT_TABLE)
		table_fit_lines(layout, columns, style);
	else
		choose(layout, format, columns, style);
	if (*layout->note)
		fprintf(out, "%s\n", layout->note);
	return format_heading(out, format, layout->columns);
}

static void write_left_out(FILE *out, const char *gap, const struct object_list *list)
{
	const char *how = list->style ? list->style->how : NULL;

	if (!list->left_out)
		return;
	fprintf(out, "%s%zu more row%s", gap, list->left_out, list->left_out > 1 ? "s" : "");
	if (how)
		fprintf(out, " (%s)", how);
	putc('\n', out);
}

int format_left_out(FILE *out, const struct object_list *list)
{
	errno = 0;
	write_left_out(out, "", list);
	return stream_flush(out);
}

int format_list(FILE *out, enum format format, const struct column *columns,
		const struct object_list *list)
{
	const char *gap = formats[format].gap;
	struct table_layout layout;
	size_t i;
	int err = 0;

	errno = 0;
	if (gap && !list->nr)
		fprintf(out, "%s\n", list->empty);
	if (gap && list->nr) {
		table_fit(&layout, columns, list);
		err = format_heading(out, format, layout.columns);
	} else {
		choose(&layout, format, columns, list->style);
	}
	for (i = 0; i < list->nr && !err; i++) {
		err = format_line(out, format, layout.columns, object_list_nth(list, i),
				  list->start_ns);
		if (list->below && format == FORMAT_TABLE)
			list->below(out, object_list_nth(list, i));
	}
	if (err)
		return err;
	if (gap && list->nr)
		write_left_out(out, gap, list);
	if (gap && list->nr && *layout.note && !list->no_note)
		fprintf(out, "%s\n", layout.note);
	return stream_flush(out);
}

int format_rows_heading(FILE *out, enum format format, const struct rows *rows, bool teardowns,
			__u64 interval, const struct table_style *style)
{
	struct column columns[MAX_ROW_COLUMNS];
	struct table_layout layout;
	int err;

	if (format != FORMAT_CSV)
		return 0;

	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	err = format_lines(out, format, &layout, columns, style);
	return err ? err : stream_flush(out);
}

int format_rows(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		__u64 interval, __u64 end_ns, const struct table_style *style)
{
	/* One too many, because an allocation of nothing may return NULL. */
	struct row_line *lines = calloc(rows->nr + 1, sizeof(*lines));
	const struct object_list list = {
		.objects = lines,
		.size = sizeof(*lines),
		.nr = rows->nr,
		.left_out = rows->left_out,
		.empty = teardowns ? "no teardowns" : "no calls",
		.style = style,
		.no_note = interval != INTERVAL_NONE && interval > 1,
	};
	struct column columns[MAX_ROW_COLUMNS];
	size_t i;
	int err;

	if (!lines)
		return -ENOMEM;
	for (i = 0; i < rows->nr; i++)
		lines[i] = (struct row_line){rows->row[i], interval, end_ns};
	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	err = format_list(out, format, columns, &list);
	free(lines);
	return err;
}
