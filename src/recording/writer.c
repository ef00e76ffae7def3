// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a recording.
 *
 * A transaction begins with the first row after a commit. Its pages stay in memory until then, so
 * that the file changes at commits only, each of them all or nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/ledger_figures.h"
#include "model/map_type.h"
#include "recording/schema.h"
#include "recording/writer.h"
#include "recording/writer_tables.h"
#include "util/diag.h"
#include "util/macros.h"

/* How long a commit waits for readers: what is not committed then is with the next one. */
#define PATIENCE_MS	 10
#define LAST_PATIENCE_MS 10000

enum statement {
	BEGIN,
	COMMIT,
	PUT_RUN,
	PUT_END,
	PUT_SCENARIO,
	PUT_CALL,
	PUT_TEARDOWN,
	PUT_DESTROY,
	PUT_RECLAIM,
	PUT_HANG,
	PUT_LEDGER,
	PUT_TEARDOWN_LEDGER,
	PUT_POINT,
	NR_STATEMENTS,
};

static const char *const statements[] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[PUT_RUN] = "REPLACE INTO run VALUES (1,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_END] = "UPDATE run SET end_ns = ?",
	[PUT_SCENARIO] = "INSERT INTO scenario VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_CALL] = "INSERT INTO call VALUES (?,?,?,?,?,?,?,?,?,?)",
	[PUT_TEARDOWN] = "INSERT INTO teardown VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_DESTROY] = "INSERT INTO destroy VALUES (?,?,?,?,?,?,?)",
	[PUT_RECLAIM] = "INSERT INTO reclaim VALUES (?,?,?,?,?,?,?,?,?,?)",
	[PUT_HANG] = "INSERT INTO hang VALUES (?,?,?,?,?,?,?,?,?)",
	[PUT_LEDGER] = "INSERT OR REPLACE INTO ledger VALUES (?,?)",
	[PUT_TEARDOWN_LEDGER] = "INSERT OR REPLACE INTO teardown_ledger VALUES (?,?)",
	[PUT_POINT] = "INSERT OR REPLACE INTO point VALUES (?,?,?,?,?,?,?,?,?)",
};

_Static_assert(ARRAY_SIZE(statements) == NR_STATEMENTS, "an SQL text for each");

struct writer {
	const char *path;
	sqlite3 *db;
	sqlite3_stmt *stmt[NR_STATEMENTS];
	struct writer_tables *tables;
	bool in_transaction;
	__u64 events;
	int err; /* why nothing is taken any more */
};

/* The first error is told, and stays. Gives -errno. */
static int took(struct writer *writer, int rc)
{
	if (!rc || writer->err)
		return writer->err;
	diag_error("cannot write '%s': %s", writer->path, sql_error(writer->db, rc));
	writer->err = sql_errno(writer->db, rc);
	return writer->err;
}

static int begin(struct writer *writer)
{
	struct insert statement = insert_into(writer->stmt[BEGIN]);

	if (writer->err || writer->in_transaction)
		return writer->err;
	writer->in_transaction = !took(writer, insert_run(&statement));
	return writer->err;
}

/* A reader only delays it. */
static int commit(struct writer *writer, bool last)
{
	struct insert statement = insert_into(writer->stmt[COMMIT]);
	int rc;

	if (writer->err || !writer->in_transaction)
		return writer->err;
	rc = insert_run(&statement);
	if ((rc & 0xff) == SQLITE_BUSY && !last)
		return 0;
	writer->in_transaction = false;
	return took(writer, rc);
}

int writer_commit(struct writer *writer)
{
	return commit(writer, false);
}

/* The file */

static int put_run(struct writer *writer, const struct run_info *run_info)
{
	const char *const texts[] = {
		run_info->tool_version, run_info->kernel_release, run_info->kernel_version,
		run_info->machine,	run_info->host,		  run_info->boot_id,
		run_info->attach,	run_info->command_line,
	};
	struct insert insert = insert_into(writer->stmt[PUT_RUN]);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		insert_text(&insert, *texts[i] ? texts[i] : NULL);
	insert_known(&insert, run_info->cpus_possible, run_info->cpus_possible);
	insert_known(&insert, run_info->cpus_online, run_info->cpus_online);
	insert_number(&insert, run_info->symbols_hidden);
	insert_number(&insert, run_info->start_ns);
	insert_number(&insert, run_info->start_realtime_ns);
	insert_figure(&insert, run_info->end_ns);
	return insert_run(&insert);
}

