// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the tables of a recording and writes their rows, by their descriptions.
 */
#include <string.h>

#include "recording/table.h"
#include "util/text.h"

#define TEXT_MAX 4096 /* longer text is stored as bytes unless it is ASCII */

char *table_create_sql(const struct table *table)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);
	const struct field *field;

	sqlite3_str_appendf(sql, "CREATE TABLE %s ( -- %s\n", table->name, table->note);
	if (table->key)
		sqlite3_str_appendf(sql, " %s INTEGER PRIMARY KEY%s,%s%s\n", table->key,
				    table->constraint ?: "", table->key_note ? " -- " : "",
				    table->key_note ?: "");
	for (field = table->fields; field->name; field++)
		sqlite3_str_appendf(sql, " %s %s%s%s%s%s%s%s\n", field->name,
				    field_is_text(field) ? "TEXT" : "INTEGER",
				    field_may_be_unknown(field) ? "" : " NOT NULL",
				    field->refers ? " REFERENCES " : "", field->refers ?: "",
				    field[1].name || !table->key ? "," : "",
				    field->note ? " -- " : "", field->note ?: "");
	if (table->key)
		sqlite3_str_appendall(sql, ");\n");
	else
		sqlite3_str_appendf(sql, " PRIMARY KEY (%s)\n) WITHOUT ROWID;\n",
				    table->constraint);
	return sqlite3_str_finish(sql);
}

int table_prepare_insert(sqlite3 *db, const struct table *table, sqlite3_stmt **stmt)
{
	const char *separator = table->key ? "?," : "";
	sqlite3_str *str = sqlite3_str_new(db);
	char *sql;
	int rc;

	sqlite3_str_appendf(str, "INSERT %sINTO %s VALUES (", table->replaces ? "OR REPLACE " : "",
			    table->name);
	for (const struct field *field = table->fields; field->name; field++, separator = ",")
		sqlite3_str_appendf(str, "%s?", separator);
	sqlite3_str_appendchar(str, 1, ')');
	sql = sqlite3_str_finish(str);
	rc = sql ? sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL)
		 : SQLITE_NOMEM;
	sqlite3_free(sql);
	return rc;
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
	if (field_is_text(field))
		return bind_text(stmt, at, field_text(field, row));
	return sqlite3_bind_int64(stmt, at, (sqlite3_int64)field_get(field, row));
}

static void text_result(sqlite3_context *result, const char *text)
{
	size_t len = strlen(text);

	if (is_utf8(text, len))
		sqlite3_result_text(result, text, (int)len, SQLITE_STATIC);
	else
		sqlite3_result_blob(result, text, (int)len, SQLITE_STATIC);
}

void table_result(sqlite3_context *result, const struct field *field, const void *row)
{
	__u64 value;

	if (!field_is_text(field)) {
		if (field_read(field, row, &value))
			sqlite3_result_int64(result, (sqlite3_int64)value);
		return; /* NULL, unless it is set */
	}
	if (field_is_known(field, row))
		text_result(result, field_text(field, row));
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
