// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a recording.
 *
 * A transaction begins with the first row after a commit. Its pages stay in memory until then, so
 * that the file changes at commits only, each of them all or nothing.
 *
 * Rows that many events refer to are written once: a bounded number of them is remembered; a
 * forgotten one is written again under another number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/ledger_figures.h"
#include "recording/batch.h"
#include "recording/schema.h"
#include "recording/sql.h"
#include "recording/writer.h"
#include "util/diag.h"
#include "util/intern.h"

/* How long a commit waits for readers. If that is too short, the next commit writes its rows. */
#define PATIENCE_MS	 10
#define LONG_PATIENCE_MS 5000

#define MAX_RELEASES 4096 /* remembered: events of one map come close together */

#define OBJECTS NR_TABLES /* of no table: numbers that stand for addresses of maps */

static const size_t max_remembered[NR_TABLES + 1] = {
	[TABLE_MAP] = MAX_REMEMBERED,	    [TABLE_CALLER] = MAX_REMEMBERED,
	[TABLE_ALLOCATOR] = MAX_REMEMBERED, [TABLE_TASK] = MAX_REMEMBERED,
	[TABLE_RELEASE] = MAX_RELEASES,	    [OBJECTS] = MAX_REMEMBERED,
};

/* Rows that come in great numbers are written many at a time. 0: one by one. */
static const size_t batched_size[NR_TABLES] = {
	[TABLE_RELEASE] = sizeof(struct release_row),
	[TABLE_CALL] = sizeof(struct call_row),
	[TABLE_TEARDOWN] = sizeof(struct teardown_row),
	[TABLE_DESTROY] = sizeof(struct destroy_row),
	[TABLE_DEFERRED_FREE] = sizeof(struct deferred_free_row),
};

/*
 * What the last event referred to, as events have it: mostly the next one refers to the same. Only
 * the id is that of a row.
 */
struct last_refs {
	struct {
		__s64 id; /* 0: none */
		struct map_info map;
	} map;
	struct {
		__s64 id;
		struct task task;
	} task;
	struct {
		__s64 id;
		struct caller caller;
		char name[CALLER_LEN];
	} caller;
	struct {
		__s64 id;
		enum alloc_member alloc;
		__u32 unit_size;
		__u8 flags;
	} allocator[2]; /* by the last bit of "alloc": the calls for a hash map are of two */
};

