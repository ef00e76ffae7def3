// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a recording, and reads the conditions of its run and its ledger.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "recording/cursor.h"
#include "recording/reader.h"
#include "recording/reader_events.h"
#include "recording/schema.h"
#include "recording/sql.h"
#include "util/diag.h"
#include "util/macros.h"

#define MAX_VALUE_BYTES (1 << 20) /* of anything in the file; the longest is its layout */
#define MAX_FIGURES	1000	  /* a ledger has some 20 */
#define PATIENCE_MS	5000	  /* with a writer that commits */

struct reader {
	const char *path;
	sqlite3 *db;
	struct run_info run_info;
	struct reader_tables tables;
};

static int cannot_read(const struct reader *reader, const char *why, int err)
{
	diag_error("cannot read '%s': %s", reader->path, why);
	return err;
}

static int not_a_recording(const struct reader *reader)
{
	diag_error("'%s' is not a recording of memdestroy-trace", reader->path);
	return -EINVAL;
}

static int damaged(const struct reader *reader, const char *what, const char *how)
{
	diag_error("'%s' is damaged: %s%s", reader->path, what, how);
	return -EINVAL;
}

static int failed(const struct reader *reader, int rc)
{
	int err = sql_errno(reader->db, rc);

	if (rc == SQLITE_NOTADB)
		return not_a_recording(reader);
	if (err == -EINVAL)
		return damaged(reader, "", sql_error(reader->db, rc));
	return cannot_read(reader, sql_error(reader->db, rc), err);
}

/* The file */

