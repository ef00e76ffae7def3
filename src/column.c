// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of events, rows and the ledger.
 */
#include <stdio.h>
#include <string.h>

#include "column.h"
#include "ledger.h"
#include "maptype.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

_Static_assert(sizeof(OTHER_ROW) > NAME_LEN, "a name could look like the other row");

static bool get_text(const struct column *column, const void *object, struct value *value)
{
	(void)object;
	value->text = column->text;
	return true;
}

static __u32 read_u32(const struct column *column, const void *object)
{
	return *(const __u32 *)((const char *)object + column->at);
}

static __u64 read_u64(const struct column *column, const void *object)
{
	return *(const __u64 *)((const char *)object + column->at);
}

static bool get_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return true;
}

static bool get_nonzero_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return value->number;
}

/* Unknown times and unknown figures of the ledger are the same number. */
static bool get_u64(const struct column *column, const void *object, struct value *value)
{
	_Static_assert(UNKNOWN_NS == LEDGER_UNKNOWN, "one getter for both");

	value->number = read_u64(column, object);
	return value->number != UNKNOWN_NS;
}

static bool get_caller(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = call->caller_name;
	if (!value->text && call->caller) {
		snprintf(value->address, sizeof(value->address), "0x%llx", call->caller);
		value->text = value->address;
	}
	return value->text;
}

static bool get_caller_offset(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->number = call->caller_offset;
	return call->caller_name;
}

static bool get_alloc(const struct column *column, const void *object, struct value *value)
{
	static const char *const names[] = {
		[ALLOC_UNKNOWN] = "unknown",	   [ALLOC_MA] = "ma",
		[ALLOC_PCPU_MA] = "pcpu_ma",	   [ALLOC_SELEM_MA] = "selem_ma",
		[ALLOC_STORAGE_MA] = "storage_ma",
	};
	const struct call *call = object;

	_Static_assert(ARRAY_SIZE(names) == NR_ALLOC_MEMBERS, "a name for each allocator");

	(void)column;
	value->text = names[call->alloc < NR_ALLOC_MEMBERS ? call->alloc : ALLOC_UNKNOWN];
	return true;
}

static bool get_percpu(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->number = call_has(call, CALL_PERCPU);
	return call_has(call, CALL_PERCPU_KNOWN);
}

static bool get_empty(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->number = call_has(call, CALL_EMPTY);
	return call_has(call, CALL_EMPTY_KNOWN);
}

static bool get_map_type(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	if (!call_has(call, CALL_MAP))
		return false;
	value->text = maptype_name(call->map_type);
	return true;
}

static bool get_map_name(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = call->map_name;
	return call_has(call, CALL_MAP | CALL_NAME);
}

static bool get_map_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return call_has(object, CALL_MAP);
}

static bool get_comm(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = call->comm;
	return true;
}

#define AT(member) .at = offsetof(struct call, member)

/* In the order of JSON and CSV; tables keep it too, less the columns without a heading. */
const struct column call_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "destroy"},
	{"ts_ns", "TIME", "?", VALUE_TIME, 12, .get = get_u64, AT(ts_ns)},
	{"latency_ns", "LATENCY", "?", VALUE_DURATION, 7, .get = get_u64, AT(latency_ns)},
	{"caller", "CALLER", "?", VALUE_TEXT, 27, .get = get_caller},
	{"caller_offset", NULL, "?", VALUE_NUMBER, .get = get_caller_offset},
	{"alloc", "ALLOC", "?", VALUE_TEXT, 10, .get = get_alloc},
	{"percpu", NULL, "?", VALUE_BOOL, .get = get_percpu},
	{"empty", "EMPTY", "?", VALUE_BOOL, 5, .get = get_empty},
	{"unit_size", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(unit_size)},
	{"map_type", "TYPE", "?", VALUE_TEXT, 16, .get = get_map_type},
	{"map_name", "NAME", "?", VALUE_TEXT, 15, .get = get_map_name},
	{"key_size", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(key_size)},
	{"value_size", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(value_size)},
	{"max_entries", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(max_entries)},
	{"map_flags", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(map_flags)},
	{"pid", "PID", "?", VALUE_NUMBER, 7, .get = get_u32, AT(pid)},
	{"tid", NULL, "?", VALUE_NUMBER, .get = get_u32, AT(tid)},
	{"comm", "COMM", "?", VALUE_TEXT, 15, .get = get_comm},
	{"cpu", "CPU", "?", VALUE_NUMBER, 3, .get = get_u32, AT(cpu)},
	{},
};

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
		return column->of_call->get(column->of_call, &line->row->key, value);
	value->text = OTHER_ROW;
	return column->kind == VALUE_TEXT;
}

static bool get_row_u64(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = read_u64(column, line->row);
	return true;
}

/* The figures of the latency, which there are none of if no call has one. */
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

#undef AT
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

_Static_assert(2 + NR_KEYS + ARRAY_SIZE(figure_columns) < MAX_ROW_COLUMNS, "columns of a row");

static struct column key_column(enum key key)
{
	static const char *const names[NR_KEYS] = {
		[KEY_CALLER] = "caller", [KEY_TYPE] = "map_type", [KEY_ALLOC] = "alloc",
		[KEY_NAME] = "map_name", [KEY_COMM] = "comm",	  [KEY_CPU] = "cpu",
	};
	const struct column *of_call = call_columns;
	struct column column;

	while (strcmp(of_call->name, names[key]))
		of_call++;
	column = *of_call;
	column.get = get_row_key;
	column.of_call = of_call;
	return column;
}

void row_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		 bool intervals)
{
	size_t i;

	*list++ = *type_column;
	if (intervals)
		*list++ = *interval_column;
	for (i = 0; i < nr_by; i++)
		*list++ = key_column(by[i]);
	for (i = 0; i < ARRAY_SIZE(figure_columns); i++)
		*list++ = figure_columns[i];
	*list = (struct column){};
}

#undef AT
#define FIGURE(member)                                                                             \
#member, NULL, "", VALUE_NUMBER, .get = get_u64, .at = offsetof(struct ledger, member)

const struct column ledger_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "ledger"},
	{FIGURE(entered)},
	{FIGURE(completed)},
	{FIGURE(filtered)},
	{FIGURE(still_running)},
	{FIGURE(entry_only)},
	{FIGURE(return_only)},
	{FIGURE(lost_entry)},
	{FIGURE(lost_return)},
	{FIGURE(parked_lost)},
	{FIGURE(missed_entry)},
	{FIGURE(missed_return)},
	{FIGURE(probe_missed_entry)},
	{FIGURE(probe_missed_return)},
	{FIGURE(rows_full)},
	{FIGURE(bad_records)},
	{},
};

/* All of the ledger's members, less the type and the end. */
_Static_assert(ARRAY_SIZE(ledger_columns) - 2 == sizeof(struct ledger) / sizeof(__u64),
	       "a column for each figure of the ledger");
