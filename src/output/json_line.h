/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes an object as one line of JSON, by its columns.
 */
#pragma once

#include <stdio.h>

#include "output/column.h"
#include "util/json_writer.h"

/* The column's value: null if it is not known. */
void json_column(struct json_writer *json, const struct column *column, const void *object);

/* One object in pure ASCII, with absolute times whatever start_ns. Returns as stream_error(). */
int json_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
