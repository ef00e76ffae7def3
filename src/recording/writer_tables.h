/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes what many calls and teardowns of a recording have in common: each value once, as a row
 * that they refer to by its id.
 *
 * How many values are known at a time is bounded; one that comes again later gets a second row.
 * Functions give an SQLite result code, and set *id to 0, which is stored as NULL, for what is not
 * known.
 */
#ifndef MEMDESTROY_RECORDING_WRITER_TABLES_H
#define MEMDESTROY_RECORDING_WRITER_TABLES_H

#include "model/call.h"
#include "recording/sql.h"

struct writer_tables;

/* The tables have to exist. On success *out is to be freed before db is closed. */
int writer_tables_new(struct writer_tables **out, sqlite3 *db);
void writer_tables_free(struct writer_tables *tables); /* takes NULL */

int writer_tables_map(struct writer_tables *tables, const struct map_info *map, __s64 *id);
int writer_tables_caller(struct writer_tables *tables, const struct caller *caller, __s64 *id);
int writer_tables_allocator(struct writer_tables *tables, const struct call *call, __s64 *id);
int writer_tables_task(struct writer_tables *tables, const struct task *task, __s64 *id);
int writer_tables_release(struct writer_tables *tables, const struct identity *identity, __s64 *id);
/* Has no rows: a number in the place of a kernel address, which only tells what is the same. */
int writer_tables_object(struct writer_tables *tables, __u64 map, __s64 *id);

#endif
