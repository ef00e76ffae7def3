// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what columns of several kinds of objects have in common.
 */
#include "model/ledger.h"
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

/* A task, at an offset of the object. */

static const struct task_id *task_at(const struct column *column, const void *object)
{
	return (const struct task_id *)((const char *)object + column->at);
}

bool get_task_pid(const struct column *column, const void *object, struct value *value)
{
	value->number = task_at(column, object)->pid;
	return task_at(column, object)->known;
}

bool get_task_tid(const struct column *column, const void *object, struct value *value)
{
	value->number = task_at(column, object)->tid;
	return task_at(column, object)->known;
}

bool get_task_comm(const struct column *column, const void *object, struct value *value)
{
	value->text = task_at(column, object)->comm;
	return task_at(column, object)->known;
}

bool get_task_cgroup(const struct column *column, const void *object, struct value *value)
{
	value->number = task_at(column, object)->cgroup_id;
	return task_at(column, object)->known;
}

/* An identity, likewise. */

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
	const struct task_id *task = identity_task(identity_at(column, object));

	value->text = task ? task->comm : NULL;
	return task;
}

bool get_releaser_pid(const struct column *column, const void *object, struct value *value)
{
	const struct task_id *task = identity_task(identity_at(column, object));

	value->number = task ? task->pid : 0;
	return task;
}

bool get_releaser_cgroup(const struct column *column, const void *object, struct value *value)
{
	const struct task_id *task = identity_task(identity_at(column, object));

	value->number = task ? task->cgroup_id : 0;
	return task;
}
