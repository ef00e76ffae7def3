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
#define WORD_LEN    32 /* of a FIELD_WORD */

static int failed(struct cursor *cursor, sqlite3 *db, int rc)
{
	if (!cursor->err)
		cursor->err = sql_cannot_read(db, rc, cursor->path, cursor->table->name);
	return cursor->err;
}

/* Whether the recording has the table, or that column of it. Errors are reported by who reads it.
 */
static bool is_there(sqlite3 *db, const char *table, const char *column)
{
	return sqlite3_table_column_metadata(db, "main", table, column, NULL, NULL, NULL, NULL,
					     NULL) != SQLITE_ERROR;
}

static bool is_read(const struct field *field)
{
	return field->kind != FIELD_WORD || field->nr_words;
}

/* Takes the place of a column that the recording lacks. */
static void add_missing(sqlite3_str *sql, const struct field *field)
{
	if (field_may_be_unknown(field))
		sqlite3_str_appendf(sql, ", NULL AS %s", field->name);
	else if (field->kind == FIELD_WORD)
		sqlite3_str_appendf(sql, ", '%s' AS %s", field_word(field, field->usual),
				    field->name);
	else
		sqlite3_str_appendf(sql, ", %u AS %s", field->usual, field->name);
}

/* Indices could hold other rows than the table. */
static char *select_sql(const struct table *table, sqlite3 *db, bool seek)
{
	sqlite3_str *sql = sqlite3_str_new(db);

	if (table->later && !is_there(db, table->name, NULL)) {
		sqlite3_str_appendall(sql, "SELECT NULL WHERE 0");
		return sqlite3_str_finish(sql);
	}
	sqlite3_str_appendf(sql, "SELECT %s", table->key ?: "NULL");
	for (const struct field *field = table->fields; field->name; field++) {
		if (!is_read(field))
			continue;
		if (field->later && !is_there(db, table->name, field->name))
			add_missing(sql, field);
		else
			sqlite3_str_appendf(sql, ", %s", field->name);
	}
	sqlite3_str_appendf(sql, " FROM %s NOT INDEXED", table->name);
	if (seek)
		sqlite3_str_appendf(sql, " WHERE %s >= ?1", table->key);
	return sqlite3_str_finish(sql);
}

int cursor_open(struct cursor *cursor, sqlite3 *db, const char *path, const struct table *table,
		bool seek)
{
	char *sql = select_sql(table, db, seek);
	int rc;

	*cursor = (struct cursor){.path = path, .table = table, .seek = seek};
	rc = sql ? sqlite3_prepare_v2(db, sql, -1, &cursor->stmt, NULL) : SQLITE_NOMEM;
	sqlite3_free(sql);
	return rc ? failed(cursor, db, rc) : 0;
}

void cursor_close(struct cursor *cursor)
{
	sqlite3_finalize(cursor->stmt);
	cursor->stmt = NULL;
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
	diag_error("'%s' is damaged: table %s, row %lld: %s", cursor->path, cursor->table->name,
		   cursor->key, message);
	cursor->err = -EINVAL;
	return cursor->err;
}

static const char *const type_names[] = {
	[SQLITE_INTEGER] = "a number", [SQLITE_FLOAT] = "a fraction", [SQLITE_TEXT] = "text",
	[SQLITE_BLOB] = "text",	       [SQLITE_NULL] = "NULL",
};

/* 0: damaged, or the value is 0. */
static __u64 read_number(struct cursor *cursor, const char *column, sqlite3_value *value, __u64 max)
{
	int type = sqlite3_value_type(value);
	__s64 number = sqlite3_value_int64(value);

	if (type == SQLITE_INTEGER && (__u64)number <= max)
		return number;
	if (type != SQLITE_INTEGER)
		cursor_damaged(cursor, "%s is %s, not a number", column, type_names[type]);
	else
		cursor_damaged(cursor, "%s is %lld", column, number);
	return 0;
}

