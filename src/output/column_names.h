/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of columns, for users who choose some of them.
 */
#pragma once

#include "output/column.h"
#include "output/format.h"

#define HEADING_SIZE 64

/* The column's heading; in the buffer, one made of its name if it has none: "WAIT P90". */
const char *column_heading(char buffer[HEADING_SIZE], const struct column *column);

/*
 * Fills the list with those of the columns that are named in a list with commas, in its order:
 * "map_type,total,p99_ns". A name is a heading or a name in JSON, in any case, with "_" or "-" for
 * blanks. names NULL: all of them. Returns 0, or -EINVAL with the error reported.
 */
int column_names_choose(struct column list[MAX_ROW_COLUMNS], const struct column *columns,
			const char *names, enum format format);
