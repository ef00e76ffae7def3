// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns of a benchmark's results.
 */
#include <string.h>

#include "model/map_type.h"
#include "output/bench_table.h"
#include "output/columns/get.h"
#include "util/hist.h"
#include "util/macros.h"

/* The histogram of the phase. NULL: no values. */
static const struct hist *hist_of(const struct bench_line *line, enum phase phase)
{
	return line->row ? row_hist(line->row, phase) : NULL;
}

#define BENCH_GETTER(name, known, kind, expression)                                                \
	static GETTER(name, const struct bench_line *line, known, kind, expression)

BENCH_GETTER(get_name, true, text, line->scenario->name);
BENCH_GETTER(get_type, true, text, map_type_name(line->scenario->map_type));
BENCH_GETTER(get_entries, true, number, line->scenario->entries);
BENCH_GETTER(get_count, true, number, line->row ? line->row->count : 0);
BENCH_GETTER(get_percentile, hist_of(line, column->which), number,
	     hist_percentile(hist_of(line, column->which), column->percent));

BENCH_GETTER(get_per_entry, hist_of(line, column->which) && line->scenario->entries, real,
	     (double)hist_percentile(hist_of(line, column->which), column->percent) /
		     line->scenario->entries);

/* True if none of the scenario's teardowns was seen. */
static bool has_phase(const struct column *column, const void *object)
{
	const struct bench_line *line = object;

	return !line->row || row_has_phase(line->row, column->which);
}

/* Those of emptied maps were freed earlier. */
static bool has_entries(const struct column *column, const void *object)
{
	(void)column;
	return scenario_has_entries(((const struct bench_line *)object)->scenario);
}

static bool has_entries_at_most(const struct column *column, const void *object)
{
	(void)column;
	return !((const struct scaling_line *)object)->emptied;
}

static bool get_setting(const struct column *column, const void *object, struct value *value)
{
	const struct setting *setting = &scenario_settings[column->which];
	__u32 number = scenario_get(((const struct bench_line *)object)->scenario, setting);

	if (setting->kind == SETTING_WORD)
		value->text = setting->words[number];
	else
		value->number = number;
	return true;
}

#define PHASE(name, heading, phase, of_hundred, ...)                                               \
	{                                                                                          \
		name, heading, VALUE_DURATION, .get = get_percentile, .applies = has_phase,        \
					       .percent = (of_hundred), .which = (phase),          \
					       __VA_ARGS__                                         \
	}

static const struct column before_settings[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "bench"},
	{"scenario", "SCENARIO", VALUE_TEXT, .get = get_name},
	{"map_type", NULL, VALUE_TEXT, .get = get_type},
};

static const struct column behind_settings[] = {
	{"family", NULL, VALUE_TEXT, .get = get_text_at, .at = offsetof(struct bench_line, family)},
	{"count", "COUNT", VALUE_NUMBER, .goes = 3, .get = get_count},
	{"entries", "ENTRIES", VALUE_NUMBER, .goes = 1, .get = get_entries},
	PHASE("wait_p50_ns", NULL, PHASE_WAIT, 50),
	PHASE("free_p50_ns", "FREE P50", PHASE_FREE, 50),
	PHASE("free_p99_ns", NULL, PHASE_FREE, 99),
	PHASE("destroy_p50_ns", "DESTROY P50", PHASE_DESTROY, 50, .goes = NAMES_SHRINK),
	PHASE("destroy_p99_ns", NULL, PHASE_DESTROY, 99),
	PHASE("deferred_p50_ns", "DEFERRED P50", PHASE_DEFERRED, 50, .goes = NAMES_SHRINK + 1),
	PHASE("deferred_p99_ns", NULL, PHASE_DEFERRED, 99),
	PHASE("total_p50_ns", "TOTAL P50", PHASE_TOTAL, 50),
	PHASE("total_p99_ns", "TOTAL P99", PHASE_TOTAL, 99, .goes = 2),
	{"free_ns_per_entry", "FREE P50 PER ENTRY", VALUE_REAL, .shown_as = REAL_DURATION,
	 .goes = 4, .get = get_per_entry, .applies = has_entries, .percent = 50,
	 .which = PHASE_FREE},
	{},
};

const struct column *bench_columns(void)
{
	static struct column
		columns[ARRAY_SIZE(before_settings) + MAX_SETTINGS + ARRAY_SIZE(behind_settings)];
	static const enum value_kind kinds[] = {
		[SETTING_NUMBER] = VALUE_NUMBER,
		[SETTING_BOOL] = VALUE_BOOL,
		[SETTING_WORD] = VALUE_TEXT,
	};
	struct column *next = columns + ARRAY_SIZE(before_settings);

	memcpy(columns, before_settings, sizeof(before_settings));
	for (size_t i = 0; scenario_settings[i].name; i++) {
		const struct setting *setting = &scenario_settings[i];

		/* The entries come beside the columns that depend on them. */
		if (setting->column && setting->at != offsetof(struct scenario, entries))
			*next++ = (struct column){setting->column, .kind = kinds[setting->kind],
						  .get = get_setting, .which = i};
	}
	memcpy(next, behind_settings, sizeof(behind_settings));
	return columns;
}

/* Families */

#define AT(member) .at = offsetof(struct scaling_line, member)

const struct column scaling_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "scaling"},
	{"family", "SCENARIOS", VALUE_TEXT, .get = get_text_at, AT(family)},
	{"points", "POINTS", VALUE_NUMBER, .goes = 1, .get = get_u32, AT(points)},
	{"entries_min", "ENTRIES FROM", VALUE_NUMBER, .goes = 4, .get = get_u32, AT(least)},
	{"entries_max", "TO", VALUE_NUMBER, .goes = 5, .get = get_u32, AT(most)},
	{"free_exponent", "FREE P50 ~ ENTRIES^", VALUE_REAL, .get = get_real, AT(free_exponent)},
	{"free_exponent_top", "OF THE LAST TWO", VALUE_REAL, .goes = 3, .get = get_real,
	 AT(free_exponent_top)},
	{"total_exponent", "TOTAL P50 ~ ENTRIES^", VALUE_REAL, .goes = 2, .get = get_real,
	 AT(total_exponent)},
	{"free_ns_per_entry", "FREE P50 PER ENTRY AT THE MOST", VALUE_REAL,
	 .shown_as = REAL_DURATION, .goes = NAMES_SHRINK, .applies = has_entries_at_most,
	 .get = get_real, AT(free_per_entry_ns)},
	{},
};
