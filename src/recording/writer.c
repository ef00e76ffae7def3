// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the rows of a recording.
 *
 * Rows that many events refer to are written once: a bounded number of them is remembered; a
 * forgotten one is written again under another number.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/ledger_figures.h"
#include "recording/writer_internal.h"
#include "util/diag.h"

__u64 writer_events(const struct writer *writer)
{
	return writer->events;
}

/*
 * References: each function writes the row unless it has been written. Its number; 0: unknown.
 *
 * Rows are compared by all of their bytes, so that padding must be zero.
 */

static __s64 share(struct writer *writer, enum table_id table, const void *row, size_t size)
{
	__s64 id = 0;
	int rc = intern_id(writer->rows[table], row, size, &id);

	if (rc < 0)
		writer_fail(writer, SQLITE_NOMEM);
	if ((table == TABLE_CALLER && id > MAX_LOADED) ||
	    (table == TABLE_USER_STACK && id > MAX_USER_STACKS))
		return 0; /* unknown */
	if (rc > 0 && table != OBJECTS)
		writer_insert(writer, table, id, row);
	return id;
}

/* The bytes of a map that are in its row; those after the end of a name may differ. */
#define MAP_AT	 offsetof(struct map_info, type)
#define MAP_SIZE (offsetof(struct map_info, name) + NAME_LEN - MAP_AT)

static __s64 refer_to_map(struct writer *writer, const struct map_info *map)
{
	const char *bytes = (const char *)map + MAP_AT;
	char *last = (char *)&writer->last.map.map + MAP_AT;
	struct map_row row;

	if (!map_has_type(map))
		return 0;
	if (writer->last.map.id && !memcmp(last, bytes, MAP_SIZE))
		return writer->last.map.id;
	memset(&row, 0, sizeof(row));
	row.type = map->type;
	row.known = map->known & (CALL_NAME | CALL_SIZES);
	if (map_has_sizes(map)) {
		row.key_size = map->key_size;
		row.value_size = map->value_size;
		row.max_entries = map->max_entries;
		row.flags = map->flags;
	}
	if (map_has_name(map))
		memcpy(row.name, map->name, strnlen(map->name, NAME_LEN - 1));
	memcpy(last, bytes, MAP_SIZE);
	return writer->last.map.id = share(writer, TABLE_MAP, &row, sizeof(row));
}

static bool is_last_caller(const struct writer *writer, const struct caller *caller)
{
	const struct caller *last = &writer->last.caller.caller;

	if (!writer->last.caller.id || caller->address != last->address ||
	    caller->offset != last->offset || !caller->name != !last->name)
		return false;
	return !caller->name || !strncmp(caller->name, writer->last.caller.name, CALLER_LEN - 1);
}

static __s64 refer_to_caller(struct writer *writer, const struct caller *caller)
{
	size_t len = caller->name ? strnlen(caller->name, CALLER_LEN - 1) : 0;
	struct caller_row row;

	if (!caller->name && !caller->address)
		return 0;
	if (is_last_caller(writer, caller))
		return writer->last.caller.id;
	memset(&row, 0, offsetof(struct caller_row, name) + len + 1);
	if (caller->name) {
		row.known = CALLER_NAME;
		row.offset = caller->offset;
		memcpy(row.name, caller->name, len);
	} else {
		row.known = CALLER_ADDRESS;
		row.address = caller->address;
	}
	writer->last.caller.caller = *caller;
	memcpy(writer->last.caller.name, row.name, len + 1);
	return writer->last.caller.id = share(writer, TABLE_CALLER, &row,
					      offsetof(struct caller_row, name) + len + 1);
}

static __s64 refer_to_allocator(struct writer *writer, const struct call *call)
{
	__u8 flags = call->flags & (CALL_PERCPU_KNOWN | CALL_PERCPU);
	typeof(*writer->last.allocator) *last = &writer->last.allocator[call->alloc % 2];
	struct allocator_row row;

	if (last->id && last->alloc == call->alloc && last->unit_size == call->unit_size &&
	    last->flags == flags)
		return last->id;
	memset(&row, 0, sizeof(row));
	row.alloc = last->alloc = call->alloc;
	row.unit_size = last->unit_size = call->unit_size;
	row.flags = last->flags = flags;
	return last->id = share(writer, TABLE_ALLOCATOR, &row, sizeof(row));
}

