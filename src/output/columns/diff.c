// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of comparisons.
 */
#include <math.h>
#include <stdio.h>

#include "analysis/diff.h"
#include "output/columns/get.h"
#include "util/macros.h"

#define LINE_GETTER(name, known, kind, expression)                                                 \
	static GETTER(name, const struct diff_line *line, known, kind, expression)
#define SIDE_GETTER(name, known, kind, expression)                                                 \
	static GETTER(name, const struct diff_figures *side, known, kind, expression)

LINE_GETTER(get_type, true, text, line->row ? "diff" : "geomean");
LINE_GETTER(get_phase, true, text, phase_names[line->phase]);
LINE_GETTER(get_measure, true, text, measure_names[line->measure]);
LINE_GETTER(get_exact, isfinite(line->difference.p), number, line->difference.exact);
LINE_GETTER(get_mark, line->failed, text, "FAIL");

/* Without significance, or without a direction, no change. */
LINE_GETTER(get_change, !diff_has_changed(line) || isfinite(line->delta[METRIC_P50]), real,
	    diff_has_changed(line) ? line->delta[METRIC_P50] : NAN);

/* The figures of a side. */
static bool has_times(const struct column *column, const void *object)
{
	return ((const struct diff_line *)object)->side[column->which].applies;
}

static bool is_on_both_sides(const struct column *column, const void *object)
{
	const struct diff_line *line = object;

	(void)column;
	return line->side[DIFF_BASE].applies && line->side[DIFF_NEW].applies;
}

static bool has_failed(const struct column *column, const void *object)
{
	(void)column;
	return ((const struct diff_line *)object)->failed;
}

static enum color color_of_verdict(const void *object)
{
	static const enum color colors[] = {
		[VERDICT_UNKNOWN] = COLOR_NONE, [VERDICT_SAME] = COLOR_NONE,
		[VERDICT_MIXED] = COLOR_NONE,	[VERDICT_FASTER] = COLOR_GOOD,
		[VERDICT_SLOWER] = COLOR_BAD,	[VERDICT_FEW_RUNS] = COLOR_NONE,
	};

	return colors[((const struct diff_line *)object)->verdict];
}

static enum color color_of_mark(const void *object)
{
	return has_failed(NULL, object) ? COLOR_BAD : COLOR_NONE;
}

SIDE_GETTER(get_n, true, number, side->n);
SIDE_GETTER(get_uncounted, true, number, side->uncounted);
SIDE_GETTER(get_runs, side->runs, number, side->runs);
SIDE_GETTER(get_boots, side->runs, number, side->boots);
SIDE_GETTER(get_low, side->bounded, number, side->low_ns);
SIDE_GETTER(get_high, side->bounded, number, side->high_ns);

static bool get_total(const struct column *column, const void *object, struct value *value)
{
	const struct diff_line *line = object;

	value->number = line->side[column->which].total_ns;
	return line->row && line->side[column->which].n;
}

/* The distance from the median to the farther end of the interval. */
static double spread(const struct diff_figures *side)
{
	double median_ns = side->metric[METRIC_P50];
	double below = median_ns - (double)side->low_ns;
	double above = (double)side->high_ns - median_ns;

	return (above > below ? above : below) / median_ns * 100;
}

SIDE_GETTER(get_spread, side->bounded &&isfinite(spread(side)), real, spread(side));

static bool get_diff_key(const struct column *column, const void *object, struct value *value)
{
	const struct row_line row = {.row = ((const struct diff_line *)object)->row};

	return row.row && get_row_key(column, &row, value);
}

static bool has_diff_key(const struct column *column, const void *object)
{
	const struct row_line row = {.row = ((const struct diff_line *)object)->row};

	return !row.row || has_row_key(column, &row);
}

static const char *verdict_name(const struct diff_line *line)
{
	static const char *const names[] = {
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_SAME] = "same",
		[VERDICT_MIXED] = "mixed",
		[VERDICT_FEW_RUNS] = "few_runs",
	};

	if (line->verdict == VERDICT_SLOWER || line->verdict == VERDICT_FASTER)
		return diff_word(line->measure, line->verdict);
	return names[line->verdict];
}

LINE_GETTER(get_verdict, true, text, verdict_name(line));

static bool get_failed(const struct column *column, const void *object, struct value *value)
{
	const struct diff_line *line = object;
	size_t used = 0, i;

	(void)column;
	value->text = value->made;
	value->made[0] = '\0';
	for (i = 0; i < MAX_LIMITS && used < sizeof(value->made); i++)
		if (line->failed & 1U << i)
			used += snprintf(&value->made[used], sizeof(value->made) - used,
					 "%s%s>%g%%", used ? "\n" : "",
					 metric_names[line->limits[i].metric],
					 line->limits[i].percent);
	return true;
}

/* "5+5" */
static bool get_all_runs(const struct column *column, const void *object, struct value *value)
{
	const struct diff_line *line = object;

	(void)column;
	value->text = value->made;
	snprintf(value->made, sizeof(value->made), "%llu+%llu", line->side[DIFF_BASE].runs,
		 line->side[DIFF_NEW].runs);
	return line->side[DIFF_BASE].runs || line->side[DIFF_NEW].runs;
}

