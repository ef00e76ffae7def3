// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of rows and of their keys.
 */
#include "output/columns/get.h"
#include "util/macros.h"

_Static_assert(sizeof(OTHER_ROW) > NAME_LEN, "a name could look like the other row");

static bool get_interval(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	(void)column;
	value->number = line->interval;
	return line->interval;
}

static bool get_row_key(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	if (!line->row->other)
		return column->of_key->get(column->of_key, &line->row->key, value);
	value->text = OTHER_ROW;
	return column->kind == VALUE_TEXT;
}

static bool get_row_u64(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = read_u64(column, line->row);
	return true;
}

/* Of the latency: not known if no call has one. */
static bool get_latency(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = read_u64(column, line->row);
	return line->row->latency.count;
}

static bool get_mean(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	(void)column;
	value->number = hist_mean(&line->row->latency);
	return line->row->latency.count;
}

static bool get_percentile(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = hist_percentile(&line->row->latency, column->percent);
	return line->row->latency.count;
}

#define AT(member) .at = offsetof(struct row, member)

static const struct column type_column[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "row"},
};
static const struct column interval_column[] = {
	{"interval", NULL, "", VALUE_NUMBER, .get = get_interval},
};
static const struct column figure_columns[] = {
	{"count", "COUNT", "-", VALUE_NUMBER, .get = get_row_u64, AT(count)},
	{"empty", "EMPTY", "-", VALUE_NUMBER, .get = get_row_u64, AT(empty)},
	{"unmeasured", "UNMEASURED", "-", VALUE_NUMBER, .optional = true, .get = get_row_u64,
	 AT(unmeasured)},
	{"total_ns", "TOTAL", "-", VALUE_DURATION, .get = get_latency, AT(latency.total_ns)},
	{"min_ns", "MIN", "-", VALUE_DURATION, .get = get_latency, AT(latency.min_ns)},
	{"mean_ns", "MEAN", "-", VALUE_DURATION, .get = get_mean},
	{"p50_ns", "P50", "-", VALUE_DURATION, .get = get_percentile, .percent = 50},
	{"p90_ns", "P90", "-", VALUE_DURATION, .get = get_percentile, .percent = 90},
	{"p99_ns", "P99", "-", VALUE_DURATION, .get = get_percentile, .percent = 99},
	{"max_ns", "MAX", "-", VALUE_DURATION, .get = get_latency, AT(latency.max_ns)},
};

/* The histogram of the phase in the column's "at". */
static const struct hist *phase_of(const struct column *column, const void *object)
{
	static const struct hist none;
	const struct row *row = ((const struct row_line *)object)->row;

	if (column->at == PHASE_TOTAL)
		return &row->latency;
	return row->phases ? &row->phases->phase[column->at] : &none;
}

static bool get_phase_sum(const struct column *column, const void *object, struct value *value)
{
	value->number = phase_of(column, object)->total_ns;
	return phase_of(column, object)->count;
}

static bool get_phase(const struct column *column, const void *object, struct value *value)
{
	value->number = hist_percentile(phase_of(column, object), column->percent);
	return phase_of(column, object)->count;
}

static bool get_row_entries(const struct column *column, const void *object, struct value *value)
{
	const struct row_phases *phases = ((const struct row_line *)object)->row->phases;

	(void)column;
	if (!phases || !phases->counted)
		return false;
	value->number = phases->entries;
	return true;
}

static bool get_row_entry_ns(const struct column *column, const void *object, struct value *value)
{
	const struct row_phases *phases = ((const struct row_line *)object)->row->phases;

	(void)column;
	if (!phases || !phases->entries)
		return false;
	value->number = phases->counted_ns / phases->entries;
	return true;
}

#define PHASE_FIGURES(name, heading, which)                                                        \
	{name "_sum_ns", NULL, "-", VALUE_DURATION, .get = get_phase_sum, .at = (which)},          \
		{name "_p50_ns",   heading " P50", "-",		 VALUE_DURATION,                   \
		 .get = get_phase, .percent = 50,  .at = (which)},                                 \
		{name "_p90_ns",   NULL,	  "-",		VALUE_DURATION,                    \
		 .get = get_phase, .percent = 90, .at = (which)},                                  \
		{name "_p99_ns",   heading " P99", "-",		 VALUE_DURATION,                   \
		 .get = get_phase, .percent = 99,  .at = (which)},                                 \
	{                                                                                          \
		name "_max_ns", NULL, "-", VALUE_DURATION, .get = get_phase, .percent = 100,       \
							   .at = (which)                           \
	}

