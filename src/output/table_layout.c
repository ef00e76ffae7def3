// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lays out tables: which columns are shown, and how wide they are.
 *
 * On a terminal too narrow for a table, columns go by their rank, then names are shortened, then
 * the other columns go; numbers are never cut.
 */
#include <string.h>

#include "output/column_names.h"
#include "output/table.h"
#include "output/table_cell.h"
#include "util/macros.h"
#include "util/text.h"

/* The columns that a name keeps: with all columns, once details have gone, and at the very last. */
static const int name_limits[] = {26, 12, 5};
#define LAST_LIMIT (ARRAY_SIZE(name_limits) - 1)

static int at_least(int width, const char *text)
{
	int other = (int)text_width(text);

	return other > width ? other : width;
}

static bool is_name(const struct column *column)
{
	return column->kind == VALUE_TEXT || column->kind == VALUE_LINES;
}

static int heading_width(const struct column *column)
{
	char heading[HEADING_SIZE];

	return at_least(0, column_heading(heading, column));
}

static bool is_sorted_by(const struct column *column, const struct table_style *style)
{
	return style && column->sorts & style->sorts;
}

/* Fills the list with the columns to lay out. */
static void select_columns(struct column *list, const struct column *columns,
			   const struct table_style *style)
{
	if (style && style->columns) {
		column_names_choose(list, columns, style->columns, FORMAT_TABLE);
		return;
	}
	for (; columns->name; columns++)
		if (columns->heading || is_sorted_by(columns, style))
			*list++ = *columns;
	*list = (struct column){};
}

/* Room */

static int least_width(const struct column *column, size_t limit)
{
	int least = name_limits[limit];

	if (!is_name(column))
		return column->width;
	if (limit < LAST_LIMIT && least < heading_width(column))
		least = heading_width(column);
	return column->width < least ? column->width : least;
}

static int width_of_all(const struct column *column, size_t limit)
{
	int width = -TABLE_GAP;

	for (; column->name; column++)
		if (column->width)
			width += least_width(column, limit) + TABLE_GAP;
	return width;
}

static bool goes_before(const struct column *column, const struct column *other)
{
	if (!other)
		return true;
	if (!column->goes || !other->goes)
		return column->goes || !other->goes; /* from the right */
	return column->goes < other->goes;
}

/* The next one to go, of the ranks up to this one and if last, of rank 0. NULL: none. */
static struct column *next_to_go(struct column *columns, const struct table_style *style,
				 size_t limit)
{
	struct column *next = NULL;

	for (struct column *column = columns; column->name; column++) {
		if (!column->width || is_sorted_by(column, style))
			continue;
		if (column->goes ? !limit && column->goes >= NAMES_SHRINK
				 : limit < LAST_LIMIT || column == columns)
			continue;
		if (goes_before(column, next))
			next = column;
	}
	return next;
}

/* Gives the rest of the room to the names, first to those that have the least. */
static void widen_names(struct column *columns, size_t limit, int room)
{
	int natural[MAX_ROW_COLUMNS] = {};
	size_t narrowest;

	for (size_t i = 0; columns[i].name; i++) {
		natural[i] = columns[i].width;
		columns[i].width = least_width(&columns[i], limit);
		columns[i].limited = is_name(&columns[i]);
	}
	while (room-- > 0) {
		narrowest = MAX_ROW_COLUMNS;
		for (size_t i = 0; columns[i].name; i++)
			if (columns[i].width < natural[i] &&
			    (narrowest == MAX_ROW_COLUMNS ||
			     columns[i].width < columns[narrowest].width))
				narrowest = i;
		if (narrowest == MAX_ROW_COLUMNS)
			return;
		columns[narrowest].width++;
	}
}

/* Makes the columns fit into so many of the terminal. A column that goes has no width. */
static void squeeze(struct column *columns, const struct table_style *style, int room)
{
	size_t limit = 0;

	while (width_of_all(columns, limit) > room) {
		struct column *next = style->columns ? NULL : next_to_go(columns, style, limit);

		if (next)
			next->width = 0;
		else if (limit < LAST_LIMIT)
			limit++;
		else
			break;
	}
	widen_names(columns, limit, room - width_of_all(columns, limit));
}

/* Columns without room */

#define NOTE_BEGIN "not shown: "
#define MORE_LEN   strlen(" and 99 more")
#define OPTIONS	   " (see --wide, --columns)"
#define NO_OPTION  " (no room)"

