// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a recording: what the file is, and what it says of the run as a whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/column.h"
#include "recording/reader.h"
#include "recording/reader_events.h"
#include "recording/schema.h"
#include "recording/sql.h"
#include "trace/probe.h"
#include "util/diag.h"

#define MAX_VALUE_BYTES (1 << 20) /* of anything in the file: its layout is the longest */
#define MAX_FIGURES	1000
#define PATIENCE_MS	5000 /* for a recording that is being committed to */

struct replay {
	const char *path;
	sqlite3 *db;
	struct conditions conditions;
	struct lookup lookup;
};

static int cannot_read(const struct replay *replay, const char *why, int err)
{
	diag_error("cannot read '%s': %s", replay->path, why);
	return err;
}

static int not_a_recording(const struct replay *replay)
{
	diag_error("'%s' is not a recording of memdestroy-trace", replay->path);
	return -EINVAL;
}

static int damaged(const struct replay *replay, const char *what, const char *how)
{
	diag_error("'%s' is damaged: %s%s", replay->path, what, how);
	return -EINVAL;
}

static int failed(const struct replay *replay, int rc)
{
	int err = sql_errno(replay->db, rc);

	if (rc == SQLITE_NOTADB)
		return not_a_recording(replay);
	if (err == -EINVAL)
		return damaged(replay, "", sql_error(replay->db, rc));
	return cannot_read(replay, sql_error(replay->db, rc), err);
}

/* The file */

/* The one value of a query. An SQLite result code. */
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

/* What it takes to read a file that anybody may have made, and nothing more. */
static int be_careful(sqlite3 *db)
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

	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++)
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
 * From here on the file is seen as it is now, even if it is still being recorded. An SQLite result
 * code; *id is the application's.
 */
static int open_as(struct replay *replay, int flags, __s64 *id)
{
	int rc = sql_open(&replay->db, replay->path, flags);

	if (!rc)
		rc = be_careful(replay->db);
	if (!rc)
		rc = sqlite3_exec(replay->db, "BEGIN", NULL, NULL, NULL);
	return rc ? rc : query(replay->db, "PRAGMA application_id", NULL, id);
}

/*
 * A recording that was cut short while it was committed to has a journal that puts it right. One
 * that names a further file, of which SQLite would take care too, is none that was written here.
 */
