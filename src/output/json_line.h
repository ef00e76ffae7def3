/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes an object, as its columns tell, as one line of JSON or CSV.
 *
 * All functions return 0, -errno if the stream failed, -EIO if it had failed before, or -ENOMEM.
 */
#ifndef MEMDESTROY_OUTPUT_JSON_LINE_H
#define MEMDESTROY_OUTPUT_JSON_LINE_H

#include <stdio.h>

#include <jansson.h>

#include "output/column.h"
#include "output/table_cell.h"

/* What the column says of the object; NULL: no memory. */
json_t *line_value(const struct column *column, const void *object);

/* jansson's integers are signed; beyond them a number that is close beats one that is wrong. */
json_t *line_number(__u64 number);

/* One JSON object in pure ASCII. */
int line_json(FILE *out, const struct column *columns, const void *object);

/* RFC 4180 but for its line ends; null is an empty field, empty text is quoted. */
int line_csv(FILE *out, const struct column *columns, const void *object);
int line_csv_names(FILE *out, const struct column *columns);

/* What became of what was written since errno was set to 0. */
int line_error(FILE *out);

/* The same, once it has been flushed. */
int line_flush(FILE *out);

#endif