/* Sets the one value of a query. Returns an SQLite result code. */
static int query(sqlite3 *db, const char *sql, const char *parameter, __s64 *value)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc)
		return rc;
	if (parameter)
		sqlite3_bind_text(stmt, 1, parameter, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

/* Allows no more than it takes to read a file that anybody may have made. */
static int restrict_db(sqlite3 *db)
{
	static const struct {
		int limit, value;
	} limits[] = {
		{SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES},
		{SQLITE_LIMIT_SQL_LENGTH, MAX_VALUE_BYTES},
		{SQLITE_LIMIT_COLUMN, 100},
		{SQLITE_LIMIT_EXPR_DEPTH, 100},
		{SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 1},
		{SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(db, limits[i].limit, limits[i].value);
	sqlite3_busy_timeout(db, PATIENCE_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return sqlite3_exec(db,
			    "PRAGMA query_only = ON; PRAGMA cell_size_check = ON;"
			    "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;",
			    NULL, NULL, NULL);
}

/*
 * Opens the file; commits of a writer are not seen from then on. Sets *id to the application's id.
 * Returns an SQLite result code.
 */
static int open_as(struct reader *reader, int flags, __s64 *id)
{
	int rc = sql_open(&reader->db, reader->path, flags);

	if (!rc)
		rc = restrict_db(reader->db);
	if (!rc)
		rc = sqlite3_exec(reader->db, "BEGIN", NULL, NULL, NULL);
	return rc ? rc : query(reader->db, "PRAGMA application_id", NULL, id);
}

/*
 * The journal of an interrupted commit repairs the recording. The writer never makes one that names
 * another file, which SQLite would delete.
 */
static bool journal_is_sound(const struct reader *reader)
{
	static const unsigned char names_another[] = {0xd9, 0xd5, 0x05, 0xf9,
						      0x20, 0xa1, 0x63, 0xd7};
	unsigned char end[sizeof(names_another)];
	bool sound = false;
	struct stat st;
	char *path;
	int fd;

	if (asprintf(&path, "%s-journal", reader->path) < 0)
		return false;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size >= (off_t)sizeof(end) &&
	    pread(fd, end, sizeof(end), st.st_size - (off_t)sizeof(end)) == sizeof(end))
		sound = memcmp(end, names_another, sizeof(end)) != 0;
	close(fd);
	return sound;
}

static bool is_interrupted(const struct reader *reader, int rc)
{
	return rc == SQLITE_READONLY &&
	       sqlite3_extended_errcode(reader->db) == SQLITE_READONLY_ROLLBACK;
}

static int open_file(struct reader *reader)
{
	struct stat st;
	__s64 id = 0;
	int rc;

	if (stat(reader->path, &st)) {
		int err = -errno;

		return cannot_read(reader, strerror(-err), err);
	}
	if (!S_ISREG(st.st_mode))
		return cannot_read(reader, "not a regular file", -EINVAL);
	rc = open_as(reader, SQLITE_OPEN_READONLY, &id);
	if (is_interrupted(reader, rc) && journal_is_sound(reader)) {
		sqlite3_close(reader->db);
		rc = open_as(reader, SQLITE_OPEN_READWRITE, &id);
	}
	if (is_interrupted(reader, rc))
		return cannot_read(reader,
				   "its last commit was interrupted; the repair takes the "
				   "permission to write the file and its directory",
				   -EACCES);
	if (rc)
		return failed(reader, rc);
	return (__u32)id == SCHEMA_APPLICATION_ID ? 0 : not_a_recording(reader);
}

/* The layout */

static int check_version(const struct reader *reader)
{
	__s64 version = 0;
	int rc = query(reader->db, "PRAGMA user_version", NULL, &version);

	if (rc)
		return failed(reader, rc);
	if (version > SCHEMA_VERSION) {
		diag_error("'%s' was made by a newer memdestroy-trace (layout %lld, this one reads "
			   "up to %d)",
			   reader->path, version, SCHEMA_VERSION);
		return -EINVAL;
	}
	return version >= SCHEMA_FIRST_VERSION ? 0 : damaged(reader, "it has no layout", "");
}

/* Views and computed columns would run code when they are read. */
static int check_table(const struct reader *reader, const struct table *table)
{
	const char *const none_sql = "SELECT count(*) = 0 FROM sqlite_master "
				     "WHERE name = ?1 COLLATE NOCASE";
	const char *const plain_sql =
		"SELECT count(*) = 1 AND min(type = 'table' AND typeof(sql) = 'text' AND "
		"sql LIKE 'CREATE TABLE %') = 1 FROM sqlite_master WHERE name = ?1 COLLATE NOCASE";
	__s64 none = 0, plain = 0;
	int rc = query(reader->db, none_sql, table->name, &none);

	if (!rc && none && table->later)
		return 0;
	if (!rc)
		rc = query(reader->db, plain_sql, table->name, &plain);

	if (rc)
		return failed(reader, rc);
	if (!plain)
		return damaged(reader, "there is no table ", table->name);
	/* Computed columns are "hidden". */
	rc = query(reader->db, "SELECT max(hidden) = 0 FROM pragma_table_xinfo(?1)", table->name,
		   &plain);
	if (rc)
		return failed(reader, rc);
	return plain ? 0 : damaged(reader, "computed values are in table ", table->name);
}

static int check_columns(const struct reader *reader, const struct table *table)
{
	struct cursor cursor;
	int err = cursor_open(&cursor, reader->db, reader->path, table, false);

	cursor_close(&cursor);
	return err;
}

static int check_layout(const struct reader *reader)
{
	int err = check_version(reader), i;

	for (i = 0; i < NR_TABLES && !err; i++)
		err = check_table(reader, schema_table(i));
	for (i = 0; i < NR_TABLES && !err; i++)
		err = check_columns(reader, schema_table(i));
	return err;
}

static int load_run(struct reader *reader)
{
	struct cursor cursor;
	int err = cursor_open(&cursor, reader->db, reader->path, schema_table(TABLE_RUN), false);

	if (!err)
		err = cursor_next_row(&cursor, &reader->run_info);
	if (!err && !cursor.row)
		err = damaged(reader, "table run is empty", "");
	if (!err)
		err = cursor_next(&cursor);
	if (!err && cursor.row)
		err = cursor_damaged(&cursor, "it is one too many");
	cursor_close(&cursor);
	return err;
}

int reader_open(struct reader **out, const char *path)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader) {
		diag_error("cannot read '%s': %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	reader->path = path;
	err = open_file(reader);
	if (!err)
		err = check_layout(reader);
	if (!err)
		err = load_run(reader);
	if (!err)
		err = reader_tables_load(&reader->tables, reader->db, path);
	if (err) {
		reader_close(reader);
		return err;
	}
	*out = reader;
	return 0;
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	reader_tables_free(&reader->tables);
	sqlite3_close(reader->db);
	free(reader);
}

const char *reader_path(const struct reader *reader)
{
	return reader->path;
}

const struct run_info *reader_run_info(const struct reader *reader)
{
	return &reader->run_info;
}

const struct scenario *reader_scenarios(const struct reader *reader, size_t *nr)
{
	const struct reader_rows *rows = &reader->tables.rows[TABLE_SCENARIO];

	*nr = rows->nr;
	return (const struct scenario *)rows->row;
}

/* The ledger */

/* The limit ends a ring of pages: without a key, nothing else shows one. */
static int next_row(struct cursor *cursor, void *row)
{
	int err = cursor_next_row(cursor, row);

	return !err && cursor->key > MAX_FIGURES ? cursor_damaged(cursor, "it is one too many")
						 : err;
}

/* Figures that the recording lacks are unknown; those that this version lacks are ignored. */
static int read_figures(struct reader *reader, enum table_id table, const struct figure *figures,
			void *ledger)
{
	const struct figure *figure;
	struct figure_row row;
	struct cursor cursor;
	int err = cursor_open(&cursor, reader->db, reader->path, schema_table(table), false);

	figures_clear(figures, ledger);
	while (!err && !(err = next_row(&cursor, &row)) && cursor.row)
		for (figure = figures; figure->name; figure++)
			if (!strcmp(figure->name, row.figure))
				figure_set(figure, ledger, row.value);
	cursor_close(&cursor);
	return err;
}

static int read_hooks(struct reader *reader, struct hook_counts hooks[NR_HOOKS])
{
	struct hook_row row = {};
	struct cursor cursor;
	int hook, err;

	for (hook = 0; hook < NR_HOOKS; hook++) {
		hooks[hook] = (struct hook_counts){.function = hook_info[hook].function,
						   .returns = hook < NR_CALL_HOOKS};
		figures_clear(hook_figures, &hooks[hook]);
	}
	err = cursor_open(&cursor, reader->db, reader->path, schema_table(TABLE_HOOK), false);
	while (!err && !(err = next_row(&cursor, &row)) && cursor.row) {
		for (hook = 0; hook < NR_HOOKS; hook++) {
			if (strcmp(hook_info[hook].function, row.function) != 0)
				continue;
			row.counts.function = hooks[hook].function;
			row.counts.returns = hooks[hook].returns;
			hooks[hook] = row.counts;
		}
	}
	cursor_close(&cursor);
	return err;
}

int reader_ledger(struct reader *reader, struct ledger *ledger, struct teardown_counts *counts)
{
	int err = read_figures(reader, TABLE_LEDGER, ledger_figures, ledger);

	if (!err)
		err = read_figures(reader, TABLE_TEARDOWN_LEDGER, teardown_ledger_figures,
				   &counts->ledger);
	return err ? err : read_hooks(reader, counts->hooks);
}

int reader_run(struct reader *reader, const struct reader_options *opts,
	       const struct event_sink *sink, const struct run_ops *run)
{
	static const struct run_ops no_run;
	const struct reader_events events = {
		.db = reader->db,
		.path = reader->path,
		.tables = &reader->tables,
		.host = *reader->run_info.host ? reader->run_info.host : NULL,
		.start_ns = reader->run_info.start_ns,
		.opts = opts,
		.sink = sink,
		.run = run ? run : &no_run,
	};

	return reader_events_run(&events);
}
