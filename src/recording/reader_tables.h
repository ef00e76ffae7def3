/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of a recording that are kept in memory as a whole, because they are small.
 */
#pragma once

#include "recording/reader.h"
#include "recording/schema.h"

/* Of one table, in the order of their numbers. */
struct reader_rows {
	__s64 *id;
	void *row;
	size_t size; /* of a row */
	size_t nr, room;
};

/* Reads them, and sets what the reader shows of them. -errno. Free them in any case. */
int reader_tables_load(struct reader *reader);
void reader_tables_free(struct reader *reader);

/* The row of a table that is kept in memory, as in schema.h. NULL: there is none. */
const void *reader_tables_row(const struct reader *reader, enum table_id table, __s64 id);
