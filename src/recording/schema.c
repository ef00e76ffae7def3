// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of a recording: its tables and its views.
 */
#include "model/ledger_figures.h"
#include "model/map_type.h"
#include "model/run_info.h"
#include "recording/schema.h"
#include "util/macros.h"

static const char *alloc_word(unsigned int alloc)
{
	return alloc != ALLOC_UNKNOWN ? alloc_name(alloc) : NULL;
}

static const char *const contexts[NR_CONTEXTS] = {
	[CONTEXT_TASK] = "task",
	[CONTEXT_KERNEL] = "kernel",
	[CONTEXT_INTERRUPT] = "interrupt",
	[CONTEXT_UNSURE] = "unsure",
};

/* clang-format off */
/* References of an event's row, which begins with them. */
#define REF(member)	     FIELD(NONZERO, refs, member), .refers = #member
#define REF_NOT_NULL(member) FIELD(NUMBER, refs, member), .refers = #member
#define OBJECT                                                                                     \
	FIELD(NONZERO, refs, object), .note = "the same: perhaps the same map, else another one"
#define ALLOC(object, member)                                                                      \
	FIELD(WORD, object, member), .word = alloc_word, .nr_words = NR_ALLOC_MEMBERS,    \
	.number = alloc_number
#define TEARDOWN(kind, member) FIELD(kind, teardown_row, teardown.member)
#define DESTROY(kind, member)  FIELD(kind, destroy_row, destroy.member)
#define DEFERRED(kind, member) FIELD(kind, deferred_free_row, deferred_free.member)
#define IF(object, flags_at, flag) .flags = offsetof(struct object, flags_at), .known = (flag)

