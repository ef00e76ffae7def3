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

#include "model/map_type.h"
#include "output/column.h"
#include "recording/schema.h"
#include "recording/writer.h"
#include "recording/writer_tables.h"
#include "util/diag.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

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

struct recording {
	const char *path;
	sqlite3 *db;
	sqlite3_stmt *stmt[NR_STATEMENTS];
	struct dimensions *dimensions;
	bool in_transaction;
	__u64 events;
	int err; /* why nothing is taken any more */
};

/* The first error is told, and stays. Gives -errno. */
static int took(struct recording *recording, int rc)
{
	if (!rc || recording->err)
		return recording->err;
	diag_error("cannot write '%s': %s", recording->path, sql_error(recording->db, rc));
	recording->err = sql_errno(recording->db, rc);
	return recording->err;
}

static int begin(struct recording *recording)
{
	struct insert statement = insert_into(recording->stmt[BEGIN]);

	if (recording->err || recording->in_transaction)
		return recording->err;
	recording->in_transaction = !took(recording, insert_run(&statement));
	return recording->err;
}

/* A reader only delays it. */
static int commit(struct recording *recording, bool last)
{
	struct insert statement = insert_into(recording->stmt[COMMIT]);
	int rc;

	if (recording->err || !recording->in_transaction)
		return recording->err;
	rc = insert_run(&statement);
	if ((rc & 0xff) == SQLITE_BUSY && !last)
		return 0;
	recording->in_transaction = false;
	return took(recording, rc);
}

int recording_commit(struct recording *recording)
{
	return commit(recording, false);
}

/* The file */

static int put_run(struct recording *recording, const struct conditions *conditions)
{
	const char *const texts[] = {
		conditions->tool_version, conditions->kernel_release, conditions->kernel_version,
		conditions->machine,	  conditions->host,	      conditions->boot_id,
		conditions->attach,	  conditions->command_line,
	};
	struct insert insert = insert_into(recording->stmt[PUT_RUN]);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		insert_text(&insert, *texts[i] ? texts[i] : NULL);
	insert_known(&insert, conditions->cpus_possible, conditions->cpus_possible);
	insert_known(&insert, conditions->cpus_online, conditions->cpus_online);
	insert_number(&insert, conditions->symbols_hidden);
	insert_number(&insert, conditions->start_ns);
	insert_number(&insert, conditions->start_realtime_ns);
	insert_figure(&insert, conditions->end_ns);
	return insert_run(&insert);
}

int recording_begin(struct recording *recording, const struct conditions *conditions)
{
	int err = begin(recording);

	if (!err)
		err = took(recording, put_run(recording, conditions));
	return err ? err : commit(recording, true);
}

static int prepare(struct recording *recording)
{
	int i, rc = dimensions_new(&recording->dimensions, recording->db);

	for (i = 0; i < NR_STATEMENTS && !rc; i++)
		rc = sqlite3_prepare_v3(recording->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
					&recording->stmt[i], NULL);
	return rc;
}

static int lay_out(struct recording *recording, const struct conditions *conditions)
{
	char pragmas[256];
	int rc = sql_open(&recording->db, recording->path, SQLITE_OPEN_READWRITE);

	if (rc)
		return rc;
	sqlite3_busy_timeout(recording->db, PATIENCE_MS);
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
		 "PRAGMA cache_size = -16000; PRAGMA cache_spill = OFF; BEGIN IMMEDIATE;"
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	rc = sqlite3_exec(recording->db, pragmas, NULL, NULL, NULL);
	if (!rc)
		rc = sqlite3_exec(recording->db, schema_sql, NULL, NULL, NULL);
	if (!rc)
		rc = prepare(recording);
	if (!rc)
		rc = put_run(recording, conditions);
	recording->in_transaction = !rc;
	return rc;
}

static void shut(struct recording *recording)
{
	int i;

	for (i = 0; i < NR_STATEMENTS; i++) {
		sqlite3_finalize(recording->stmt[i]);
		recording->stmt[i] = NULL;
	}
	dimensions_free(recording->dimensions);
	recording->dimensions = NULL;
	sqlite3_close(recording->db);
	recording->db = NULL;
}

