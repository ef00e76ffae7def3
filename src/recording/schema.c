// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of a recording: its SQL, and the words it is written in.
 */
#include <string.h>

#include "recording/schema.h"
#include "util/macros.h"

/* What a map is freed for, in views: the task that identity_releaser() of teardown.h picks. */
#define BY_USER "(r.released_by IS NOT NULL AND r.released_in IS NOT 'kernel')"
#define RELEASER                                                                                   \
	"CASE WHEN " BY_USER " THEN r.released_by ELSE coalesce(r.closed_by, r.released_by) END"
#define RELEASER_CGROUP                                                                            \
	"CASE WHEN " BY_USER " THEN r.released_by_cgroup"                                          \
	" ELSE coalesce(r.closed_by_cgroup, r.released_by_cgroup) END"

/* Who let go of a map, as columns of a view of whose rows "f" has the release, and their tables. */
#define IDENTITY_COLUMNS                                                                           \
	" rb.pid AS released_by_pid, rb.tid AS released_by_tid, rb.comm AS released_by_comm,\n"    \
	" r.released_by_cgroup AS released_by_cgroup_id,\n"                                        \
	" nullif(r.released_in, 'unsure') AS released_in,\n"                                       \
	" cb.pid AS closed_by_pid, cb.tid AS closed_by_tid, cb.comm AS closed_by_comm,\n"          \
	" r.closed_by_cgroup AS closed_by_cgroup_id\n"
#define IDENTITY_TABLES                                                                            \
	" LEFT JOIN release AS r ON r.id = f.release\n"                                            \
	" LEFT JOIN task AS rb ON rb.id = r.released_by\n"                                         \
	" LEFT JOIN task AS cb ON cb.id = r.closed_by\n"
#define MAP_AND_TASK_TABLES                                                                        \
	" LEFT JOIN map AS m ON m.id = f.map\n"                                                    \
	" LEFT JOIN task AS t ON t.id = f.task\n"