#define TIME_PART(row, event, member, part)                                                        \
	FIELD(NUMBER, row, event.run.time.member),                                                 \
	IF(row, event.run.time.known, TIME_##part##_KNOWN), .later = true
#define GRACE(row, member)                                                                         \
	FIELD(WORD, row, member), .word = grace_word, .nr_words = NR_GRACE_WORDS

#define NR_FIXED 4

/* The settings follow: see add_settings(). */
static struct field scenario_fields[NR_FIXED + MAX_SETTINGS] = {
	{"name", FIELD(NAME, scenario, name)},
	{"map_name", FIELD(NAME, scenario, map_name), .note = "of its maps, and of no others"},
	{"map_type", FIELD(WORD, scenario, map_type), .word = map_type_name},
	{"map_type_number", FIELD(NUMBER, scenario, map_type)},
};

static void add_settings(void)
{
	const struct setting *setting;
	struct field *field = scenario_fields + NR_FIXED;

	for (setting = scenario_settings; setting->name; setting++) {
		if (!setting->column)
			continue;
		*field = (struct field){
			.name = setting->column,
			.kind = setting->kind == SETTING_WORD ? FIELD_WORD : FIELD_NUMBER,
			.at = setting->at,
			.size = sizeof(__u32),
			.max = setting->kind == SETTING_BOOL,
			.later = setting->later,
			.usual = setting->usual,
			.note = setting->comment,
		};
		if (setting->kind == SETTING_WORD)
			for (field->words = setting->words; field->words[field->nr_words];)
				field->nr_words++;
		field++;
	}
}

#define SIZE(member) FIELD(NUMBER, map_row, member), IF(map_row, known, CALL_SIZES)

static const struct field map_fields[] = {
	{"type", FIELD(WORD, map_row, type), .word = map_type_name},
	{"type_number", FIELD(NUMBER, map_row, type), .note = "enum bpf_map_type"},
	{"name", FIELD(NAME, map_row, name), IF(map_row, known, CALL_NAME),
	 .note = "NULL: unknown"},
	{"key_size", SIZE(key_size), .note = "bytes; NULL, as in the next three: not read"},
	{"value_size", SIZE(value_size), .note = "bytes"},
	{"max_entries", SIZE(max_entries)},
	{"flags", SIZE(flags), .note = "BPF_F_*"},
	{},
};

#define CALLER(kind, member, flag) FIELD(kind, caller_row, member), IF(caller_row, known, flag)

static const struct field caller_fields[] = {
	{"name", CALLER(NAME, name, CALLER_NAME),
	 .note = "function; NULL: only the address is known"},
	{"byte_offset", CALLER(BITS, offset, CALLER_NAME), .note = "of the return address in it"},
	{"address", CALLER(BITS, address, CALLER_ADDRESS),
	 .note = "signed; NULL if there is a name"},
	{},
};

static const struct field task_fields[] = {
	{"pid", FIELD(NUMBER, task, pid), .note = "thread group"},
	{"tid", FIELD(NUMBER, task, tid)},
	{"comm", FIELD(NAME, task, comm)},
	{},
};

static const struct field allocator_fields[] = {
	{"alloc", ALLOC(allocator_row, alloc),
	 .note = "member of the map's structure: ma, pcpu_ma, selem_ma, storage_ma, or another"
		 " one of a newer kernel"},
	{"percpu", FIELD(FLAG, allocator_row, flags),
	 .bit = CALL_PERCPU, IF(allocator_row, flags, CALL_PERCPU_KNOWN),
	 .note = "0 or 1: allocates per-CPU objects"},
	{"unit_size", FIELD(NONZERO, allocator_row, unit_size),
	 .note = "bytes; NULL: it has no one size"},
	{},
};

static const struct field cgroup_fields[] = {
	{"path", FIELD(NAME, cgroup_row, path), .note = "from the root of the unified hierarchy"},
	{"unit", FIELD(TEXT, cgroup_row, names.unit),
	 .note = "of systemd, by the path; NULL, as in the next two: it has none"},
	{"pod_uid", FIELD(TEXT, cgroup_row, names.pod_uid), .note = "of Kubernetes"},
	{"container_id", FIELD(TEXT, cgroup_row, names.container_id)},
	{},
};

static const struct field user_stack_fields[] = {
	{"frames", FIELD(TEXT, user_stack_row, frames),
	 .note = "innermost first, a function a line"},
	{},
};

#define RELEASED(kind, who, member)                                                                \
	FIELD(kind, release_row, who.member), IF(release_row, who.known, 1)

static const struct field release_fields[] = {
	{"map_id", FIELD(NONZERO, release_row, map_id), .note = "of the map"},
	{"released_ns", FIELD(TIME, release_row, released_ns),
	 .note = "the last reference was dropped; NULL: not seen"},
	{"released_in", FIELD(WORD, release_row, context), .words = contexts,
	 .nr_words = NR_CONTEXTS,
	 .note = "task, kernel, interrupt; unsure: one of these"},
	{"released_by", RELEASED(NUMBER, released_by, task), .refers = "task"},
	{"released_by_cgroup", RELEASED(BITS, released_by, cgroup_id),
	 .note = "id in the unified hierarchy; its path is in table cgroup, or unknown"},
	{"closed_by", RELEASED(NUMBER, closed_by, task), .refers = "task",
	 .note = "the last user task"},
	{"closed_by_cgroup", RELEASED(BITS, closed_by, cgroup_id)},
	{"closed_at_exit", FIELD(FLAG, release_row, close_flags), .bit = CLOSE_AT_EXIT,
	 IF(release_row, close_flags, CLOSE_KNOWN), .later = true,
	 .note = "0 or 1: by its exit, when it had no user stack any more"},
	{"user_stack", FIELD(NONZERO, release_row, user_stack), .refers = "user_stack",
	 .later = true, .note = "of closed_by; NULL: unknown"},
	{},
};

static const struct field call_fields[] = {
	{"ts_ns", FIELD(TIME, call_row, call.ts_ns),
	 .note = "entry; NULL: only the return was seen"},
	{"latency_ns", FIELD(FIGURE, call_row, call.latency_ns),
	 .note = "NULL: only one side was seen"},
	{"caller", REF(caller)},
	{"map", REF(map)},
	{"allocator", REF_NOT_NULL(allocator)},
	{"empty", FIELD(FLAG, call_row, call.flags),
	 .bit = CALL_EMPTY, IF(call_row, call.flags, CALL_EMPTY_KNOWN),
	 .note = "0 or 1: there was nothing to destroy"},
	{"task", REF_NOT_NULL(task)},
	{"cpu", FIELD(NUMBER, call_row, call.cpu)},
	{"release", REF(release)},
	{},
};

#define PHASE(nth)     TEARDOWN(FIGURE, phase[nth])
#define EVENTS(counter) \
	TIME_PART(teardown_row, teardown, events[COUNTER_##counter], counter)
#define OUTCOME(which) TEARDOWN(NUMBER, outcomes[which])

static const struct field teardown_fields[] = {
	{"object", OBJECT},
	{"map", REF(map)},
	{"task", REF(task), .note = "the worker"},
	{"release", REF(release)},
	{"queued_ns", TEARDOWN(TIME, queued_ns), .note = "when the work was queued"},
	{"start_ns", TEARDOWN(TIME, run.start_ns), .note = "when the worker started"},
	{"wait_ns", PHASE(PHASE_WAIT)},
	{"free_ns", PHASE(PHASE_FREE)},
	{"destroy_ns", PHASE(PHASE_DESTROY), .note = "of free_ns, in destroy calls"},
	{"deferred_ns", PHASE(PHASE_DEFERRED)},
	{"total_ns", PHASE(PHASE_TOTAL), .note = "wait_ns + free_ns + deferred_ns"},
	{"cpu_ns", TIME_PART(teardown_row, teardown, cpu_ns, CPU),
	 .note = "of free_ns; NULL, as in the next two: not known"},
	{"runqueue_ns", TIME_PART(teardown_row, teardown, runqueue_ns, RUNQUEUE),
	 .note = "of free_ns, waiting for a CPU"},
	{"grace_ns", TIME_PART(teardown_row, teardown, grace_ns, GRACE),
	 .note = "of free_ns, asleep until grace periods were over"},
	{"grace_for", GRACE(teardown_row, teardown.run.time.grace_for), .later = true,
	 .note = "the function with most of grace_ns"},
	{"deferred_for", GRACE(teardown_row, teardown.deferred_for), .later = true,
	 .note = "the same of the deferred free that ended last"},
	{"instructions", EVENTS(INSTRUCTIONS),
	 .note = "in free_ns; NULL, as in the next 3: the worker did not keep its CPU, or not counted"},
	{"cycles", EVENTS(CYCLES)},
	{"cache_misses", EVENTS(CACHE_MISSES)},
	{"dtlb_misses", EVENTS(DTLB_MISSES)},
	{"held_ns", PHASE(PHASE_HELD), .later = true,
	 .note = "before that, from the last close of a file descriptor on; 0: not held"},
	{"entries", TEARDOWN(FIGURE, entries),
	 .note = "elements in the map when the worker started"},
	{"bytes", TEARDOWN(NUMBER, memory.bytes),
	 IF(teardown_row, teardown.memory.flags, MEMORY_KNOWN), .later = true,
	 .note = "memory of the map then"},
	{"bytes_exact", FIELD(FLAG, teardown_row, teardown.memory.flags), .bit = MEMORY_EXACT,
	 IF(teardown_row, teardown.memory.flags, MEMORY_KNOWN), .later = true,
	 .note = "0 or 1; 0: it had at least these bytes"},
	{"bytes_cached", TEARDOWN(NUMBER, memory.cached),
	 IF(teardown_row, teardown.memory.flags, MEMORY_CACHED_KNOWN), .later = true,
	 .note = "what its allocators kept for reuse then, not in bytes"},
	{"memcg_id", TEARDOWN(NONZERO, memcg_id), .later = true,
	 .note = "cgroup charged for it, in the unified hierarchy"},
	{"running", TEARDOWN(NUMBER, running), .note = "1: the run ended before the worker did"},
	{"freed_by_rcu", FIELD(FLAG, teardown_row, teardown.rcu_flags), .bit = RCU_FREES,
	 IF(teardown_row, teardown.rcu_flags, RCU_KNOWN), .later = true,
	 .note = "0 or 1: RCU frees memory after the worker's run, nothing shows when"},
	{"destroys", TEARDOWN(NUMBER, nr_destroys),
	 .note = "how many; the first 4 are in table destroy"},
	{"empty", OUTCOME(OUTCOME_EMPTY),
	 .note = "destroy calls by their outcome: see destroy.outcome"},
	{"direct", OUTCOME(OUTCOME_DIRECT)},
	{"deferred", OUTCOME(OUTCOME_DEFERRED)},
	{"pending", OUTCOME(OUTCOME_PENDING)},
	{"undecided", OUTCOME(OUTCOME_UNKNOWN), .note = "outcome unknown"},
	{},
};

static const struct field destroy_fields[] = {
	{"teardown", FIELD(NUMBER, destroy_row, teardown), .refers = "teardown"},
	{"nth", FIELD(NUMBER, destroy_row, nth), .note = "from 0"},
	{"alloc", ALLOC(destroy_row, destroy.alloc)},
	{"ts_ns", DESTROY(TIME, ts_ns)},
	{"latency_ns", DESTROY(FIGURE, latency_ns)},
	{"freed_ns", DESTROY(TIME, freed_ns), .note = "when the deferred free ended"},
	{"outcome", DESTROY(WORD, outcome), .word = outcome_name, .nr_words = NR_OUTCOMES,
	 .note = "empty, direct, deferred, pending, unknown"},
	{},
};

#define HOLDER(kind, member) FIELD(kind, holder_row, holder.member)

static const struct field holder_fields[] = {
	{"teardown", FIELD(NUMBER, holder_row, teardown), .refers = "teardown"},
	{"nth", FIELD(NUMBER, holder_row, nth), .note = "0: it dropped the last reference"},
	{"kind", HOLDER(WORD, kind), .words = holder_kind_names, .nr_words = NR_HOLDER_KINDS,
	 .note = "program, link, pin, map"},
	{"holder_id", HOLDER(NONZERO, id)},
	{"name", HOLDER(TEXT, name)},
	{"type_number", HOLDER(NONZERO, type),
	 .note = "enum bpf_prog_type, bpf_link_type, bpf_map_type"},
	{"until_ns", HOLDER(TIME, until_ns),
	 .note = "when it went; a program: when its last reference was dropped"},
	{"grace_ns", HOLDER(FIGURE, grace_ns),
	 .note = "from then until the free of the program was queued"},
	{"worker_ns", HOLDER(FIGURE, worker_ns), .note = "from then until it dropped the map"},
	{},
};

static const struct field deferred_free_fields[] = {
	{"object", OBJECT},
	{"map", REF(map)},
	{"task", REF(task), .note = "the worker"},
	{"release", REF(release)},
	{"alloc", ALLOC(deferred_free_row, deferred_free.alloc)},
	{"destroy_ns", DEFERRED(TIME, destroy_ns), .note = "entry of the destroy call"},
	{"latency_ns", DEFERRED(FIGURE, latency_ns), .note = "from there to the end of the free"},
	{"start_ns", DEFERRED(TIME, run.start_ns), .note = "when the worker started"},
	{"free_ns", DEFERRED(FIGURE, run.latency_ns), .note = "how long it ran"},
	{"cpu_ns", TIME_PART(deferred_free_row, deferred_free, cpu_ns, CPU),
	 .note = "of free_ns, as in table teardown"},
	{"runqueue_ns", TIME_PART(deferred_free_row, deferred_free, runqueue_ns, RUNQUEUE)},
	{"grace_ns", TIME_PART(deferred_free_row, deferred_free, grace_ns, GRACE)},
	{"grace_for", GRACE(deferred_free_row, deferred_free.run.time.grace_for), .later = true},
	{},
};

static const struct field stuck_fields[] = {
	{"place", FIELD(NAME, stuck_row, place),
	 .note = "a function; wait, deferred: a phase of a teardown"},
	{"since_ns", FIELD(TIME, stuck_row, stuck.since_ns)},
	{"for_ns", FIELD(FIGURE, stuck_row, stuck.for_ns), .note = "so far"},
	{"in_worker", FIELD(NUMBER, stuck_row, stuck.in_worker), .note = "1: the task is stuck"},
	{"map", REF(map)},
	{"task", REF(task)},
	{"release", REF(release)},
	{"stack", FIELD(TEXT, stuck_row, stuck.stack),
	 .note = "innermost first, a function a line; NULL: unknown"},
	{},
};

static const struct field figure_fields[] = {
	{"figure", FIELD(NAME, figure_row, figure)},
	{"value", FIELD(FIGURE, figure_row, value), .note = "NULL: the kernel does not give it"},
	{},
};

#define HOOK_FIGURE(object, member, kind) {#member, FIELD(FIGURE, hook_row, counts.member)},

static const struct field hook_fields[] = {
	{"function", FIELD(NAME, hook_row, function)},
	{"attached", FIELD(NUMBER, hook_row, counts.attached)},
	HOOK_ENTRY_FIGURES(HOOK_FIGURE) HOOK_RETURN_FIGURES(HOOK_FIGURE){},
};

static const struct field shed_fields[] = {
	{"since_ns", FIELD(NUMBER, shed_change, since_ns),
	 .note = "the last reference to a map was dropped, or a call of no teardown was entered"},
	{"level", FIELD(NUMBER, shed_change, level),
	 .note = "one of 2^level is recorded; 0: all"},
	{},
};

#define COUNTS(key) .constraint = key, .replaces = true

/* The comments are stored with the tables: sqlite3's .schema shows them. */
static const struct table tables[NR_TABLES] = {
	[TABLE_RUN] = {"run", "the conditions of the run: one row", "id",
		       .constraint = " CHECK (id = 1)", .replaces = true, .fields = run_info_fields},
	[TABLE_SCENARIO] = {"scenario", "what a benchmark measured", "id", .fields = scenario_fields},
	[TABLE_MAP] = {"map", "what maps look like; several rows may be the same", "id",
		       .fields = map_fields},
	[TABLE_CALLER] = {"caller", "callers of bpf_mem_alloc_destroy()", "id",
			  .fields = caller_fields},
	[TABLE_TASK] = {"task", "threads", "id", .fields = task_fields},
	[TABLE_ALLOCATOR] = {"allocator", "what calls destroy", "id", .fields = allocator_fields},
	[TABLE_CGROUP] = {"cgroup", "cgroups that released maps", "id", "of the kernel",
			  .replaces = true, .later = true, .fields = cgroup_fields},
	[TABLE_USER_STACK] = {"user_stack", "of tasks that released maps", "id", .later = true,
			      .fields = user_stack_fields},
	[TABLE_RELEASE] = {"release", "who released a map; several rows may be of one map", "id",
			   .fields = release_fields},
	[TABLE_CALL] = {"call", "calls of bpf_mem_alloc_destroy()", "seq",
			"in the order of recording, over all tables that have it",
			.fields = call_fields},
	[TABLE_TEARDOWN] = {"teardown", "of maps, from the last reference to the last byte freed",
			    "seq", .fields = teardown_fields},
	[TABLE_DESTROY] = {"destroy", "destroy calls of teardowns", .constraint = "teardown, nth",
			   .fields = destroy_fields},
	[TABLE_HOLDER] = {"holder", "what held maps after their last close", .later = true,
			  .constraint = "teardown, nth", .fields = holder_fields},
	[TABLE_DEFERRED_FREE] = {"reclaim", "ends of deferred frees", "seq",
				 .fields = deferred_free_fields},
	[TABLE_STUCK] = {"hang", "what took longer than --stuck", "seq", .fields = stuck_fields},
	[TABLE_LEDGER] = {"ledger", "calls, counted by their outcome", COUNTS("figure"),
			  .fields = figure_fields},
	[TABLE_TEARDOWN_LEDGER] = {"teardown_ledger", "teardowns, counted by their outcome",
				   COUNTS("figure"), .fields = figure_fields},
	[TABLE_HOOK] = {"point", "what the programs of each hook saw, counted",
			COUNTS("function"), .fields = hook_fields},
	[TABLE_SHED] = {"shed", "from when on maps were left out, so that the recorder kept up",
			COUNTS("since_ns"), .later = true, .fields = shed_fields},
};
/* clang-format on */

/* In views: the task that caused the release, as identity_releaser() finds it. */
#define BY_USER "(r.released_by IS NOT NULL AND r.released_in IS NOT 'kernel')"
#define RELEASER                                                                                   \
	"CASE WHEN " BY_USER " THEN r.released_by ELSE coalesce(r.closed_by, r.released_by) END"
#define RELEASER_CGROUP                                                                            \
	"CASE WHEN " BY_USER " THEN r.released_by_cgroup"                                          \
	" ELSE coalesce(r.closed_by_cgroup, r.released_by_cgroup) END"

#define CGROUP_COLUMNS                                                                             \
	" g.path AS cgroup, g.unit AS unit, g.pod_uid AS pod_uid,\n"                               \
	" g.container_id AS container_id\n"
#define CGROUP_TABLE " LEFT JOIN cgroup AS g ON g.id = " RELEASER_CGROUP

/* Who released a map, as columns of a view with the release in "f", and their tables. */
#define IDENTITY_COLUMNS                                                                           \
	" rb.pid AS released_by_pid, rb.tid AS released_by_tid, rb.comm AS released_by_comm,\n"    \
	" r.released_by_cgroup AS released_by_cgroup_id,\n"                                        \
	" nullif(r.released_in, 'unsure') AS released_in,\n"                                       \
	" cb.pid AS closed_by_pid, cb.tid AS closed_by_tid, cb.comm AS closed_by_comm,\n"          \
	" r.closed_by_cgroup AS closed_by_cgroup_id,\n" CGROUP_COLUMNS
#define IDENTITY_TABLES                                                                            \
	" LEFT JOIN release AS r ON r.id = f.release\n"                                            \
	" LEFT JOIN task AS rb ON rb.id = r.released_by\n"                                         \
	" LEFT JOIN task AS cb ON cb.id = r.closed_by\n" CGROUP_TABLE "\n"
#define MAP_AND_TASK_TABLES                                                                        \
	" LEFT JOIN map AS m ON m.id = f.map\n"                                                    \
	" LEFT JOIN task AS t ON t.id = f.task\n"

/* As in JSON: UTC, by RFC 3339. */
#define TIME_OF(ns)                                                                                \
	" (SELECT strftime('%Y-%m-%dT%H:%M:%S', real / 1000000000, 'unixepoch')\n"                 \
	"  || printf('.%09dZ', real % 1000000000) FROM\n"                                          \
	"  (SELECT " ns " + start_realtime_ns - start_ns AS real FROM run)) AS time,\n"

static const char views_sql[] = "CREATE VIEW calls AS SELECT f.seq, f.ts_ns,\n" TIME_OF(
	"f.ts_ns") " f.latency_ns,\n"
		   " coalesce(c.name, nullif(printf('0x%llx', c.address), '0x0')) AS caller,\n"
		   " c.byte_offset AS caller_offset, coalesce(a.alloc, 'unknown') AS alloc,\n"
		   " a.percpu, f.empty, a.unit_size, m.type AS map_type, m.name AS map_name,\n"
		   " m.key_size, m.value_size, m.max_entries, m.flags AS map_flags,\n"
		   " t.pid, t.tid, t.comm, f.cpu, r.map_id,\n" IDENTITY_COLUMNS " FROM call AS f\n"
		   " LEFT JOIN caller AS c ON c.id = f.caller\n"
		   " LEFT JOIN allocator AS a ON a.id = f.allocator\n" MAP_AND_TASK_TABLES
			   IDENTITY_TABLES ";\n"
		   "CREATE VIEW teardowns AS SELECT f.seq, r.released_ns, f.queued_ns, f.start_ns,\n" TIME_OF(
			   "f.start_ns") " r.map_id AS id, m.type AS map_type, m.name AS map_name,\n"
					 " f.wait_ns, f.free_ns, f.destroy_ns, f.deferred_ns, f.total_ns, f.entries,\n"
					 " f.held_ns,\n"
					 " (SELECT group_concat(kind || coalesce(' ' || holder_id, '')\n"
					 "  || coalesce(' ' || name, ''), ';')\n"
					 "  FROM (SELECT * FROM holder WHERE teardown = f.seq ORDER BY nth))\n"
					 "  AS held_by,\n"
					 " f.bytes, f.bytes_exact, f.bytes_cached, f.memcg_id, f.cpu_ns, f.runqueue_ns, f.grace_ns,\n"
					 " f.grace_for, f.deferred_for, f.instructions, f.cycles,\n"
					 " f.cache_misses, f.dtlb_misses,\n"
					 " f.free_ns / nullif(f.entries, 0) AS ns_per_entry,\n"
					 " CASE WHEN f.running OR f.free_ns IS NOT NULL THEN f.running END AS running,\n"
					 " f.freed_by_rcu,\n"
					 " f.empty AS destroys_empty, f.direct AS destroys_direct,\n"
					 " f.deferred AS destroys_deferred, f.pending AS destroys_pending,\n"
					 " f.undecided AS destroys_unknown,\n"
					 " m.key_size, m.value_size, m.max_entries, m.flags AS map_flags,\n"
					 " t.pid AS worker_pid, t.comm AS worker_comm,\n"
					 " w.pid AS by_pid, w.comm AS by_comm, " RELEASER_CGROUP
					 " AS by_cgroup_id,\n"
					 " r.closed_at_exit, u.frames AS user_stack,\n" IDENTITY_COLUMNS
					 " FROM teardown AS f\n" MAP_AND_TASK_TABLES IDENTITY_TABLES
					 " LEFT JOIN task AS w ON w.id = " RELEASER "\n"
					 " LEFT JOIN user_stack AS u ON u.id = r.user_stack;\n"
					 "CREATE VIEW reclaims AS SELECT f.seq, f.destroy_ns, f.start_ns,\n" TIME_OF(
						 "f.start_ns") " f.latency_ns, f.free_ns, f.cpu_ns, f.runqueue_ns, f.grace_ns, f.grace_for,\n"
							       " r.map_id AS id, m.type AS map_type, m.name AS map_name,\n"
							       " coalesce(f.alloc, 'unknown') AS alloc, t.pid AS worker_pid, t.comm AS worker_comm\n"
							       " FROM reclaim AS f\n" MAP_AND_TASK_TABLES
								       IDENTITY_TABLES ";\n"
							       "CREATE VIEW hangs AS SELECT f.seq, f.place, f.since_ns,\n" TIME_OF(
								       "f.since_ns") " f.for_ns, r.map_id AS id,\n"
										     " m.type AS map_type, m.name AS map_name,\n"
										     " CASE WHEN f.in_worker THEN t.tid END AS worker_pid,\n"
										     " CASE WHEN f.in_worker THEN t.comm END AS worker_comm, f.stack,\n" IDENTITY_COLUMNS
										     " FROM hang AS f\n" MAP_AND_TASK_TABLES
											     IDENTITY_TABLES
										     ";\n"
										     "CREATE VIEW callers AS SELECT caller, map_type, count(*) AS count,\n"
										     " count(*) FILTER (WHERE empty) AS empty,\n"
										     " sum(latency_ns) FILTER (WHERE empty IS NOT 1) AS total_ns,\n"
										     " min(latency_ns) FILTER (WHERE empty IS NOT 1) AS min_ns,\n"
										     " CAST(round(avg(latency_ns) FILTER (WHERE empty IS NOT 1)) AS INTEGER) AS mean_ns,\n"
										     " max(latency_ns) FILTER (WHERE empty IS NOT 1) AS max_ns\n"
										     " FROM calls GROUP BY caller, map_type ORDER BY total_ns DESC;\n"
										     "CREATE VIEW slowest AS SELECT * FROM teardowns\n"
										     " WHERE total_ns IS NOT NULL ORDER BY total_ns DESC;\n"
										     "CREATE VIEW releasers AS SELECT by_comm, by_cgroup_id, cgroup, count(*) AS count,\n"
										     " sum(wait_ns) AS wait_ns, sum(free_ns) AS free_ns, sum(deferred_ns) AS deferred_ns,\n"
										     " sum(total_ns) AS total_ns, max(total_ns) AS max_ns\n"
										     " FROM teardowns GROUP BY by_comm, by_cgroup_id ORDER BY total_ns DESC;\n"
										     "CREATE VIEW scenarios AS SELECT s.name AS scenario, count(*) AS count,\n"
										     " min(f.total_ns) AS min_ns, CAST(round(avg(f.total_ns)) AS INTEGER) AS mean_ns,\n"
										     " max(f.total_ns) AS max_ns\n"
										     " FROM teardown AS f JOIN map AS m ON m.id = f.map\n"
										     " JOIN scenario AS s ON s.map_name = m.name GROUP BY s.id;\n";

const struct table *schema_table(enum table_id table)
{
	if (!scenario_fields[NR_FIXED].name)
		add_settings();
	return &tables[table];
}

int schema_create(sqlite3 *db)
{
	int rc = SQLITE_OK;

	for (int i = 0; i < NR_TABLES && !rc; i++) {
		char *sql = table_create_sql(schema_table(i));

		rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
		sqlite3_free(sql);
	}
	return rc ? rc : sqlite3_exec(db, views_sql, NULL, NULL, NULL);
}
