/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison.
 */
#pragma once

#include <stdio.h>

#include "analysis/diff.h"
#include "output/format.h"

/*
 * Tables and Markdown are followed by the geometric means, a line for each limit exceeded and for
 * each key missing, also of rows beyond "top", and last the verdict in a line. JSON and CSV have
 * lines only; the last one of JSON is the verdict. Flushes. Returns as format_list().
 */
int diff_write(FILE *out, enum format format, const struct diff *diff);
