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
#include "recording/schema.h"
#include "recording/sql.h"
#include "recording/writer.h"
#include "recording/writer_tables.h"
#include "util/diag.h"

/* How long a commit waits for readers. If that is too short, the next commit writes its rows. */
#define PATIENCE_MS	 10
#define LAST_PATIENCE_MS 10000

struct writer {
	const char *path;
	sqlite3 *db;
	struct writer_tables tables;
	struct run_info run_info;
	bool in_transaction;
	__u64 events;
	__u64 scenarios;
	int err; /* why nothing more is written */
};

/* Reports the first error, and keeps it. Returns -errno. */
static int set_error(struct writer *writer, int rc)
{
	if (!rc || writer->err)
		return writer->err;
	diag_error("cannot write '%s': %s", writer->path, sql_error(writer->db, rc));
	writer->err = sql_errno(writer->db, rc);
	return writer->err;
}

static int begin(struct writer *writer)
{
	if (writer->err || writer->in_transaction)
		return writer->err;
	writer->in_transaction =
		!set_error(writer, sqlite3_exec(writer->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	return writer->err;
}

/* Readers only delay it. */
static int commit(struct writer *writer, bool last)
{
	int rc;

	if (writer->err || !writer->in_transaction)
		return writer->err;
	rc = sqlite3_exec(writer->db, "COMMIT", NULL, NULL, NULL);
	if ((rc & 0xff) == SQLITE_BUSY && !last)
		return 0;
	writer->in_transaction = false;
	return set_error(writer, rc);
}

int writer_commit(struct writer *writer)
{
	return commit(writer, false);
}

/* The file */

static int put_run(struct writer *writer)
{
	return writer_tables_insert(&writer->tables, TABLE_RUN, 1, &writer->run_info);
}

int writer_begin(struct writer *writer, const struct run_info *run_info)
{
	writer->run_info = *run_info;
	if (!begin(writer))
		set_error(writer, put_run(writer));
	return commit(writer, true);
}

static int make_tables(struct writer *writer)
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
		rc = schema_create(writer->db);
	if (!rc)
		rc = writer_tables_open(&writer->tables, writer->db);
	if (!rc)
		rc = put_run(writer);
	writer->in_transaction = !rc;
	return rc;
}

static void close_file(struct writer *writer)
{
	writer_tables_close(&writer->tables);
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
	writer->run_info = *run_info;
	err = sql_make_file(path, force);
	if (err) {
		free(writer);
		return err;
	}
	set_error(writer, make_tables(writer));
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
	if (begin(writer))
		return writer->err;
	writer->run_info.end_ns = end_ns;
	set_error(writer, put_run(writer));
	sqlite3_busy_timeout(writer->db, LAST_PATIENCE_MS);
	if (commit(writer, true))
		return writer->err;
	close_file(writer);
	writer->err = -EBADF; /* the file is closed */
	return 0;
}

void writer_close(struct writer *writer)
{
	if (!writer)
		return;
	close_file(writer);
	free(writer);
}

__u64 writer_events(const struct writer *writer)
{
	return writer->events;
}

/* Events */

static int put_event(struct writer *writer, enum table_id table, const void *row)
{
	int rc = writer_tables_insert(&writer->tables, table, (__s64)writer->events + 1, row);

	writer->events += !rc;
	return set_error(writer, rc);
}

/* A worker that is all zero or empty is unknown. */
static struct refs find_refs(struct writer_tables *tables, const struct map_info *map,
			     const struct task *worker)
{
	struct refs refs = {.map = writer_tables_map(tables, map)};

	if (worker->pid || worker->tid || *worker->comm)
		refs.task = writer_tables_task(tables, worker);
	refs.release = writer_tables_release(tables, &map->identity);
	return refs;
}

int writer_call(struct writer *writer, const struct call *call)
{
	struct writer_tables *tables = &writer->tables;
	struct call_row row = {.call = *call};

	if (begin(writer))
		return writer->err;
	row.refs.caller = writer_tables_caller(tables, &call->caller);
	row.refs.map = writer_tables_map(tables, &call->map);
	row.refs.allocator = writer_tables_allocator(tables, call);
	row.refs.task = writer_tables_task(tables, &call->task);
	row.refs.release = writer_tables_release(tables, &call->map.identity);
	return put_event(writer, TABLE_CALL, &row);
}

int writer_teardown(struct writer *writer, const struct teardown *teardown)
{
	struct teardown_row row = {.teardown = *teardown};
	struct destroy_row destroy = {.teardown = (__s64)writer->events + 1};

	if (begin(writer))
		return writer->err;
	row.refs = find_refs(&writer->tables, &teardown->map, &teardown->run.worker);
	row.refs.object = writer_tables_object(&writer->tables, teardown->map.address);
	for (; destroy.nth < teardown->nr_destroys && destroy.nth < MAX_DESTROYS; destroy.nth++) {
		destroy.destroy = teardown->destroy[destroy.nth];
		writer_tables_insert(&writer->tables, TABLE_DESTROY, 0, &destroy);
	}
	return put_event(writer, TABLE_TEARDOWN, &row);
}

int writer_deferred_free(struct writer *writer, const struct deferred_free *deferred_free)
{
	struct deferred_free_row row = {.deferred_free = *deferred_free};

	if (begin(writer))
		return writer->err;
	row.refs = find_refs(&writer->tables, &deferred_free->map, &deferred_free->run.worker);
	row.refs.object = writer_tables_object(&writer->tables, deferred_free->map.address);
	return put_event(writer, TABLE_DEFERRED_FREE, &row);
}

int writer_stuck(struct writer *writer, const struct stuck *stuck)
{
	struct stuck_row row = {.stuck = *stuck};

	if (begin(writer))
		return writer->err;
	row.refs = find_refs(&writer->tables, &stuck->map, &stuck->worker);
	snprintf(row.place, sizeof(row.place), "%s", stuck->where);
	return put_event(writer, TABLE_STUCK, &row);
}

/* Scenarios and counts */

int writer_scenario(struct writer *writer, const struct scenario *scenario)
{
	if (begin(writer))
		return writer->err;
	return set_error(writer, writer_tables_insert(&writer->tables, TABLE_SCENARIO,
						      (__s64)++writer->scenarios, scenario));
}

static void put_figures(struct writer *writer, enum table_id table, const struct figure *figure,
			const void *ledger)
{
	for (; figure->name; figure++) {
		struct figure_row row = {.value = figure_get(figure, ledger)};

		snprintf(row.figure, sizeof(row.figure), "%s", figure->name);
		writer_tables_insert(&writer->tables, table, 0, &row);
	}
}

static void put_hook(struct writer *writer, const struct hook_counts *counts)
{
	struct hook_row row = {.counts = *counts};

	snprintf(row.function, sizeof(row.function), "%s", counts->function);
	hook_counts_clear_unused(&row.counts);
	writer_tables_insert(&writer->tables, TABLE_HOOK, 0, &row);
}

int writer_ledger(struct writer *writer, const struct ledger *ledger,
		  const struct teardown_counts *counts)
{
	if (begin(writer))
		return writer->err;
	put_figures(writer, TABLE_LEDGER, ledger_figures, ledger);
	if (counts)
		put_figures(writer, TABLE_TEARDOWN_LEDGER, teardown_ledger_figures,
			    &counts->ledger);
	for (int i = 0; i < NR_HOOKS && counts; i++)
		if (counts->hooks[i].function)
			put_hook(writer, &counts->hooks[i]);
	return set_error(writer, writer->tables.rc);
}