static const struct column teardown_figure_columns[] = {
	{"count", "COUNT", "-", VALUE_NUMBER, .get = get_row_u64, AT(count)},
	{"unmeasured", "UNMEASURED", "-", VALUE_NUMBER, .optional = true, .get = get_row_u64,
	 AT(unmeasured)},
	PHASE_FIGURES("wait", "WAIT", PHASE_WAIT),
	PHASE_FIGURES("free", "FREE", PHASE_FREE),
	PHASE_FIGURES("destroy", "DESTROY", PHASE_DESTROY),
	PHASE_FIGURES("deferred", "DEFERRED", PHASE_DEFERRED),
	PHASE_FIGURES("total", "TOTAL", PHASE_TOTAL),
	{"entries", "ENTRIES", "-", VALUE_NUMBER, .get = get_row_entries},
	{"ns_per_entry", "PER ENTRY", "-", VALUE_DURATION, .get = get_row_entry_ns},
};

_Static_assert(2 + NR_KEYS + ARRAY_SIZE(figure_columns) < MAX_ROW_COLUMNS, "columns of a row");
_Static_assert(2 + NR_KEYS + ARRAY_SIZE(teardown_figure_columns) < MAX_ROW_COLUMNS,
	       "columns of a row");

#undef AT
#define AT(member) .at = offsetof(struct row_key, member)

static const struct column key_columns[] = {
	[KEY_CALLER] = {"caller", "CALLER", "?", VALUE_TEXT, .get = get_caller, AT(caller)},
	[KEY_TYPE] = {"map_type", "TYPE", "?", VALUE_TEXT, .get = get_map_type, AT(map)},
	[KEY_NAME] = {"map_name", "NAME", "?", VALUE_TEXT, .get = get_map_name, AT(map)},
	[KEY_ALLOC] = {"alloc", "ALLOC", "?", VALUE_TEXT, .get = get_alloc, AT(alloc)},
	[KEY_COMM] = {"comm", "COMM", "?", VALUE_TEXT, .get = get_text_at, AT(comm)},
	[KEY_CPU] = {"cpu", "CPU", "?", VALUE_NUMBER, .get = get_u32, AT(cpu)},
	[KEY_ID] = {"map_id", "ID", "?", VALUE_NUMBER, .get = get_nonzero_u32,
		    AT(map.identity.map_id)},
	[KEY_RELEASED_BY] = {"released_by", "RELEASED BY", "?", VALUE_TEXT,
			     .get = get_releaser_comm, AT(map.identity)},
	[KEY_RELEASED_PID] = {"released_pid", "BY PID", "?", VALUE_NUMBER, .get = get_releaser_pid,
			      AT(map.identity)},
	[KEY_CGROUP] = {"cgroup_id", "CGROUP", "?", VALUE_NUMBER, .get = get_releaser_cgroup,
			AT(map.identity)},
	[KEY_HOST] = {"host", "HOST", "?", VALUE_TEXT, .get = get_string, AT(map.host)},
	[KEY_SCENARIO] = {"scenario", "SCENARIO", "?", VALUE_TEXT, .get = get_string,
			  AT(map.scenario)},
};

_Static_assert(ARRAY_SIZE(key_columns) == NR_KEYS, "a column for each key");

struct column key_column(enum key key)
{
	struct column column = key_columns[key];

	column.get = get_row_key;
	column.of_key = &key_columns[key];
	return column;
}

void row_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		 bool teardowns, bool intervals)
{
	const struct column *figures = teardowns ? teardown_figure_columns : figure_columns;
	size_t nr = teardowns ? ARRAY_SIZE(teardown_figure_columns) : ARRAY_SIZE(figure_columns), i;

	*list++ = *type_column;
	if (intervals)
		*list++ = *interval_column;
	for (i = 0; i < nr_by; i++)
		*list++ = key_column(by[i]);
	for (i = 0; i < nr; i++)
		*list++ = figures[i];
	*list = (struct column){};
}
