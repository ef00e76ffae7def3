/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison.
 */
#pragma once

#include <stdio.h>

#include "analysis/diff.h"
#include "output/format.h"

/*
 * Tables and Markdown are followed by the geometric means and a line for each limit exceeded, also
 * of rows beyond "top"; JSON and CSV have lines only. Flushes. Returns as format_list().
 */
int diff_write(FILE *out, enum format format, const struct diff *diff);
