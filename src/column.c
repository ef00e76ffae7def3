// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of all that is shown.
 */
#include <stdio.h>
#include <string.h>

#include "column.h"
#include "ledger.h"
#include "maptype.h"
#include "stuck.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

_Static_assert(sizeof(OTHER_ROW) > NAME_LEN, "a name could look like the other row");

static bool get_text(const struct column *column, const void *object, struct value *value)
{
	(void)object;
	value->text = column->text;
	return true;
}

static __u32 read_u32(const struct column *column, const void *object)
{
	return *(const __u32 *)((const char *)object + column->at);
}

static __u64 read_u64(const struct column *column, const void *object)
{
	return *(const __u64 *)((const char *)object + column->at);
}

static bool get_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return true;
}

static bool get_nonzero_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return value->number;
}

/* Unknown times and unknown figures of the ledger are the same number. */
static bool get_u64(const struct column *column, const void *object, struct value *value)
{
	_Static_assert(UNKNOWN_NS == LEDGER_UNKNOWN, "one getter for both");

	value->number = read_u64(column, object);
	return value->number != UNKNOWN_NS;
}

static bool get_caller(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = call->caller_name;
	if (!value->text && call->caller) {
		snprintf(value->address, sizeof(value->address), "0x%llx", call->caller);
		value->text = value->address;
	}
	return value->text;
}

static bool get_caller_offset(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->number = call->caller_offset;
	return call->caller_name;
}

static bool get_alloc(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = alloc_name(call->alloc);
	return true;
}

static bool get_percpu(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->number = call_has(call, CALL_PERCPU);
	return call_has(call, CALL_PERCPU_KNOWN);
}

static bool get_empty(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->number = call_has(call, CALL_EMPTY);
	return call_has(call, CALL_EMPTY_KNOWN);
}

static bool get_map_type(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	if (!call_has(call, CALL_MAP))
		return false;
	value->text = maptype_name(call->map_type);
	return true;
}

static bool get_map_name(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = call->map_name;
	return call_has(call, CALL_MAP | CALL_NAME);
}

static bool get_map_u32(const struct column *column, const void *object, struct value *value)
{
	value->number = read_u32(column, object);
	return call_has(object, CALL_MAP);
}

static bool get_comm(const struct column *column, const void *object, struct value *value)
{
	const struct call *call = object;

	(void)column;
	value->text = call->comm;
	return true;
}

/* A task, at an offset of the object. */

static const struct task_id *task_at(const struct column *column, const void *object)
{
	return (const struct task_id *)((const char *)object + column->at);
}

static bool get_task_pid(const struct column *column, const void *object, struct value *value)
{
	value->number = task_at(column, object)->pid;
	return task_at(column, object)->known;
}

static bool get_task_tid(const struct column *column, const void *object, struct value *value)
{
	value->number = task_at(column, object)->tid;
	return task_at(column, object)->known;
}

static bool get_task_comm(const struct column *column, const void *object, struct value *value)
{
	value->text = task_at(column, object)->comm;
	return task_at(column, object)->known;
}

static bool get_task_cgroup(const struct column *column, const void *object, struct value *value)
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
static bool get_context(const struct column *column, const void *object, struct value *value)
{
	const struct identity *identity = identity_at(column, object);

	value->text = identity->by_interrupt ? "interrupt"
		      : identity->by_kernel  ? "kernel"
					     : "task";
	return identity->released_ns != UNKNOWN_NS && !identity->unsure;
}

static bool get_releaser_comm(const struct column *column, const void *object, struct value *value)
{
	const struct task_id *task = identity_task(identity_at(column, object));

	value->text = task ? task->comm : NULL;
	return task;
}

static bool get_releaser_pid(const struct column *column, const void *object, struct value *value)
{
	const struct task_id *task = identity_task(identity_at(column, object));

	value->number = task ? task->pid : 0;
	return task;
}

static bool get_releaser_cgroup(const struct column *column, const void *object,
				struct value *value)
{
	const struct task_id *task = identity_task(identity_at(column, object));

