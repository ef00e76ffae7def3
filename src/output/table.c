// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes objects as lines of a table, in text or Markdown.
 */
#include <string.h>

#include "output/markdown.h"
#include "output/table.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

static bool is_shown(const struct column *column)
{
	return column->heading && column->width;
}

/* Figures are aligned to the right, text is not. */
static bool to_the_right(enum value_kind kind)
{
	return kind != VALUE_TEXT && kind != VALUE_LINES && kind != VALUE_BOOL;
}

static int at_least(int width, const char *text)
{
	int other = (int)text_width(text);

	return other > width ? other : width;
}

static void fit_column(struct column *column, const struct object_list *list)
{
	bool wanted = !column->optional;
	char cell[CELL_SIZE];

	column->width = at_least(0, column->heading);
	for (size_t i = 0; i < list->nr; i++) {
		table_cell_fill(cell, column, object_list_nth(list, i), list->start_ns);
		column->width = at_least(column->width, cell);
		wanted = wanted || (strcmp(cell, "0") && strcmp(cell, column->missing));
	}
	if (!wanted)
		column->width = 0;
}

void table_fit(struct column fitted[MAX_ROW_COLUMNS], const struct column *columns,
	       const struct object_list *list)
{
	for (; columns->name; columns++) {
		*fitted = *columns;
		if (fitted->heading)
			fit_column(fitted++, list);
	}
	*fitted = (struct column){};
}

/* Text: no blanks at the end of a line. */

void table_cells(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	int blanks, width, owed = 0; /* owed: to be written if another cell follows */
	char cell[CELL_SIZE];

	for (; column->name; column++) {
		if (!is_shown(column))
			continue;
		if (object)
			table_cell_fill(cell, column, object, start_ns);
		else
			strcpy(cell, column->heading);
		width = (int)text_width(cell);
		blanks = column->width > width ? column->width - width : 0;
		fprintf(out, "%*s%s", owed + (to_the_right(column->kind) ? blanks : 0), "", cell);
		owed = TABLE_GAP + (to_the_right(column->kind) ? 0 : blanks);
	}
}

int table_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns)
{
	table_cells(out, columns, object, start_ns);
	putc('\n', out);
	return stream_error(out);
}

int table_heading(FILE *out, const struct column *columns)
{
	return table_line(out, columns, NULL, 0);
}

/* Markdown: cells need not be aligned. */

int markdown_line(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	char cell[CELL_SIZE];

	putc('|', out);
	for (; column->name; column++) {
		if (!is_shown(column))
			continue;
		if (object)
			table_cell_fill(cell, column, object, start_ns);
		putc(' ', out);
		if (object && (column->kind == VALUE_TEXT || column->kind == VALUE_LINES))
			markdown_text(out, cell, true);
		else
			markdown_figure(out, object ? cell : column->heading);
		fputs(" |", out);
	}
	putc('\n', out);
	return stream_error(out);
}

int markdown_heading(FILE *out, const struct column *column)
{
	markdown_line(out, column, NULL, 0);
	putc('|', out);
	for (; column->name; column++)
		if (is_shown(column))
			fputs(to_the_right(column->kind) ? " ---: |" : " --- |", out);
	putc('\n', out);
	return stream_error(out);
}
