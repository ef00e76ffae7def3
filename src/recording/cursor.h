/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the rows of a table that is not trusted: each value is checked for what it is.
 *
 * What is wrong is told the user in one line that names the file, the table and the row; from then
 * on "err" is set. A row is only good if it is still 0 when all of its values have been read.
 */
#ifndef MEMDESTROY_RECORDING_CURSOR_H
#define MEMDESTROY_RECORDING_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>
#include <sqlite3.h>

struct cursor {
	sqlite3_stmt *stmt;
	const char *path;
	const char *table;
	__s64 key; /* of the row; 0: before the first one */
	bool row;  /* there is one */
	int err;   /* -errno */
};

/*
 * columns: the key of the table, and what else is to be read of it; suffix: "" or a WHERE clause.
 * -errno. Is to be closed in any case.
 */
int cursor_open(struct cursor *cursor, sqlite3 *db, const char *path, const char *table,
		const char *columns, const char *suffix);
void cursor_close(struct cursor *cursor);

/* To the next row, of which the key, an integer of at least 1, has to be greater. -errno. */
int cursor_next(struct cursor *cursor);
/* Likewise, where keys are text or may come again: they are not looked at. */
int cursor_next_any(struct cursor *cursor);

/* To the first row from this key on, which the suffix "WHERE key >= ?" picks. -errno. */
int cursor_find(struct cursor *cursor, __s64 key);

/* Tells what is wrong with the row. -EINVAL. */
int cursor_damaged(struct cursor *cursor, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

bool cursor_is_null(const struct cursor *cursor, int column);
/* From 0 to max. */
__u64 cursor_number(struct cursor *cursor, int column, __u64 max);
__u32 cursor_u32(struct cursor *cursor, int column);
bool cursor_bool(struct cursor *cursor, int column);
/* From 0 to 2^63 - 1, or NULL, for which it gives UNKNOWN_NS. */
__u64 cursor_figure(struct cursor *cursor, int column);
/* As many bits as there are. */
__u64 cursor_bits(struct cursor *cursor, int column);
/* A reference to a row; 0 for NULL. */
__s64 cursor_ref(struct cursor *cursor, int column);
/* Any bytes but NULs, fewer than size; what is left of text is zeroed. False: NULL. */
bool cursor_text(struct cursor *cursor, int column, char *text, size_t size);

#endif
