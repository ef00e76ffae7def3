/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getters shared by the lists of columns, and macros for getters and for groups of columns.
 */
#pragma once

#include "output/column.h"

/*
 * Defines a getter, as struct column's "get" asks. object: declares a pointer to the member at the
 * column's "at". If the condition known holds, the value's member of this kind (number, integer,
 * real, text) is the expression. The getter may use its column, too.
 */
#define GETTER(name, object, known, kind, expression)                                              \
	bool name(const struct column *column, const void *of, struct value *value)                \
	{                                                                                          \
		object = (const void *)((const char *)of + column->at);                            \
                                                                                                   \
		if (!(known))                                                                      \
			return false;                                                              \
		value->kind = (expression);                                                        \
		return true;                                                                       \
	}                                                                                          \
	struct column

typedef bool getter(const struct column *column, const void *object, struct value *value);

getter get_text; /* the column's own, whatever the object */

/* Members that are always known. */
getter get_u32, get_text_at;

/* Members that are not known if they are 0, UNKNOWN_NS or LEDGER_UNKNOWN, NULL, or not finite. */
getter get_nonzero_u32, get_nonzero_u64, get_u64, get_string, get_real;

getter get_time; /* of a time of CLOCK_MONOTONIC: the time of day, as text */

/* Of a struct caller: its name, or its address as text; and the offset in the function. */
getter get_caller, get_caller_offset;

getter get_alloc; /* of an enum alloc_member */

/* Of a struct map_info. */
getter get_map_type, get_map_name, get_key_size, get_value_size, get_max_entries, get_map_flags;

getter get_time_part; /* of a struct worker_time; which: enum worker_time_flags */

/* Of a struct releaser. */
getter get_task_pid, get_task_tid, get_task_comm, get_task_cgroup;

/* Of a struct identity: "task", "kernel" or "interrupt", and identity_releaser(). */
getter get_context, get_releaser_comm, get_releaser_pid, get_releaser_cgroup_id;

/*
 * Of the same: its cgroup's path, with get_releaser_cgroup() the id if only that is known, and the
 * names in the path. Names do not apply to a cgroup without them.
 */
getter get_releaser_cgroup, get_cgroup_path, get_unit, get_pod, get_container;
bool has_unit(const struct column *column, const void *object);
bool has_pod(const struct column *column, const void *object);
bool has_container(const struct column *column, const void *object);

/* At most so many columns are of keys. */
#define MAX_KEY_COLUMNS (NR_KEYS + 4)

/*
 * Adds the columns of these keys to the list, and returns its end. They read a struct row_line
 * with the default functions, which get and applies replace unless they are NULL.
 */
struct column *add_key_columns(struct column *list, const enum key *by, size_t nr_by, getter *get,
			       bool (*applies)(const struct column *column, const void *object));

/* What they do. */
bool get_row_key(const struct column *column, const void *object, struct value *value);
bool has_row_key(const struct column *column, const void *object);

#define TASK(name, of)                                                                             \
	{name ".pid", NULL, VALUE_NUMBER, .get = get_task_pid, .at = (of)},                        \
		{name ".tid", NULL, VALUE_NUMBER, .get = get_task_tid, .at = (of)},                \
		{name ".comm", NULL, VALUE_TEXT, .get = get_task_comm, .at = (of)},                \
	{                                                                                          \
		name ".cgroup_id", NULL, VALUE_NUMBER, .get = get_task_cgroup, .at = (of)          \
	}

#define IDENTITY(of)                                                                               \
	TASK("released_by", (of) + offsetof(struct identity, released_by)),                        \
		{"released_in", NULL, VALUE_TEXT, .get = get_context, .at = (of)},                 \
		TASK("closed_by", (of) + offsetof(struct identity, closed_by)),                    \
		{"cgroup", NULL, VALUE_TEXT, .get = get_cgroup_path, .at = (of)},                  \
		{"unit", NULL, VALUE_TEXT, .get = get_unit, .applies = has_unit, .at = (of)},      \
		{"pod_uid", NULL, VALUE_TEXT, .get = get_pod, .applies = has_pod, .at = (of)},     \
	{                                                                                          \
		"container_id", NULL, VALUE_TEXT, .get = get_container, .applies = has_container,  \
						  .at = (of)                                       \
	}

#define MAP_SIZES(of)                                                                              \
	{"key_size", NULL, VALUE_NUMBER, .get = get_key_size, .at = (of)},                         \
		{"value_size", NULL, VALUE_NUMBER, .get = get_value_size, .at = (of)},             \
		{"max_entries", NULL, VALUE_NUMBER, .get = get_max_entries, .at = (of)},           \
	{                                                                                          \
		"map_flags", NULL, VALUE_NUMBER, .get = get_map_flags, .at = (of)                  \
	}

/* In tables: the task that released the map, or had it released. */
#define RELEASER(of)                                                                               \
	{TABLE_ONLY, "RELEASED BY", VALUE_TEXT, 15, .get = get_releaser_comm, .at = (of)},         \
	{                                                                                          \
		TABLE_ONLY, "BY PID", VALUE_NUMBER, 7, .goes = 2, .get = get_releaser_pid,         \
						       .at = (of)                                  \
	}
