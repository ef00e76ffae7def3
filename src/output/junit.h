/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison as JUnit XML, which CI systems read.
 */
#pragma once

#include <stdio.h>

#include "output/diff_cases.h"

/* Flush. Return 0, -ENOMEM, or an error of the stream as stream_flush(). */
int junit_write(FILE *out, const struct diff *diff, const struct diff_sides *sides);

/* Without a comparison: one case, which is an error. reason: any bytes. */
int junit_write_refusal(FILE *out, const char *reason);
