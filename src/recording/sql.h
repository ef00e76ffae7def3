/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the writer and the reader of recordings share of SQLite: paths, errors, rows put in.
 */
#ifndef MEMDESTROY_RECORDING_SQL_H
#define MEMDESTROY_RECORDING_SQL_H

#include <stdbool.h>

#include <linux/types.h>
#include <sqlite3.h>

/*
 * Makes an empty file where there was none; with force, in the place of a regular file. -errno, of
 * which the user has been told.
 */
int sql_make_file(const char *path, bool force);

/*
 * Opens a file that exists; flags: SQLITE_OPEN_READONLY or SQLITE_OPEN_READWRITE. A path means a
 * file whatever it is called. Gives an SQLite result code; *db is to be closed in any case.
 */
int sql_open(sqlite3 **db, const char *path, int flags);

/* -errno for what just failed. db may be NULL. */
int sql_errno(sqlite3 *db, int rc);

/* The sentence for that, one line. db may be NULL. */
const char *sql_error(sqlite3 *db, int rc);

/* A row on its way into a table: values in the order of the statement's parameters. */
struct insert {
	sqlite3_stmt *stmt;
	int at; /* parameters bound so far */
	int rc;
};

static inline struct insert insert_into(sqlite3_stmt *stmt)
{
	return (struct insert){.stmt = stmt};
}

void insert_null(struct insert *insert);
/* Above 2^63 - 1, it is stored as if it were signed. */
void insert_number(struct insert *insert, __u64 number);
/* NULL if it is not known. */
void insert_known(struct insert *insert, bool known, __u64 number);
/* NULL if it is UNKNOWN_NS, LEDGER_UNKNOWN or ENTRIES_UNKNOWN, or so great that it cannot be. */
void insert_figure(struct insert *insert, __u64 figure);
/* Any bytes, which have to stay as they are until the row is in; no text is NULL. */
void insert_text(struct insert *insert, const char *text);
/* Puts the row in. Gives an SQLite result code, that of the first step that failed. */
int insert_run(struct insert *insert);

#endif
