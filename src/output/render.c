// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes events, rows and histograms as tables, Markdown, JSON lines or CSV.
 */
#include <errno.h>
#include <string.h>

#include "output/column.h"
#include "output/csv_line.h"
#include "output/json_line.h"
#include "output/render.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

#define BAR_WIDTH 40
#define GAP	  "  " /* between the columns of a table */

/* Tables */

/* Whether figures stand to the right: text does not. */
static bool to_the_right(enum value_kind kind)
{
	return kind != VALUE_TEXT && kind != VALUE_LINES && kind != VALUE_BOOL;
}

static int at_least(int width, size_t other)
{
	return other > (size_t)width ? (int)other : width;
}

/* Writes a line's cells one after the other, without blanks at its end. */
struct cells {
	FILE *out;
	int owed; /* blanks to write if something follows */
};

static void cells_add(struct cells *cells, const char *cell, enum value_kind kind, int width)
{
	int blanks = at_least(width, text_width(cell)) - (int)text_width(cell);
	bool right = to_the_right(kind);

	fprintf(cells->out, "%*s%s", cells->owed + (right ? blanks : 0), "", cell);
	cells->owed = (int)strlen(GAP) + (right ? 0 : blanks);
}

static int cells_end(struct cells *cells)
{
	putc('\n', cells->out);
	return stream_error(cells->out);
}

/* The headings if there is no object. */
static int event_line(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	struct cells cells = {.out = out};
	char cell[CELL_SIZE];

	for (; column->name; column++) {
		if (!column->heading || !column->width)
			continue;
		if (object)
			table_cell_fill(cell, column, object, start_ns);
		cells_add(&cells, object ? cell : column->heading, column->kind, column->width);
	}
	return cells_end(&cells);
}

/* Markdown, in which a table is one line per row, and need not be in line */

/* The headings if there is no object. */
static int markdown_line(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	char cell[CELL_SIZE];

	putc('|', out);
	for (; column->name; column++) {
		if (!column->heading || !column->width)
			continue;
		if (object)
			table_cell_fill(cell, column, object, start_ns);
		putc(' ', out);
		table_cell_markdown(out, object ? cell : column->heading);
		fputs(" |", out);
	}
	putc('\n', out);
	return stream_error(out);
}

static int markdown_header(FILE *out, const struct column *column)
{
	markdown_line(out, column, NULL, 0);
	putc('|', out);
	for (; column->name; column++)
		if (column->heading && column->width)
			fputs(to_the_right(column->kind) ? " ---: |" : " --- |", out);
	putc('\n', out);
	return stream_error(out);
}

/* What a table consists of: objects that its columns are of. */
struct list {
	size_t nr, left_out;
	__u64 start_ns; /* what times are counted from */
	const void *(*nth)(const struct list *list, size_t n);
	const void *const *objects;
	/* Of rows, the object is made when it is asked for. */
	const struct row *const *row;
	struct row_line *line;
};

static const void *nth_row(const struct list *list, size_t n)
{
	list->line->row = list->row[n];
	return list->line;
}

static const void *nth_object(const struct list *list, size_t n)
{
	return list->objects[n];
}

/* Sets the width of the columns to what the objects need; 0 for columns not to be shown. */
static void table_widths(struct column *column, const struct list *list)
{
	char cell[CELL_SIZE];
	bool wanted;
	size_t i;

	for (; column->name; column++) {
		wanted = column->heading && !column->optional;
		column->width = column->heading ? (int)text_width(column->heading) : 0;
		for (i = 0; i < list->nr && column->heading; i++) {
			table_cell_fill(cell, column, list->nth(list, i), list->start_ns);
			column->width = at_least(column->width, text_width(cell));
			wanted = wanted || (strcmp(cell, "0") && strcmp(cell, column->missing));
		}
		if (!wanted)
			column->width = 0;
	}
}

static int table(FILE *out, enum format format, struct column *columns, const struct list *list,
		 const char *nothing)
{
	size_t i;
	int err;

	if (!list->nr) {
		fprintf(out, "%s\n", nothing);
		return stream_flush(out);
	}

	table_widths(columns, list);
	err = render_event_header(out, format, columns);
	for (i = 0; i < list->nr && !err; i++)
		err = render_event(out, format, columns, list->nth(list, i), list->start_ns);
	if (err)
		return err;
	/* What follows a table of Markdown's at once would be one more row. */
	if (list->left_out)
		fprintf(out, "%s%zu more row%s\n", format == FORMAT_MARKDOWN ? "\n" : "",
			list->left_out, list->left_out > 1 ? "s" : "");
	return stream_flush(out);
}

