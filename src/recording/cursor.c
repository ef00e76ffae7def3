// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the rows of a table that is not trusted.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/call.h"
#include "recording/cursor.h"
#include "recording/sql.h"
#include "util/diag.h"

#define MESSAGE_LEN 256

/* Indices could hold other rows than the table. */
#define SELECT "SELECT %s FROM %s NOT INDEXED %s"

static int failed(struct cursor *cursor, sqlite3 *db, int rc)
{
	int err = sql_errno(db, rc);

	if (cursor->err)
		return cursor->err;
	if (err == -EINVAL)
		diag_error("'%s' is damaged: table %s: %s", cursor->path, cursor->table,
			   rc == SQLITE_ERROR ? sqlite3_errmsg(db) : sql_error(db, rc));
	else
		diag_error("cannot read '%s': %s", cursor->path, sql_error(db, rc));
	cursor->err = err;
	return err;
}

int cursor_open(struct cursor *cursor, sqlite3 *db, const char *path, const char *table,
		const char *columns, const char *suffix)
{
	char sql[512];
	int rc;

	*cursor = (struct cursor){.path = path, .table = table};
	snprintf(sql, sizeof(sql), SELECT, columns, table, suffix);
	rc = sqlite3_prepare_v2(db, sql, -1, &cursor->stmt, NULL);
	return rc ? failed(cursor, db, rc) : 0;
}

void cursor_close(struct cursor *cursor)
{
	sqlite3_finalize(cursor->stmt);
	cursor->stmt = NULL;
}

int cursor_next_any(struct cursor *cursor)
{
	int rc;

	if (cursor->err)
		return cursor->err;
	rc = sqlite3_step(cursor->stmt);
	cursor->row = rc == SQLITE_ROW;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return failed(cursor, sqlite3_db_handle(cursor->stmt), rc);
	return 0;
}

/* What is not in order might never end, as pages can refer to each other in rings. */
int cursor_next(struct cursor *cursor)
{
	__s64 last = cursor->key;

	if (cursor_next_any(cursor) || !cursor->row)
		return cursor->err;
	cursor->key = (__s64)cursor_number(cursor, 0, INT64_MAX);
	if (!cursor->err && cursor->key <= last)
		cursor_damaged(cursor, "it comes after row %lld", last);
	return cursor->err;
}

int cursor_find(struct cursor *cursor, __s64 key)
{
	sqlite3_reset(cursor->stmt);
	sqlite3_bind_int64(cursor->stmt, 1, key);
	cursor->key = 0;
	return cursor_next(cursor);
}

int cursor_damaged(struct cursor *cursor, const char *fmt, ...)
{
	char message[MESSAGE_LEN];
	va_list args;

	if (cursor->err)
		return cursor->err;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	diag_error("'%s' is damaged: table %s, row %lld: %s", cursor->path, cursor->table,
		   cursor->key, message);
	cursor->err = -EINVAL;
	return cursor->err;
}

static const char *type_name(int type)
{
	switch (type) {
	case SQLITE_INTEGER:
		return "a number";
	case SQLITE_FLOAT:
		return "a fraction";
	case SQLITE_NULL:
		return "NULL";
	default:
		return "text";
	}
}

static void wrong_type(struct cursor *cursor, int column, const char *wanted)
{
	cursor_damaged(cursor, "%s is %s, not %s", sqlite3_column_name(cursor->stmt, column),
		       type_name(sqlite3_column_type(cursor->stmt, column)), wanted);
}

static __u64 number(struct cursor *cursor, int column, __u64 max)
{
	__s64 value = sqlite3_column_int64(cursor->stmt, column);

	if (value >= 0 && (__u64)value <= max)
		return value;
	cursor_damaged(cursor, "%s is %lld", sqlite3_column_name(cursor->stmt, column), value);
	return 0;
}

bool cursor_is_null(const struct cursor *cursor, int column)
{
	return sqlite3_column_type(cursor->stmt, column) == SQLITE_NULL;
}

__u64 cursor_number(struct cursor *cursor, int column, __u64 max)
{
	if (sqlite3_column_type(cursor->stmt, column) == SQLITE_INTEGER)
		return number(cursor, column, max);
	wrong_type(cursor, column, "a number");
	return 0;
}

__u32 cursor_u32(struct cursor *cursor, int column)
{
	return cursor_number(cursor, column, UINT32_MAX);
}

bool cursor_bool(struct cursor *cursor, int column)
{
	return cursor_number(cursor, column, 1);
}

static __u64 number_or(struct cursor *cursor, int column, __u64 null)
{
	switch (sqlite3_column_type(cursor->stmt, column)) {
	case SQLITE_INTEGER:
		return number(cursor, column, INT64_MAX);
	case SQLITE_NULL:
		return null;
	default:
		wrong_type(cursor, column, "a number");
		return null;
	}
}

__u64 cursor_figure(struct cursor *cursor, int column)
{
	return number_or(cursor, column, UNKNOWN_NS);
}

__u64 cursor_bits(struct cursor *cursor, int column)
{
	if (sqlite3_column_type(cursor->stmt, column) == SQLITE_INTEGER)
		return sqlite3_column_int64(cursor->stmt, column);
	wrong_type(cursor, column, "a number");
	return 0;
}

__s64 cursor_ref(struct cursor *cursor, int column)
{
	return (__s64)number_or(cursor, column, 0);
}

bool cursor_text(struct cursor *cursor, int column, char *text, size_t size)
{
	int type = sqlite3_column_type(cursor->stmt, column);
	const char *bytes;
	size_t len;

	memset(text, 0, size);
	if (type == SQLITE_NULL)
		return false;
	if (type != SQLITE_TEXT && type != SQLITE_BLOB) {
		wrong_type(cursor, column, "text");
		return false;
	}
	bytes = sqlite3_column_blob(cursor->stmt, column);
	len = sqlite3_column_bytes(cursor->stmt, column);
	if (len >= size || (len && (!bytes || memchr(bytes, '\0', len)))) {
		cursor_damaged(cursor, "%s is too long, or holds a NUL",
			       sqlite3_column_name(cursor->stmt, column));
		return false;
	}
	if (len)
		memcpy(text, bytes, len);
	return true;
}
