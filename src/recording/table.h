/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of a recording, each described once (schema.c): the SQL that makes it, the statements
 * that write and read it, and its rows as structs follow from that.
 *
 * Functions that return an int return an SQLite result code.
 */
#pragma once

#include <sqlite3.h>

#include "model/field.h"

struct table {
	const char *name;
	const char *note;
	/* Its first column, a number from 1, which is no field; NULL: other columns are the key. */
	const char *key, *key_note;
	const char *constraint;	    /* on that column; or, without one, the names of the others */
	bool replaces;		    /* a row takes the place of one with the same key */
	bool later;		    /* as of struct field: recordings without it have no rows */
	const struct field *fields; /* the columns, in their order */
};

/* The statement that makes the table, with its comments; for sqlite3_free(). NULL: no memory. */
char *table_create_sql(const struct table *table);

int table_prepare_insert(sqlite3 *db, const struct table *table, sqlite3_stmt **stmt);

/*
 * Writes a row. The statement is that of table_prepare_insert(); "row" is what the fields are of.
 * Text that is no UTF-8 is stored as a BLOB.
 */
int table_insert(sqlite3_stmt *stmt, const struct table *table, __s64 key, const void *row);

/* The value of a row's column, as table_insert() writes it. The row must outlive the statement. */
void table_result(sqlite3_context *result, const struct field *field, const void *row);
