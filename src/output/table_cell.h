/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a value as people read it, into a cell of a table.
 */
#pragma once

#include <stdio.h>

#include "output/column.h"
#include "output/format.h"
#include "util/text.h"

#define CELL_LEN  512 /* at most so many bytes of text are shown: the kernel's KSYM_NAME_LEN */
#define CELL_SIZE TEXT_SIZE(CELL_LEN)

/*
 * The object's value, or the column's "missing" text, without control characters. Times are shown
 * in seconds since start_ns (CLOCK_MONOTONIC), or as wall_time_set() says.
 */
void table_cell_fill(char cell[CELL_SIZE], const struct column *column, const void *object,
		     __u64 start_ns);

/* The map's type and name, any bytes, as cells show them: "?" if not known, two quotes if empty. */
const char *table_cell_map_type(const struct map_info *map);
const char *table_cell_map_name(const struct map_info *map);

/*
 * "caller=htab_map_free map_type=hash": the columns that are keys, inert in FORMAT_MARKDOWN.
 * False: there are none.
 */
bool table_cell_keys(FILE *out, enum format format, const struct column *columns,
		     const void *object);
