// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds rows that many events refer to.
 *
 * A writer refers to the rows that it remembers, and numbers them in the order of their first use:
 * each is read once, mostly right after the one before it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recording/lookup.h"
#include "util/diag.h"

#define MAX_STEPS 8 /* take no longer than to find a row by its number */

int lookup_open(struct lookup *lookup, const struct reader *reader, enum table_id table,
		size_t size)
{
	lookup->reader = reader;
	lookup->size = size;
	lookup->id = calloc(MAX_REFERRED, sizeof(*lookup->id));
	lookup->rows = calloc(MAX_REFERRED, size);
	if (!lookup->id || !lookup->rows) {
		diag_error("cannot read '%s': %s", reader->path, strerror(ENOMEM));
		return -ENOMEM;
	}
	return cursor_open(&lookup->cursor, reader->db, reader->path, schema_table(table), true);
}

void lookup_close(struct lookup *lookup)
{
	cursor_close(&lookup->cursor);
	free(lookup->id);
	free(lookup->rows);
}

static int seek(struct cursor *cursor, __s64 id)
{
	int err = cursor->err;

	if (!cursor->row || id <= cursor->key || id - cursor->key > MAX_STEPS)
		return err ?: cursor_find(cursor, id);
	while (!err && cursor->row && cursor->key < id)
		err = cursor_next(cursor);
	return err;
}

static const char *scenario_of(const struct reader *reader, const char *map_name)
{
	for (size_t i = 0; i < reader->nr_scenarios; i++)
		if (!strcmp(reader->scenarios[i].map_name, map_name))
			return reader->scenarios[i].name;
	return NULL;
}

static int read_row(struct lookup *lookup, void *row)
{
	struct map_row *map = row;
	int err = cursor_read(&lookup->cursor, row);

	if (!err && lookup->cursor.table == schema_table(TABLE_MAP) && map->known & CALL_NAME)
		map->scenario = scenario_of(lookup->reader, map->name);
	return err;
}

const void *lookup_find(struct lookup *lookup, __s64 id, struct cursor *referrer,
			const char *column)
{
	struct cursor *cursor = &lookup->cursor;
	size_t place = (size_t)id % MAX_REFERRED;
	void *row = lookup->rows + place * lookup->size;

	if (lookup->id[place] == id)
		return row;
	lookup->id[place] = 0;
	memset(row, 0, lookup->size);
	if (!seek(cursor, id) && !(cursor->row && cursor->key == id))
		cursor_damaged(referrer, "there is no %s %lld", column, id);
	else if (!cursor->err && !read_row(lookup, row))
		lookup->id[place] = id;
	referrer->err = referrer->err ?: cursor->err;
	return referrer->err ? NULL : row;
}