/* Any bytes except NULs. Zeroes the rest of text. */
static void read_text(struct cursor *cursor, const char *column, sqlite3_value *value, char *text,
		      size_t size)
{
	int type = sqlite3_value_type(value);
	const char *bytes = sqlite3_value_blob(value);
	size_t len = sqlite3_value_bytes(value);

	memset(text, 0, size);
	if (type != SQLITE_TEXT && type != SQLITE_BLOB)
		cursor_damaged(cursor, "%s is %s, not text", column, type_names[type]);
	else if (len >= size || (len && (!bytes || memchr(bytes, '\0', len))))
		cursor_damaged(cursor, "%s is too long, or holds a NUL", column);
	else if (len)
		memcpy(text, bytes, len);
}

static __u64 read_word(struct cursor *cursor, const struct field *field, sqlite3_value *value)
{
	char text[WORD_LEN];

	read_text(cursor, field->name, value, text, sizeof(text));
	if (field->number && field->number(text))
		return field->number(text);
	for (unsigned int i = 0; i < field->nr_words; i++) {
		const char *word = field_word(field, i);

		if (word && !strcmp(word, text))
			return i;
	}
	cursor_damaged(cursor, "%s is '%s'", field->name, text);
	return 0;
}

static __u64 max_of(const struct field *field)
{
	if (field->max)
		return field->max;
	switch (field->size) {
	case sizeof(__u64):
		return field->kind == FIELD_BITS ? UINT64_MAX : INT64_MAX;
	case sizeof(__u32):
		return UINT32_MAX;
	default:
		return 1;
	}
}

static void read_value(struct cursor *cursor, const struct field *field, sqlite3_value *value,
		       void *row)
{
	char *text = (char *)row + field->at;
	__u64 number;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_NAME:
		read_text(cursor, field->name, value, text, field->size);
		return;
	case FIELD_WORD:
		number = read_word(cursor, field, value);
		break;
	default:
		number = read_number(cursor, field->name, value, max_of(field));
	}
	if (field->kind == FIELD_TIME)
		number += cursor->shift_ns;
	field_set(field, row, number);
}

static void set_unknown(const struct field *field, void *row)
{
	if (field->kind == FIELD_TEXT || field->kind == FIELD_NAME)
		memset((char *)row + field->at, 0, field->size);
	else
		field_set(field, row,
			  field->kind == FIELD_FIGURE || field->kind == FIELD_TIME ? UNKNOWN_NS
										   : 0);
}

/* The connection is of one thread, so that values need no protection. */
int cursor_read(struct cursor *cursor, void *row)
{
	const struct field *field, *last = NULL;
	int column = 0;

	for (field = cursor->table->fields; field->name; last = field++) {
		__u8 *flags = (__u8 *)row + field->flags;
		sqlite3_value *value;
		bool known;

		if (!is_read(field))
			continue;
		value = sqlite3_column_value(cursor->stmt, ++column);
		known = sqlite3_value_type(value) != SQLITE_NULL || !field_may_be_unknown(field);
		if (last && field->known && last->known == field->known &&
		    last->flags == field->flags)
			known = *flags & field->known; /* as the first of the group */
		else if (field->known)
			*flags = known ? *flags | field->known : *flags & ~field->known;
		if (known)
			read_value(cursor, field, value, row);
		else
			set_unknown(field, row);
	}
	return cursor->err;
}

/* To the next row; keys that do not grow could mean pages that refer to each other in a ring. */
int cursor_next(struct cursor *cursor)
{
	__s64 last = cursor->key;
	sqlite3_value *key;
	int rc;

	if (cursor->err)
		return cursor->err;
	rc = sqlite3_step(cursor->stmt);
	cursor->row = rc == SQLITE_ROW;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return failed(cursor, sqlite3_db_handle(cursor->stmt), rc);
	if (!cursor->row)
		return 0;
	key = sqlite3_column_value(cursor->stmt, 0);
	cursor->key = cursor->table->key
			      ? (__s64)read_number(cursor, cursor->table->key, key, INT64_MAX)
			      : last + 1;
	/* A table whose key is not its primary key would be searched from its first row on. */
	if (cursor->seek && sqlite3_stmt_status(cursor->stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0))
		cursor_damaged(cursor, "%s is not the primary key", cursor->table->key);
	if (cursor->key <= last)
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
