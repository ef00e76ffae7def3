// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of teardowns, of deferred frees and of stuck calls.
 */
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

/* Not known if only the end was seen. */
static GETTER(get_worker_comm, const struct worker_run *run, *run->worker.comm, text,
	      run->worker.comm);

#define AT(member) .at = offsetof(struct teardown, member)
#define PHASE(name, heading, of_phase, rank)                                                       \
	{                                                                                          \
		name, heading, VALUE_DURATION, 8,                                                  \
			.goes = (rank), .get = get_u64, .applies = has_phase,                      \
			.which = PHASE_##of_phase, .sorts = 1U << SORT_##of_phase,                 \
			.at = offsetof(struct teardown, phase) + PHASE_##of_phase * sizeof(__u64)  \
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
	PHASE("wait_ns", "WAIT", WAIT, NAMES_SHRINK + 3),
	PHASE("free_ns", "FREE", FREE, NAMES_SHRINK + 4),
	PHASE("destroy_ns", "DESTROY", DESTROY, NAMES_SHRINK),
	PHASE("deferred_ns", "DEFERRED", DEFERRED, NAMES_SHRINK + 1),
	PHASE("total_ns", "TOTAL", TOTAL, 0),
	{"entries", "ENTRIES", VALUE_NUMBER, 7, .goes = 3, .get = get_entries},
	{"ns_per_entry", "PER ENTRY", VALUE_DURATION, 9, .goes = 5, .get = get_entry_ns,
	 .applies = has_entries},
	{"bytes", "BYTES", VALUE_BYTES, 8, .optional = true, .goes = 2, .get = get_bytes,
	 .at_least = has_more_bytes, .sorts = 1U << SORT_BYTES},
	{"bytes_exact", NULL, VALUE_BOOL, .get = get_bytes_exact},
	{"running", NULL, VALUE_BOOL, .get = get_running},
	OUTCOME("empty", OUTCOME_EMPTY),
	OUTCOME("direct", OUTCOME_DIRECT),
	OUTCOME("deferred", OUTCOME_DEFERRED),
	OUTCOME("pending", OUTCOME_PENDING),
	OUTCOME("unknown", OUTCOME_UNKNOWN),
	MAP_SIZES(offsetof(struct teardown, map)),
	{"worker.pid", NULL, VALUE_NUMBER, .get = get_nonzero_u32, AT(run.worker.pid)},
	{"worker.comm", NULL, VALUE_TEXT, .get = get_worker_comm, AT(run)},
	IDENTITY(offsetof(struct teardown, map.identity)),
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