int writer_begin(struct writer *writer, const struct run_info *run_info)
{
	int err = begin(writer);

	if (!err)
		err = took(writer, put_run(writer, run_info));
	return err ? err : commit(writer, true);
}

static int prepare(struct writer *writer)
{
	int i, rc = writer_tables_new(&writer->tables, writer->db);

	for (i = 0; i < NR_STATEMENTS && !rc; i++)
		rc = sqlite3_prepare_v3(writer->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
					&writer->stmt[i], NULL);
	return rc;
}

static int lay_out(struct writer *writer, const struct run_info *run_info)
{
	char pragmas[256];
	int rc = sql_open(&writer->db, writer->path, SQLITE_OPEN_READWRITE);

	if (rc)
		return rc;
	sqlite3_busy_timeout(writer->db, PATIENCE_MS);
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
		 "PRAGMA cache_size = -16000; PRAGMA cache_spill = OFF; BEGIN IMMEDIATE;"
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	rc = sqlite3_exec(writer->db, pragmas, NULL, NULL, NULL);
	if (!rc)
		rc = sqlite3_exec(writer->db, schema_sql, NULL, NULL, NULL);
	if (!rc)
		rc = prepare(writer);
	if (!rc)
		rc = put_run(writer, run_info);
	writer->in_transaction = !rc;
	return rc;
}

static void shut(struct writer *writer)
{
	int i;

	for (i = 0; i < NR_STATEMENTS; i++) {
		sqlite3_finalize(writer->stmt[i]);
		writer->stmt[i] = NULL;
	}
	writer_tables_free(writer->tables);
	writer->tables = NULL;
	sqlite3_close(writer->db);
	writer->db = NULL;
}