int recording_create(struct recording **out, const char *path, bool force,
		     const struct conditions *conditions)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	int err;

	if (!recording) {
		diag_error("cannot write '%s': %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	recording->path = path;
	err = sql_make_file(path, force);
	if (err) {
		free(recording);
		return err;
	}
	err = took(recording, lay_out(recording, conditions));
	if (!err)
		err = commit(recording, true);
	if (err) {
		recording_close(recording);
		unlink(path);
		return err;
	}
	*out = recording;
	return 0;
}

int recording_end(struct recording *recording, __u64 end_ns)
{
	struct insert insert = insert_into(recording->stmt[PUT_END]);
	int err = begin(recording);

	if (err)
		return err;
	insert_figure(&insert, end_ns);
	err = took(recording, insert_run(&insert));
	sqlite3_busy_timeout(recording->db, LAST_PATIENCE_MS);
	if (!err)
		err = commit(recording, true);
	if (!err) {
		shut(recording);
		recording->err = -EBADF; /* it takes no more */
	}
	return err;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	shut(recording);
	free(recording);
}

__u64 recording_events(const struct recording *recording)
{
	return recording->events;
}

/* What happened */

/* Begins the row of an event. */
static struct insert event(struct recording *recording, enum statement statement)
{
	struct insert insert = insert_into(recording->stmt[statement]);

	insert_number(&insert, recording->events + 1);
	return insert;
}

static int end_event(struct recording *recording, int rc)
{
	recording->events += !rc;
	return took(recording, rc);
}

static void insert_ref(struct insert *insert, __s64 id)
{
	insert_known(insert, id, id);
}

/* What calls of all sorts have in common: ids of the rows they refer to. */
struct refs {
	__s64 object, map, task, release;
};

static int find_refs(struct recording *recording, const struct call *call, struct refs *refs)
{
	struct dimensions *dimensions = recording->dimensions;
	int rc = dimensions_map(dimensions, call, &refs->map);

	refs->task = 0;
	if (!rc && (call->pid || call->tid || *call->comm))
		rc = dimensions_task(dimensions, call, &refs->task);
	if (!rc)
		rc = dimensions_release(dimensions, &call->identity, &refs->release);
	return rc;
}

static void insert_refs(struct insert *insert, const struct refs *refs)
{
	insert_ref(insert, refs->map);
	insert_ref(insert, refs->task);
	insert_ref(insert, refs->release);
}

static int put_call(struct recording *recording, const struct call *call)
{
	struct dimensions *dimensions = recording->dimensions;
	__s64 caller, map, allocator, task, release;
	struct insert insert = event(recording, PUT_CALL);
	int rc = dimensions_caller(dimensions, call, &caller);

	if (!rc)
		rc = dimensions_map(dimensions, call, &map);
	if (!rc)
		rc = dimensions_allocator(dimensions, call, &allocator);
	if (!rc)
		rc = dimensions_task(dimensions, call, &task);
	if (!rc)
		rc = dimensions_release(dimensions, &call->identity, &release);
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

int recording_call(struct recording *recording, const struct call *call)
{
	int err = begin(recording);

	return err ? err : end_event(recording, put_call(recording, call));
}

static void insert_alloc(struct insert *insert, enum alloc_member alloc)
{
	insert_text(insert, alloc != ALLOC_UNKNOWN ? alloc_name(alloc) : NULL);
}

static int put_destroys(struct recording *recording, const struct teardown *teardown)
{
	__u32 i;
	int rc = SQLITE_OK;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS && !rc; i++) {
		const struct destroy *destroy = &teardown->destroy[i];
		struct insert insert = event(recording, PUT_DESTROY);

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

static int put_teardown(struct recording *recording, const struct teardown *teardown)
{
	const struct call *call = &teardown->free;
	struct insert insert = event(recording, PUT_TEARDOWN);
	struct refs refs;
	int rc = find_refs(recording, call, &refs), i;

	if (!rc)
		rc = dimensions_object(recording->dimensions, call->map, &refs.object);
	if (!rc)
		rc = put_destroys(recording, teardown);
	if (rc)
		return rc;
	insert_ref(&insert, refs.object);
	insert_refs(&insert, &refs);
	insert_figure(&insert, teardown->queued_ns);
	insert_figure(&insert, call->ts_ns);
	for (i = 0; i < NR_PHASES; i++)
		insert_figure(&insert, teardown->phase[i]);
	insert_figure(&insert, call->entries);
	insert_number(&insert, teardown->running);
	insert_number(&insert, teardown->nr_destroys);
	for (i = 0; i < NR_OUTCOMES; i++)
		insert_number(&insert, teardown->outcomes[i]);
	return insert_run(&insert);
}

int recording_teardown(struct recording *recording, const struct teardown *teardown)
{
	int err = begin(recording);

	return err ? err : end_event(recording, put_teardown(recording, teardown));
}

static int put_reclaim(struct recording *recording, const struct reclaim *reclaim)
{
	const struct call *call = &reclaim->call;
	struct insert insert = event(recording, PUT_RECLAIM);
	struct refs refs;
	int rc = find_refs(recording, call, &refs);

	if (!rc)
		rc = dimensions_object(recording->dimensions, call->map, &refs.object);
	if (rc)
		return rc;
	insert_ref(&insert, refs.object);
	insert_refs(&insert, &refs);
	insert_alloc(&insert, reclaim->alloc);
	insert_figure(&insert, reclaim->destroy_ns);
	insert_figure(&insert, reclaim->latency_ns);
	insert_figure(&insert, call->ts_ns);
	insert_figure(&insert, call->latency_ns);
	return insert_run(&insert);
}

int recording_reclaim(struct recording *recording, const struct reclaim *reclaim)
{
	int err = begin(recording);

	return err ? err : end_event(recording, put_reclaim(recording, reclaim));
}

static int put_hang(struct recording *recording, const struct hang *hang)
{
	struct insert insert = event(recording, PUT_HANG);
	struct refs refs;
	int rc = find_refs(recording, &hang->call, &refs);

	if (rc)
		return rc;
	insert_text(&insert, hang->where);
	insert_figure(&insert, hang->call.ts_ns);
	insert_figure(&insert, hang->for_ns);
	insert_number(&insert, hang->in_worker);
	insert_refs(&insert, &refs);
	insert_text(&insert, *hang->stack ? hang->stack : NULL);
	return insert_run(&insert);
}

int recording_hang(struct recording *recording, const struct hang *hang)
{
	int err = begin(recording);

	return err ? err : end_event(recording, put_hang(recording, hang));
}

/* What is known besides */

static int put_scenario(struct recording *recording, const struct scenario *scenario)
{
	struct insert insert = insert_into(recording->stmt[PUT_SCENARIO]);

	insert_text(&insert, scenario->name);
	insert_text(&insert, scenario->map_name);
	insert_text(&insert, maptype_name(scenario->map_type));
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

int recording_scenario(struct recording *recording, const struct scenario *scenario)
{
	int err = begin(recording);

	return err ? err : took(recording, put_scenario(recording, scenario));
}

static void insert_column(struct insert *insert, const struct column *column, const void *object)
{
	struct value value;
	bool known = column->get(column, object, &value);

	insert_known(insert, known, known ? value.number : 0);
}

/* The figures of a ledger, by their names. */
static int put_figures(struct recording *recording, enum statement statement,
		       const struct column *column, const void *ledger)
{
	int rc = SQLITE_OK;

	for (; column->name && !rc; column++) {
		struct insert insert = insert_into(recording->stmt[statement]);

		if (column->kind != VALUE_NUMBER)
			continue;
		insert_text(&insert, column->name);
		insert_column(&insert, column, ledger);
		rc = insert_run(&insert);
	}
	return rc;
}

/* The columns of the table are those of the output, in their order. */
static int put_point(struct recording *recording, const struct point_counts *counts)
{
	struct insert insert = insert_into(recording->stmt[PUT_POINT]);
	const struct column *column;

	insert_text(&insert, counts->function);
	for (column = point_columns; column->name; column++)
		if (column->kind != VALUE_TEXT)
			insert_column(&insert, column, counts);
	return insert_run(&insert);
}

int recording_ledger(struct recording *recording, const struct ledger *ledger,
		     const struct teardown_counts *counts)
{
	int err = begin(recording), rc, i;

	if (err)
		return err;
	rc = put_figures(recording, PUT_LEDGER, ledger_columns, ledger);
	if (counts && !rc)
		rc = put_figures(recording, PUT_TEARDOWN_LEDGER, teardown_ledger_columns,
				 &counts->ledger);
	for (i = 0; i < NR_POINTS && counts && !rc; i++)
		if (counts->points[i].function)
			rc = put_point(recording, &counts->points[i]);
	return took(recording, rc);
}
