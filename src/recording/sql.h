/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and errors of SQLite, for the writer and the reader of recordings.
 */
#pragma once

#include <stdbool.h>

#include <sqlite3.h>

/*
 * Makes an empty file; with force, in the place of a regular file. Returns 0 or -errno; errors are
 * already reported.
 */
int sql_make_file(const char *path, bool force);

/*
 * Opens a file that exists; flags: SQLITE_OPEN_READONLY or SQLITE_OPEN_READWRITE. The path is
 * always that of a file, also if SQLite takes the name for something else. Returns an SQLite result
 * code; close *db in any case.
 */
int sql_open(sqlite3 **db, const char *path, int flags);

/* -errno for a result code that was just returned. db may be NULL. */
int sql_errno(sqlite3 *db, int rc);

/* The meaning of a result code, without a newline. db may be NULL. */
const char *sql_error(sqlite3 *db, int rc);

/*
 * Reports that reading the file failed, and where: in a table, or in the file if that is NULL.
 * Returns -errno.
 */
int sql_cannot_read(sqlite3 *db, int rc, const char *path, const char *table);

/* Reports that the file, or this table in it, cannot be read. table may be NULL. -errno. */
int sql_cannot_read(sqlite3 *db, int rc, const char *path, const char *table);
