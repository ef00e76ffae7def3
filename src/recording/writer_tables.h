/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the rows of a recording; those that many events refer to only once.
 *
 * A bounded number of rows is remembered; a forgotten one is written again under another number.
 * Functions return an SQLite result code, and set unknown references to 0.
 */
#ifndef MEMDESTROY_RECORDING_WRITER_TABLES_H
#define MEMDESTROY_RECORDING_WRITER_TABLES_H

#include "recording/schema.h"

struct writer_tables;

/* The tables must exist. Free before db is closed. */
int writer_tables_new(struct writer_tables **out, sqlite3 *db);
void writer_tables_free(struct writer_tables *tables); /* takes NULL */

/* Writes a row of any table. */
int writer_tables_insert(struct writer_tables *tables, enum table_id table, __s64 key,
			 const void *row);

/* Each writes the row that is referred to, unless it has been written, and sets its number. */
int writer_tables_map(struct writer_tables *tables, const struct map_info *map, __s64 *id);
int writer_tables_caller(struct writer_tables *tables, const struct caller *caller, __s64 *id);
int writer_tables_allocator(struct writer_tables *tables, const struct call *call, __s64 *id);
int writer_tables_task(struct writer_tables *tables, const struct task *task, __s64 *id);
int writer_tables_release(struct writer_tables *tables, const struct identity *identity, __s64 *id);

/* Sets a number in place of a map's address, which is not written. */
int writer_tables_object(struct writer_tables *tables, __u64 address, __s64 *id);

#endif