#define AT(member) .at = offsetof(struct diff_line, member)
#define REAL(name, member)                                                                         \
	{                                                                                          \
		name, NULL, VALUE_REAL, .get = get_real, AT(member)                                \
	}
/* ns: what the names end with; whole, real: the kinds of values. */
#define SIDE(name, heading, which_side, ns, whole, real)                                           \
	{name ".n", heading " N", VALUE_NUMBER, .goes = 2, .get = get_n, AT(side[which_side])},    \
		{name ".runs", NULL, VALUE_NUMBER, .get = get_runs, AT(side[which_side])},         \
		{name ".boots", NULL, VALUE_NUMBER, .get = get_boots, AT(side[which_side])},       \
		{name ".total" ns, NULL, whole, .get = get_total, .which = (which_side)},          \
		{name ".median" ns,                                                                \
		 heading,                                                                          \
		 VALUE_REAL,                                                                       \
		 .shown_as = real,                                                                 \
		 .get = get_real,                                                                  \
		 .applies = has_times,                                                             \
		 .which = (which_side),                                                            \
		 AT(side[which_side].metric[METRIC_P50])},                                         \
		{TABLE_ONLY,                                                                       \
		 "±",                                                                              \
		 VALUE_REAL,                                                                       \
		 .shown_as = REAL_SPREAD,                                                          \
		 .goes = 3,                                                                        \
		 .get = get_spread,                                                                \
		 .applies = has_times,                                                             \
		 .which = (which_side),                                                            \
		 AT(side[which_side])},                                                            \
		{name ".low" ns, NULL, whole, .get = get_low, AT(side[which_side])},               \
		{name ".high" ns, NULL, whole, .get = get_high, AT(side[which_side])},             \
		REAL(name ".mean" ns, side[which_side].metric[METRIC_MEAN]),                       \
		REAL(name ".p99" ns, side[which_side].metric[METRIC_P99])
#define TIMES(name, heading, which_side)                                                           \
	SIDE(name, heading, which_side, "_ns", VALUE_DURATION, REAL_DURATION)
#define COUNTS(name, heading, which_side)                                                          \
	SIDE(name, heading, which_side, "", VALUE_NUMBER, REAL_COUNT),                             \
	{                                                                                          \
		name ".uncounted", NULL, VALUE_NUMBER, .get = get_uncounted, AT(side[which_side])  \
	}

#define PHASE                                                                                      \
	{                                                                                          \
		"phase", "PHASE", VALUE_TEXT, .get = get_phase                                     \
	}
#define RUNS                                                                                       \
	{                                                                                          \
		TABLE_ONLY, "RUNS", VALUE_TEXT, .optional = true, .goes = 2, .get = get_all_runs   \
	}

static const struct column type_column = {"type", NULL, VALUE_TEXT, .get = get_type};
static const struct column time_columns[] = {
	PHASE,
	RUNS,
	TIMES("base", "BASE", DIFF_BASE),
	TIMES("new", "NEW", DIFF_NEW),
};
static const struct column count_columns[] = {
	PHASE,
	{"measure", "MEASURE", VALUE_TEXT, .get = get_measure},
	RUNS,
	COUNTS("base", "BASE", DIFF_BASE),
	COUNTS("new", "NEW", DIFF_NEW),
};
static const struct column change_columns[] = {
	{TABLE_ONLY, "DELTA", VALUE_REAL, .shown_as = REAL_CHANGE, .get = get_change,
	 .applies = is_on_both_sides, .color = color_of_verdict},
	REAL("delta.p50", delta[METRIC_P50]),
	REAL("delta.p99", delta[METRIC_P99]),
	REAL("delta.mean", delta[METRIC_MEAN]),
	REAL("delta.total", delta[METRIC_TOTAL]),
	REAL("u", difference.u),
	REAL("p", difference.p),
	{"p_corrected", "P", VALUE_REAL, .shown_as = REAL_P, .goes = NAMES_SHRINK, .get = get_real,
	 .applies = is_on_both_sides, AT(p_corrected)},
	REAL("p_tail", p_tail_corrected),
	{"exact", NULL, VALUE_BOOL, .get = get_exact},
	{"effect", "EFFECT", VALUE_REAL, .goes = 1, .get = get_real, .applies = is_on_both_sides,
	 AT(difference.effect)},
	{"verdict", NULL, VALUE_TEXT, .get = get_verdict},
	{"failed", NULL, VALUE_LINES, .get = get_failed},
	{TABLE_ONLY, "GATE", VALUE_TEXT, .optional = true, .get = get_mark, .applies = has_failed,
	 .color = color_of_mark},
};

_Static_assert(3 + MAX_KEY_COLUMNS + ARRAY_SIZE(count_columns) + ARRAY_SIZE(change_columns) <
		       MAX_ROW_COLUMNS,
	       "columns of a diff");

void diff_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		  enum measure measure)
{
	bool times = measure == MEASURE_TIME;
	const struct column *side = times ? time_columns : count_columns;
	size_t nr = times ? ARRAY_SIZE(time_columns) : ARRAY_SIZE(count_columns), i;

	*list++ = type_column;
	list = add_key_columns(list, by, nr_by, get_diff_key, has_diff_key);
	for (i = 0; i < nr; i++)
		*list++ = side[i];
	for (i = 0; i < ARRAY_SIZE(change_columns); i++)
		*list++ = change_columns[i];
	*list = (struct column){};
}
