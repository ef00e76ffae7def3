// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a recording, and reads its ledger.
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
#include "recording/reader_tables.h"
#include "recording/sql.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

#define MAX_VALUE_BYTES (1 << 20) /* of anything in the file; the longest is its layout */
#define PATIENCE_MS	5000	  /* with a writer that commits */

static int cannot_read(const struct reader *reader, const char *why, int err)
{
	diag_error("cannot read '%s': %s", reader->path, why);
	return err;
}

static int damaged(const struct reader *reader, const char *what, const char *how)
{
	return diag_invalid("'%s' is damaged: %s%s", reader->path, what, how);
}

static int failed(const struct reader *reader, int rc)
{
	return sql_cannot_read(reader->db, rc, reader->path, NULL);
}

/* The file */

/*
 * Sets the one value of a query, prepared in *stmt before its first use. Returns an SQLite result
 * code.
 */
static int query_with(sqlite3_stmt **stmt, sqlite3 *db, const char *sql, const char *parameter,
		      __s64 *value)
{
	int rc = *stmt ? SQLITE_OK : sqlite3_prepare_v2(db, sql, -1, stmt, NULL);

	if (rc)
		return rc;
	if (parameter)
		sqlite3_bind_text(*stmt, 1, parameter, -1, SQLITE_STATIC);
	rc = sqlite3_step(*stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(*stmt, 0);
	sqlite3_reset(*stmt);
	return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
}

static int query(sqlite3 *db, const char *sql, __s64 *value)
{
	sqlite3_stmt *stmt = NULL;
	int rc = query_with(&stmt, db, sql, NULL, value);

	sqlite3_finalize(stmt);
	return rc;
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
	return rc ? rc : query(reader->db, "PRAGMA application_id", id);
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
	const char *file = sqlite3_db_filename(reader->db, "main");
	int fd = open(sqlite3_filename_journal(file),
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

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
	reader->device = st.st_dev;
	reader->inode = st.st_ino;
	rc = open_as(reader, SQLITE_OPEN_READONLY, &id);
	if (is_interrupted(reader, rc) && sql_refusal())
		return cannot_read(reader, sql_refusal(), -EACCES);
	if (is_interrupted(reader, rc) && journal_is_sound(reader)) {
		sqlite3_close(reader->db);
		rc = open_as(reader, SQLITE_OPEN_READWRITE, &id);
	}
	if (is_interrupted(reader, rc))
		return cannot_read(reader,
				   "its last commit was interrupted; the repair takes the "
				   "permission to write the file and its directory",
				   -EACCES);
	/* The repair of an interrupted first commit leaves nothing. */
	if (!rc && !stat(reader->path, &st) && !st.st_size)
		return cannot_read(reader, "it is empty, nothing was recorded in it", -EINVAL);
	if (!rc && (__u32)id != RECORDING_APPLICATION_ID)
		rc = SQLITE_NOTADB;
	return rc ? failed(reader, rc) : 0;
}

/* The layout */

static int check_version(const struct reader *reader)
{
	__s64 version = 0;
	int rc = query(reader->db, "PRAGMA user_version", &version);

	if (rc)
		return failed(reader, rc);
	if (version > SCHEMA_VERSION)
		return diag_invalid("'%s' was made by a newer memdestroy-trace (layout %lld, this "
				    "one reads up to %d)",
				    reader->path, version, SCHEMA_VERSION);
	return version >= SCHEMA_FIRST_VERSION ? 0 : damaged(reader, "it has no layout", "");
}

/* Views and computed columns, which are "hidden", would run code when they are read. */
static int check_table(const struct reader *reader, const struct table *table,
		       sqlite3_stmt *stmt[2])
{
	enum { NO_TABLE, TABLE, NOTHING };
	__s64 found = NO_TABLE, plain = 0;
	int rc = query_with(&stmt[0], reader->db,
			    "SELECT CASE count(*) WHEN 0 THEN 2 WHEN 1 THEN type = 'table' AND "
			    "typeof(sql) = 'text' AND sql LIKE 'CREATE TABLE %' ELSE 0 END "
			    "FROM sqlite_master WHERE name = ?1 COLLATE NOCASE",
			    table->name, &found);

	if (!rc && found == NOTHING && table->later)
		return 0;
	if (!rc && found != TABLE)
		return damaged(reader, "there is no table ", table->name);
	if (!rc)
		rc = query_with(&stmt[1], reader->db,
				"SELECT max(hidden) = 0 FROM pragma_table_xinfo(?1)", table->name,
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
	sqlite3_stmt *stmt[2] = {};
	int err = check_version(reader), i;

	for (i = 0; i < NR_TABLES && !err; i++)
		err = check_table(reader, schema_table(i), stmt);
	sqlite3_finalize(stmt[0]);
	sqlite3_finalize(stmt[1]);
	/* Events are read later; the columns of other tables are checked as these are loaded. */
	for (i = TABLE_RELEASE; i <= TABLE_STUCK && !err; i++)
		err = check_columns(reader, schema_table(i));
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
		err = reader_tables_load(reader);
	if (!err && !reader->run_info)
		err = damaged(reader, "table run is empty", "");
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
	reader_tables_free(reader);
	sqlite3_close(reader->db);
	free(reader);
}

bool reader_is_same(const struct reader *reader, const struct reader *other)
{
	const struct run_info *run = reader->run_info, *other_run = other->run_info;

	if (reader->device == other->device && reader->inode == other->inode)
		return true;
	return *run->run_id && !strcmp(run->run_id, other_run->run_id) &&
	       run->part == other_run->part;
}

/* Figures that the recording lacks are absent; those that this version lacks are ignored. */
static void read_figures(const struct reader *reader, enum table_id table,
			 const struct figure *figures, void *ledger)
{
	const struct reader_rows *rows = &reader->rows[table];
	const struct figure_row *row = rows->row;

	figures_clear(figures, ledger);
	for (; row < (const struct figure_row *)rows->row + rows->nr; row++)
		for (const struct figure *figure = figures; figure->name; figure++)
			if (!strcmp(figure->name, row->figure))
				figure_set(figure, ledger, row->value);
}

static void read_hook(const struct reader *reader, const char *function, struct hook_counts *counts)
{
	const struct reader_rows *rows = &reader->rows[TABLE_HOOK];
	const struct hook_row *row = rows->row;

	figures_clear(hook_figures, counts);
	for (; row < (const struct hook_row *)rows->row + rows->nr; row++)
		if (!strcmp(function, row->function))
			*counts = row->counts;
}

bool reader_has_ledger(const struct reader *reader)
{
	return reader->rows[TABLE_LEDGER].nr;
}

void reader_ledger(const struct reader *reader, struct ledger *ledger,
		   struct teardown_counts *counts)
{
	*ledger = (struct ledger){.maps_freed = LEDGER_UNKNOWN};
	read_figures(reader, TABLE_LEDGER, ledger_figures, ledger);
	read_figures(reader, TABLE_TEARDOWN_LEDGER, teardown_ledger_figures, &counts->ledger);
	for (int hook = 0; hook < NR_HOOKS; hook++) {
		const char *function = hook_info[hook].function;

		counts->hooks[hook] = (struct hook_counts){};
		read_hook(reader, function, &counts->hooks[hook]);
		counts->hooks[hook].function = function;
		counts->hooks[hook].returns = hook < NR_CALL_HOOKS;
	}
}
