// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads tables of a recording into memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/symbol.h"
#include "recording/cursor.h"
#include "recording/reader_tables.h"
#include "util/diag.h"

#define MAX_FIGURES 1000 /* a ledger has some 20 */

/* The limits end a ring of pages: in a table without a key, nothing else shows one. */
static const struct source {
	enum table_id table;
	size_t size, max;
} sources[] = {
	{TABLE_RUN, sizeof(struct run_info), 1},
	{TABLE_SCENARIO, sizeof(struct scenario), MAX_LOADED},
	{TABLE_CALLER, sizeof(struct caller_row), MAX_LOADED},
	{TABLE_USER_STACK, sizeof(struct user_stack_row), MAX_USER_STACKS},
	{TABLE_LEDGER, sizeof(struct figure_row), MAX_FIGURES},
	{TABLE_TEARDOWN_LEDGER, sizeof(struct figure_row), MAX_FIGURES},
	{TABLE_HOOK, sizeof(struct hook_row), MAX_FIGURES},
};

static bool grow(struct reader_rows *rows)
{
	size_t room = rows->room ? 2 * rows->room : 64;
	__s64 *ids = reallocarray(rows->id, room, sizeof(*ids));
	void *row = reallocarray(rows->row, room, rows->size);

	rows->id = ids ?: rows->id;
	rows->row = row ?: rows->row;
	if (ids && row)
		rows->room = room;
	return ids && row;
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
	return memset((char *)rows->row + rows->nr++ * rows->size, 0, rows->size);
}

static void finish_caller(struct cursor *cursor, struct caller_row *caller)
{
	if (!caller->known)
		cursor_damaged(cursor, "address is NULL");
	/* Older versions recorded the symbol. */
	if (caller->known & CALLER_NAME)
		caller->name[symbol_function_len(caller->name)] = '\0';
}

static int load(struct reader *reader, const struct source *source)
{
	struct reader_rows *rows = &reader->rows[source->table];
	struct cursor cursor;
	void *row;
	int err =
		cursor_open(&cursor, reader->db, reader->path, schema_table(source->table), false);

	rows->size = source->size;
	while (!err && !(err = cursor_next(&cursor)) && cursor.row) {
		row = add_row(rows, source->max, &cursor);
		if (row && !cursor_read(&cursor, row) && source->table == TABLE_CALLER)
			finish_caller(&cursor, row);
		err = cursor.err;
	}
	cursor_close(&cursor);
	return err;
}

/* Of an id with several paths, the first one counts. */
static int load_cgroups(struct reader *reader)
{
	struct cgroup_row row = {};
	struct cursor cursor;
	int err = cursor_open(&cursor, reader->db, reader->path, schema_table(TABLE_CGROUP), false);

	while (!err && !(err = cursor_next(&cursor)) && cursor.row) {
		err = cursor_read(&cursor, &row);
		if (err)
			break;
		if (*row.path != '/') {
			err = cursor_damaged(&cursor, "path does not begin with a slash");
			break;
		}
		err = cgroups_add(reader->cgroups, cursor.key, row.path);
		if (err == -ENOSPC)
			err = cursor_damaged(&cursor, "it is one too many");
		else if (err)
			diag_error("cannot read '%s': %s", reader->path, strerror(-err));
	}
	cursor_close(&cursor);
	return err;
}

int reader_tables_load(struct reader *reader)
{
	int err = 0;

	reader->rows = calloc(NR_TABLES, sizeof(*reader->rows));
	reader->cgroups = cgroups_new(MAX_LOADED);
	if (!reader->rows || !reader->cgroups) {
		diag_error("cannot read '%s': %s", reader->path, strerror(ENOMEM));
		return -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sources) && !err; i++)
		err = load(reader, &sources[i]);
	if (!err)
		err = load_cgroups(reader);
	reader->run_info = reader->rows[TABLE_RUN].row;
	reader->scenarios = reader->rows[TABLE_SCENARIO].row;
	reader->nr_scenarios = reader->rows[TABLE_SCENARIO].nr;
	return err;
}

void reader_tables_free(struct reader *reader)
{
	for (size_t i = 0; i < NR_TABLES && reader->rows; i++) {
		free(reader->rows[i].id);
		free(reader->rows[i].row);
	}
	free(reader->rows);
	cgroups_free(reader->cgroups);
}

/* Where no number is left out, the row's place follows from it. */
const void *reader_tables_row(const struct reader *reader, enum table_id table, __s64 id)
{
	const struct reader_rows *rows = &reader->rows[table];
	size_t low = 0, high = rows->nr, i = (size_t)id - 1;

	while (low < high) {
		if (i >= high || rows->id[i] != id)
			i = low + (high - low) / 2;
		if (rows->id[i] == id)
			return (const char *)rows->row + i * rows->size;
		if (rows->id[i] < id)
			low = i + 1;
		else
			high = i;
	}
	return NULL;
}
