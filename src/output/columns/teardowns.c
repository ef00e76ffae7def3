// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of teardowns, of deferred frees and of stuck calls.
 */
#include <bpf/libbpf.h>
#include <stdio.h>

#include "model/map_type.h"
#include "model/stuck.h"
#include "analysis/sort.h"
#include "output/columns/get.h"

static GETTER(get_entries, const struct teardown *teardown, teardown->entries != ENTRIES_UNKNOWN,
	      number, teardown->entries);
static GETTER(get_entry_ns, const struct teardown *teardown,
	      teardown->entries != ENTRIES_UNKNOWN && teardown->entries &&
		      teardown->phase[PHASE_FREE] != UNKNOWN_NS,
	      number, teardown->phase[PHASE_FREE] / teardown->entries);

static GETTER(get_bytes, const struct teardown *teardown, map_memory_known(&teardown->memory),
	      number, teardown->memory.bytes);
static GETTER(get_bytes_exact, const struct teardown *teardown, map_memory_known(&teardown->memory),
	      number, map_memory_exact(&teardown->memory));

static GETTER(get_bytes_cached, const struct teardown *teardown,
	      map_memory_cached_known(&teardown->memory), number, teardown->memory.cached);

static bool has_more_bytes(const void *object)
{
	return !map_memory_exact(&((const struct teardown *)object)->memory);
}

static bool has_entries(const struct column *column, const void *object)
{
	(void)column;
	return ((const struct teardown *)object)->entries;
}

static bool has_phase(const struct column *column, const void *object)
{
	return teardown_has_phase(object, column->which);
}

/* If its end was not seen, it is known only of one that surely runs. */
static GETTER(get_running, const struct teardown *teardown,
	      teardown->running || teardown->phase[PHASE_FREE] != UNKNOWN_NS, number,
	      teardown->running);

static GETTER(get_freed_by_rcu, const struct teardown *teardown, teardown->rcu_flags &RCU_KNOWN,
	      number, (teardown->rcu_flags & RCU_FREES) != 0);

/* Not known if only the end was seen. */
static GETTER(get_worker_comm, const struct worker_run *run, *run->worker.comm, text,
	      run->worker.comm);

/* Of the task that released the map, or had it released. */
static GETTER(get_user_stack, const struct identity *identity, identity->user_stack, text,
	      identity->user_stack);
static GETTER(get_closed_at_exit, const struct identity *identity,
	      identity->close_flags &CLOSE_KNOWN, number,
	      (identity->close_flags & CLOSE_AT_EXIT) != 0);
static GETTER(get_grace, const __u32 *grace_for, grace_word(*grace_for), text,
	      grace_word(*grace_for));

/* Holders */

static GETTER(get_holder_kind, const struct map_holder *holder, true, text,
	      holder_kind_names[holder->kind]);

static const char *holder_type(const struct map_holder *holder)
{
	switch (holder->kind) {
	case HOLDER_PROGRAM:
		return libbpf_bpf_prog_type_str(holder->type);
	case HOLDER_LINK:
		return libbpf_bpf_link_type_str(holder->type);
	case HOLDER_MAP:
		return holder->type ? map_type_name(holder->type) : NULL;
	default:
		return NULL;
	}
}

static GETTER(get_holder_type, const struct map_holder *holder, holder->type &&holder_type(holder),
	      text, holder_type(holder));
static GETTER(get_holder_name, const struct map_holder *holder, *holder->name, text, holder->name);

#define AT(member) .at = offsetof(struct map_holder, member)

const struct column holder_columns[] = {
	{"kind", NULL, VALUE_TEXT, .get = get_holder_kind},
	{"id", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(id)},
	{"name", NULL, VALUE_TEXT, .get = get_holder_name},
	{"type", NULL, VALUE_TEXT, .get = get_holder_type},
	{"until_ns", NULL, VALUE_TIME, .get = get_u64, AT(until_ns)},
	{"grace_ns", NULL, VALUE_DURATION, .get = get_u64, AT(grace_ns)},
	{"worker_ns", NULL, VALUE_DURATION, .get = get_u64, AT(worker_ns)},
	{},
};

#undef AT

/* "program 12 NAME", without what is not known */
static size_t put_holder(char *text, size_t size, const struct map_holder *holder)
{
	char id[16] = "";

	if (holder->id)
		snprintf(id, sizeof(id), " %u", holder->id);
	return snprintf(text, size, "%s%s%s%s", holder_kind_names[holder->kind], id,
			*holder->name ? " " : "", holder->name);
}

/* In CSV, a line each. */
static bool get_held_by(const struct column *column, const void *object, struct value *value)
{
	const struct map_holders *held = &((const struct teardown *)object)->holders;
	size_t len = 0;

	(void)column;
	if (!teardown_holders_known(object))
		return false;
	value->items = (struct item_list){held->by, held->nr, sizeof(*held->by)};
	value->text = value->made;
	*value->made = '\0';
	for (__u32 i = 0; i < held->nr; i++) {
		len += snprintf(value->made + len, MADE_SIZE - len, "%s", i ? "\n" : "");
		len += put_holder(value->made + len, MADE_SIZE - len, &held->by[i]);
	}
	return true;
}

