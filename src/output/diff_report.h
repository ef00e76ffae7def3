/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison.
 */
#ifndef MEMDESTROY_OUTPUT_DIFF_REPORT_H
#define MEMDESTROY_OUTPUT_DIFF_REPORT_H

#include <stdio.h>

#include "analysis/diff.h"
#include "output/format.h"

/*
 * format: FORMAT_TABLE or FORMAT_MARKDOWN with the geometric means and a line
 * for each gate that failed, of lines beyond "top", too; FORMAT_JSON or FORMAT_CSV with lines
 * alone. Flushes. 0, or -errno if the stream could not be written (-EIO if it had failed before),
 * or -ENOMEM.
 */
int diff_write(FILE *out, enum format format, const struct diff_options *opts,
	       const struct diff *diff);

#endif
