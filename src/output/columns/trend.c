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
ITEM_GETTER(get_measure, true, text, measure_names[item->measure]);
ITEM_GETTER(get_n, true, number, item->n);
ITEM_GETTER(get_uncounted, true, number, item->uncounted);
ITEM_GETTER(get_median, isfinite(item->median), real, item->median);
ITEM_GETTER(get_before, item->change, real, item->change->before);
ITEM_GETTER(get_after, item->change, real, item->change->after);
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

#define PHASE                                                                                      \
	{                                                                                          \
		"phase", "PHASE", VALUE_TEXT, .get = get_phase                                     \
	}
#define POINT                                                                                      \
	{"recording", "FROM", VALUE_TEXT, .goes = 3, .get = get_recording},                        \
		{"recordings", NULL, VALUE_NUMBER, .get = get_recordings},                         \
		{"time", "TIME", VALUE_TEXT, .goes = 1, .get = get_began},                         \
		{"kernel", "KERNEL", VALUE_TEXT, .goes = 2, .get = get_kernel},                    \
		{"host", NULL, VALUE_TEXT, .get = get_host},                                       \
	{                                                                                          \
		"n", NULL, VALUE_NUMBER, .get = get_n                                              \
	}

/* ns: what the names end with. */
#define MEDIANS(ns, real)                                                                          \
	{"median" ns, NULL, VALUE_REAL, .shown_as = (real), .get = get_median},                    \
		{"before" ns, "BEFORE", VALUE_REAL, .shown_as = (real), .get = get_before},        \
	{                                                                                          \
		"after" ns, "AFTER", VALUE_REAL, .shown_as = (real), .get = get_after              \
	}

static const struct column time_columns[] = {
	PHASE,
	POINT,
	MEDIANS("_ns", REAL_DURATION),
};
static const struct column count_columns[] = {
	PHASE,
	{"measure", "MEASURE", VALUE_TEXT, .get = get_measure},
	POINT,
	{"uncounted", NULL, VALUE_NUMBER, .get = get_uncounted},
	MEDIANS("", REAL_COUNT),
};
static const struct column change_columns[] = {
	{"delta", "DELTA", VALUE_REAL, .shown_as = REAL_CHANGE, .get = get_delta,
	 .color = color_of_change},
	{"p_corrected", "P", VALUE_REAL, .shown_as = REAL_P, .goes = NAMES_SHRINK, .get = get_p},
};

_Static_assert(3 + MAX_KEY_COLUMNS + ARRAY_SIZE(count_columns) + ARRAY_SIZE(change_columns) <
		       MAX_ROW_COLUMNS,
	       "columns of a trend");

void trend_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		   enum measure measure)
{
	bool times = measure == MEASURE_TIME;
	const struct column *medians = times ? time_columns : count_columns;
	size_t nr = times ? ARRAY_SIZE(time_columns) : ARRAY_SIZE(count_columns), i;

	*list++ = type_column;
	list = add_key_columns(list, by, nr_by, get_trend_key, has_trend_key);
	for (i = 0; i < nr; i++)
		*list++ = medians[i];
	for (i = 0; i < ARRAY_SIZE(change_columns); i++)
		*list++ = change_columns[i];
	*list = (struct column){};
}