	value->number = task ? task->cgroup_id : 0;
	return task;
}

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

/* The same in short, for tables: whoever had it freed. */
#define RELEASER(of)                                                                               \
	{TABLE_ONLY, "RELEASED BY", "?", VALUE_TEXT, 15, .get = get_releaser_comm, .at = (of)},    \
	{                                                                                          \
		TABLE_ONLY, "BY PID", "?", VALUE_NUMBER, 7, .get = get_releaser_pid, .at = (of)    \
	}

#define AT(member) .at = offsetof(struct call, member)

/* In the order of JSON and CSV; tables keep it too, less the columns without a heading. */
#define CALL_COLUMNS                                                                               \
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "destroy"},                        \
		{"ts_ns", "TIME", "?", VALUE_TIME, 12, .get = get_u64, AT(ts_ns)},                 \
		{"latency_ns", "LATENCY", "?", VALUE_DURATION, 7, .get = get_u64, AT(latency_ns)}, \
		{"caller", "CALLER", "?", VALUE_TEXT, 27, .get = get_caller},                      \
		{"caller_offset", NULL, "?", VALUE_NUMBER, .get = get_caller_offset},              \
		{"alloc", "ALLOC", "?", VALUE_TEXT, 10, .get = get_alloc},                         \
		{"percpu", NULL, "?", VALUE_BOOL, .get = get_percpu},                              \
		{"empty", "EMPTY", "?", VALUE_BOOL, 5, .get = get_empty},                          \
		{"unit_size", NULL, "?", VALUE_NUMBER, .get = get_nonzero_u32, AT(unit_size)},     \
		{"map_type", "TYPE", "?", VALUE_TEXT, 16, .get = get_map_type},                    \
		{"map_name", "NAME", "?", VALUE_TEXT, 15, .get = get_map_name},                    \
		{"key_size", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(key_size)},           \
		{"value_size", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(value_size)},       \
		{"max_entries", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(max_entries)},     \
		{"map_flags", NULL, "?", VALUE_NUMBER, .get = get_map_u32, AT(map_flags)},         \
		{"pid", "PID", "?", VALUE_NUMBER, 7, .get = get_u32, AT(pid)},                     \
		{"tid", NULL, "?", VALUE_NUMBER, .get = get_u32, AT(tid)},                         \
		{"comm", "COMM", "?", VALUE_TEXT, 15, .get = get_comm},                            \
	{                                                                                          \
		"cpu", "CPU", "?", VALUE_NUMBER, 3, .get = get_u32, AT(cpu)                        \
	}

const struct column call_columns[] = {
	CALL_COLUMNS,
	{},
};

const struct column identified_call_columns[] = {
	CALL_COLUMNS,
	{"map_id", "ID", "?", VALUE_NUMBER, 7, .get = get_nonzero_u32, AT(identity.map_id)},
	RELEASER(offsetof(struct call, identity)),
	IDENTITY(offsetof(struct call, identity)),
	{},
};

/* Teardowns */

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

static bool get_bool(const struct column *column, const void *object, struct value *value)
{
	value->number = *(const bool *)((const char *)object + column->at);
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
	return call_has(&teardown->free, CALL_MAP);
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

#undef AT
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
	const struct reclaim *reclaim = object;
	const struct call call = {.alloc = reclaim->alloc};

	return get_alloc(column, &call, value);
}

#undef AT
#define AT(member) .at = offsetof(struct reclaim, member)

const struct column reclaim_columns[] = {
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

_Static_assert(!offsetof(struct reclaim, call), "the getters of calls read reclaims, too");

/* What hangs */

static bool get_where(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct hang *)object)->where;
	return true;
}

static bool get_hang_type(const struct column *column, const void *object, struct value *value)
{
	return get_map_type(column, &((const struct hang *)object)->call, value);
}

static bool get_hang_name(const struct column *column, const void *object, struct value *value)
{
	return get_map_name(column, &((const struct hang *)object)->call, value);
}

static bool get_hang_tid(const struct column *column, const void *object, struct value *value)
{
	const struct hang *hang = object;

	(void)column;
	value->number = hang->call.tid;
	return hang->in_worker;
}