static bool is_named(const struct column *columns, const struct column *column)
{
	for (; columns < column; columns++)
		if (!columns->width && columns->heading == column->heading)
			return true;
	return false;
}

static void write_note(struct table_layout *layout, size_t room, const char *hint)
{
	char *note = layout->note, *end = stpcpy(note, NOTE_BEGIN);
	size_t more = 0, named = 0, end_len = MORE_LEN + strlen(hint);
	char heading[HEADING_SIZE];

	if (room > sizeof(layout->note) - 1)
		room = sizeof(layout->note) - 1;
	room -= room > end_len ? end_len : room;
	for (const struct column *column = layout->columns; column->name; column++) {
		const char *name = column_heading(heading, column);

		if (column->width || is_named(layout->columns, column))
			continue;
		if (more || (size_t)(end - note) + strlen(name) + 2 > room) {
			more++;
			continue;
		}
		end += sprintf(end, "%s%s", named++ ? ", " : "", name);
	}
	if (more && named)
		end += sprintf(end, " and %zu more", more);
	else if (more)
		end += sprintf(end, "%zu column%s", more, more == 1 ? "" : "s");
	strcpy(end, hint);
	if (!named && !more)
		*note = '\0';
}

/* Lists */

static bool is_wanted(const struct column *column, const struct object_list *list)
{
	char cell[CELL_SIZE];

	for (size_t i = 0; column->optional && i < list->nr; i++) {
		const void *object = object_list_nth(list, i);

		table_cell_fill(cell, column, object, list->start_ns);
		if (strcmp(cell, "0") && strcmp(cell, "0ns") &&
		    strcmp(cell, column_missing(column, object)))
			return true;
	}
	return !column->optional;
}

static void widen(struct column *column, const struct object_list *list)
{
	char cell[CELL_SIZE];

	column->width = heading_width(column);
	for (size_t i = 0; i < list->nr; i++) {
		table_cell_fill(cell, column, object_list_nth(list, i), list->start_ns);
		column->width = at_least(column->width, cell);
	}
}

static void leave_out_unwanted(struct column *columns, const struct object_list *list)
{
	struct column *kept = columns;

	for (; columns->name; columns++)
		if (is_wanted(columns, list))
			*kept++ = *columns;
	*kept = (struct column){};
}

void table_fit_beside(struct table_layout *layout, const struct column *columns,
		      const struct object_list *list, size_t beside)
{
	const struct table_style *style = list->style;
	struct column *column;

	layout->note[0] = '\0';
	select_columns(layout->columns, columns, style);
	if (!style || !style->columns)
		leave_out_unwanted(layout->columns, list);
	for (column = layout->columns; column->name; column++)
		widen(column, list);
	if (!style || !style->width)
		return;
	squeeze(layout->columns, style, (int)style->width - (int)beside);
	write_note(layout, style->width, beside ? NO_OPTION : OPTIONS);
}

void table_fit(struct table_layout *layout, const struct column *columns,
	       const struct object_list *list)
{
	table_fit_beside(layout, columns, list, 0);
}

/* Single lines */

/* For columns that are shown only if asked for. */
static int width_of_kind(const struct column *column)
{
	static const int widths[] = {
		[VALUE_NUMBER] = 10, [VALUE_INTEGER] = 10, [VALUE_DURATION] = 8,
		[VALUE_TIME] = 12,   [VALUE_REAL] = 10,	   [VALUE_BOOL] = 5,
		[VALUE_TEXT] = 15,   [VALUE_LINES] = 15,   [VALUE_BYTES] = 8,
	};

	return widths[column->kind] > heading_width(column) ? widths[column->kind]
							    : heading_width(column);
}

void table_fit_lines(struct table_layout *layout, const struct column *columns,
		     const struct table_style *style)
{
	struct column *column;

	layout->note[0] = '\0';
	select_columns(layout->columns, columns, style);
	for (column = layout->columns; column->name; column++) {
		if (!column->width)
			column->width = width_of_kind(column);
		if (column->kind == VALUE_TIME) /* lines of events are in its order */
			column->goes = 0;
	}
	if (!style || !style->width)
		return;
	squeeze(layout->columns, style, (int)style->width);
	write_note(layout, style->width, OPTIONS);
}
