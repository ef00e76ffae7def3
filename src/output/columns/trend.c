// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of changes over recordings.
 */
#include <math.h>
#include <stdio.h>

#include "output/columns/get.h"
#include "output/trend_report.h"
#include "util/macros.h"

#define ITEM_GETTER(name, known, kind, expression)                                                 \
	static GETTER(name, const struct trend_item *item, known, kind, expression)

ITEM_GETTER(get_type, true, text, item->change ? "change" : "point");
ITEM_GETTER(get_phase, true, text, phase_names[item->series->phase]);
ITEM_GETTER(get_recording, true, text, item->recording->path);
ITEM_GETTER(get_recordings, true, number, item->recordings);
ITEM_GETTER(get_kernel, *item->recording->run_info->kernel_release, text,
	    item->recording->run_info->kernel_release);
ITEM_GETTER(get_host, *item->recording->run_info->host, text, item->recording->run_info->host);
ITEM_GETTER(get_n, true, number, item->n);
ITEM_GETTER(get_median, isfinite(item->median_ns), real, item->median_ns);
ITEM_GETTER(get_before, item->change, real, item->change->before_ns);
ITEM_GETTER(get_after, item->change, real, item->change->after_ns);
ITEM_GETTER(get_delta, item->change &&isfinite(item->change->delta), real, item->change->delta);
ITEM_GETTER(get_p, item->change, real, item->change->p_corrected);

static bool get_began(const struct column *column, const void *object, struct value *value)
{
	const struct trend_item *item = object;

	(void)column;
	value->text = trend_time(item->recording->run_info, value->made);
	return true;
}

static bool get_trend_key(const struct column *column, const void *object, struct value *value)
{
	const struct row_line row = {.row = ((const struct trend_item *)object)->series->row};

	return get_row_key(column, &row, value);
}

static bool has_trend_key(const struct column *column, const void *object)
{
	const struct row_line row = {.row = ((const struct trend_item *)object)->series->row};

	return has_row_key(column, &row);
}

static enum color color_of_change(const void *object)
{
	const struct trend_item *item = object;

	if (!item->change || !isfinite(item->change->delta))
		return COLOR_NONE;
	return item->change->delta > 0 ? COLOR_BAD : COLOR_GOOD;
}

static const struct column type_column = {"type", NULL, VALUE_TEXT, .get = get_type};
static const struct column figure_columns[] = {
	{"phase", "PHASE", VALUE_TEXT, .get = get_phase},
	{"recording", "FROM", VALUE_TEXT, .goes = 3, .get = get_recording},
	{"recordings", NULL, VALUE_NUMBER, .get = get_recordings},
	{"time", "TIME", VALUE_TEXT, .goes = 1, .get = get_began},
	{"kernel", "KERNEL", VALUE_TEXT, .goes = 2, .get = get_kernel},
	{"host", NULL, VALUE_TEXT, .get = get_host},
	{"n", NULL, VALUE_NUMBER, .get = get_n},
	{"median_ns", NULL, VALUE_REAL, .shown_as = REAL_DURATION, .get = get_median},
	{"before_ns", "BEFORE", VALUE_REAL, .shown_as = REAL_DURATION, .get = get_before},
	{"after_ns", "AFTER", VALUE_REAL, .shown_as = REAL_DURATION, .get = get_after},
	{"delta", "DELTA", VALUE_REAL, .shown_as = REAL_CHANGE, .get = get_delta,
	 .color = color_of_change},
	{"p_corrected", "P", VALUE_REAL, .shown_as = REAL_P, .goes = NAMES_SHRINK, .get = get_p},
};

_Static_assert(3 + NR_KEYS + ARRAY_SIZE(figure_columns) < MAX_ROW_COLUMNS, "columns of a trend");

void trend_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by)
{
	*list++ = type_column;
	for (size_t i = 0; i < nr_by; i++) {
		struct column *end = list + key_columns(list, by[i]);

		for (; list < end; list++) {
			list->get = get_trend_key;
			list->applies = has_trend_key;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(figure_columns); i++)
		*list++ = figure_columns[i];
	*list = (struct column){};
}