static bool journal_is_sound(const struct replay *replay)
{
	static const unsigned char names_another[] = {0xd9, 0xd5, 0x05, 0xf9,
						      0x20, 0xa1, 0x63, 0xd7};
	unsigned char end[sizeof(names_another)];
	bool sound = false;
	struct stat st;
	char *path;
	int fd;

	if (asprintf(&path, "%s-journal", replay->path) < 0)
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

static bool is_cut_short(const struct replay *replay, int rc)
{
	return rc == SQLITE_READONLY &&
	       sqlite3_extended_errcode(replay->db) == SQLITE_READONLY_ROLLBACK;
}

static int open_file(struct replay *replay)
{
	struct stat st;
	__s64 id = 0;
	int rc;

	if (stat(replay->path, &st)) {
		int err = -errno;

		return cannot_read(replay, strerror(-err), err);
	}
	if (!S_ISREG(st.st_mode))
		return cannot_read(replay, "not a regular file", -EINVAL);
	rc = open_as(replay, SQLITE_OPEN_READONLY, &id);
	if (is_cut_short(replay, rc) && journal_is_sound(replay)) {
		sqlite3_close(replay->db);
		rc = open_as(replay, SQLITE_OPEN_READWRITE, &id);
	}
	if (is_cut_short(replay, rc))
		return cannot_read(replay,
				   "it was cut short, and to put it right takes the permission to "
				   "write it and its directory",
				   -EACCES);
	if (rc)
		return failed(replay, rc);
	return (__u32)id == SCHEMA_APPLICATION_ID ? 0 : not_a_recording(replay);
}

/* The layout */

static int check_version(const struct replay *replay)
{
	__s64 version = 0;
	int rc = query(replay->db, "PRAGMA user_version", NULL, &version);

	if (rc)
		return failed(replay, rc);
	if (version > SCHEMA_VERSION) {
		diag_error("'%s' was made by a newer memdestroy-trace (layout %lld, this one reads "
			   "up to %d)",
			   replay->path, version, SCHEMA_VERSION);
		return -EINVAL;
	}
	return version == SCHEMA_VERSION ? 0 : damaged(replay, "it has no layout", "");
}

/* Nothing that runs when it is read, as a view does, may stand in a table's place. */
static int check_table(const struct replay *replay, const char *table)
{
	__s64 plain = 0;
	int rc = query(replay->db,
		       "SELECT count(*) = 1 AND min(type = 'table' AND typeof(sql) = 'text' AND "
		       "sql LIKE 'CREATE TABLE %') = 1 FROM sqlite_master "
		       "WHERE name = ?1 COLLATE NOCASE",
		       table, &plain);

	if (rc)
		return failed(replay, rc);
	if (!plain)
		return damaged(replay, "there is no table ", table);
	/* Columns that are computed are "hidden". */
	rc = query(replay->db, "SELECT max(hidden) = 0 FROM pragma_table_xinfo(?1)", table, &plain);
	if (rc)
		return failed(replay, rc);
	return plain ? 0 : damaged(replay, "what is computed stands in table ", table);
}

#define FIGURE_COLUMNS "figure, value"
#define POINT_COLUMNS                                                                              \
	"function, attached, seen, taken, lost, missed, seen_return, lost_return, missed_return"

static int check_columns(const struct replay *replay, const char *table, const char *columns)
{
	struct cursor cursor;
	int err = cursor_open(&cursor, replay->db, replay->path, table, columns, "");

	cursor_close(&cursor);
	return err;
}

/* The other tables are read at once. */
static int check_layout(const struct replay *replay)
{
	int err = check_version(replay), i;

	for (i = 0; schema_tables[i] && !err; i++)
		err = check_table(replay, schema_tables[i]);
	if (!err)
		err = check_columns(replay, "ledger", FIGURE_COLUMNS);
	if (!err)
		err = check_columns(replay, "teardown_ledger", FIGURE_COLUMNS);
	if (!err)
		err = check_columns(replay, "point", POINT_COLUMNS);
	return err ? err : playback_check(replay->db, replay->path);
}

/* The run */

#define RUN_COLUMNS                                                                                \
	"id, tool_version, kernel_release, kernel_version, machine, host, boot_id, attach, "       \
	"command_line, cpus_possible, cpus_online, symbols_hidden, start_ns, start_realtime_ns, "  \
	"end_ns"

static void read_run(struct cursor *cursor, struct conditions *conditions)
{
	char *const texts[] = {
		conditions->tool_version, conditions->kernel_release, conditions->kernel_version,
		conditions->machine,	  conditions->host,	      conditions->boot_id,
		conditions->attach,	  conditions->command_line,
	};
	int i;

	for (i = 0; i < 8; i++)
		cursor_text(cursor, 1 + i, texts[i], CONDITION_LEN);
	conditions->cpus_possible = cursor_ref(cursor, 9);
	conditions->cpus_online = cursor_ref(cursor, 10);
	conditions->symbols_hidden = cursor_bool(cursor, 11);
	conditions->start_ns = cursor_number(cursor, 12, INT64_MAX);
	conditions->start_realtime_ns = cursor_bits(cursor, 13);
	conditions->end_ns = cursor_figure(cursor, 14);
}

static int load_run(struct replay *replay)
{
	struct cursor cursor;
	int err = cursor_open(&cursor, replay->db, replay->path, "run", RUN_COLUMNS, "");

	if (!err)
		err = cursor_next(&cursor);
	if (!err && !cursor.row)
		err = damaged(replay, "table run is empty", "");
	if (!err) {
		read_run(&cursor, &replay->conditions);
		err = cursor_next(&cursor);
	}
	if (!err && cursor.row)
		err = cursor_damaged(&cursor, "it is one too many");
	cursor_close(&cursor);
	return err;
}

int replay_open(struct replay **out, const char *path)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	int err;

	if (!replay) {
		diag_error("cannot read '%s': %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	replay->path = path;
	err = open_file(replay);
	if (!err)
		err = check_layout(replay);
	if (!err)
		err = load_run(replay);
	if (!err)
		err = lookup_load(&replay->lookup, replay->db, path);
	if (err) {
		replay_close(replay);
		return err;
	}
	*out = replay;
	return 0;
}

void replay_close(struct replay *replay)
{
	if (!replay)
		return;
	lookup_free(&replay->lookup);
	sqlite3_close(replay->db);
	free(replay);
}

const char *replay_path(const struct replay *replay)
{
	return replay->path;
}

const struct conditions *replay_conditions(const struct replay *replay)
{
	return &replay->conditions;
}

const struct scenario *replay_scenarios(const struct replay *replay, size_t *nr)
{
	*nr = replay->lookup.nr_scenarios;
	return replay->lookup.scenarios;
}

/* The ledger */

static __u64 *member(const struct column *column, void *object)
{
	return (__u64 *)((char *)object + column->at);
}

static void forget_figures(const struct column *column, void *object)
{
	for (; column->name; column++)
		if (column->kind == VALUE_NUMBER)
			*member(column, object) = LEDGER_UNKNOWN;
}

/* NULL: it is not known. */
static void read_figure(struct cursor *cursor, int at, const struct column *column, void *object)
{
	*member(column, object) =
		cursor_is_null(cursor, at) ? LEDGER_UNKNOWN : cursor_bits(cursor, at);
}

/* Rows without a number are numbered, and there are not many. */
static void count_row(struct cursor *cursor)
{
	if (++cursor->key > MAX_FIGURES)
		cursor_damaged(cursor, "it is one too many");
}

/* Figures that are not there stay unknown, and others than these are left alone. */
static int read_figures(struct replay *replay, const char *table, const struct column *columns,
			void *ledger)
{
	const struct column *column;
	struct cursor cursor;
	char name[64];
	int err = cursor_open(&cursor, replay->db, replay->path, table, FIGURE_COLUMNS, "");

	forget_figures(columns, ledger);
	while (!err && !(err = cursor_next_any(&cursor)) && cursor.row) {
		count_row(&cursor);
		cursor_text(&cursor, 0, name, sizeof(name));
		for (column = columns; column->name; column++)
			if (column->kind == VALUE_NUMBER && !strcmp(column->name, name))
				read_figure(&cursor, 1, column, ledger);
		err = cursor.err;
	}
	cursor_close(&cursor);
	return err;
}

static void read_point(struct cursor *cursor, struct point_counts *counts)
{
	const struct column *column;
	int at = 2;

	counts->attached = cursor_bool(cursor, 1);
	for (column = point_columns; column->name; column++)
		if (column->kind == VALUE_NUMBER)
			read_figure(cursor, at++, column, counts);
}

static int read_points(struct replay *replay, struct point_counts points[NR_POINTS])
{
	struct cursor cursor;
	char name[64];
	int point, err;

	for (point = 0; point < NR_POINTS; point++) {
		forget_figures(point_columns, &points[point]);
		points[point].attached = false;
		points[point].returns = point < NR_PAIRED;
		points[point].function = probe_point_name(point);
	}
	err = cursor_open(&cursor, replay->db, replay->path, "point", POINT_COLUMNS, "");
	while (!err && !(err = cursor_next_any(&cursor)) && cursor.row) {
		count_row(&cursor);
		cursor_text(&cursor, 0, name, sizeof(name));
		for (point = 0; point < NR_POINTS; point++)
			if (!strcmp(points[point].function, name))
				read_point(&cursor, &points[point]);
		err = cursor.err;
	}
	cursor_close(&cursor);
	return err;
}

int replay_ledger(struct replay *replay, struct ledger *ledger, struct teardown_counts *counts)
{
	int err = read_figures(replay, "ledger", ledger_columns, ledger);

	if (!err)
		err = read_figures(replay, "teardown_ledger", teardown_ledger_columns,
				   &counts->ledger);
	return err ? err : read_points(replay, counts->points);
}

int replay_run(struct replay *replay, const struct replay_options *opts, const struct sink *sink)
{
	const struct playback playback = {
		.db = replay->db,
		.path = replay->path,
		.lookup = &replay->lookup,
		.host = *replay->conditions.host ? replay->conditions.host : NULL,
		.start_ns = replay->conditions.start_ns,
		.opts = opts,
		.sink = sink,
	};

	return playback_run(&playback);
}
