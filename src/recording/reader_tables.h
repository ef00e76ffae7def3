/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables that events refer to, in memory.
 */
#pragma once

#include "recording/schema.h"

/* Rows in the order of their numbers. */
struct reader_rows {
	__s64 *id;
	char *row;
	size_t size; /* of a row */
	size_t nr, room;
};

/* All zero is empty. */
struct reader_tables {
	struct reader_rows rows[NR_TABLES]; /* scenarios, maps, callers, allocators, tasks */
};

/* Reads all of them. -errno; errors are already reported. Free it in any case. */
int reader_tables_load(struct reader_tables *tables, sqlite3 *db, const char *path);
void reader_tables_free(struct reader_tables *tables);

/* The row, as in schema.h; NULL: there is none. */
const void *reader_tables_find(const struct reader_tables *tables, enum table_id table, __s64 id);
