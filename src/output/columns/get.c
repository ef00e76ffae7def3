// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads values that columns of several kinds of objects share.
 */
#include <math.h>
#include <stdio.h>

#include "model/ledger.h"
#include "model/map_type.h"
#include "model/worker_time.h"
#include "output/columns/get.h"
#include "output/wall_time.h"

GETTER(get_text, const void *object, object, text, column->text);
GETTER(get_text_at, const char *text, true, text, text);
GETTER(get_u32, const __u32 *number, true, number, *number);
GETTER(get_nonzero_u32, const __u32 *number, *number, number, *number);
GETTER(get_nonzero_u64, const __u64 *number, *number, number, *number);
GETTER(get_string, const char *const *text, *text, text, *text);
GETTER(get_real, const double *real, isfinite(*real), real, *real);

_Static_assert(UNKNOWN_NS == LEDGER_UNKNOWN, "one getter for times and for figures of ledgers");
GETTER(get_u64, const __u64 *number, *number != UNKNOWN_NS, number, *number);

bool get_time(const struct column *column, const void *object, struct value *value)
{
	const __u64 *ns = (const void *)((const char *)object + column->at);

	if (*ns == UNKNOWN_NS)
		return false;
	value->text = wall_time_utc(value->made, *ns);
	return true;
}

GETTER(get_caller_offset, const struct caller *caller, caller->name, number, caller->offset);
GETTER(get_alloc, const enum alloc_member *alloc, true, text, alloc_name(*alloc));

GETTER(get_map_type, const struct map_info *map, map_has_type(map), text, map_type_name(map->type));
GETTER(get_map_name, const struct map_info *map, map_has_name(map), text, map->name);
GETTER(get_key_size, const struct map_info *map, map_has_sizes(map), number, map->key_size);
GETTER(get_value_size, const struct map_info *map, map_has_sizes(map), number, map->value_size);
GETTER(get_max_entries, const struct map_info *map, map_has_sizes(map), number, map->max_entries);
GETTER(get_map_flags, const struct map_info *map, map_has_sizes(map), number, map->flags);

GETTER(get_time_part, const struct worker_time *time, time->known & column->which, number,
       worker_time_part(time, column->which));

GETTER(get_task_pid, const struct releaser *by, by->known, number, by->task.pid);
GETTER(get_task_tid, const struct releaser *by, by->known, number, by->task.tid);
GETTER(get_task_comm, const struct releaser *by, by->known, text, by->task.comm);
GETTER(get_task_cgroup, const struct releaser *by, by->known, number, by->cgroup_id);

GETTER(get_releaser_comm, const struct identity *identity, identity_releaser(identity), text,
       identity_releaser(identity)->task.comm);
GETTER(get_releaser_pid, const struct identity *identity, identity_releaser(identity), number,
       identity_releaser(identity)->task.pid);
GETTER(get_releaser_cgroup_id, const struct identity *identity, identity_releaser(identity), number,
       identity_releaser(identity)->cgroup_id);

#define CGROUP_NAME_GETTER(kind, member)                                                           \
	GETTER(get_##kind, const struct identity *identity,                                        \
	       identity_cgroup(identity) && identity_cgroup(identity)->member, text,               \
	       identity_cgroup(identity)->member);                                                 \
	bool has_##kind(const struct column *column, const void *object)                           \
	{                                                                                          \
		const struct cgroup *cgroup =                                                      \
			identity_cgroup((const void *)((const char *)object + column->at));        \
                                                                                                   \
		return !cgroup || cgroup->member;                                                  \
	}                                                                                          \
	struct column

GETTER(get_cgroup_path, const struct identity *identity, identity_cgroup(identity), text,
       identity_cgroup(identity)->path);
CGROUP_NAME_GETTER(unit, unit);
CGROUP_NAME_GETTER(pod, pod_uid);
CGROUP_NAME_GETTER(container, container_id);

bool get_releaser_cgroup(const struct column *column, const void *object, struct value *value)
{
	if (get_cgroup_path(column, object, value))
		return true;
	if (!get_releaser_cgroup_id(column, object, value))
		return false;
	snprintf(value->made, sizeof(value->made), "%llu", value->number);
	value->text = value->made;
	return true;
}

/* In what the last reference was dropped. */
GETTER(get_context, const struct identity *identity,
       identity->released_ns != UNKNOWN_NS && !identity->unsure, text,
       identity->by_interrupt ? "interrupt"
       : identity->by_kernel  ? "kernel"
			      : "task");

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
