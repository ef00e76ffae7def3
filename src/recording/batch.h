/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of one table that are written together: SQLite reads them as a table of its own, so that one
 * statement inserts them all, without binding each value.
 *
 * Functions that return an int return an SQLite result code.
 */
#pragma once

#include "recording/table.h"

struct batch;

/* row_size: bytes of a row's struct. On success free *out with batch_close(), before db. */
int batch_open(struct batch **out, sqlite3 *db, const struct table *table, size_t row_size);
void batch_close(struct batch *batch); /* takes NULL */

/* Takes a copy of a row. If the batch is full, it is written. */
int batch_add(struct batch *batch, __s64 key, const void *row);

/* Writes the rows that were added since the last time. */
int batch_write(struct batch *batch);
