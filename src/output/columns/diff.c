// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of comparisons.
 */
#include <math.h>
#include <stdio.h>

#include "analysis/diff.h"
#include "output/columns/get.h"
#include "util/macros.h"

static const struct diff_line *line_of(const void *object)
{
	return ((const struct diff_view *)object)->line;
}

/* A member of the line. */
static const void *member_of(const struct column *column, const void *object)
{
	return (const char *)line_of(object) + column->at;
}

static bool get_type(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = line_of(object)->row ? "diff" : "geomean";
	return true;
}

static bool get_diff_key(const struct column *column, const void *object, struct value *value)
{
	const struct row_line row = {.row = line_of(object)->row};
	const struct column of_row = key_column((enum key)column->at);

	return row.row && of_row.get(&of_row, &row, value);
}

static bool get_phase(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = phase_names[line_of(object)->phase];
	return true;
}

static bool get_real(const struct column *column, const void *object, struct value *value)
{
	value->real = *(const double *)member_of(column, object);
	return isfinite(value->real);
}

static bool get_exact(const struct column *column, const void *object, struct value *value)
{
	const struct stats_difference *difference = &line_of(object)->difference;

	(void)column;
	value->number = difference->exact;
	return isfinite(difference->p);
}

/* Figures of a side, at "at" */

static const struct diff_figures *side_of(const struct column *column, const void *object)
{
	return member_of(column, object);
}

static bool get_n(const struct column *column, const void *object, struct value *value)
{
	value->number = side_of(column, object)->n;
	return true;
}

static bool get_total(const struct column *column, const void *object, struct value *value)
{
	value->number = side_of(column, object)->total_ns;
	return line_of(object)->row && side_of(column, object)->n;
}

static bool get_low(const struct column *column, const void *object, struct value *value)
{
	value->number = side_of(column, object)->low_ns;
	return side_of(column, object)->bounded;
}

static bool get_high(const struct column *column, const void *object, struct value *value)
{
	value->number = side_of(column, object)->high_ns;
	return side_of(column, object)->bounded;
}

/* The distance from the median to the farther end of the interval. */
static bool get_spread(const struct column *column, const void *object, struct value *value)
{
	const struct diff_figures *side = side_of(column, object);
	double below = side->median_ns - (double)side->low_ns;
	double above = (double)side->high_ns - side->median_ns;

	value->real = (above > below ? above : below) / side->median_ns * 100;
	return side->bounded && isfinite(value->real);
}

/* Without significance, no change. */
static bool get_change(const struct column *column, const void *object, struct value *value)
{
	const struct diff_line *line = line_of(object);

	(void)column;
	value->real = line->verdict == VERDICT_SAME ? NAN : line->delta[METRIC_P50];
	return line->verdict == VERDICT_SAME || isfinite(value->real);
}

static bool get_verdict(const struct column *column, const void *object, struct value *value)
{
	static const char *const names[] = {
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_SAME] = "same",
		[VERDICT_FASTER] = "faster",
		[VERDICT_SLOWER] = "slower",
	};

	(void)column;
	value->text = names[line_of(object)->verdict];
	return true;
}

static bool get_failed(const struct column *column, const void *object, struct value *value)
{
	const struct diff_view *view = object;
	size_t used = 0, i;

	(void)column;
	value->text = value->made;
	value->made[0] = '\0';
	for (i = 0; i < MAX_LIMITS && used < sizeof(value->made); i++)
		if (view->line->failed & 1U << i)
			used += snprintf(&value->made[used], sizeof(value->made) - used,
					 "%s%s>%g%%", used ? "\n" : "",
					 metric_names[view->limits[i].metric],
					 view->limits[i].percent);
	return true;
}

static bool get_mark(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = "FAIL";
	return line_of(object)->failed;
}

#define AT(member) .at = offsetof(struct diff_line, member)
#define REAL(name, member)                                                                         \
	{                                                                                          \
		name, NULL, "?", VALUE_REAL, .get = get_real, AT(member)                           \
	}
#define SIDE(name, heading, which)                                                                 \
	{name ".n", heading " N", "?", VALUE_NUMBER, .get = get_n, AT(side[which])},               \
		{name ".total_ns", NULL, "?", VALUE_DURATION, .get = get_total, AT(side[which])},  \
		{name ".median_ns",                                                                \
		 heading,                                                                          \
		 "?",                                                                              \
		 VALUE_REAL,                                                                       \
		 .shown_as = REAL_DURATION,                                                        \
		 .get = get_real,                                                                  \
		 AT(side[which].median_ns)},                                                       \
		{TABLE_ONLY,	 "±", "?", VALUE_REAL, .shown_as = REAL_SPREAD, .get = get_spread, \
		 AT(side[which])},                                                                 \
		{name ".low_ns", NULL, "?", VALUE_DURATION, .get = get_low, AT(side[which])},      \
		{name ".high_ns", NULL, "?", VALUE_DURATION, .get = get_high, AT(side[which])},    \
		REAL(name ".mean_ns", side[which].mean_ns),                                        \
		REAL(name ".p99_ns", side[which].p99_ns)

static const struct column type_column = {"type", NULL, "", VALUE_TEXT, .get = get_type};
static const struct column figure_columns[] = {
	{"phase", "PHASE", "?", VALUE_TEXT, .get = get_phase},
	SIDE("base", "BASE", DIFF_BASE),
	SIDE("new", "NEW", DIFF_NEW),
	{TABLE_ONLY, "DELTA", "?", VALUE_REAL, .shown_as = REAL_CHANGE, .get = get_change},
	REAL("delta.p50", delta[METRIC_P50]),
	REAL("delta.p99", delta[METRIC_P99]),
	REAL("delta.mean", delta[METRIC_MEAN]),
	REAL("delta.total", delta[METRIC_TOTAL]),
	REAL("u", difference.u),
	REAL("p", difference.p),
	{"p_corrected", "P", "?", VALUE_REAL, .shown_as = REAL_P, .get = get_real, AT(p_corrected)},
	REAL("p_tail", p_tail_corrected),
	{"exact", NULL, "?", VALUE_BOOL, .get = get_exact},
	{"effect", "EFFECT", "?", VALUE_REAL, .get = get_real, AT(difference.effect)},
	{"verdict", NULL, "?", VALUE_TEXT, .get = get_verdict},
	{"failed", NULL, "?", VALUE_LINES, .get = get_failed},
	{TABLE_ONLY, "GATE", "-", VALUE_TEXT, .optional = true, .get = get_mark},
};

_Static_assert(1 + NR_KEYS + ARRAY_SIZE(figure_columns) < MAX_ROW_COLUMNS, "columns of a diff");

void diff_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by)
{
	size_t i;

	*list++ = type_column;
	for (i = 0; i < nr_by; i++) {
		*list = key_column(by[i]);
		list->get = get_diff_key;
		list->at = by[i];
		list++;
	}
	for (i = 0; i < ARRAY_SIZE(figure_columns); i++)
		*list++ = figure_columns[i];
	*list = (struct column){};
}