/* The comments are stored with the tables: sqlite3's .schema shows them. */
const char schema_sql[] =
	"CREATE TABLE run ( -- under which conditions it was recorded: one row\n"
	" id INTEGER PRIMARY KEY CHECK (id = 1),\n"
	" tool_version TEXT, -- NULL, as in all of these texts and counts: not known\n"
	" kernel_release TEXT, -- uname -r\n"
	" kernel_version TEXT, -- uname -v\n"
	" machine TEXT, -- uname -m\n"
	" host TEXT, -- uname -n\n"
	" boot_id TEXT,\n"
	" attach TEXT, -- how the kernel was probed\n"
	" command_line TEXT,\n"
	" cpus_possible INTEGER,\n"
	" cpus_online INTEGER,\n"
	" symbols_hidden INTEGER NOT NULL, -- 1: callers are addresses\n"
	" start_ns INTEGER NOT NULL, -- CLOCK_MONOTONIC, as all times here\n"
	" start_realtime_ns INTEGER NOT NULL, -- the same moment since 1970\n"
	" end_ns INTEGER -- NULL: still being recorded, or cut short\n"
	");\n"
	"CREATE TABLE scenario ( -- what a benchmark measured\n"
	" id INTEGER PRIMARY KEY,\n"
	" name TEXT NOT NULL,\n"
	" map_name TEXT NOT NULL, -- of its maps, and of no others\n"
	" map_type TEXT NOT NULL,\n"
	" map_type_number INTEGER NOT NULL,\n"
	" entries INTEGER NOT NULL, -- that a map holds, or held\n"
	" value_size INTEGER NOT NULL, -- bytes\n"
	" prealloc INTEGER NOT NULL, -- 0 or 1\n"
	" fill TEXT NOT NULL, -- full, emptied\n"
	" threads INTEGER NOT NULL, -- that let go of maps at a time\n"
	" maps INTEGER NOT NULL, -- that each of them lets go of\n"
	" runs INTEGER NOT NULL\n"
	");\n"
	"CREATE TABLE map ( -- what maps look like; the same may be here more than once\n"
	" id INTEGER PRIMARY KEY,\n"
	" type TEXT NOT NULL,\n"
	" type_number INTEGER NOT NULL, -- enum bpf_map_type\n"
	" name TEXT, -- NULL: not known\n"
	" key_size INTEGER, -- bytes; NULL, as in the next three: not read\n"
	" value_size INTEGER, -- bytes\n"
	" max_entries INTEGER,\n"
	" flags INTEGER -- BPF_F_*\n"
	");\n"
	"CREATE TABLE caller ( -- callers of bpf_mem_alloc_destroy()\n"
	" id INTEGER PRIMARY KEY,\n"
	" name TEXT, -- function; NULL: not known, but for the address\n"
	" byte_offset INTEGER, -- of the return address in it\n"
	" address INTEGER -- signed; NULL if there is a name\n"
	");\n"
	"CREATE TABLE task ( -- threads\n"
	" id INTEGER PRIMARY KEY,\n"
	" pid INTEGER NOT NULL, -- thread group\n"
	" tid INTEGER NOT NULL,\n"
	" comm TEXT NOT NULL\n"
	");\n"
	"CREATE TABLE allocator ( -- what is destroyed\n"
	" id INTEGER PRIMARY KEY,\n"
	" alloc TEXT, -- member of the map's structure: ma, pcpu_ma, selem_ma, storage_ma\n"
	" percpu INTEGER, -- 0 or 1: hands out per-CPU objects\n"
	" unit_size INTEGER -- bytes; NULL: it has no one size\n"
	");\n"
	"CREATE TABLE release ( -- who let go of a map; a map may be here more than once\n"
	" id INTEGER PRIMARY KEY,\n"
	" map_id INTEGER, -- of the map\n"
	" released_ns INTEGER, -- the last put; NULL: not seen\n"
	" released_in TEXT, -- task, kernel, interrupt; unsure: a task or an interrupt\n"
	" released_by INTEGER REFERENCES task,\n"
	" released_by_cgroup INTEGER, -- id in the unified hierarchy\n"
	" closed_by INTEGER REFERENCES task, -- the last user task\n"
	" closed_by_cgroup INTEGER\n"
	");\n"
	"CREATE TABLE call ( -- calls of bpf_mem_alloc_destroy()\n"
	" seq INTEGER PRIMARY KEY, -- in the order of recording, over all tables that have it\n"
	" ts_ns INTEGER, -- entry; NULL: only the return was seen\n"
	" latency_ns INTEGER, -- NULL: only one side was seen\n"
	" caller INTEGER REFERENCES caller,\n"
	" map INTEGER REFERENCES map,\n"
	" allocator INTEGER NOT NULL REFERENCES allocator,\n"
	" empty INTEGER, -- 0 or 1: there was nothing to destroy\n"
	" task INTEGER NOT NULL REFERENCES task,\n"
	" cpu INTEGER NOT NULL,\n"
	" release INTEGER REFERENCES release\n"
	");\n"
	"CREATE TABLE teardown ( -- of maps, from the last put to the last byte freed\n"
	" seq INTEGER PRIMARY KEY,\n"
	" object INTEGER, -- the same: perhaps the same map, else another one\n"
	" map INTEGER REFERENCES map,\n"
	" task INTEGER REFERENCES task, -- the worker\n"
	" release INTEGER REFERENCES release,\n"
	" queued_ns INTEGER, -- when the worker was asked\n"
	" start_ns INTEGER, -- when it began\n"
	" wait_ns INTEGER,\n"
	" free_ns INTEGER,\n"
	" destroy_ns INTEGER, -- of free_ns, in destroy calls\n"
	" deferred_ns INTEGER,\n"
	" total_ns INTEGER, -- wait_ns + free_ns + deferred_ns\n"
	" entries INTEGER, -- elements in the map when the worker began\n"
	" running INTEGER NOT NULL, -- 1: the run ended before the worker did\n"
	" destroys INTEGER NOT NULL, -- how many; the first 4 are in table destroy\n"
	" empty INTEGER NOT NULL, -- of these, how many ended so: see destroy.outcome\n"
	" direct INTEGER NOT NULL,\n"
	" deferred INTEGER NOT NULL,\n"
	" pending INTEGER NOT NULL,\n"
	" undecided INTEGER NOT NULL -- outcome unknown\n"
	");\n"
	"CREATE TABLE destroy ( -- destroy calls of teardowns\n"
	" teardown INTEGER NOT NULL REFERENCES teardown,\n"
	" nth INTEGER NOT NULL, -- from 0\n"
	" alloc TEXT,\n"
	" ts_ns INTEGER,\n"
	" latency_ns INTEGER,\n"
	" freed_ns INTEGER, -- when what it had deferred was freed\n"
	" outcome TEXT NOT NULL, -- empty, direct, deferred, pending, unknown\n"
	" PRIMARY KEY (teardown, nth)\n"
	") WITHOUT ROWID;\n"
	"CREATE TABLE reclaim ( -- ends of what destroy calls left to be freed later\n"
	" seq INTEGER PRIMARY KEY,\n"
	" object INTEGER, -- as in teardown\n"
	" map INTEGER REFERENCES map,\n"
	" task INTEGER REFERENCES task, -- the worker\n"
	" release INTEGER REFERENCES release,\n"
	" alloc TEXT,\n"
	" destroy_ns INTEGER, -- entry of the destroy call\n"
	" latency_ns INTEGER, -- from there until it was freed\n"
	" start_ns INTEGER, -- when the worker began\n"
	" free_ns INTEGER -- how long that took\n"
	");\n"
	"CREATE TABLE hang ( -- what took longer than --stuck\n"
	" seq INTEGER PRIMARY KEY,\n"
	" place TEXT NOT NULL, -- a function; wait, deferred: a phase of a teardown\n"
	" since_ns INTEGER,\n"
	" for_ns INTEGER, -- so far\n"
	" in_worker INTEGER NOT NULL, -- 1: the task is the one that hangs\n"
	" map INTEGER REFERENCES map,\n"
	" task INTEGER REFERENCES task,\n"
	" release INTEGER REFERENCES release,\n"
	" stack TEXT -- innermost first, a function a line; NULL: not to be had\n"
	");\n"
	"CREATE TABLE ledger ( -- what became of every call\n"
	" figure TEXT PRIMARY KEY,\n"
	" value INTEGER -- NULL: the kernel does not give it\n"
	") WITHOUT ROWID;\n"
	"CREATE TABLE teardown_ledger ( -- what became of every teardown\n"
	" figure TEXT PRIMARY KEY,\n"
	" value INTEGER\n"
	") WITHOUT ROWID;\n"
	"CREATE TABLE point ( -- what became of what happened where the kernel was probed\n"
	" function TEXT PRIMARY KEY,\n"
	" attached INTEGER NOT NULL,\n"
	" seen INTEGER,\n"
	" taken INTEGER,\n"
	" lost INTEGER,\n"
	" missed INTEGER,\n"
	" seen_return INTEGER,\n"
	" lost_return INTEGER,\n"
	" missed_return INTEGER\n"
	") WITHOUT ROWID;\n"
	/* Views */
	"CREATE VIEW calls AS SELECT f.seq, f.ts_ns, f.latency_ns,\n"
	" coalesce(c.name, nullif(printf('0x%llx', c.address), '0x0')) AS caller,\n"
	" c.byte_offset AS caller_offset, coalesce(a.alloc, 'unknown') AS alloc,\n"
	" a.percpu, f.empty, a.unit_size, m.type AS map_type, m.name AS map_name,\n"
	" m.key_size, m.value_size, m.max_entries, m.flags AS map_flags,\n"
	" t.pid, t.tid, t.comm, f.cpu, r.map_id,\n" IDENTITY_COLUMNS " FROM call AS f\n"
	" LEFT JOIN caller AS c ON c.id = f.caller\n"
	" LEFT JOIN allocator AS a ON a.id = f.allocator\n" MAP_AND_TASK_TABLES IDENTITY_TABLES
	";\n"
	"CREATE VIEW teardowns AS SELECT f.seq, r.released_ns, f.queued_ns, f.start_ns,\n"
	" r.map_id AS id, m.type AS map_type, m.name AS map_name,\n"
	" f.wait_ns, f.free_ns, f.destroy_ns, f.deferred_ns, f.total_ns, f.entries,\n"
	" f.free_ns / nullif(f.entries, 0) AS ns_per_entry,\n"
	" CASE WHEN f.running OR f.free_ns IS NOT NULL THEN f.running END AS running,\n"
	" f.empty AS destroys_empty, f.direct AS destroys_direct,\n"
	" f.deferred AS destroys_deferred, f.pending AS destroys_pending,\n"
	" f.undecided AS destroys_unknown,\n"
	" m.key_size, m.value_size, m.max_entries, m.flags AS map_flags,\n"
	" t.pid AS worker_pid, t.comm AS worker_comm,\n"
	" w.pid AS by_pid, w.comm AS by_comm, " RELEASER_CGROUP
	" AS by_cgroup_id,\n" IDENTITY_COLUMNS
	" FROM teardown AS f\n" MAP_AND_TASK_TABLES IDENTITY_TABLES
	" LEFT JOIN task AS w ON w.id = " RELEASER ";\n"
	"CREATE VIEW reclaims AS SELECT f.seq, f.destroy_ns, f.start_ns, f.latency_ns,\n"
	" f.free_ns, r.map_id AS id, m.type AS map_type, m.name AS map_name,\n"
	" coalesce(f.alloc, 'unknown') AS alloc, t.pid AS worker_pid, t.comm AS worker_comm\n"
	" FROM reclaim AS f\n" MAP_AND_TASK_TABLES IDENTITY_TABLES ";\n"
	"CREATE VIEW hangs AS SELECT f.seq, f.place, f.since_ns, f.for_ns, r.map_id AS id,\n"
	" m.type AS map_type, m.name AS map_name,\n"
	" CASE WHEN f.in_worker THEN t.tid END AS worker_pid,\n"
	" CASE WHEN f.in_worker THEN t.comm END AS worker_comm, f.stack,\n" IDENTITY_COLUMNS
	" FROM hang AS f\n" MAP_AND_TASK_TABLES IDENTITY_TABLES ";\n"
	"CREATE VIEW callers AS SELECT caller, map_type, count(*) AS count,\n"
	" count(*) FILTER (WHERE empty) AS empty,\n"
	" sum(latency_ns) FILTER (WHERE empty IS NOT 1) AS total_ns,\n"
	" min(latency_ns) FILTER (WHERE empty IS NOT 1) AS min_ns,\n"
	" CAST(round(avg(latency_ns) FILTER (WHERE empty IS NOT 1)) AS INTEGER) AS mean_ns,\n"
	" max(latency_ns) FILTER (WHERE empty IS NOT 1) AS max_ns\n"
	" FROM calls GROUP BY caller, map_type ORDER BY total_ns DESC;\n"
	"CREATE VIEW slowest AS SELECT * FROM teardowns\n"
	" WHERE total_ns IS NOT NULL ORDER BY total_ns DESC;\n"
	"CREATE VIEW releasers AS SELECT by_comm, by_cgroup_id, count(*) AS count,\n"
	" sum(wait_ns) AS wait_ns, sum(free_ns) AS free_ns, sum(deferred_ns) AS deferred_ns,\n"
	" sum(total_ns) AS total_ns, max(total_ns) AS max_ns\n"
	" FROM teardowns GROUP BY by_comm, by_cgroup_id ORDER BY total_ns DESC;\n"
	"CREATE VIEW scenarios AS SELECT s.name AS scenario, count(*) AS count,\n"
	" min(f.total_ns) AS min_ns, CAST(round(avg(f.total_ns)) AS INTEGER) AS mean_ns,\n"
	" max(f.total_ns) AS max_ns\n"
	" FROM teardown AS f JOIN map AS m ON m.id = f.map\n"
	" JOIN scenario AS s ON s.map_name = m.name GROUP BY s.id;\n";

