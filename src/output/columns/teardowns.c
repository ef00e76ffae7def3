// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of teardowns, of what was freed later, and of what hangs.
 */
#include "output/columns/get.h"
#include "trace/stuck_detector.h"

static bool get_entries(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;

	(void)column;
	value->number = teardown->free.entries;
	return value->number != ENTRIES_UNKNOWN;
}

static bool get_entry_ns(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;
	__u64 entries = teardown->free.entries, free_ns = teardown->phase[PHASE_FREE];

	(void)column;
	if (entries == ENTRIES_UNKNOWN || !entries || free_ns == UNKNOWN_NS)
		return false;
	value->number = free_ns / entries;
	return true;
}

/* If its end is not known, only one that runs for sure is known to. */
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
	return call_has(&teardown->free, CALL_MAP | CALL_SIZES);
}

/* Types and names are those of the call that frees the map. */
static bool get_free_type(const struct column *column, const void *object, struct value *value)
{
	return get_map_type(column, &((const struct teardown *)object)->free, value);
}

static bool get_free_name(const struct column *column, const void *object, struct value *value)
{
	return get_map_name(column, &((const struct teardown *)object)->free, value);
}

static bool get_free_comm(const struct column *column, const void *object, struct value *value)
{
	const struct teardown *teardown = object;

	(void)column;
	value->text = teardown->free.comm;
	return *value->text; /* of a map of which only the end was seen, it is not known */
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
	{"released_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(free.identity.released_ns)},
	{"queued_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(queued_ns)},
	{"start_ns", "START", "?", VALUE_TIME, 12, .get = get_u64, AT(free.ts_ns)},
	{"id", "ID", "?", VALUE_NUMBER, 6, .get = get_nonzero_u32, AT(free.identity.map_id)},
	{"map_type", "TYPE", "?", VALUE_TEXT, 14, .get = get_free_type},
	{"map_name", "NAME", "?", VALUE_TEXT, 15, .get = get_free_name},
	RELEASER(offsetof(struct teardown, free.identity)),
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
	{"key_size", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(free.key_size)},
	{"value_size", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(free.value_size)},
	{"max_entries", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(free.max_entries)},
	{"map_flags", NULL, "?", VALUE_NUMBER, .get = get_teardown_u32, AT(free.map_flags)},
	{"worker.pid", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(free.pid)},
	{"worker.comm", NULL, "?", VALUE_TEXT, .get = get_free_comm},
	IDENTITY(offsetof(struct teardown, free.identity)),
	{},
};

static bool get_reclaim_alloc(const struct column *column, const void *object, struct value *value)
{
	const struct deferred_free *reclaim = object;
	const struct call call = {.alloc = reclaim->alloc};

	return get_alloc(column, &call, value);
}

#undef AT
#define AT(member) .at = offsetof(struct deferred_free, member)

const struct column deferred_free_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "reclaim"},
	{"destroy_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(destroy_ns)},
	{"start_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(call.ts_ns)},
	{"latency_ns", NULL, "?", VALUE_DURATION, .get = get_u64, AT(latency_ns)},
	{"free_ns", NULL, "?", VALUE_DURATION, .get = get_u64, AT(call.latency_ns)},
	{"id", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(call.identity.map_id)},
	{"map_type", NULL, "?", VALUE_TEXT, .get = get_map_type},
	{"map_name", NULL, "?", VALUE_TEXT, .get = get_map_name},
	{"alloc", NULL, "?", VALUE_TEXT, .get = get_reclaim_alloc},
	{"worker.pid", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(call.pid)},
	{"worker.comm", NULL, "?", VALUE_TEXT, .get = get_comm},
	{},
};

_Static_assert(!offsetof(struct deferred_free, call), "the getters of calls read reclaims, too");

/* What hangs */

static bool get_where(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct stuck *)object)->where;
	return true;
}

static bool get_hang_type(const struct column *column, const void *object, struct value *value)
{
	return get_map_type(column, &((const struct stuck *)object)->call, value);
}

static bool get_hang_name(const struct column *column, const void *object, struct value *value)
{
	return get_map_name(column, &((const struct stuck *)object)->call, value);
}

static bool get_hang_tid(const struct column *column, const void *object, struct value *value)
{
	const struct stuck *stuck = object;

	(void)column;
	value->number = stuck->call.tid;
	return stuck->in_worker;
}

static bool get_hang_comm(const struct column *column, const void *object, struct value *value)
{
	const struct stuck *stuck = object;

	(void)column;
	value->text = stuck->call.comm;
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
	{"since_ns", NULL, "?", VALUE_TIME, .get = get_u64, AT(call.ts_ns)},
	{"for_ns", NULL, "?", VALUE_DURATION, .get = get_u64, AT(for_ns)},
	{"id", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(call.identity.map_id)},
	{"map_type", NULL, "?", VALUE_TEXT, .get = get_hang_type},
	{"map_name", NULL, "?", VALUE_TEXT, .get = get_hang_name},
	{"worker.pid", NULL, "?", VALUE_NUMBER, .get = get_hang_tid},
	{"worker.comm", NULL, "?", VALUE_TEXT, .get = get_hang_comm},
	{"stack", NULL, "?", VALUE_LINES, .get = get_stack},
	IDENTITY(offsetof(struct stuck, call.identity)),
	{},
};