static __s64 refer_to_task(struct writer *writer, const struct task *task)
{
	struct task row;

	if (writer->last.task.id && !memcmp(&writer->last.task.task, task, sizeof(*task)))
		return writer->last.task.id;
	memset(&row, 0, sizeof(row));
	row.pid = task->pid;
	row.tid = task->tid;
	memcpy(row.comm, task->comm, strnlen(task->comm, NAME_LEN - 1));
	writer->last.task.task = *task;
	return writer->last.task.id = share(writer, TABLE_TASK, &row, sizeof(row));
}

/* Its row has the kernel's number, which others refer to. */
static void put_cgroup(struct writer *writer, const struct cgroup *cgroup)
{
	struct cgroup_row row = {};
	__s64 nth;
	int rc = intern_id(writer->rows[TABLE_CGROUP], &cgroup->id, sizeof(cgroup->id), &nth);

	if (rc < 0)
		writer_fail(writer, SQLITE_NOMEM);
	if (rc <= 0 || (__s64)cgroup->id <= 0 || nth > MAX_LOADED)
		return;
	snprintf(row.path, sizeof(row.path), "%s", cgroup->path);
	cgroup_parse(row.path, &row.names);
	writer_insert(writer, TABLE_CGROUP, (__s64)cgroup->id, &row);
}

static void set_releaser(struct writer *writer, const struct releaser *releaser,
			 struct releaser_row *row)
{
	if (!releaser->known)
		return;
	row->known = true;
	row->cgroup_id = releaser->cgroup_id;
	row->task = refer_to_task(writer, &releaser->task);
	if (releaser->cgroup)
		put_cgroup(writer, releaser->cgroup);
}

static __s64 refer_to_user_stack(struct writer *writer, const char *text)
{
	size_t len = text ? strnlen(text, USER_STACK_TEXT - 1) : 0;
	struct user_stack_row row;

	if (!len)
		return 0;
	memcpy(row.frames, text, len);
	row.frames[len] = '\0';
	return share(writer, TABLE_USER_STACK, &row, len + 1);
}

static enum release_context context_of(const struct identity *identity)
{
	if (identity->unsure)
		return CONTEXT_UNSURE;
	if (identity->by_interrupt)
		return CONTEXT_INTERRUPT;
	if (identity->by_kernel)
		return CONTEXT_KERNEL;
	return identity->released_ns != UNKNOWN_NS ? CONTEXT_TASK : CONTEXT_UNKNOWN;
}

static __s64 refer_to_release(struct writer *writer, const struct identity *identity)
{
	enum release_context context = context_of(identity);
	struct release_row row;

	if (!identity->map_id && !context && !identity->released_by.known &&
	    !identity->closed_by.known)
		return 0;
	memset(&row, 0, sizeof(row));
	row.map_id = identity->map_id;
	row.released_ns = identity->released_ns;
	row.context = context;
	set_releaser(writer, &identity->released_by, &row.released_by);
	set_releaser(writer, &identity->closed_by, &row.closed_by);
	row.close_flags = identity->close_flags;
	row.user_stack = refer_to_user_stack(writer, identity->user_stack);
	return share(writer, TABLE_RELEASE, &row, sizeof(row));
}

/* A number that stands for a map's address, which is not written. */
static __s64 refer_to_object(struct writer *writer, __u64 address)
{
	return address ? share(writer, OBJECTS, &address, sizeof(address)) : 0;
}

/* Events */

static int put_event(struct writer *writer, enum table_id table, const void *row)
{
	writer_insert(writer, table, (__s64)writer->events + 1, row);
	writer->events += !writer->err;
	return writer->err;
}

/* A worker that is all zero or empty is unknown. */
static struct refs find_refs(struct writer *writer, const struct map_info *map,
			     const struct task *worker)
{
	struct refs refs = {.map = refer_to_map(writer, map)};

	if (worker->pid || worker->tid || *worker->comm)
		refs.task = refer_to_task(writer, worker);
	refs.release = refer_to_release(writer, &map->identity);
	return refs;
}

