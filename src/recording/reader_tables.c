// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small tables of a recording, in memory.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recording/reader_tables.h"
#include "recording/schema.h"
#include "util/diag.h"

#define CALLER_LEN 512 /* the kernel's KSYM_NAME_LEN, with its NUL */
#define WORD_LEN   32  /* of a fixed set */

/* A recording has thousands; some hundred MB. */
#define MAX_ROWS      4000000
#define MAX_SCENARIOS 1024

/* Fills in a row from what the cursor is at; what is wrong is told there. */
typedef void (*read_row)(struct cursor *cursor, void *row, const struct reader_tables *tables);

struct table {
	const char *name;
	const char *columns;
	size_t size; /* of a row */
	size_t max;
	read_row read;
};

/* One more row, zeroed. NULL: told. */
static void *add_row(struct reader_tables_rows *rows, const struct table *table,
		     struct cursor *cursor)
{
	size_t room = rows->room ? 2 * rows->room : 64;
	char *row;

	if (rows->nr >= table->max) {
		cursor_damaged(cursor, "it is one too many");
		return NULL;
	}
	if (rows->nr == rows->room) {
		row = reallocarray(rows->row, room, table->size);
		if (!row) {
			diag_error("cannot read '%s': %s", cursor->path, strerror(ENOMEM));
			cursor->err = -ENOMEM;
			return NULL;
		}
		rows->row = row;
		rows->room = room;
	}
	row = rows->row + rows->nr++ * table->size;
	memset(row, 0, table->size);
	return row;
}

static int load(struct reader_tables_rows *rows, const struct table *table, sqlite3 *db,
		const char *path, const struct reader_tables *tables)
{
	struct cursor cursor;
	int err = cursor_open(&cursor, db, path, table->name, table->columns, "");

	rows->size = table->size;
	if (!err)
		err = cursor_next(&cursor);
	while (!err && cursor.row) {
		void *row = add_row(rows, table, &cursor);

		if (row)
			table->read(&cursor, row, tables);
		err = cursor_next(&cursor);
	}
	cursor_close(&cursor);
	return err;
}

static void read_scenario(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	struct scenario *scenario = row;
	char fill[WORD_LEN];

	(void)tables;
	if (!cursor_text(cursor, 1, scenario->name, sizeof(scenario->name)) ||
	    !cursor_text(cursor, 2, scenario->map_name, sizeof(scenario->map_name)))
		cursor_damaged(cursor, "a name is NULL");
	scenario->map_type = cursor_u32(cursor, 3);
	scenario->entries = cursor_u32(cursor, 4);
	scenario->value_size = cursor_u32(cursor, 5);
	scenario->prealloc = cursor_bool(cursor, 6);
	cursor_text(cursor, 7, fill, sizeof(fill));
	if (!schema_fill(fill, &scenario->fill))
		cursor_damaged(cursor, "fill is '%s'", fill);
	scenario->threads = cursor_u32(cursor, 8);
	scenario->maps = cursor_u32(cursor, 9);
	scenario->runs = cursor_u32(cursor, 10);
}

static const char *scenario_of(const struct reader_tables *tables, const char *map_name)
{
	size_t i;

	for (i = 0; i < tables->nr_scenarios; i++)
		if (!strcmp(tables->scenarios[i].map_name, map_name))
			return tables->scenarios[i].name;
	return NULL;
}

static void read_map(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	struct reader_tables_map *map = row;

	map->id = cursor->key;
	map->call_flags = CALL_MAP;
	map->type = cursor_u32(cursor, 1);
	if (cursor_text(cursor, 2, map->name, sizeof(map->name))) {
		map->call_flags |= CALL_NAME;
		map->scenario = scenario_of(tables, map->name);
	}
	if (cursor_is_null(cursor, 3))
		return;
	map->call_flags |= CALL_SIZES;
	map->key_size = cursor_u32(cursor, 3);
	map->value_size = cursor_u32(cursor, 4);
	map->max_entries = cursor_u32(cursor, 5);
	map->flags = cursor_u32(cursor, 6);
}