static int write_list(FILE *out, enum format format, struct column *columns,
		      const struct list *list, const char *nothing)
{
	size_t i;
	int err = 0;

	if (format == FORMAT_TABLE || format == FORMAT_MARKDOWN)
		return table(out, format, columns, list, nothing);
	for (i = 0; i < list->nr && !err; i++)
		err = render_event(out, format, columns, list->nth(list, i), list->start_ns);
	return err ? err : stream_flush(out);
}

/* Histograms */

/* Which row this is, and how many of its calls the distribution does not show. */
static void histogram_title(FILE *out, const struct rows *rows, const struct row *row)
{
	struct row_line of_row = {.row = row};
	struct column columns[MAX_ROW_COLUMNS];

	row_columns(columns, rows->by, rows->nr_by, false, false);
	if (table_cell_keys(out, FORMAT_TABLE, columns, &of_row))
		putc(' ', out);
	fprintf(out, "count=%llu empty=%llu unmeasured=%llu\n", row->count, row->empty,
		row->unmeasured);
}

static void histogram_bar(FILE *out, const struct hist *hist, unsigned int range, __u64 most)
{
	static const char bar[BAR_WIDTH + 1] = "****************************************";
	__u64 count = hist_range(hist, range);
	__u64 from = range ? 1ULL << range : 0, to = range < 63 ? 2ULL << range : ~0ULL;
	char from_text[DURATION_SIZE], to_text[DURATION_SIZE];
	int stars = (int)((double)count / most * BAR_WIDTH);

	/* A single call is not nothing. */
	if (count && !stars)
		stars = 1;
	fprintf(out, "  %7s .. %-7s %10llu |%-*.*s|\n", text_duration(from_text, from),
		text_duration(to_text, to), count, BAR_WIDTH, stars, bar);
}

static void histogram(FILE *out, const struct hist *hist)
{
	unsigned int first = hist_range_of(hist->min_ns), last = hist_range_of(hist->max_ns), i;
	__u64 most = 1;

	if (!hist->count) {
		fputs("  no latencies\n", out);
		return;
	}

	for (i = first; i <= last; i++)
		if (hist_range(hist, i) > most)
			most = hist_range(hist, i);
	fprintf(out, "  %7s .. %-7s %10s  %s\n", "FROM", "BELOW", "COUNT", "DISTRIBUTION");
	for (i = first; i <= last; i++)
		histogram_bar(out, hist, i, most);
}

int render_histogram(FILE *out, const struct rows *rows)
{
	size_t i;

	errno = 0;
	for (i = 0; i < rows->nr; i++) {
		if (i)
			putc('\n', out);
		histogram_title(out, rows, rows->row[i]);
		histogram(out, &rows->row[i]->latency);
	}
	return stream_flush(out);
}

/* The things that there are to write, each in all formats */

int render_event_header(FILE *out, enum format format, const struct column *columns)
{
	errno = 0;
	if (format == FORMAT_TABLE)
		return event_line(out, columns, NULL, 0);
	if (format == FORMAT_MARKDOWN)
		return markdown_header(out, columns);
	if (format == FORMAT_CSV)
		return csv_heading(out, columns);
	return 0;
}

int render_event(FILE *out, enum format format, const struct column *columns, const void *object,
		 __u64 start_ns)
{
	errno = 0;
	if (format == FORMAT_TABLE)
		return event_line(out, columns, object, start_ns);
	if (format == FORMAT_MARKDOWN)
		return markdown_line(out, columns, object, start_ns);
	if (format == FORMAT_CSV)
		return csv_line(out, columns, object);
	return json_line(out, columns, object);
}

int render_list(FILE *out, enum format format, const struct column *columns,
		const void *const *objects, size_t nr, size_t left_out, __u64 start_ns,
		const char *nothing)
{
	const struct list list = {
		.nr = nr,
		.left_out = left_out,
		.start_ns = start_ns,
		.nth = nth_object,
		.objects = objects,
	};
	struct column copy[MAX_ROW_COLUMNS];
	size_t i = 0;

	errno = 0;
	do
		copy[i] = columns[i];
	while (columns[i++].name && i < MAX_ROW_COLUMNS);
	return write_list(out, format, copy, &list, nothing);
}

int render_rows_header(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		       __u64 interval)
{
	struct column columns[MAX_ROW_COLUMNS];
	int err;

	if (format != FORMAT_CSV)
		return 0;

	errno = 0;
	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	err = csv_heading(out, columns);
	return err ? err : stream_flush(out);
}

int render_rows(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		__u64 interval)
{
	struct row_line line = {.interval = interval};
	const struct list list = {
		.nr = rows->nr,
		.left_out = rows->left_out,
		.nth = nth_row,
		.row = rows->row,
		.line = &line,
	};
	struct column columns[MAX_ROW_COLUMNS];

	errno = 0;
	row_columns(columns, rows->by, rows->nr_by, teardowns, interval != INTERVAL_NONE);
	return write_list(out, format, columns, &list, teardowns ? "no teardowns" : "no calls");
}
