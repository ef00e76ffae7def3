/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getters shared by the lists of columns, and macros for groups of columns.
 *
 * All getters are as struct column's "get" asks; where they read a member, it is the one at the
 * column's "at".
 */
#pragma once

#include "output/column.h"

static inline __u32 read_u32(const struct column *column, const void *object)
{
	return *(const __u32 *)((const char *)object + column->at);
}

static inline __u64 read_u64(const struct column *column, const void *object)
{
	return *(const __u64 *)((const char *)object + column->at);
}

/* The column's own text, whatever the object. */
bool get_text(const struct column *column, const void *object, struct value *value);

/* A member that is always known. */
bool get_u32(const struct column *column, const void *object, struct value *value);
bool get_bool(const struct column *column, const void *object, struct value *value);

/* A member; not known if it is 0, or UNKNOWN_NS or LEDGER_UNKNOWN, or NULL. */
bool get_nonzero_u32(const struct column *column, const void *object, struct value *value);
bool get_u64(const struct column *column, const void *object, struct value *value);
bool get_string(const struct column *column, const void *object, struct value *value);

/* Text that the object holds. */
bool get_text_at(const struct column *column, const void *object, struct value *value);

/* Of a struct caller: its name, or its address as text; and the offset in the function. */
bool get_caller(const struct column *column, const void *object, struct value *value);
bool get_caller_offset(const struct column *column, const void *object, struct value *value);

/* Of an enum alloc_member. */
bool get_alloc(const struct column *column, const void *object, struct value *value);

/* Of a struct map_info. */
bool get_map_type(const struct column *column, const void *object, struct value *value);
bool get_map_name(const struct column *column, const void *object, struct value *value);

/* Of a struct releaser. */
bool get_task_pid(const struct column *column, const void *object, struct value *value);
bool get_task_tid(const struct column *column, const void *object, struct value *value);
bool get_task_comm(const struct column *column, const void *object, struct value *value);
bool get_task_cgroup(const struct column *column, const void *object, struct value *value);

/* Of a struct identity: "task", "kernel" or "interrupt", and identity_releaser(). */
bool get_context(const struct column *column, const void *object, struct value *value);
bool get_releaser_comm(const struct column *column, const void *object, struct value *value);
bool get_releaser_pid(const struct column *column, const void *object, struct value *value);
bool get_releaser_cgroup(const struct column *column, const void *object, struct value *value);

/* The column of a row's key; it reads a struct row_line. */
struct column key_column(enum key key);

#define TASK(name, of)                                                                             \
	{name ".pid", NULL, "?", VALUE_NUMBER, .get = get_task_pid, .at = (of)},                   \
		{name ".tid", NULL, "?", VALUE_NUMBER, .get = get_task_tid, .at = (of)},           \
		{name ".comm", NULL, "?", VALUE_TEXT, .get = get_task_comm, .at = (of)},           \
	{                                                                                          \
		name ".cgroup_id", NULL, "?", VALUE_NUMBER, .get = get_task_cgroup, .at = (of)     \
	}

#define IDENTITY(of)                                                                               \
	TASK("released_by", (of) + offsetof(struct identity, released_by)),                        \
		{"released_in", NULL, "?", VALUE_TEXT, .get = get_context, .at = (of)},            \
		TASK("closed_by", (of) + offsetof(struct identity, closed_by))

/* In tables: the task that released the map, or had it released. */
#define RELEASER(of)                                                                               \
	{TABLE_ONLY, "RELEASED BY", "?", VALUE_TEXT, 15, .get = get_releaser_comm, .at = (of)},    \
	{                                                                                          \
		TABLE_ONLY, "BY PID", "?", VALUE_NUMBER, 7, .get = get_releaser_pid, .at = (of)    \
	}
