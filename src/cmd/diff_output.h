/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison in the format asked for, and what GitHub Actions shows of it.
 */
#pragma once

#include "cmd/gathering.h"

/* forced: the sides are not well comparable. Returns 0 or -errno; errors are already reported. */
int diff_output_write(const struct options *opts, const struct gathering *side,
		      const struct diff *diff, bool forced);

/*
 * There is no comparison: says so in formats and places where nothing would look like success.
 * Errors are reported.
 */
void diff_output_refuse(const struct options *opts, const char *reason);
