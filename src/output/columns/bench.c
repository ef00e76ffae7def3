// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of what a benchmark measured.
 */
#include "model/map_type.h"
#include "output/bench_table.h"
#include "output/columns/get.h"
#include "util/hist.h"

/* Text that the object holds. */
static bool get_text_at(const struct column *column, const void *object, struct value *value)
{
	value->text = (const char *)object + column->at;
	return true;
}

static const struct scenario *scenario_of(const void *object)
{
	return ((const struct bench_line *)object)->scenario;
}

static bool get_name(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = scenario_of(object)->name;
	return true;
}

static bool get_type(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = map_type_name(scenario_of(object)->map_type);
	return true;
}

static bool get_fill(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = scenario_fill_name(scenario_of(object)->fill);
	return true;
}

static bool get_prealloc(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->number = scenario_of(object)->prealloc;
	return true;
}

static bool get_setting(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, scenario_of(object));
	return true;
}

static bool get_count(const struct column *column, const void *object, struct value *value)
{
	const struct bench_line *line = object;

	(void)column;
	value->number = line->row ? line->row->count : 0;
	return true;
}

/* A phase's histogram; the column's "at" is which. NULL: nothing is known. */
static const struct hist *hist_of(const struct column *column, const void *object)
{
	const struct row *row = ((const struct bench_line *)object)->row;
	const struct hist *hist = NULL;

	if (row && column->at == PHASE_TOTAL)
		hist = &row->latency;
	else if (row && row->phases)
		hist = &row->phases->phase[column->at];
	return hist && hist->count ? hist : NULL;
}

static bool get_phase(const struct column *column, const void *object, struct value *value)
{
	const struct hist *hist = hist_of(column, object);

	if (hist)
		value->number = hist_percentile(hist, column->percent);
	return hist;
}

/* Of emptied maps the entries were freed before. */
static bool get_per_entry(const struct column *column, const void *object, struct value *value)
{
	const struct hist *hist = hist_of(column, object);
	const struct scenario *scenario = scenario_of(object);

	if (!hist || scenario->fill != FILL_FULL)
		return false;
	value->real = (double)hist_percentile(hist, column->percent) / scenario->entries;
	return true;
}

#define SETTING(name, heading, member)                                                             \
	{                                                                                          \
		name, heading, "-", VALUE_NUMBER, .get = get_setting,                              \
						  .at = offsetof(struct scenario, member)          \
	}
#define PHASE(name, heading, which, of_hundred)                                                    \
	{                                                                                          \
		name, heading, "-", VALUE_DURATION, .get = get_phase, .percent = (of_hundred),     \
						    .at = (which)                                  \
	}

const struct column bench_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "bench"},
	{"scenario", "SCENARIO", "-", VALUE_TEXT, .get = get_name},
	{"map_type", NULL, "-", VALUE_TEXT, .get = get_type},
	SETTING("value_size", NULL, value_size),
	{"prealloc", NULL, "-", VALUE_BOOL, .get = get_prealloc},
	{"fill", NULL, "-", VALUE_TEXT, .get = get_fill},
	SETTING("threads", NULL, threads),
	SETTING("maps", NULL, maps),
	SETTING("runs", NULL, runs),
	{"family", NULL, "-", VALUE_TEXT, .get = get_text_at,
	 .at = offsetof(struct bench_line, family)},
	{"count", "COUNT", "-", VALUE_NUMBER, .get = get_count},
	SETTING("entries", "ENTRIES", entries),
	PHASE("wait_p50_ns", NULL, PHASE_WAIT, 50),
	PHASE("free_p50_ns", "FREE P50", PHASE_FREE, 50),
	PHASE("free_p99_ns", NULL, PHASE_FREE, 99),
	PHASE("destroy_p50_ns", "DESTROY P50", PHASE_DESTROY, 50),
	PHASE("destroy_p99_ns", NULL, PHASE_DESTROY, 99),
	PHASE("deferred_p50_ns", "DEFERRED P50", PHASE_DEFERRED, 50),
	PHASE("deferred_p99_ns", NULL, PHASE_DEFERRED, 99),
	PHASE("total_p50_ns", "TOTAL P50", PHASE_TOTAL, 50),
	PHASE("total_p99_ns", "TOTAL P99", PHASE_TOTAL, 99),
	{"free_ns_per_entry", "FREE P50 PER ENTRY", "-", VALUE_REAL, .shown_as = REAL_DURATION,
	 .get = get_per_entry, .percent = 50, .at = PHASE_FREE},
	{},
};

/* Families */

static bool get_real(const struct column *column, const void *object, struct value *value)
{
	value->real = *(const double *)((const char *)object + column->at);
	return value->real == value->real; /* not NAN */
}

#define AT(member) .at = offsetof(struct scaling_line, member)

const struct column scaling_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "scaling"},
	{"family", "SCENARIOS", "-", VALUE_TEXT, .get = get_text_at, AT(family)},
	{"points", "POINTS", "-", VALUE_NUMBER, .get = get_u32, AT(hooks)},
	{"entries_min", "ENTRIES FROM", "-", VALUE_NUMBER, .get = get_u32, AT(least)},
	{"entries_max", "TO", "-", VALUE_NUMBER, .get = get_u32, AT(most)},
	{"free_exponent", "FREE P50 ~ ENTRIES^", "-", VALUE_REAL, .get = get_real,
	 AT(free_exponent)},
	{"free_exponent_top", "OF THE LAST TWO", "-", VALUE_REAL, .get = get_real,
	 AT(free_exponent_top)},
	{"total_exponent", "TOTAL P50 ~ ENTRIES^", "-", VALUE_REAL, .get = get_real,
	 AT(total_exponent)},
	{"free_ns_per_entry", "FREE P50 PER ENTRY AT THE MOST", "-", VALUE_REAL,
	 .shown_as = REAL_DURATION, .get = get_real, AT(free_per_entry_ns)},
	{},
};
