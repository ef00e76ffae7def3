/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the rows of a table that is not trusted: each value is checked against its description.
 *
 * The first fault is reported in one line that names the file, the table and the row; from then on
 * "err" is set.
 */
#pragma once

#include "recording/table.h"

struct cursor {
	sqlite3_stmt *stmt;
	const char *path;
	const struct table *table;
	__u64 shift_ns; /* added to times, modulo 2^64 */
	__s64 key;	/* of the row; 0: before the first one. Without a key, the row's number */
	bool row;	/* there is one */
	bool seek;	/* for cursor_find() */
	int err;	/* -errno */
};

/*
 * Goes through the rows in the order of their keys; with "seek" only after cursor_find(). If the
 * recording lacks a later table, there are no rows; a later column is unknown. -errno. Close it in
 * any case.
 */
int cursor_open(struct cursor *cursor, sqlite3 *db, const char *path, const struct table *table,
		bool seek);
void cursor_close(struct cursor *cursor);

/* To the next row, whose key must be greater. -errno. */
int cursor_next(struct cursor *cursor);

/* To the first row whose key is at least this. -errno. */
int cursor_find(struct cursor *cursor, __s64 key);

/* Sets all members that the table's fields are of, and no other. -errno. */
int cursor_read(struct cursor *cursor, void *row);

/* Reports a fault of the row. -EINVAL. */
int cursor_damaged(struct cursor *cursor, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