int writer_call(struct writer *writer, const struct call *call)
{
	struct call_row row = {.call = *call};

	if (writer_start(writer))
		return writer->err;
	row.refs.caller = refer_to_caller(writer, &call->caller);
	row.refs.map = refer_to_map(writer, &call->map);
	row.refs.allocator = refer_to_allocator(writer, call);
	row.refs.task = refer_to_task(writer, &call->task);
	row.refs.release = refer_to_release(writer, &call->map.identity);
	return put_event(writer, TABLE_CALL, &row);
}

int writer_teardown(struct writer *writer, const struct teardown *teardown)
{
	struct teardown_row row = {.teardown = *teardown};
	struct destroy_row destroy = {.teardown = (__s64)writer->events + 1};
	struct holder_row holder = {.teardown = destroy.teardown};

	if (writer_start(writer))
		return writer->err;
	row.refs = find_refs(writer, &teardown->map, &teardown->run.worker);
	row.refs.object = refer_to_object(writer, teardown->map.address);
	if (teardown->memcg)
		put_cgroup(writer, teardown->memcg);
	for (; destroy.nth < teardown->nr_destroys && destroy.nth < MAX_DESTROYS; destroy.nth++) {
		destroy.destroy = teardown->destroy[destroy.nth];
		writer_insert(writer, TABLE_DESTROY, 0, &destroy);
	}
	for (; holder.nth < teardown->holders.nr; holder.nth++) {
		holder.holder = teardown->holders.by[holder.nth];
		writer_insert(writer, TABLE_HOLDER, 0, &holder);
	}
	return put_event(writer, TABLE_TEARDOWN, &row);
}

int writer_deferred_free(struct writer *writer, const struct deferred_free *deferred_free)
{
	struct deferred_free_row row = {.deferred_free = *deferred_free};

	if (writer_start(writer))
		return writer->err;
	row.refs = find_refs(writer, &deferred_free->map, &deferred_free->run.worker);
	row.refs.object = refer_to_object(writer, deferred_free->map.address);
	return put_event(writer, TABLE_DEFERRED_FREE, &row);
}

int writer_stuck(struct writer *writer, const struct stuck *stuck)
{
	struct stuck_row row = {.stuck = *stuck};

	if (writer_start(writer))
		return writer->err;
	row.refs = find_refs(writer, &stuck->map, &stuck->worker);
	snprintf(row.place, sizeof(row.place), "%s", stuck->where);
	return put_event(writer, TABLE_STUCK, &row);
}

/* Scenarios and counts */

int writer_scenario(struct writer *writer, const struct scenario *scenario)
{
	if (writer->scenarios == MAX_LOADED)
		return diag_invalid("cannot write '%s': more than %d scenarios", writer->path,
				    MAX_LOADED);
	if (writer_start(writer))
		return writer->err;
	writer_insert(writer, TABLE_SCENARIO, (__s64)++writer->scenarios, scenario);
	return writer->err;
}

int writer_shed(struct writer *writer, const struct shed_change *change)
{
	if (writer_start(writer))
		return writer->err;
	writer_insert(writer, TABLE_SHED, 0, change);
	return writer->err;
}

static void put_figures(struct writer *writer, enum table_id table, const struct figure *figure,
			const void *ledger)
{
	for (; figure->name; figure++) {
		struct figure_row row = {.value = figure_get(figure, ledger)};

		snprintf(row.figure, sizeof(row.figure), "%s", figure->name);
		writer_insert(writer, table, 0, &row);
	}
}

static void put_hook(struct writer *writer, const struct hook_counts *counts)
{
	struct hook_row row = {.counts = *counts};

	snprintf(row.function, sizeof(row.function), "%s", counts->function);
	hook_counts_clear_unused(&row.counts);
	writer_insert(writer, TABLE_HOOK, 0, &row);
}

int writer_ledger(struct writer *writer, const struct ledger *ledger,
		  const struct teardown_counts *counts)
{
	if (writer_start(writer))
		return writer->err;
	put_figures(writer, TABLE_LEDGER, ledger_figures, ledger);
	put_figures(writer, TABLE_TEARDOWN_LEDGER, teardown_ledger_figures, &counts->ledger);
	for (int i = 0; i < NR_HOOKS; i++)
		if (counts->hooks[i].function)
			put_hook(writer, &counts->hooks[i]);
	return writer->err;
}