static void read_caller(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	struct reader_tables_caller *caller = row;
	char name[CALLER_LEN];

	(void)tables;
	caller->id = cursor->key;
	if (!cursor_text(cursor, 1, name, sizeof(name))) {
		caller->address = cursor_bits(cursor, 3);
		return;
	}
	caller->offset = cursor_bits(cursor, 2);
	caller->name = strdup(name);
	if (!caller->name && !cursor->err) {
		diag_error("cannot read '%s': %s", cursor->path, strerror(ENOMEM));
		cursor->err = -ENOMEM;
	}
}

static void read_allocator(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	struct reader_tables_allocator *allocator = row;
	char alloc[WORD_LEN];

	(void)tables;
	allocator->id = cursor->key;
	if (cursor_text(cursor, 1, alloc, sizeof(alloc)) && !schema_alloc(alloc, &allocator->alloc))
		cursor_damaged(cursor, "alloc is '%s'", alloc);
	if (!cursor_is_null(cursor, 2))
		allocator->call_flags =
			CALL_PERCPU_KNOWN | (cursor_bool(cursor, 2) ? CALL_PERCPU : 0);
	if (!cursor_is_null(cursor, 3))
		allocator->unit_size = cursor_u32(cursor, 3);
}

static void read_task(struct cursor *cursor, void *row, const struct reader_tables *tables)
{
	struct reader_tables_task *task = row;

	(void)tables;
	task->id = cursor->key;
	task->pid = cursor_u32(cursor, 1);
	task->tid = cursor_u32(cursor, 2);
	if (!cursor_text(cursor, 3, task->comm, sizeof(task->comm)))
		cursor_damaged(cursor, "comm is NULL");
}

static const struct table scenarios = {
	"scenario",
	"id, name, map_name, map_type_number, entries, value_size, prealloc, fill, threads, maps, runs",
	sizeof(struct scenario), MAX_SCENARIOS, read_scenario};
static const struct table maps = {"map",
				  "id, type_number, name, key_size, value_size, max_entries, flags",
				  sizeof(struct reader_tables_map), MAX_ROWS, read_map};
static const struct table callers = {"caller", "id, name, byte_offset, address",
				     sizeof(struct reader_tables_caller), MAX_ROWS, read_caller};
static const struct table allocators = {"allocator", "id, alloc, percpu, unit_size",
					sizeof(struct reader_tables_allocator), MAX_ROWS,
					read_allocator};
static const struct table tasks = {"task", "id, pid, tid, comm", sizeof(struct reader_tables_task),
				   MAX_ROWS, read_task};

int reader_tables_load(struct reader_tables *tables, sqlite3 *db, const char *path)
{
	struct reader_tables_rows rows = {};
	int err = load(&rows, &scenarios, db, path, tables);

	tables->scenarios = (struct scenario *)rows.row;
	tables->nr_scenarios = rows.nr;
	if (!err)
		err = load(&tables->maps, &maps, db, path, tables);
	if (!err)
		err = load(&tables->callers, &callers, db, path, tables);
	if (!err)
		err = load(&tables->allocators, &allocators, db, path, tables);
	return err ? err : load(&tables->tasks, &tasks, db, path, tables);
}

void reader_tables_free(struct reader_tables *tables)
{
	size_t i;

	for (i = 0; i < tables->callers.nr; i++)
		free(((struct reader_tables_caller *)tables->callers.row)[i].name);
	free(tables->callers.row);
	free(tables->maps.row);
	free(tables->allocators.row);
	free(tables->tasks.row);
	free(tables->scenarios);
	*tables = (struct reader_tables){};
}

static __s64 id_at(const struct reader_tables_rows *rows, size_t i)
{
	return *(const __s64 *)(rows->row + i * rows->size);
}

/* Where no row is missing, the place tells. */
const void *reader_tables_find(const struct reader_tables_rows *rows, __s64 id)
{
	size_t low = 0, high = rows->nr, i = (size_t)id - 1;

	if (i < rows->nr && id_at(rows, i) == id)
		return rows->row + i * rows->size;
	while (low < high) {
		i = low + (high - low) / 2;
		if (id_at(rows, i) == id)
			return rows->row + i * rows->size;
		if (id_at(rows, i) < id)
			low = i + 1;
		else
			high = i;
	}
	return NULL;
}