/* What dropped the last reference. */
static bool get_holder(const struct column *column, const void *object, struct value *value)
{
	const struct map_holders *held = &((const struct teardown *)object)->holders;

	(void)column;
	value->text = value->made;
	if (held->nr)
		put_holder(value->made, MADE_SIZE, held->by);
	return held->nr;
}

static bool was_held(const struct column *column, const void *object)
{
	(void)column;
	return ((const struct teardown *)object)->phase[PHASE_HELD];
}

#define AT(member) .at = offsetof(struct teardown, member)
#define PHASE(name, heading, of_phase, rank)                                                       \
	{                                                                                          \
		name, heading, VALUE_DURATION, 8,                                                  \
			.goes = (rank), .get = get_u64, .applies = has_phase,                      \
			.which = PHASE_##of_phase, .sorts = 1U << SORT_##of_phase,                 \
			.at = offsetof(struct teardown, phase) + PHASE_##of_phase * sizeof(__u64)  \
	}
/* Parts of the worker's run; optional in tables. */
#define TIME_PART(name, heading, part, rank)                                                       \
	{                                                                                          \
		name, heading, VALUE_DURATION, 8,                                                  \
			.optional = true, .goes = (rank), .get = get_time_part,                    \
			.which = TIME_##part##_KNOWN, .sorts = 1U << SORT_##part, AT(run.time)     \
	}
#define OUTCOME(name, which)                                                                       \
	{                                                                                          \
		"destroys." name, NULL, VALUE_NUMBER,                                              \
			.get = get_u32,                                                            \
			.at = offsetof(struct teardown, outcomes) + (which) * sizeof(__u32)        \
	}

const struct column teardown_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "teardown"},
	{"released_ns", NULL, VALUE_TIME, .get = get_u64, AT(map.identity.released_ns)},
	{"queued_ns", NULL, VALUE_TIME, .get = get_u64, AT(queued_ns)},
	{"start_ns", "START", VALUE_TIME, 12, .goes = 1, .get = get_u64, AT(run.start_ns)},
	{"time", NULL, VALUE_TEXT, .get = get_time, AT(run.start_ns)},
	{"id", "ID", VALUE_NUMBER, 6, .goes = 4, .get = get_nonzero_u32, AT(map.identity.map_id)},
	{"map_type", "TYPE", VALUE_TEXT, 14, .goes = NAMES_SHRINK + 2, .get = get_map_type,
	 AT(map)},
	{"map_name", "NAME", VALUE_TEXT, 15, .get = get_map_name, AT(map)},
	RELEASER(offsetof(struct teardown, map.identity)),
	{"held_ns", "HELD", VALUE_DURATION, 8, .optional = true, .goes = NAMES_SHRINK - 1,
	 .get = get_u64, .sorts = 1U << SORT_HELD, AT(phase[PHASE_HELD])},
	{"held_by", NULL, VALUE_LINES, .get = get_held_by, .items = holder_columns},
	{TABLE_ONLY, "HELD BY", VALUE_TEXT, 15, .optional = true, .goes = NAMES_SHRINK - 2,
	 .get = get_holder, .applies = was_held},
	PHASE("wait_ns", "WAIT", WAIT, NAMES_SHRINK + 3),
	PHASE("free_ns", "FREE", FREE, NAMES_SHRINK + 4),
	PHASE("destroy_ns", "DESTROY", DESTROY, NAMES_SHRINK),
	PHASE("deferred_ns", "DEFERRED", DEFERRED, NAMES_SHRINK + 1),
	PHASE("total_ns", "TOTAL", TOTAL, 0),
	TIME_PART("cpu_ns", "ON CPU", CPU, 1),
	TIME_PART("runqueue_ns", "RUNQUEUE", RUNQUEUE, 1),
	TIME_PART("grace_ns", "GRACE", GRACE, 1),
	{"grace_for", NULL, VALUE_TEXT, .get = get_grace, AT(run.time.grace_for)},
	{"deferred_for", NULL, VALUE_TEXT, .get = get_grace, AT(deferred_for)},
	{"instructions", NULL, VALUE_NUMBER, .get = get_time_part, .which = TIME_INSTRUCTIONS_KNOWN,
	 AT(run.time)},
	{"cycles", NULL, VALUE_NUMBER, .get = get_time_part, .which = TIME_CYCLES_KNOWN,
	 AT(run.time)},
	{"cache_misses", NULL, VALUE_NUMBER, .get = get_time_part, .which = TIME_CACHE_MISSES_KNOWN,
	 AT(run.time)},
	{"dtlb_misses", NULL, VALUE_NUMBER, .get = get_time_part, .which = TIME_DTLB_MISSES_KNOWN,
	 AT(run.time)},
	{"entries", "ENTRIES", VALUE_NUMBER, 7, .goes = 3, .get = get_entries},
	{"ns_per_entry", "PER ENTRY", VALUE_DURATION, 9, .goes = 5, .get = get_entry_ns,
	 .applies = has_entries},
	{"bytes", "BYTES", VALUE_BYTES, 8, .optional = true, .goes = 2, .get = get_bytes,
	 .at_least = has_more_bytes, .sorts = 1U << SORT_BYTES},
	{"bytes_exact", NULL, VALUE_BOOL, .get = get_bytes_exact},
	{"bytes_cached", NULL, VALUE_BYTES, .get = get_bytes_cached},
	{"memcg_id", NULL, VALUE_NUMBER, .get = get_nonzero_u64, AT(memcg_id)},
	{"running", NULL, VALUE_BOOL, .get = get_running},
	{"freed_by_rcu", NULL, VALUE_BOOL, .get = get_freed_by_rcu},
	OUTCOME("empty", OUTCOME_EMPTY),
	OUTCOME("direct", OUTCOME_DIRECT),
	OUTCOME("deferred", OUTCOME_DEFERRED),
	OUTCOME("pending", OUTCOME_PENDING),
	OUTCOME("unknown", OUTCOME_UNKNOWN),
	MAP_SIZES(offsetof(struct teardown, map)),
	{"worker.pid", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(run.worker.pid)},
	{"worker.comm", NULL, VALUE_TEXT, .get = get_worker_comm, AT(run)},
	IDENTITY(offsetof(struct teardown, map.identity)),
	{"closed_at_exit", NULL, VALUE_BOOL, .get = get_closed_at_exit, AT(map.identity)},
	{"user_stack", NULL, VALUE_LINES, .get = get_user_stack, AT(map.identity)},
	{},
};