static bool get_hang_comm(const struct column *column, const void *object, struct value *value)
{
	const struct hang *hang = object;

	(void)column;
	value->text = hang->call.comm;
	return hang->in_worker;
}

static bool get_stack(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct hang *)object)->stack;
	return *value->text;
}

#undef AT
#define AT(member) .at = offsetof(struct hang, member)

const struct column hang_columns[] = {
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
	IDENTITY(offsetof(struct hang, call.identity)),
	{},
};

/* Rows */

static bool get_interval(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	(void)column;
	value->number = line->interval;
	return line->interval;
}

static bool get_row_key(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	if (!line->row->other)
		return column->of_call->get(column->of_call, &line->row->key, value);
	value->text = OTHER_ROW;
	return column->kind == VALUE_TEXT;
}

static bool get_row_u64(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = read_u64(column, line->row);
	return true;
}

/* The figures of the latency, which there are none of if no call has one. */
static bool get_latency(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = read_u64(column, line->row);
	return line->row->latency.count;
}

static bool get_mean(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	(void)column;
	value->number = hist_mean(&line->row->latency);
	return line->row->latency.count;
}

static bool get_percentile(const struct column *column, const void *object, struct value *value)
{
	const struct row_line *line = object;

	value->number = hist_percentile(&line->row->latency, column->percent);
	return line->row->latency.count;
}

#undef AT
#define AT(member) .at = offsetof(struct row, member)

static const struct column type_column[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "row"},
};
static const struct column interval_column[] = {
	{"interval", NULL, "", VALUE_NUMBER, .get = get_interval},
};
static const struct column figure_columns[] = {
	{"count", "COUNT", "-", VALUE_NUMBER, .get = get_row_u64, AT(count)},
	{"empty", "EMPTY", "-", VALUE_NUMBER, .get = get_row_u64, AT(empty)},
	{"unmeasured", "UNMEASURED", "-", VALUE_NUMBER, .optional = true, .get = get_row_u64,
	 AT(unmeasured)},
	{"total_ns", "TOTAL", "-", VALUE_DURATION, .get = get_latency, AT(latency.total_ns)},
	{"min_ns", "MIN", "-", VALUE_DURATION, .get = get_latency, AT(latency.min_ns)},
	{"mean_ns", "MEAN", "-", VALUE_DURATION, .get = get_mean},
	{"p50_ns", "P50", "-", VALUE_DURATION, .get = get_percentile, .percent = 50},
	{"p90_ns", "P90", "-", VALUE_DURATION, .get = get_percentile, .percent = 90},
	{"p99_ns", "P99", "-", VALUE_DURATION, .get = get_percentile, .percent = 99},
	{"max_ns", "MAX", "-", VALUE_DURATION, .get = get_latency, AT(latency.max_ns)},
};

/* A phase's histogram; the columns' "at" is which. */
static const struct hist *phase_of(const struct column *column, const void *object)
{
	static const struct hist none;
	const struct row *row = ((const struct row_line *)object)->row;

	if (column->at == PHASE_TOTAL)
		return &row->latency;
	return row->phases ? &row->phases->phase[column->at] : &none;
}

static bool get_phase_sum(const struct column *column, const void *object, struct value *value)
{
	value->number = phase_of(column, object)->total_ns;
	return phase_of(column, object)->count;
}

static bool get_phase(const struct column *column, const void *object, struct value *value)
{
	value->number = hist_percentile(phase_of(column, object), column->percent);
	return phase_of(column, object)->count;
}

static bool get_row_entries(const struct column *column, const void *object, struct value *value)
{
	const struct row_phases *phases = ((const struct row_line *)object)->row->phases;

	(void)column;
	if (!phases || !phases->counted)
		return false;
	value->number = phases->entries;
	return true;
}

static bool get_row_entry_ns(const struct column *column, const void *object, struct value *value)
{
	const struct row_phases *phases = ((const struct row_line *)object)->row->phases;

	(void)column;
	if (!phases || !phases->entries)
		return false;
	value->number = phases->counted_ns / phases->entries;
	return true;
}