int writer_create(struct writer **out, const char *path, bool force,
		  const struct run_info *run_info)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	int err;

	if (!writer) {
		diag_error("cannot write '%s': %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	writer->path = path;
	err = sql_make_file(path, force);
	if (err) {
		free(writer);
		return err;
	}
	err = took(writer, lay_out(writer, run_info));
	if (!err)
		err = commit(writer, true);
	if (err) {
		writer_close(writer);
		unlink(path);
		return err;
	}
	*out = writer;
	return 0;
}

int writer_end(struct writer *writer, __u64 end_ns)
{
	struct insert insert = insert_into(writer->stmt[PUT_END]);
	int err = begin(writer);

	if (err)
		return err;
	insert_figure(&insert, end_ns);
	err = took(writer, insert_run(&insert));
	sqlite3_busy_timeout(writer->db, LAST_PATIENCE_MS);
	if (!err)
		err = commit(writer, true);
	if (!err) {
		shut(writer);
		writer->err = -EBADF; /* it takes no more */
	}
	return err;
}

void writer_close(struct writer *writer)
{
	if (!writer)
		return;
	shut(writer);
	free(writer);
}

__u64 writer_events(const struct writer *writer)
{
	return writer->events;
}

/* What happened */

/* Begins the row of an event. */
static struct insert event(struct writer *writer, enum statement statement)
{
	struct insert insert = insert_into(writer->stmt[statement]);

	insert_number(&insert, writer->events + 1);
	return insert;
}

static int end_event(struct writer *writer, int rc)
{
	writer->events += !rc;
	return took(writer, rc);
}

static void insert_ref(struct insert *insert, __s64 id)
{
	insert_known(insert, id, id);
}

/* Ids of the rows that teardowns, deferred frees and stuck reports refer to. */
struct refs {
	__s64 object, map, task, release;
};

static int find_refs(struct writer *writer, const struct map_info *map, const struct task *task,
		     struct refs *refs)
{
	struct writer_tables *tables = writer->tables;
	int rc = writer_tables_map(tables, map, &refs->map);

	refs->task = 0;
	if (!rc && (task->pid || task->tid || *task->comm))
		rc = writer_tables_task(tables, task, &refs->task);
	if (!rc)
		rc = writer_tables_release(tables, &map->identity, &refs->release);
	return rc;
}

static void insert_refs(struct insert *insert, const struct refs *refs)
{
	insert_ref(insert, refs->map);
	insert_ref(insert, refs->task);
	insert_ref(insert, refs->release);
}

static int put_call(struct writer *writer, const struct call *call)
{
	struct writer_tables *tables = writer->tables;
	__s64 caller, map, allocator, task, release;
	struct insert insert = event(writer, PUT_CALL);
	int rc = writer_tables_caller(tables, &call->caller, &caller);

	if (!rc)
		rc = writer_tables_map(tables, &call->map, &map);
	if (!rc)
		rc = writer_tables_allocator(tables, call, &allocator);
	if (!rc)
		rc = writer_tables_task(tables, &call->task, &task);
	if (!rc)
		rc = writer_tables_release(tables, &call->map.identity, &release);
	if (rc)
		return rc;
	insert_figure(&insert, call->ts_ns);
	insert_figure(&insert, call->latency_ns);
	insert_ref(&insert, caller);
	insert_ref(&insert, map);
	insert_ref(&insert, allocator);
	insert_known(&insert, call_has(call, CALL_EMPTY_KNOWN), call_has(call, CALL_EMPTY));
	insert_ref(&insert, task);
	insert_number(&insert, call->cpu);
	insert_ref(&insert, release);
	return insert_run(&insert);
}

int writer_call(struct writer *writer, const struct call *call)
{
	int err = begin(writer);

	return err ? err : end_event(writer, put_call(writer, call));
}

static void insert_alloc(struct insert *insert, enum alloc_member alloc)
{
	insert_text(insert, alloc != ALLOC_UNKNOWN ? alloc_name(alloc) : NULL);
}

static int put_destroys(struct writer *writer, const struct teardown *teardown)
{
	__u32 i;
	int rc = SQLITE_OK;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS && !rc; i++) {
		const struct destroy *destroy = &teardown->destroy[i];
		struct insert insert = event(writer, PUT_DESTROY);

		insert_number(&insert, i);
		insert_alloc(&insert, destroy->alloc);
		insert_figure(&insert, destroy->ts_ns);
		insert_figure(&insert, destroy->latency_ns);
		insert_figure(&insert, destroy->freed_ns);
		insert_text(&insert, outcome_name(destroy->outcome));
		rc = insert_run(&insert);
	}
	return rc;
}

static int put_teardown(struct writer *writer, const struct teardown *teardown)
{
	struct insert insert = event(writer, PUT_TEARDOWN);
	struct refs refs;
	int rc = find_refs(writer, &teardown->map, &teardown->run.worker, &refs), i;

	if (!rc)
		rc = writer_tables_object(writer->tables, teardown->map.address, &refs.object);
	if (!rc)
		rc = put_destroys(writer, teardown);
	if (rc)
		return rc;
	insert_ref(&insert, refs.object);
	insert_refs(&insert, &refs);
	insert_figure(&insert, teardown->queued_ns);
	insert_figure(&insert, teardown->run.start_ns);
	for (i = 0; i < NR_PHASES; i++)
		insert_figure(&insert, teardown->phase[i]);
	insert_figure(&insert, teardown->entries);
	insert_number(&insert, teardown->running);
	insert_number(&insert, teardown->nr_destroys);
	for (i = 0; i < NR_OUTCOMES; i++)
		insert_number(&insert, teardown->outcomes[i]);
	return insert_run(&insert);
}

int writer_teardown(struct writer *writer, const struct teardown *teardown)
{
	int err = begin(writer);

	return err ? err : end_event(writer, put_teardown(writer, teardown));
}

