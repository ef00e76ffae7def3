// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the tables that events refer to into memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recording/cursor.h"
#include "recording/reader_tables.h"
#include "util/diag.h"

/* A recording has thousands of rows; these take some hundred MB. */
#define MAX_ROWS	4000000
#define MAX_CALLER_ROWS 65536
#define MAX_SCENARIOS	1024

static const char *scenario_of(const struct reader_tables *tables, const char *map_name)
{
	const struct reader_rows *rows = &tables->rows[TABLE_SCENARIO];
	const struct scenario *scenarios = (const struct scenario *)rows->row;

	for (size_t i = 0; i < rows->nr; i++)
		if (!strcmp(scenarios[i].map_name, map_name))
			return scenarios[i].name;
	return NULL;
}

static void finish_map(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	struct map_row *map = row;

	(void)cursor;
	map->scenario = map->known & CALL_NAME ? scenario_of(tables, map->name) : NULL;
}

static void check_caller(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	(void)tables;
	if (!((struct caller_row *)row)->known)
		cursor_damaged(cursor, "address is NULL");
}

/* In the order in which they are loaded. */
static const struct source {
	enum table_id table;
	size_t size, max;
	void (*finish)(struct cursor *cursor, void *row, const struct reader_tables *tables);
} sources[] = {
	{TABLE_SCENARIO, sizeof(struct scenario), MAX_SCENARIOS, NULL},
	{TABLE_MAP, sizeof(struct map_row), MAX_ROWS, finish_map},
	{TABLE_CALLER, sizeof(struct caller_row), MAX_CALLER_ROWS, check_caller},
	{TABLE_ALLOCATOR, sizeof(struct allocator_row), MAX_ROWS, NULL},
	{TABLE_TASK, sizeof(struct task), MAX_ROWS, NULL},
};

static bool grow(struct reader_rows *rows)
{
	size_t room = rows->room ? 2 * rows->room : 64;
	__s64 *ids = reallocarray(rows->id, room, sizeof(*ids));
	char *row;

	if (!ids)
		return false;
	rows->id = ids;
	row = reallocarray(rows->row, room, rows->size);
	if (!row)
		return false;
	rows->row = row;
	rows->room = room;
	return true;
}

/* One more row, zeroed. NULL: an error, already reported. */
static void *add_row(struct reader_rows *rows, size_t max, struct cursor *cursor)
{
	if (rows->nr >= max) {
		cursor_damaged(cursor, "it is one too many");
		return NULL;
	}
	if (rows->nr == rows->room && !grow(rows)) {
		diag_error("cannot read '%s': %s", cursor->path, strerror(ENOMEM));
		cursor->err = -ENOMEM;
		return NULL;
	}
	rows->id[rows->nr] = cursor->key;
	return memset(rows->row + rows->nr++ * rows->size, 0, rows->size);
}

static int load(struct reader_tables *tables, const struct source *source, sqlite3 *db,
		const char *path)
{
	struct reader_rows *rows = &tables->rows[source->table];
	struct cursor cursor;
	void *row;
	int err = cursor_open(&cursor, db, path, schema_table(source->table), false);

	rows->size = source->size;
	while (!err && !(err = cursor_next(&cursor)) && cursor.row) {
		row = add_row(rows, source->max, &cursor);
		if (row && !cursor_read(&cursor, row) && source->finish)
			source->finish(&cursor, row, tables);
		err = cursor.err;
	}
	cursor_close(&cursor);
	return err;
}

int reader_tables_load(struct reader_tables *tables, sqlite3 *db, const char *path)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sources) && !err; i++)
		err = load(tables, &sources[i], db, path);
	return err;
}

void reader_tables_free(struct reader_tables *tables)
{
	for (size_t i = 0; i < NR_TABLES; i++) {
		free(tables->rows[i].id);
		free(tables->rows[i].row);
	}
	*tables = (struct reader_tables){};
}

/* Where no number is left out, the row's place follows from it. */
const void *reader_tables_find(const struct reader_tables *tables, enum table_id table, __s64 id)
{
	const struct reader_rows *rows = &tables->rows[table];
	size_t low = 0, high = rows->nr, i = (size_t)id - 1;

	if (i < rows->nr && rows->id[i] == id)
		return rows->row + i * rows->size;
	while (low < high) {
		i = low + (high - low) / 2;
		if (rows->id[i] == id)
			return rows->row + i * rows->size;
		if (rows->id[i] < id)
			low = i + 1;
		else
			high = i;
	}
	return NULL;
}
