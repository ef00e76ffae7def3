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

struct dimensions;

/* The tables have to exist. On success *out is to be freed before db is closed. */
int dimensions_new(struct dimensions **out, sqlite3 *db);
void dimensions_free(struct dimensions *dimensions); /* takes NULL */

int dimensions_map(struct dimensions *dimensions, const struct call *call, __s64 *id);
int dimensions_caller(struct dimensions *dimensions, const struct call *call, __s64 *id);
int dimensions_allocator(struct dimensions *dimensions, const struct call *call, __s64 *id);
/* A call's task. */
int dimensions_task(struct dimensions *dimensions, const struct call *call, __s64 *id);
int dimensions_release(struct dimensions *dimensions, const struct identity *identity, __s64 *id);
/* Has no rows: a number in the place of a kernel address, which only tells what is the same. */
int dimensions_object(struct dimensions *dimensions, __u64 map, __s64 *id);

#endif