#define PHASE_FIGURES(name, heading, which)                                                        \
	{name "_sum_ns", NULL, "-", VALUE_DURATION, .get = get_phase_sum, .at = (which)},          \
		{name "_p50_ns",   heading " P50", "-",		 VALUE_DURATION,                   \
		 .get = get_phase, .percent = 50,  .at = (which)},                                 \
		{name "_p90_ns",   NULL,	  "-",		VALUE_DURATION,                    \
		 .get = get_phase, .percent = 90, .at = (which)},                                  \
		{name "_p99_ns",   heading " P99", "-",		 VALUE_DURATION,                   \
		 .get = get_phase, .percent = 99,  .at = (which)},                                 \
	{                                                                                          \
		name "_max_ns", NULL, "-", VALUE_DURATION, .get = get_phase, .percent = 100,       \
							   .at = (which)                           \
	}

static const struct column teardown_figure_columns[] = {
	{"count", "COUNT", "-", VALUE_NUMBER, .get = get_row_u64, AT(count)},
	{"unmeasured", "UNMEASURED", "-", VALUE_NUMBER, .optional = true, .get = get_row_u64,
	 AT(unmeasured)},
	PHASE_FIGURES("wait", "WAIT", PHASE_WAIT),
	PHASE_FIGURES("free", "FREE", PHASE_FREE),
	PHASE_FIGURES("destroy", "DESTROY", PHASE_DESTROY),
	PHASE_FIGURES("deferred", "DEFERRED", PHASE_DEFERRED),
	PHASE_FIGURES("total", "TOTAL", PHASE_TOTAL),
	{"entries", "ENTRIES", "-", VALUE_NUMBER, .get = get_row_entries},
	{"ns_per_entry", "PER ENTRY", "-", VALUE_DURATION, .get = get_row_entry_ns},
};

_Static_assert(2 + NR_KEYS + ARRAY_SIZE(figure_columns) < MAX_ROW_COLUMNS, "columns of a row");
_Static_assert(2 + NR_KEYS + ARRAY_SIZE(teardown_figure_columns) < MAX_ROW_COLUMNS,
	       "columns of a row");

static bool get_string(const struct column *column, const void *object, struct value *value)
{
	value->text = *(const char *const *)((const char *)object + column->at);
	return value->text;
}

/* The keys that are no column of a call. */
static const struct column other_key_columns[] = {
	{"released_by", "RELEASED BY", "?", VALUE_TEXT, .get = get_releaser_comm,
	 .at = offsetof(struct call, identity)},
	{"released_pid", "BY PID", "?", VALUE_NUMBER, .get = get_releaser_pid,
	 .at = offsetof(struct call, identity)},
	{"cgroup_id", "CGROUP", "?", VALUE_NUMBER, .get = get_releaser_cgroup,
	 .at = offsetof(struct call, identity)},
	{"host", "HOST", "?", VALUE_TEXT, .get = get_string, .at = offsetof(struct call, host)},
	{"scenario", "SCENARIO", "?", VALUE_TEXT, .get = get_string,
	 .at = offsetof(struct call, scenario)},
};

static const struct column *find_column(const struct column *columns, const char *name)
{
	while (strcmp(columns->name, name))
		columns++;
	return columns;
}

static struct column key_column(enum key key)
{
	static const char *const names[] = {
		[KEY_CALLER] = "caller", [KEY_ALLOC] = "alloc",	  [KEY_COMM] = "comm",
		[KEY_CPU] = "cpu",	 [KEY_TYPE] = "map_type", [KEY_NAME] = "map_name",
		[KEY_ID] = "map_id",
	};
	const struct column *of_call = key < KEY_RELEASED_BY
					       ? find_column(identified_call_columns, names[key])
					       : &other_key_columns[key - KEY_RELEASED_BY];
	struct column column = *of_call;

	column.get = get_row_key;
	column.of_call = of_call;
	return column;
}

