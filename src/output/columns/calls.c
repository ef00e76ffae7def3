// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of calls.
 */
#include "output/columns/get.h"

static GETTER(get_percpu, const struct call *call, call_has(call, CALL_PERCPU_KNOWN), number,
	      call_has(call, CALL_PERCPU));
static GETTER(get_empty, const struct call *call, call_has(call, CALL_EMPTY_KNOWN), number,
	      call_has(call, CALL_EMPTY));

#define AT(member) .at = offsetof(struct call, member)

/* In the order of JSON and CSV; tables keep it, without the columns that have no heading. */
#define CALL_COLUMNS                                                                               \
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "destroy"},                            \
		{"ts_ns", "TIME", VALUE_TIME, 12, .get = get_u64, AT(ts_ns)},                      \
		{"time", NULL, VALUE_TEXT, .get = get_time, AT(ts_ns)},                            \
		{"latency_ns", "LATENCY", VALUE_DURATION, 7, .get = get_u64, AT(latency_ns)},      \
		{"caller", "CALLER", VALUE_TEXT, 27, .get = get_caller, AT(caller)},               \
		{"caller_offset", NULL, VALUE_NUMBER, .get = get_caller_offset, AT(caller)},       \
		{"alloc",                                                                          \
		 "ALLOC",                                                                          \
		 VALUE_TEXT,                                                                       \
		 10,                                                                               \
		 .goes = 4,                                                                        \
		 .get = get_alloc,                                                                 \
		 .unknown = ALLOC_NOT_KNOWN,                                                       \
		 AT(alloc)},                                                                       \
		{"percpu", NULL, VALUE_BOOL, .get = get_percpu},                                   \
		{"empty", "EMPTY", VALUE_BOOL, 5, .goes = 3, .get = get_empty},                    \
		{"unit_size", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(unit_size)},          \
		{"map_type", "TYPE", VALUE_TEXT, 16, .get = get_map_type, AT(map)},                \
		{"map_name", "NAME", VALUE_TEXT, 15, .get = get_map_name, AT(map)},                \
		MAP_SIZES(offsetof(struct call, map)),                                             \
		{"pid", "PID", VALUE_NUMBER, 7, .goes = 2, .get = get_u32, AT(task.pid)},          \
		{"tid", NULL, VALUE_NUMBER, .get = get_u32, AT(task.tid)},                         \
		{"comm",       "COMM", VALUE_TEXT, 15, .goes = NAMES_SHRINK, .get = get_text_at,   \
		 AT(task.comm)},                                                                   \
	{                                                                                          \
		"cpu", "CPU", VALUE_NUMBER, 3, .goes = 1, .get = get_u32, AT(cpu)                  \
	}

const struct column call_columns[] = {
	CALL_COLUMNS,
	{},
};

const struct column identified_call_columns[] = {
	CALL_COLUMNS,
	{"map_id", "ID", VALUE_NUMBER, 7, .goes = 6, .get = get_nonzero_u32,
	 AT(map.identity.map_id)},
	RELEASER(offsetof(struct call, map.identity)),
	IDENTITY(offsetof(struct call, map.identity)),
	{},
};