struct writer {
	const char *path;
	sqlite3 *db;
	sqlite3_stmt *insert[NR_TABLES]; /* NULL: batched */
	struct batch *batch[NR_TABLES];
	struct intern *rows[NR_TABLES + 1]; /* numbers of rows; NULL: each one is written */
	struct last_refs last;
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

/* Waits for a program that writes to the recording: events cannot be kept elsewhere. */
static int begin(struct writer *writer)
{
	if (writer->err || writer->in_transaction)
		return writer->err;
	sqlite3_busy_timeout(writer->db, LONG_PATIENCE_MS);
	writer->in_transaction =
		!set_error(writer, sqlite3_exec(writer->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	sqlite3_busy_timeout(writer->db, PATIENCE_MS);
	return writer->err;
}

/* Readers only delay it: the transaction goes on. */
int writer_commit(struct writer *writer)
{
	int rc;

	for (int i = 0; i < NR_TABLES && !writer->err; i++)
		if (writer->batch[i])
			set_error(writer, batch_write(writer->batch[i]));
	if (writer->err || !writer->in_transaction)
		return writer->err;
	rc = sqlite3_exec(writer->db, "COMMIT", NULL, NULL, NULL);
	writer->in_transaction = (rc & 0xff) == SQLITE_BUSY;
	return writer->in_transaction ? 0 : set_error(writer, rc);
}

/* The file */

/* Writes a row of any table, unless there was an error. */
static void insert(struct writer *writer, enum table_id table, __s64 key, const void *row)
{
	if (writer->err)
		return;
	set_error(writer, writer->batch[table] ? batch_add(writer->batch[table], key, row)
					       : table_insert(writer->insert[table],
							      schema_table(table), key, row));
}

static void put_run(struct writer *writer)
{
	insert(writer, TABLE_RUN, 1, &writer->run_info);
}

int writer_begin(struct writer *writer, const struct run_info *run_info)
{
	writer->run_info = *run_info;
	if (!begin(writer))
		put_run(writer);
	return writer_commit(writer);
}

static int make_tables(struct writer *writer)
{
	char pragmas[256];
	int rc = SQLITE_OK;

	for (int i = 0; i <= OBJECTS && !rc; i++)
		if (max_remembered[i] && !(writer->rows[i] = intern_new(max_remembered[i])))
			rc = SQLITE_NOMEM;
	if (rc)
		return rc;
	sqlite3_busy_timeout(writer->db, PATIENCE_MS);
	/* The journal stays, empty: its name is not free for others. */
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"
		 "PRAGMA cache_size = -4000; PRAGMA cache_spill = OFF;"
		 "PRAGMA temp_store = MEMORY; BEGIN IMMEDIATE;"
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	rc = sqlite3_exec(writer->db, pragmas, NULL, NULL, NULL);
	if (!rc)
		rc = schema_create(writer->db);
	for (int i = 0; i < NR_TABLES && !rc; i++)
		rc = batched_size[i] ? batch_open(&writer->batch[i], writer->db, schema_table(i),
						  batched_size[i])
				     : table_prepare_insert(writer->db, schema_table(i),
							    &writer->insert[i]);
	writer->in_transaction = !rc;
	return rc;
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
	err = sql_create(&writer->db, path, force);
	if (err) {
		free(writer);
		return err;
	}
	set_error(writer, make_tables(writer));
	put_run(writer);
	err = writer_commit(writer);
	if (err) {
		writer_discard(writer);
		return err;
	}
	*out = writer;
	return 0;
}

int writer_blind(struct writer *writer, const char *why)
{
	if (!strcmp(writer->run_info.blind, why))
		return writer->err;
	if (begin(writer))
		return writer->err;
	snprintf(writer->run_info.blind, sizeof(writer->run_info.blind), "%s", why);
	put_run(writer);
	return writer->err;
}

int writer_end(struct writer *writer, const struct moment *end)
{
	if (begin(writer))
		return writer->err;
	run_info_end(&writer->run_info, end);
	put_run(writer);
	sqlite3_busy_timeout(writer->db, LONG_PATIENCE_MS);
	if (!writer_commit(writer) && writer->in_transaction) {
		set_error(writer, SQLITE_BUSY);
		sql_save_beside(writer->db, writer->path);
	}
	if (writer->err)
		return writer->err;
	writer->err = -EBADF; /* nothing may be added */
	return 0;
}

void writer_close(struct writer *writer)
{
	if (!writer)
		return;
	for (int i = 0; i < NR_TABLES; i++) {
		sqlite3_finalize(writer->insert[i]);
		batch_close(writer->batch[i]);
	}
	sql_close(writer->db);
	for (int i = 0; i <= OBJECTS; i++)
		intern_free(writer->rows[i]);
	free(writer);
}

void writer_discard(struct writer *writer)
{
	if (writer)
		sql_remove(writer->path);
	writer_close(writer);
}

__u64 writer_events(const struct writer *writer)
{
	return writer->events;
}

/*
 * References: each function writes the row unless it has been written. Its number; 0: unknown.
 *
 * Rows are compared by all of their bytes, so that padding must be zero.
 */

static __s64 share(struct writer *writer, enum table_id table, const void *row, size_t size)
{
	__s64 id = 0;
	int rc = intern_id(writer->rows[table], row, size, &id);

	if (rc < 0)
		set_error(writer, SQLITE_NOMEM);
	if (table == TABLE_CALLER && id > MAX_LOADED)
		return 0; /* unknown */
	if (rc > 0 && table != OBJECTS)
		insert(writer, table, id, row);
	return id;
}

/* The bytes of a map that are in its row; those after the end of a name may differ. */
#define MAP_AT	 offsetof(struct map_info, type)
#define MAP_SIZE (offsetof(struct map_info, name) + NAME_LEN - MAP_AT)

static __s64 refer_to_map(struct writer *writer, const struct map_info *map)
{
	const char *bytes = (const char *)map + MAP_AT;
	char *last = (char *)&writer->last.map.map + MAP_AT;
	struct map_row row;

	if (!map_has_type(map))
		return 0;
	if (writer->last.map.id && !memcmp(last, bytes, MAP_SIZE))
		return writer->last.map.id;
	memset(&row, 0, sizeof(row));
	row.type = map->type;
	row.known = map->known & (CALL_NAME | CALL_SIZES);
	if (map_has_sizes(map)) {
		row.key_size = map->key_size;
		row.value_size = map->value_size;
		row.max_entries = map->max_entries;
		row.flags = map->flags;
	}
	if (map_has_name(map))
		memcpy(row.name, map->name, strnlen(map->name, NAME_LEN - 1));
	memcpy(last, bytes, MAP_SIZE);
	return writer->last.map.id = share(writer, TABLE_MAP, &row, sizeof(row));
}

static bool is_last_caller(const struct writer *writer, const struct caller *caller)
{
	const struct caller *last = &writer->last.caller.caller;

	if (!writer->last.caller.id || caller->address != last->address ||
	    caller->offset != last->offset || !caller->name != !last->name)
		return false;
	return !caller->name || !strncmp(caller->name, writer->last.caller.name, CALLER_LEN - 1);
}

static __s64 refer_to_caller(struct writer *writer, const struct caller *caller)
{
	size_t len = caller->name ? strnlen(caller->name, CALLER_LEN - 1) : 0;
	struct caller_row row;

	if (!caller->name && !caller->address)
		return 0;
	if (is_last_caller(writer, caller))
		return writer->last.caller.id;
	memset(&row, 0, offsetof(struct caller_row, name) + len + 1);
	if (caller->name) {
		row.known = CALLER_NAME;
		row.offset = caller->offset;
		memcpy(row.name, caller->name, len);
	} else {
		row.known = CALLER_ADDRESS;
		row.address = caller->address;
	}
	writer->last.caller.caller = *caller;
	memcpy(writer->last.caller.name, row.name, len + 1);
	return writer->last.caller.id = share(writer, TABLE_CALLER, &row,
					      offsetof(struct caller_row, name) + len + 1);
}

static __s64 refer_to_allocator(struct writer *writer, const struct call *call)
{
	__u8 flags = call->flags & (CALL_PERCPU_KNOWN | CALL_PERCPU);
	typeof(*writer->last.allocator) *last = &writer->last.allocator[call->alloc % 2];
	struct allocator_row row;

	if (last->id && last->alloc == call->alloc && last->unit_size == call->unit_size &&
	    last->flags == flags)
		return last->id;
	memset(&row, 0, sizeof(row));
	row.alloc = last->alloc = call->alloc;
	row.unit_size = last->unit_size = call->unit_size;
	row.flags = last->flags = flags;
	return last->id = share(writer, TABLE_ALLOCATOR, &row, sizeof(row));
}

static __s64 refer_to_task(struct writer *writer, const struct task *task)
{
	struct task row;

	if (writer->last.task.id && !memcmp(&writer->last.task.task, task, sizeof(*task)))
		return writer->last.task.id;
	memset(&row, 0, sizeof(row));
	row.pid = task->pid;
	row.tid = task->tid;
	memcpy(row.comm, task->comm, strnlen(task->comm, NAME_LEN - 1));
	writer->last.task.task = *task;
	return writer->last.task.id = share(writer, TABLE_TASK, &row, sizeof(row));
}

static void set_releaser(struct writer *writer, const struct releaser *releaser,
			 struct releaser_row *row)
{
	if (!releaser->known)
		return;
	row->known = true;
	row->cgroup_id = releaser->cgroup_id;
	row->task = refer_to_task(writer, &releaser->task);
}

static enum release_context context_of(const struct identity *identity)
{
	if (identity->unsure)
		return CONTEXT_UNSURE;
	if (identity->by_interrupt)
		return CONTEXT_INTERRUPT;
	if (identity->by_kernel)
		return CONTEXT_KERNEL;
	return identity->released_ns != UNKNOWN_NS ? CONTEXT_TASK : CONTEXT_UNKNOWN;
}

static __s64 refer_to_release(struct writer *writer, const struct identity *identity)
{
	enum release_context context = context_of(identity);
	struct release_row row;

	if (!identity->map_id && !context && !identity->released_by.known &&
	    !identity->closed_by.known)
		return 0;
	memset(&row, 0, sizeof(row));
	row.map_id = identity->map_id;
	row.released_ns = identity->released_ns;
	row.context = context;
	set_releaser(writer, &identity->released_by, &row.released_by);
	set_releaser(writer, &identity->closed_by, &row.closed_by);
	return share(writer, TABLE_RELEASE, &row, sizeof(row));
}

/* A number that stands for a map's address, which is not written. */
static __s64 refer_to_object(struct writer *writer, __u64 address)
{
	return address ? share(writer, OBJECTS, &address, sizeof(address)) : 0;
}

/* Events */

static int put_event(struct writer *writer, enum table_id table, const void *row)
{
	insert(writer, table, (__s64)writer->events + 1, row);
	writer->events += !writer->err;
	return writer->err;
}

/* A worker that is all zero or empty is unknown. */
static struct refs find_refs(struct writer *writer, const struct map_info *map,
			     const struct task *worker)
{
	struct refs refs = {.map = refer_to_map(writer, map)};

	if (worker->pid || worker->tid || *worker->comm)
		refs.task = refer_to_task(writer, worker);
	refs.release = refer_to_release(writer, &map->identity);
	return refs;
}

int writer_call(struct writer *writer, const struct call *call)
{
	struct call_row row = {.call = *call};

	if (begin(writer))
		return writer->err;
	row.refs.caller = refer_to_caller(writer, &call->caller);
	row.refs.map = refer_to_map(writer, &call->map);
	row.refs.allocator = refer_to_allocator(writer, call);
	row.refs.task = refer_to_task(writer, &call->task);
	row.refs.release = refer_to_release(writer, &call->map.identity);
	return put_event(writer, TABLE_CALL, &row);
}

int writer_teardown(struct writer *writer, const struct teardown *teardown)
{
	struct teardown_row row = {.teardown = *teardown};
	struct destroy_row destroy = {.teardown = (__s64)writer->events + 1};

	if (begin(writer))
		return writer->err;
	row.refs = find_refs(writer, &teardown->map, &teardown->run.worker);
	row.refs.object = refer_to_object(writer, teardown->map.address);
	for (; destroy.nth < teardown->nr_destroys && destroy.nth < MAX_DESTROYS; destroy.nth++) {
		destroy.destroy = teardown->destroy[destroy.nth];
		insert(writer, TABLE_DESTROY, 0, &destroy);
	}
	return put_event(writer, TABLE_TEARDOWN, &row);
}

int writer_deferred_free(struct writer *writer, const struct deferred_free *deferred_free)
{
	struct deferred_free_row row = {.deferred_free = *deferred_free};

	if (begin(writer))
		return writer->err;
	row.refs = find_refs(writer, &deferred_free->map, &deferred_free->run.worker);
	row.refs.object = refer_to_object(writer, deferred_free->map.address);
	return put_event(writer, TABLE_DEFERRED_FREE, &row);
}

int writer_stuck(struct writer *writer, const struct stuck *stuck)
{
	struct stuck_row row = {.stuck = *stuck};

	if (begin(writer))
		return writer->err;
	row.refs = find_refs(writer, &stuck->map, &stuck->worker);
	snprintf(row.place, sizeof(row.place), "%s", stuck->where);
	return put_event(writer, TABLE_STUCK, &row);
}

/* Scenarios and counts */

int writer_scenario(struct writer *writer, const struct scenario *scenario)
{
	if (writer->scenarios == MAX_LOADED)
		return diag_invalid("cannot write '%s': more than %d scenarios", writer->path,
				    MAX_LOADED);
	if (begin(writer))
		return writer->err;
	insert(writer, TABLE_SCENARIO, (__s64)++writer->scenarios, scenario);
	return writer->err;
}

static void put_figures(struct writer *writer, enum table_id table, const struct figure *figure,
			const void *ledger)
{
	for (; figure->name; figure++) {
		struct figure_row row = {.value = figure_get(figure, ledger)};

		snprintf(row.figure, sizeof(row.figure), "%s", figure->name);
		insert(writer, table, 0, &row);
	}
}

static void put_hook(struct writer *writer, const struct hook_counts *counts)
{
	struct hook_row row = {.counts = *counts};

	snprintf(row.function, sizeof(row.function), "%s", counts->function);
	hook_counts_clear_unused(&row.counts);
	insert(writer, TABLE_HOOK, 0, &row);
}

int writer_ledger(struct writer *writer, const struct ledger *ledger,
		  const struct teardown_counts *counts)
{
	if (begin(writer))
		return writer->err;
	put_figures(writer, TABLE_LEDGER, ledger_figures, ledger);
	put_figures(writer, TABLE_TEARDOWN_LEDGER, teardown_ledger_figures, &counts->ledger);
	for (int i = 0; i < NR_HOOKS; i++)
		if (counts->hooks[i].function)
			put_hook(writer, &counts->hooks[i]);
	return writer->err;
}
