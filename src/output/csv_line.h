/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes an object as one line of CSV, by its columns: RFC 4180, except for its line ends.
 *
 * Unknown values are empty fields; empty text is quoted; no text is a formula to a spreadsheet;
 * times are absolute whatever start_ns. Functions return as stream_error().
 */
#pragma once

#include <stdio.h>

#include "output/column.h"

int csv_heading(FILE *out, const struct column *columns);
int csv_line(FILE *out, const struct column *columns, const void *object, __u64 start_ns);
