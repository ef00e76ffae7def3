// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the tables of a recording and writes their rows, by their descriptions.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "recording/table.h"
#include "util/text.h"

#define TEXT_MAX 4096 /* longer text is stored as bytes unless it is ASCII */

static void add(char sql[TABLE_SQL_SIZE], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(char sql[TABLE_SQL_SIZE], const char *fmt, ...)
{
	size_t len = strlen(sql);
	va_list args;

	va_start(args, fmt);
	vsnprintf(sql + len, TABLE_SQL_SIZE - len, fmt, args);
	va_end(args);
}

static bool is_text(const struct field *field)
{
	return field->kind == FIELD_WORD || field->kind == FIELD_TEXT || field->kind == FIELD_NAME;
}

void table_create_sql(const struct table *table, char sql[TABLE_SQL_SIZE])
{
	const struct field *field;

	*sql = '\0';
	add(sql, "CREATE TABLE %s ( -- %s\n", table->name, table->note);
	if (table->key)
		add(sql, " %s INTEGER PRIMARY KEY%s,%s%s\n", table->key, table->constraint ?: "",
		    table->key_note ? " -- " : "", table->key_note ?: "");
	for (field = table->fields; field->name; field++) {
		add(sql, " %s %s%s", field->name, is_text(field) ? "TEXT" : "INTEGER",
		    field_may_be_unknown(field) ? "" : " NOT NULL");
		if (field->refers)
			add(sql, " REFERENCES %s", field->refers);
		add(sql, "%s%s%s\n", field[1].name || !table->key ? "," : "",
		    field->note ? " -- " : "", field->note ?: "");
	}
	if (table->key)
		add(sql, ");\n");
	else
		add(sql, " PRIMARY KEY (%s)\n) WITHOUT ROWID;\n", table->constraint);
}

int table_prepare_insert(sqlite3 *db, const struct table *table, sqlite3_stmt **stmt)
{
	const char *separator = table->key ? "," : "";
	char sql[TABLE_SQL_SIZE] = "";
	const struct field *field;

	add(sql, "INSERT %sINTO %s VALUES (%s", table->replaces ? "OR REPLACE " : "", table->name,
	    table->key ? "?" : "");
	for (field = table->fields; field->name; field++, separator = ",")
		add(sql, "%s?", separator);
	add(sql, ")");
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
}

static bool is_utf8(const char *text, size_t len)
{
	char valid[TEXT_SIZE(TEXT_MAX)];
	size_t i = 0;

	while (i < len && (unsigned char)text[i] < 0x80)
		i++;
	if (i == len)
		return true;
	return len <= TEXT_MAX && text_utf8(valid, sizeof(valid), text, len) == len;
}

/* Programs that read TEXT may rely on UTF-8. */
static int bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	size_t len = strlen(text);

	return is_utf8(text, len) ? sqlite3_bind_text(stmt, at, text, (int)len, SQLITE_STATIC)
				  : sqlite3_bind_blob(stmt, at, text, (int)len, SQLITE_STATIC);
}

static int bind(sqlite3_stmt *stmt, int at, const struct field *field, const void *row)
{
	if (!field_is_known(field, row))
		return sqlite3_bind_null(stmt, at);
	if (is_text(field))
		return bind_text(stmt, at, field_text(field, row));
	return sqlite3_bind_int64(stmt, at, (sqlite3_int64)field_get(field, row));
}

int table_insert(sqlite3_stmt *stmt, const struct table *table, __s64 key, const void *row)
{
	int at = 0, rc = table->key ? sqlite3_bind_int64(stmt, ++at, key) : SQLITE_OK;
	const struct field *field;

	for (field = table->fields; field->name && !rc; field++)
		rc = bind(stmt, ++at, field, row);
	if (!rc)
		rc = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
