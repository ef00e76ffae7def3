/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and errors of SQLite, for the writer and the reader of recordings.
 */
#pragma once

#include <stdbool.h>

#include <sqlite3.h>

/*
 * Makes an empty file that only its owner can read, and opens it; with force, in the place of a
 * regular file. Returns 0 or -errno; errors are already reported. On success, close *db with
 * sql_close().
 */
int sql_create(sqlite3 **db, const char *path, bool force);

/* Closes the file. Its journal stays only if it is needed to repair the file. */
void sql_close(sqlite3 *db);

/*
 * Writes the whole recording, with rows that are not committed, into a new file beside it.
 * Reports that file's name, or why it cannot be written.
 */
void sql_save_beside(sqlite3 *db, const char *path);

/* Removes the file and its journal. */
void sql_remove(const char *path);

/*
 * Opens a file that exists; flags: SQLITE_OPEN_READONLY or SQLITE_OPEN_READWRITE. The path is
 * always that of a file, also if SQLite takes the name for something else. Returns an SQLite result
 * code; close *db in any case.
 */
int sql_open(sqlite3 **db, const char *path, int flags);

/* Why a file beside the recording was not opened: it is not SQLite's own. NULL: none was refused.
 */
const char *sql_refusal(void);

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
