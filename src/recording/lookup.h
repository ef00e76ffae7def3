/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds rows that many events refer to. Each table may have any number of them: the last ones are
 * kept in memory, others are read again.
 */
#pragma once

#include "recording/cursor.h"
#include "recording/reader.h"
#include "recording/schema.h"

struct lookup {
	struct cursor cursor;
	size_t size; /* of a row */
	__s64 *id;   /* of the row at this place; 0: none */
	char *rows;
	const struct reader *reader;
};

/* -errno; errors are already reported. Close it in any case; it must be all zero before. */
int lookup_open(struct lookup *lookup, const struct reader *reader, enum table_id table,
		size_t size);
void lookup_close(struct lookup *lookup);

/*
 * The row as in schema.h, valid until the next call. NULL: there is none, which is reported as a
 * fault of the row that refers to it; or it cannot be read. referrer->err is set.
 */
const void *lookup_find(struct lookup *lookup, __s64 id, struct cursor *referrer,
			const char *column);
