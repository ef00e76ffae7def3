// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of teardowns, of deferred frees and of stuck calls.
 */
#include "model/stuck.h"
#include "output/columns/get.h"

static bool get_entries(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;

	(void)column;
	value->number = teardown->entries;
	return value->number != ENTRIES_UNKNOWN;
}

static bool get_entry_ns(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;
	__u64 entries = teardown->entries, free_ns = teardown->phase[PHASE_FREE];

	(void)column;
	if (entries == ENTRIES_UNKNOWN || !entries || free_ns == UNKNOWN_NS)
		return false;
	value->number = free_ns / entries;
	return true;
}

/* If its end was not seen, it is known only of one that surely runs. */
static bool get_running(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;

	(void)column;
	value->number = teardown->running;
	return teardown->running || teardown->phase[PHASE_FREE] != UNKNOWN_NS;
}

static bool get_teardown_u32(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;

	value->number = read_u32(column, object);
	return map_has_sizes(&teardown->map);
}

static bool get_free_comm(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;

	(void)column;
	value->text = teardown->run.worker.comm;
	return *value->text; /* not known if only the end was seen */
}

#define AT(member) .at = offsetof(struct teardown, member)
#define PHASE(name, heading, which)                                                                \
	{                                                                                          \
		name, heading, "?", VALUE_DURATION, 8,                                             \
			.get = get_u64,                                                            \
			.at = offsetof(struct teardown, phase) + (which) * sizeof(__u64)           \
	}
#define OUTCOME(name, which)                                                                       \
	{                                                                                          \
		"destroys." name, NULL, "?", VALUE_NUMBER,                                         \
			.get = get_u32,                                                            \
			.at = offsetof(struct teardown, outcomes) + (which) * sizeof(__u32)        \
	}

const struct column teardown_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "teardown"},
	{"released_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(map.identity.released_ns)},
	{"queued_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(queued_ns)},
	{"start_ns", "START", "?", VALUE_TIME, 12, .get = get_u64, AT(run.start_ns)},
	{"id", "ID", "?", VALUE_NUMBER, 6, .get = get_nonzero_u32, AT(map.identity.map_id)},
	{"map_type", "TYPE", "?", VALUE_TEXT, 14, .get = get_map_type, AT(map)},
	{"map_name", "NAME", "?", VALUE_TEXT, 15, .get = get_map_name, AT(map)},
	RELEASER(offsetof(struct teardown, map.identity)),
	PHASE("wait_ns", "WAIT", PHASE_WAIT),
	PHASE("free_ns", "FREE", PHASE_FREE),
	PHASE("destroy_ns", "DESTROY", PHASE_DESTROY),
	PHASE("deferred_ns", "DEFERRED", PHASE_DEFERRED),
	PHASE("total_ns", "TOTAL", PHASE_TOTAL),
	{"entries", "ENTRIES", "?", VALUE_NUMBER, 7, .get = get_entries},
	{"ns_per_entry", "PER ENTRY", "?", VALUE_DURATION, 9, .get = get_entry_ns},
	{"running", NULL, "?", VALUE_BOOL, .get = get_running},
	OUTCOME("empty", OUTCOME_EMPTY),
	OUTCOME("direct", OUTCOME_DIRECT),
	OUTCOME("deferred", OUTCOME_DEFERRED),
	OUTCOME("pending", OUTCOME_PENDING),
	OUTCOME("unknown", OUTCOME_UNKNOWN),
	{"key_size", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(map.key_size)},
	{"value_size", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(map.value_size)},
	{"max_entries", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(map.max_entries)},
	{"map_flags", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(map.flags)},
	{"worker.pid", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(run.worker.pid)},
	{"worker.comm", NULL, "?", VALUE_TEXT, .get = get_free_comm},
	IDENTITY(offsetof(struct teardown, map.identity)),
	{},
};

#undef AT
#define AT(member) .at = offsetof(struct deferred_free, member)

const struct column deferred_free_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "reclaim"},
	{"destroy_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(destroy_ns)},
	{"start_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(run.start_ns)},
	{"latency_ns", NULL, "?", VALUE_DURATION, .get = get_u64, AT(latency_ns)},
	{"free_ns", NULL, "?", VALUE_DURATION, .get = get_u64, AT(run.latency_ns)},
	{"id", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(map.identity.map_id)},
	{"map_type", NULL, "?", VALUE_TEXT, .get = get_map_type, AT(map)},
	{"map_name", NULL, "?", VALUE_TEXT, .get = get_map_name, AT(map)},
	{"alloc", NULL, "?", VALUE_TEXT, .get = get_alloc, AT(alloc)},
	{"worker.pid", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(run.worker.pid)},
	{"worker.comm", NULL, "?", VALUE_TEXT, .get = get_text_at, AT(run.worker.comm)},
	{},
};

/* Stuck calls */

static bool get_where(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct stuck *)object)->where;
	return true;
}

static bool get_stuck_tid(const struct column *column, const void *object, struct value *value)
{
	const struct stuck *stuck = object;

	(void)column;
	value->number = stuck->worker.tid;
	return stuck->in_worker;
}

static bool get_stuck_comm(const struct column *column, const void *object, struct value *value)
{
	const struct stuck *stuck = object;

	(void)column;
	value->text = stuck->worker.comm;
	return stuck->in_worker;
}

static bool get_stack(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct stuck *)object)->stack;
	return *value->text;
}

#undef AT
#define AT(member) .at = offsetof(struct stuck, member)

const struct column stuck_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "stuck"},
	{"where", NULL, "?", VALUE_TEXT, .get = get_where},
	{"since_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(since_ns)},
	{"for_ns", NULL, "?", VALUE_DURATION, .get = get_u64, AT(for_ns)},
	{"id", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(map.identity.map_id)},
	{"map_type", NULL, "?", VALUE_TEXT, .get = get_map_type, AT(map)},
	{"map_name", NULL, "?", VALUE_TEXT, .get = get_map_name, AT(map)},
	{"worker.pid", NULL, "?", VALUE_NUMBER, .get = get_stuck_tid},
	{"worker.comm", NULL, "?", VALUE_TEXT, .get = get_stuck_comm},
	{"stack", NULL, "?", VALUE_LINES, .get = get_stack},
	IDENTITY(offsetof(struct stuck, map.identity)),
	{},
};