#undef AT
#define AT(member) .at = offsetof(struct deferred_free, member)

const struct column deferred_free_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "reclaim"},
	{"destroy_ns", NULL, VALUE_TIME, .get = get_u64, AT(destroy_ns)},
	{"start_ns", NULL, VALUE_TIME, .get = get_u64, AT(run.start_ns)},
	{"time", NULL, VALUE_TEXT, .get = get_time, AT(run.start_ns)},
	{"latency_ns", NULL, VALUE_DURATION, .get = get_u64, AT(latency_ns)},
	{"free_ns", NULL, VALUE_DURATION, .get = get_u64, AT(run.latency_ns)},
	{"cpu_ns", NULL, VALUE_DURATION, .get = get_time_part, .which = TIME_CPU_KNOWN,
	 AT(run.time)},
	{"runqueue_ns", NULL, VALUE_DURATION, .get = get_time_part, .which = TIME_RUNQUEUE_KNOWN,
	 AT(run.time)},
	{"grace_ns", NULL, VALUE_DURATION, .get = get_time_part, .which = TIME_GRACE_KNOWN,
	 AT(run.time)},
	{"grace_for", NULL, VALUE_TEXT, .get = get_grace, AT(run.time.grace_for)},
	{"id", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(map.identity.map_id)},
	{"map_type", NULL, VALUE_TEXT, .get = get_map_type, AT(map)},
	{"map_name", NULL, VALUE_TEXT, .get = get_map_name, AT(map)},
	{"alloc", NULL, VALUE_TEXT, .get = get_alloc, .unknown = ALLOC_NOT_KNOWN, AT(alloc)},
	{"worker.pid", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(run.worker.pid)},
	{"worker.comm", NULL, VALUE_TEXT, .get = get_worker_comm, AT(run)},
	{},
};

/* Stuck calls */

static GETTER(get_stuck_tid, const struct stuck *stuck, stuck->in_worker, number,
	      stuck->worker.tid);
static GETTER(get_stuck_comm, const struct stuck *stuck, stuck->in_worker, text,
	      stuck->worker.comm);
static GETTER(get_stack, const struct stuck *stuck, *stuck->stack, text, stuck->stack);

#undef AT
#define AT(member) .at = offsetof(struct stuck, member)

const struct column stuck_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "stuck"},
	{"where", NULL, VALUE_TEXT, .get = get_string, AT(where)},
	{"since_ns", NULL, VALUE_TIME, .get = get_u64, AT(since_ns)},
	{"time", NULL, VALUE_TEXT, .get = get_time, AT(since_ns)},
	{"for_ns", NULL, VALUE_DURATION, .get = get_u64, AT(for_ns)},
	{"id", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(map.identity.map_id)},
	{"map_type", NULL, VALUE_TEXT, .get = get_map_type, AT(map)},
	{"map_name", NULL, VALUE_TEXT, .get = get_map_name, AT(map)},
	{"worker.pid", NULL, VALUE_NUMBER, .get = get_stuck_tid},
	{"worker.comm", NULL, VALUE_TEXT, .get = get_stuck_comm},
	{"stack", NULL, VALUE_LINES, .get = get_stack},
	IDENTITY(offsetof(struct stuck, map.identity)),
	{},
};
