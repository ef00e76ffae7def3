// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of a recording: created, committed, ended.
 *
 * A transaction begins with the first row after a commit. Its pages stay in memory until then, so
 * that the file changes at commits only, each of them all or nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/writer_internal.h"
#include "util/diag.h"
#include "util/outfile.h"

/* How long a commit waits for readers. If that is too short, the next commit writes its rows. */
#define PATIENCE_MS	 10
#define LONG_PATIENCE_MS 5000

#define MAX_RELEASES 4096 /* remembered: events of one map come close together */

static const size_t max_remembered[NR_TABLES + 1] = {
	[TABLE_MAP] = MAX_REMEMBERED,	      [TABLE_CALLER] = MAX_REMEMBERED,
	[TABLE_ALLOCATOR] = MAX_REMEMBERED,   [TABLE_TASK] = MAX_REMEMBERED,
	[TABLE_CGROUP] = MAX_REMEMBERED,      [TABLE_RELEASE] = MAX_RELEASES,
	[TABLE_USER_STACK] = MAX_USER_STACKS, [OBJECTS] = MAX_REMEMBERED,
};

/* Rows that come in great numbers are written many at a time. 0: one by one. */
static const size_t batched_size[NR_TABLES] = {
	[TABLE_RELEASE] = sizeof(struct release_row),
	[TABLE_CALL] = sizeof(struct call_row),
	[TABLE_TEARDOWN] = sizeof(struct teardown_row),
	[TABLE_DESTROY] = sizeof(struct destroy_row),
	[TABLE_HOLDER] = sizeof(struct holder_row),
	[TABLE_DEFERRED_FREE] = sizeof(struct deferred_free_row),
};

int writer_fail(struct writer *writer, int rc)
{
	if (!rc || writer->err)
		return writer->err;
	diag_error("cannot write '%s': %s", writer->path, sql_error(writer->db, rc));
	writer->err = sql_errno(writer->db, rc);
	return writer->err;
}

int writer_start(struct writer *writer)
{
	if (writer->err || writer->in_transaction)
		return writer->err;
	sqlite3_busy_timeout(writer->db, LONG_PATIENCE_MS);
	writer->in_transaction =
		!writer_fail(writer, sqlite3_exec(writer->db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
	sqlite3_busy_timeout(writer->db, PATIENCE_MS);
	return writer->err;
}

/* Readers only delay it: the transaction goes on. */
int writer_commit(struct writer *writer)
{
	int rc;

	for (int i = 0; i < NR_TABLES && !writer->err; i++)
		if (writer->batch[i])
			writer_fail(writer, batch_write(writer->batch[i]));
	if (writer->err || !writer->in_transaction)
		return writer->err;
	rc = sqlite3_exec(writer->db, "COMMIT", NULL, NULL, NULL);
	writer->in_transaction = (rc & 0xff) == SQLITE_BUSY;
	return writer->in_transaction ? 0 : writer_fail(writer, rc);
}

bool writer_is_committed(const struct writer *writer)
{
	return !writer->err && !writer->in_transaction;
}

/* The file */

void writer_insert(struct writer *writer, enum table_id table, __s64 key, const void *row)
{
	if (writer->err)
		return;
	writer_fail(writer, writer->batch[table] ? batch_add(writer->batch[table], key, row)
						 : table_insert(writer->insert[table],
								schema_table(table), key, row));
}

static void put_run(struct writer *writer)
{
	writer_insert(writer, TABLE_RUN, 1, &writer->run_info);
}

int writer_begin(struct writer *writer, const struct run_info *run_info)
{
	writer->run_info = *run_info;
	if (!writer_start(writer))
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
		 RECORDING_APPLICATION_ID, SCHEMA_VERSION);
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
	writer_fail(writer, make_tables(writer));
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
	if (writer_start(writer))
		return writer->err;
	snprintf(writer->run_info.blind, sizeof(writer->run_info.blind), "%s", why);
	put_run(writer);
	return writer->err;
}

void writer_others(struct writer *writer, const struct activity *others)
{
	writer->run_info.others = *others; /* writer_end() writes it */
}

int writer_end(struct writer *writer, const struct moment *end)
{
	if (writer_start(writer))
		return writer->err;
	run_info_end(&writer->run_info, end);
	put_run(writer);
	sqlite3_busy_timeout(writer->db, LONG_PATIENCE_MS);
	if (!writer_commit(writer) && writer->in_transaction) {
		writer_fail(writer, SQLITE_BUSY);
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
