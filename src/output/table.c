// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes objects as lines of a table, in text or Markdown.
 */
#include <string.h>

#include "output/column_names.h"
#include "output/markdown.h"
#include "output/table.h"
#include "output/table_cell.h"
#include "output/terminal.h"
#include "output/wall_time.h"
#include "util/outfile.h"
#include "util/text.h"

#define LEAST_NAME 4 /* columns of a name in a line with wide figures */

static bool is_shown(const struct column *column)
{
	return column->width;
}

/* Figures are aligned to the right, text is not. */
static bool to_the_right(enum value_kind kind)
{
	return kind != VALUE_TEXT && kind != VALUE_LINES && kind != VALUE_BOOL;
}

/* The object's value, or the heading for NULL. */
static const char *fill(char cell[CELL_SIZE], const struct column *column, const void *object,
			__u64 start_ns)
{
	if (!object)
		return column_heading(cell, column);
	table_cell_fill(cell, column, object, start_ns);
	return cell;
}

/* At least: a line may be written without a look at the others. */
static int width_of(const struct column *column)
{
	int least = (int)strlen("15:04:05.123456");

	if (column->kind != VALUE_TIME || !wall_time_in_tables() || column->width > least)
		return column->width;
	return least;
}

/* The columns by which the figures of a line are wider than theirs: names give way. */
static int excess_of(const struct column *column, const void *object, __u64 start_ns)
{
	char cell[CELL_SIZE];
	int excess = 0;

	for (; object && column->name; column++) {
		int over;

		if (!is_shown(column) || column->limited)
			continue;
		over = (int)text_width(fill(cell, column, object, start_ns)) - width_of(column);
		excess += over > 0 ? over : 0;
	}
	return excess;
}

static bool has_limit(const struct column *column)
{
	while (column->name && !column->limited)
		column++;
	return column->name;
}

/* There may be a million lines: without printf(). */
static void put_blanks(FILE *out, int nr)
{
	static const char blanks[] = "                                ";
	int len;

	for (; nr > 0; nr -= len) {
		len = nr < (int)strlen(blanks) ? nr : (int)strlen(blanks);
		fwrite_unlocked(blanks, 1, len, out);
	}
}

static void put_colored(FILE *out, enum color color, const char *text)
{
	if (color != COLOR_NONE)
		fputs(color_start(out, color), out);
	fputs_unlocked(text, out);
	if (color != COLOR_NONE)
		fputs(color_end(out, color), out);
}

void table_cells(FILE *out, const struct column *column, const void *object, __u64 start_ns)
{
	int excess = has_limit(column) ? excess_of(column, object, start_ns) : 0;
	int owed = 0; /* blanks to be written if another cell follows */
	char cell[CELL_SIZE], name[CELL_SIZE];

	for (; column->name; column++) {
		enum color color = object && column->color ? column->color(object) : COLOR_NONE;
		int blanks, width = width_of(column), given = 0;
		const char *text;

		if (!is_shown(column))
			continue;
		text = fill(cell, column, object, start_ns);
		if (column->limited) {
			given = excess < width - LEAST_NAME ? excess : width - LEAST_NAME;
			given = given > 0 ? given : 0;
			excess -= given;
			text_shorten(name, sizeof(name), text, width - given, terminal_dots());
			text = name;
		}
		blanks = width - given - (int)text_width(text);
		blanks = blanks > 0 ? blanks : 0;
		put_blanks(out, owed + (to_the_right(column->kind) ? blanks : 0));
		put_colored(out, color, text);
		owed = TABLE_GAP + (to_the_right(column->kind) ? 0 : blanks);
	}
}

/* No blanks are at its end. */
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
	const char *text;

	putc('|', out);
	for (; column->name; column++) {
		if (!is_shown(column))
			continue;
		text = fill(cell, column, object, start_ns);
		putc(' ', out);
		if (object && (column->kind == VALUE_TEXT || column->kind == VALUE_LINES))
			markdown_text(out, text, true);
		else
			markdown_figure(out, text);
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
