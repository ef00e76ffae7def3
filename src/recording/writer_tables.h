/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the rows of a recording; those that many events refer to only once.
 *
 * A bounded number of rows is remembered; a forgotten one is written again under another number.
 * Nothing more is written after the first error.
 */
#pragma once

#include "recording/schema.h"

/* All zero before writer_tables_open(). */
struct writer_tables {
	sqlite3_stmt *insert[NR_TABLES];
	struct intern *rows[NR_TABLES]; /* NULL: each row is written */
	struct intern *objects;
	int rc; /* SQLite's result code of the first error */
};

/* The tables must exist. Returns "rc". Close before db is closed, in any case. */
int writer_tables_open(struct writer_tables *tables, sqlite3 *db);
void writer_tables_close(struct writer_tables *tables);

/* Writes a row of any table. Returns "rc". */
int writer_tables_insert(struct writer_tables *tables, enum table_id table, __s64 key,
			 const void *row);

/* Each writes the row that is referred to, unless it has been written. Its number; 0: unknown. */
__s64 writer_tables_map(struct writer_tables *tables, const struct map_info *map);
__s64 writer_tables_caller(struct writer_tables *tables, const struct caller *caller);
__s64 writer_tables_allocator(struct writer_tables *tables, const struct call *call);
__s64 writer_tables_task(struct writer_tables *tables, const struct task *task);
__s64 writer_tables_release(struct writer_tables *tables, const struct identity *identity);

/* A number that stands for a map's address, which is not written; 0: unknown. */
__s64 writer_tables_object(struct writer_tables *tables, __u64 address);
