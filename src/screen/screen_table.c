// SPDX-License-Identifier: GPL-2.0-only
/* Selects and orders the rows of a table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "output/column_names.h"
#include "output/table_cell.h"
#include "screen/screen_table.h"
#include "util/macros.h"

/* The rows */

static void list_progress(struct screen_table *table, const struct screen_model *model)
{
	unfinished_columns(table->columns);
	for (size_t i = 0; i < model->nr_unfinished; i++)
		table->objects[table->nr++] = &model->unfinished[i];
}

/* The newest first. */
static void list_ended(struct screen_table *table, const struct screen_model *model)
{
	size_t nr = 0;

	for (; teardown_columns[nr].name; nr++)
		table->columns[nr] = teardown_columns[nr];
	table->columns[nr] = (struct column){};
	for (size_t i = model->nr_ended; i; i--)
		table->objects[table->nr++] = &model->ended[i - 1];
}

static int list_rows(struct screen_table *table, struct aggregate *aggregate, bool teardowns,
		     enum sort sort, __u64 now_ns)
{
	struct rows rows;
	int err = aggregate_sort(aggregate, sort, SCREEN_MAX_LIST, &rows);

	if (err)
		return err;
	row_columns(table->columns, rows.by, rows.nr_by, teardowns, false);
	table->lines = calloc(rows.nr ?: 1, sizeof(*table->lines));
	if (!table->lines)
		return -ENOMEM;
	for (size_t i = 0; i < rows.nr; i++) {
		table->lines[i] = (struct row_line){.row = rows.row[i], .end_ns = now_ns};
		table->objects[table->nr++] = &table->lines[i];
	}
	return 0;
}

static int list_grouped(struct screen_table *table, const struct screen_model *model,
			const struct grouping *grouping, enum sort sort)
{
	int err = 0;

	if (grouping->calls)
		return list_rows(table, model->calls, false, sort, model->figures.now_ns);
	table->rows = aggregate_new(grouping->by, grouping->nr_by, SCREEN_MAX_ENDED);
	if (!table->rows)
		return -ENOMEM;
	for (size_t i = 0; i < model->nr_ended && !err; i++)
		err = aggregate_add_teardown(table->rows, &model->ended[i]);
	return err ?: list_rows(table, table->rows, true, sort, model->figures.now_ns);
}

/* The typed filter */

/* Texts of a row, and numbers that are names. */
static bool is_searched(const struct column *column)
{
	if (column->kind == VALUE_TEXT)
		return column->get != NULL && strcmp(column->name, "type") &&
		       strcmp(column->name, "time");
	return column->kind == VALUE_NUMBER && column->heading &&
	       (!strcmp(column->heading, "ID") || !strcmp(column->heading, "BY PID"));
}

static bool is_wanted(const struct screen_table *table, const void *object, const char *filter)
{
	char cell[CELL_SIZE];

	for (const struct column *column = table->columns; column->name; column++) {
		if (!is_searched(column))
			continue;
		table_cell_fill(cell, column, object, 0);
		if (strcasestr(cell, filter))
			return true;
	}
	return false;
}

static void apply_filter(struct screen_table *table, const char *filter)
{
	size_t nr = 0;

	table->nr_all = table->nr;
	if (!*filter)
		return;
	for (size_t i = 0; i < table->nr; i++)
		if (is_wanted(table, table->objects[i], filter))
			table->objects[nr++] = table->objects[i];
	table->nr = nr;
}

/* The order */

struct order {
	const struct column *column;
	int sign;
};

static int compare_values(const struct column *column, const struct value *left,
			  const struct value *right)
{
	switch (column->kind) {
	case VALUE_TEXT:
	case VALUE_LINES:
		return strcasecmp(left->text, right->text);
	case VALUE_INTEGER:
		return (left->integer < right->integer) - (left->integer > right->integer);
	case VALUE_REAL:
		return (left->real < right->real) - (left->real > right->real);
	default:
		return (left->number < right->number) - (left->number > right->number);
	}
}

/* Figures descend, names ascend; what is not known comes last, whatever the direction. */
static int compare(const void *a, const void *b, void *ctx)
{
	const struct order *order = ctx;
	struct value left, right;
	bool has_left = column_read(order->column, *(const void *const *)a, &left);
	bool has_right = column_read(order->column, *(const void *const *)b, &right);

	if (!has_left || !has_right)
		return has_right - has_left;
	return order->sign * compare_values(order->column, &left, &right);
}

static const struct column *find_heading(const struct screen_table *table, const char *heading)
{
	char buffer[HEADING_SIZE];

	for (const struct column *column = table->columns; column->name; column++)
		if (column->heading && !strcmp(column_heading(buffer, column), heading))
			return column;
	return NULL;
}

/* Merge sort keeps the usual order of equal rows. */
static int merge_sort(const void **objects, size_t nr, struct order *order)
{
	const void **sorted = calloc(nr ?: 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t width = 1; width < nr; width *= 2) {
		for (size_t from = 0; from < nr; from += 2 * width) {
			size_t left = from, to = from, middle, end, right;

			middle = from + width < nr ? from + width : nr;
			end = middle + width < nr ? middle + width : nr;
			right = middle;
			while (left < middle || right < end)
				if (right == end ||
				    (left < middle &&
				     compare(&objects[left], &objects[right], order) <= 0))
					sorted[to++] = objects[left++];
				else
					sorted[to++] = objects[right++];
		}
		memcpy(objects, sorted, nr * sizeof(*sorted));
	}
	free(sorted);
	return 0;
}

static int sort_table(struct screen_table *table, const struct pane_state *pane)
{
	struct order order = {find_heading(table, pane->sort), pane->reverse ? -1 : 1};
	const void *other;

	if (order.column)
		return merge_sort(table->objects, table->nr, &order);
	for (size_t i = 0; pane->reverse && i < table->nr / 2; i++) {
		other = table->objects[i];
		table->objects[i] = table->objects[table->nr - 1 - i];
		table->objects[table->nr - 1 - i] = other;
	}
	return 0;
}

int screen_table_fill(struct screen_table *table, const struct screen_model *model,
		      const struct screen_state *state, enum pane pane)
{
	const struct grouping *grouping = &state->groupings[state->grouping];
	int err = 0;

	table->nr = 0;
	if (pane == PANE_PROGRESS)
		list_progress(table, model);
	else if (grouping->calls || grouping->nr_by)
		err = list_grouped(table, model, grouping, state->show->sort);
	else
		list_ended(table, model);
	apply_filter(table, state->filter);
	err = err ?: sort_table(table, &state->panes[pane]);
	if (pane == PANE_ENDED && state->show->top_given && state->show->top &&
	    table->nr > state->show->top)
		table->nr = state->show->top;
	if (err)
		table->nr = 0;
	return err;
}

void screen_table_clear(struct screen_table *table)
{
	free(table->lines);
	aggregate_free(table->rows);
	table->lines = NULL;
	table->rows = NULL;
	table->nr = 0;
}
