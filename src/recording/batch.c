// SPDX-License-Identifier: GPL-2.0-only
/* Inserts many rows by one statement, which reads them as a virtual table. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "recording/batch.h"

#define MAX_ROWS 128

struct batch {
	const struct table *table;
	int nr_keys; /* 1: the first column is no field */
	sqlite3_stmt *insert;
	size_t row_size;
	int nr;
	__s64 keys[MAX_ROWS];
	char rows[]; /* MAX_ROWS * row_size */
};

/* The virtual table */

struct batch_vtab {
	sqlite3_vtab base; /* first, as SQLite requires */
	struct batch *batch;
};

struct batch_cursor {
	sqlite3_vtab_cursor base; /* first, too */
	int at;
	const char *row;
};

static const struct batch *batch_of(const sqlite3_vtab_cursor *cursor)
{
	return ((const struct batch_vtab *)cursor->pVtab)->batch;
}

static int connect_rows(sqlite3 *db, void *batch, int argc, const char *const *argv,
			sqlite3_vtab **out, char **err)
{
	const struct table *table = ((struct batch *)batch)->table;
	sqlite3_str *str = sqlite3_str_new(db);
	const char *separator = "";
	struct batch_vtab *vtab;
	char *sql;
	int rc;

	(void)argc, (void)argv, (void)err;
	sqlite3_str_appendall(str, "CREATE TABLE rows (");
	if (table->key) {
		sqlite3_str_appendall(str, table->key);
		separator = ", ";
	}
	for (const struct field *field = table->fields; field->name; field++, separator = ", ")
		sqlite3_str_appendf(str, "%s%s", separator, field->name);
	sqlite3_str_appendchar(str, 1, ')');
	sql = sqlite3_str_finish(str);
	rc = sql ? sqlite3_declare_vtab(db, sql) : SQLITE_NOMEM;
	sqlite3_free(sql);
	if (rc)
		return rc;
	vtab = sqlite3_malloc(sizeof(*vtab));
	if (!vtab)
		return SQLITE_NOMEM;
	*vtab = (struct batch_vtab){.batch = batch};
	*out = &vtab->base;
	return SQLITE_OK;
}

static int disconnect_rows(sqlite3_vtab *vtab)
{
	sqlite3_free(vtab);
	return SQLITE_OK;
}

static int plan(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	(void)vtab;
	info->estimatedCost = MAX_ROWS;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out)
{
	struct batch_cursor *cursor = sqlite3_malloc(sizeof(*cursor));

	(void)vtab;
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct batch_cursor){};
	*out = &cursor->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int rewind_cursor(sqlite3_vtab_cursor *cursor, int plan_nr, const char *plan_text, int argc,
			 sqlite3_value **argv)
{
	(void)plan_nr, (void)plan_text, (void)argc, (void)argv;
	((struct batch_cursor *)cursor)->at = 0;
	((struct batch_cursor *)cursor)->row = batch_of(cursor)->rows;
	return SQLITE_OK;
}

static int advance(sqlite3_vtab_cursor *cursor)
{
	((struct batch_cursor *)cursor)->at++;
	((struct batch_cursor *)cursor)->row += batch_of(cursor)->row_size;
	return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *cursor)
{
	return ((struct batch_cursor *)cursor)->at >= batch_of(cursor)->nr;
}

static int get_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
	const struct batch_cursor *at = (const struct batch_cursor *)cursor;
	const struct batch *batch = batch_of(cursor);

	if (column < batch->nr_keys)
		sqlite3_result_int64(result, batch->keys[at->at]);
	else
		table_result(result, &batch->table->fields[column - batch->nr_keys], at->row);
	return SQLITE_OK;
}

static int get_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
	*rowid = ((struct batch_cursor *)cursor)->at;
	return SQLITE_OK;
}

/* Without xCreate: it exists by its name alone, and is not in the file. */
static const sqlite3_module module = {
	.xConnect = connect_rows,
	.xBestIndex = plan,
	.xDisconnect = disconnect_rows,
	.xDestroy = disconnect_rows,
	.xOpen = open_cursor,
	.xClose = close_cursor,
	.xFilter = rewind_cursor,
	.xNext = advance,
	.xEof = is_at_end,
	.xColumn = get_column,
	.xRowid = get_rowid,
};

/* The batch */

/* OR FAIL: without it SQLite keeps a journal of each statement, to undo a part of its rows. */
static int prepare(struct batch *batch, sqlite3 *db)
{
	const char *name = batch->table->name;
	char *rows = sqlite3_mprintf("new_%s", name);
	char *sql = sqlite3_mprintf("INSERT OR FAIL INTO %s SELECT * FROM new_%s", name, name);
	int rc = rows && sql ? sqlite3_create_module_v2(db, rows, &module, batch, NULL)
			     : SQLITE_NOMEM;

	if (!rc)
		rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &batch->insert,
					NULL);
	sqlite3_free(rows);
	sqlite3_free(sql);
	return rc;
}

int batch_open(struct batch **out, sqlite3 *db, const struct table *table, size_t row_size)
{
	struct batch *batch = calloc(1, sizeof(*batch) + MAX_ROWS * row_size);

	if (!batch)
		return SQLITE_NOMEM;
	*out = batch;
	batch->table = table;
	batch->nr_keys = table->key != NULL;
	batch->row_size = row_size;
	return prepare(batch, db);
}

void batch_close(struct batch *batch)
{
	if (!batch)
		return;
	sqlite3_finalize(batch->insert);
	free(batch);
}

int batch_add(struct batch *batch, __s64 key, const void *row)
{
	int rc = batch->nr == MAX_ROWS ? batch_write(batch) : SQLITE_OK;

	if (rc)
		return rc;
	batch->keys[batch->nr] = key;
	memcpy(batch->rows + batch->nr * batch->row_size, row, batch->row_size);
	batch->nr++;
	return SQLITE_OK;
}

int batch_write(struct batch *batch)
{
	int rc;

	if (!batch->nr)
		return SQLITE_OK;
	rc = sqlite3_step(batch->insert);
	sqlite3_reset(batch->insert);
	batch->nr = 0;
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
