// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads values that columns of several kinds of objects share.
 */
#include <stdio.h>

#include "model/ledger.h"
#include "model/map_type.h"
#include "output/columns/get.h"

bool get_text(const struct column *column, const void *object, struct value *value)
{
	(void)object;
	value->text = column->text;
	return true;
}

bool get_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return true;
}

bool get_nonzero_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return value->number;
}

/* Unknown times and unknown figures of the ledger are the same number. */
bool get_u64(const struct column *column, const void *object, struct value *value)
{
	_Static_assert(UNKNOWN_NS == LEDGER_UNKNOWN, "one getter for both");

	value->number = read_u64(column, object);
	return value->number != UNKNOWN_NS;
}

bool get_bool(const struct column *column, const void *object, struct value *value)
{
	value->number = *(const bool *)((const char *)object + column->at);
	return true;
}

bool get_string(const struct column *column, const void *object, struct value *value)
{
	value->text = *(const char *const *)((const char *)object + column->at);
	return value->text;
}

bool get_text_at(const struct column *column, const void *object, struct value *value)
{
	value->text = (const char *)object + column->at;
	return true;
}

bool get_caller(const struct column *column, const void *object, struct value *value)
{
	const struct caller *caller = (const void *)((const char *)object + column->at);

	value->text = caller->name;
	if (!value->text && caller->address) {
		snprintf(value->made, sizeof(value->made), "0x%llx", caller->address);
		value->text = value->made;
	}
	return value->text;
}

bool get_caller_offset(const struct column *column, const void *object, struct value *value)
{
	const struct caller *caller = (const void *)((const char *)object + column->at);

	value->number = caller->offset;
	return caller->name;
}

bool get_alloc(const struct column *column, const void *object, struct value *value)
{
	value->text = alloc_name(*(const enum alloc_member *)((const char *)object + column->at));
	return true;
}

static const struct map_info *map_at(const struct column *column, const void *object)
{
	return (const struct map_info *)((const char *)object + column->at);
}

bool get_map_type(const struct column *column, const void *object, struct value *value)
{
	const struct map_info *map = map_at(column, object);

	if (!map_has_type(map))
		return false;
	value->text = map_type_name(map->type);
	return true;
}

bool get_map_name(const struct column *column, const void *object, struct value *value)
{
	value->text = map_at(column, object)->name;
	return map_has_name(map_at(column, object));
}

static const struct releaser *releaser_at(const struct column *column, const void *object)
{
	return (const struct releaser *)((const char *)object + column->at);
}

bool get_task_pid(const struct column *column, const void *object, struct value *value)
{
	value->number = releaser_at(column, object)->task.pid;
	return releaser_at(column, object)->known;
}

bool get_task_tid(const struct column *column, const void *object, struct value *value)
{
	value->number = releaser_at(column, object)->task.tid;
	return releaser_at(column, object)->known;
}

bool get_task_comm(const struct column *column, const void *object, struct value *value)
{
	value->text = releaser_at(column, object)->task.comm;
	return releaser_at(column, object)->known;
}

bool get_task_cgroup(const struct column *column, const void *object, struct value *value)
{
	value->number = releaser_at(column, object)->cgroup_id;
	return releaser_at(column, object)->known;
}

static const struct identity *identity_at(const struct column *column, const void *object)
{
	return (const struct identity *)((const char *)object + column->at);
}

/* In what the last reference was dropped. */
bool get_context(const struct column *column, const void *object, struct value *value)
{
	const struct identity *identity = identity_at(column, object);

	value->text = identity->by_interrupt ? "interrupt"
		      : identity->by_kernel  ? "kernel"
					     : "task";
	return identity->released_ns != UNKNOWN_NS && !identity->unsure;
}

bool get_releaser_comm(const struct column *column, const void *object, struct value *value)
{
	const struct releaser *releaser = identity_releaser(identity_at(column, object));

	value->text = releaser ? releaser->task.comm : NULL;
	return releaser;
}

bool get_releaser_pid(const struct column *column, const void *object, struct value *value)
{
	const struct releaser *releaser = identity_releaser(identity_at(column, object));

	value->number = releaser ? releaser->task.pid : 0;
	return releaser;
}

bool get_releaser_cgroup(const struct column *column, const void *object, struct value *value)
{
	const struct releaser *releaser = identity_releaser(identity_at(column, object));

	value->number = releaser ? releaser->cgroup_id : 0;
	return releaser;
}