static int put_reclaim(struct writer *writer, const struct deferred_free *reclaim)
{
	struct insert insert = event(writer, PUT_RECLAIM);
	struct refs refs;
	int rc = find_refs(writer, &reclaim->map, &reclaim->run.worker, &refs);

	if (!rc)
		rc = writer_tables_object(writer->tables, reclaim->map.address, &refs.object);
	if (rc)
		return rc;
	insert_ref(&insert, refs.object);
	insert_refs(&insert, &refs);
	insert_alloc(&insert, reclaim->alloc);
	insert_figure(&insert, reclaim->destroy_ns);
	insert_figure(&insert, reclaim->latency_ns);
	insert_figure(&insert, reclaim->run.start_ns);
	insert_figure(&insert, reclaim->run.latency_ns);
	return insert_run(&insert);
}

int writer_deferred_free(struct writer *writer, const struct deferred_free *reclaim)
{
	int err = begin(writer);

	return err ? err : end_event(writer, put_reclaim(writer, reclaim));
}

static int put_hang(struct writer *writer, const struct stuck *stuck)
{
	struct insert insert = event(writer, PUT_HANG);
	struct refs refs;
	int rc = find_refs(writer, &stuck->map, &stuck->worker, &refs);

	if (rc)
		return rc;
	insert_text(&insert, stuck->where);
	insert_figure(&insert, stuck->since_ns);
	insert_figure(&insert, stuck->for_ns);
	insert_number(&insert, stuck->in_worker);
	insert_refs(&insert, &refs);
	insert_text(&insert, *stuck->stack ? stuck->stack : NULL);
	return insert_run(&insert);
}

int writer_stuck(struct writer *writer, const struct stuck *stuck)
{
	int err = begin(writer);

	return err ? err : end_event(writer, put_hang(writer, stuck));
}

/* What is known besides */

static int put_scenario(struct writer *writer, const struct scenario *scenario)
{
	struct insert insert = insert_into(writer->stmt[PUT_SCENARIO]);

	insert_text(&insert, scenario->name);
	insert_text(&insert, scenario->map_name);
	insert_text(&insert, map_type_name(scenario->map_type));
	insert_number(&insert, scenario->map_type);
	insert_number(&insert, scenario->entries);
	insert_number(&insert, scenario->value_size);
	insert_number(&insert, scenario->prealloc);
	insert_text(&insert, schema_fill_name(scenario->fill));
	insert_number(&insert, scenario->threads);
	insert_number(&insert, scenario->maps);
	insert_number(&insert, scenario->runs);
	return insert_run(&insert);
}

int writer_scenario(struct writer *writer, const struct scenario *scenario)
{
	int err = begin(writer);

	return err ? err : took(writer, put_scenario(writer, scenario));
}

static void insert_figure_of(struct insert *insert, const struct figure *figure, const void *ledger,
			     bool counted)
{
	__u64 value = *(const __u64 *)((const char *)ledger + figure->at);

	insert_known(insert, counted && value != LEDGER_UNKNOWN, value);
}

static int put_figures(struct writer *writer, enum statement statement, const struct figure *figure,
		       const void *ledger)
{
	int rc = SQLITE_OK;

	for (; figure->name && !rc; figure++) {
		struct insert insert = insert_into(writer->stmt[statement]);

		insert_text(&insert, figure->name);
		insert_figure_of(&insert, figure, ledger, true);
		rc = insert_run(&insert);
	}
	return rc;
}

static int put_point(struct writer *writer, const struct hook_counts *counts)
{
	struct insert insert = insert_into(writer->stmt[PUT_POINT]);
	const struct figure *figure;

	insert_text(&insert, counts->function);
	insert_number(&insert, counts->attached);
	for (figure = hook_figures; figure->name; figure++)
		insert_figure_of(&insert, figure, counts,
				 counts->attached && (counts->returns || !figure->of_return));
	return insert_run(&insert);
}

int writer_ledger(struct writer *writer, const struct ledger *ledger,
		  const struct teardown_counts *counts)
{
	int err = begin(writer), rc, i;

	if (err)
		return err;
	rc = put_figures(writer, PUT_LEDGER, ledger_figures, ledger);
	if (counts && !rc)
		rc = put_figures(writer, PUT_TEARDOWN_LEDGER, teardown_ledger_figures,
				 &counts->ledger);
	for (i = 0; i < NR_HOOKS && counts && !rc; i++)
		if (counts->hooks[i].function)
			rc = put_point(writer, &counts->hooks[i]);
	return took(writer, rc);
}