void row_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		 bool teardowns, bool intervals)
{
	const struct column *figures = teardowns ? teardown_figure_columns : figure_columns;
	size_t nr = teardowns ? ARRAY_SIZE(teardown_figure_columns) : ARRAY_SIZE(figure_columns), i;

	*list++ = *type_column;
	if (intervals)
		*list++ = *interval_column;
	for (i = 0; i < nr_by; i++)
		*list++ = key_column(by[i]);
	for (i = 0; i < nr; i++)
		*list++ = figures[i];
	*list = (struct column){};
}

#undef AT
#define FIGURE_OF(object, member)                                                                  \
#member, NULL, "", VALUE_NUMBER, .get = get_u64, .at = offsetof(struct object, member)
#define FIGURE(member) FIGURE_OF(ledger, member)

const struct column ledger_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "ledger"},
	{FIGURE(entered)},
	{FIGURE(completed)},
	{FIGURE(filtered)},
	{FIGURE(still_running)},
	{FIGURE(entry_only)},
	{FIGURE(return_only)},
	{FIGURE(lost_entry)},
	{FIGURE(lost_return)},
	{FIGURE(parked_lost)},
	{FIGURE(missed_entry)},
	{FIGURE(missed_return)},
	{FIGURE(probe_missed_entry)},
	{FIGURE(probe_missed_return)},
	{FIGURE(rows_full)},
	{FIGURE(stuck)},
	{FIGURE(still_stuck)},
	{FIGURE(bad_records)},
	{},
};

/* All of the ledger's members, less the type and the end. */
_Static_assert(ARRAY_SIZE(ledger_columns) - 2 == sizeof(struct ledger) / sizeof(__u64),
	       "a column for each figure of the ledger");

#undef FIGURE
#define FIGURE(member) FIGURE_OF(teardown_ledger, member)

const struct column teardown_ledger_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "teardown_ledger"},
	{FIGURE(started)},
	{FIGURE(completed)},
	{FIGURE(running)},
	{FIGURE(start_only)},
	{FIGURE(lost)},
	{FIGURE(end_only)},
	{FIGURE(missed)},
	{FIGURE(shown)},
	{FIGURE(before)},
	{FIGURE(filtered)},
	{FIGURE(waiting)},
	{FIGURE(no_release)},
	{FIGURE(forgotten)},
	{FIGURE(deferred)},
	{FIGURE(reclaimed)},
	{FIGURE(pending)},
	{FIGURE(undecided)},
	{FIGURE(strays)},
	{FIGURE(rows_full)},
	{},
};

_Static_assert(ARRAY_SIZE(teardown_ledger_columns) - 2 ==
		       sizeof(struct teardown_ledger) / sizeof(__u64),
	       "a column for each figure of the ledger");

/* Points */

static bool get_function(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct point_counts *)object)->function;
	return true;
}

static bool get_point(const struct column *column, const void *object, struct value *value)
{
	return get_u64(column, object, value) && ((const struct point_counts *)object)->attached;
}

static bool get_point_return(const struct column *column, const void *object, struct value *value)
{
	return get_point(column, object, value) && ((const struct point_counts *)object)->returns;
}

#undef AT
#define AT(member) .at = offsetof(struct point_counts, member)

const struct column point_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "point"},
	{"function", NULL, "", VALUE_TEXT, .get = get_function},
	{"attached", NULL, "", VALUE_BOOL, .get = get_bool, AT(attached)},
	{"seen", NULL, "", VALUE_NUMBER, .get = get_point, AT(seen)},
	{"taken", NULL, "", VALUE_NUMBER, .get = get_point, AT(taken)},
	{"lost", NULL, "", VALUE_NUMBER, .get = get_point, AT(lost)},
	{"missed", NULL, "", VALUE_NUMBER, .get = get_point, AT(missed)},
	{"seen_return", NULL, "", VALUE_NUMBER, .get = get_point_return, AT(seen_return)},
	{"lost_return", NULL, "", VALUE_NUMBER, .get = get_point_return, AT(lost_return)},
	{"missed_return", NULL, "", VALUE_NUMBER, .get = get_point_return, AT(missed_return)},
	{},
};