const char *const schema_tables[] = {
	"run",	    "scenario", "map",	   "caller", "task",   "allocator",	  "release", "call",
	"teardown", "destroy",	"reclaim", "hang",   "ledger", "teardown_ledger", "point",   NULL,
};

bool schema_alloc(const char *name, enum alloc_member *alloc)
{
	for (*alloc = 0; *alloc < NR_ALLOC_MEMBERS; ++*alloc)
		if (!strcmp(name, alloc_name(*alloc)))
			return true;
	return false;
}

bool schema_outcome(const char *name, enum outcome *outcome)
{
	for (*outcome = 0; *outcome < NR_OUTCOMES; ++*outcome)
		if (!strcmp(name, outcome_name(*outcome)))
			return true;
	return false;
}

const char *schema_fill_name(enum fill fill)
{
	static const char *const names[] = {[FILL_FULL] = "full", [FILL_EMPTIED] = "emptied"};

	_Static_assert(ARRAY_SIZE(names) == NR_FILLS, "a name for each");
	return names[fill < NR_FILLS ? fill : FILL_FULL];
}

bool schema_fill(const char *name, enum fill *fill)
{
	for (*fill = 0; *fill < NR_FILLS; ++*fill)
		if (!strcmp(name, schema_fill_name(*fill)))
			return true;
	return false;
}

const char *schema_context_name(const struct identity *identity)
{
	if (identity->unsure)
		return "unsure";
	if (identity->by_interrupt)
		return "interrupt";
	if (identity->by_kernel)
		return "kernel";
	return identity->released_ns != UNKNOWN_NS ? "task" : NULL;
}

bool schema_context(const char *name, struct identity *identity)
{
	identity->unsure = !strcmp(name, "unsure");
	identity->by_interrupt = !strcmp(name, "interrupt");
	identity->by_kernel = !strcmp(name, "kernel");
	return identity->unsure || identity->by_interrupt || identity->by_kernel ||
	       !strcmp(name, "task");
}
