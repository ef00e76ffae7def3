/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison as KTAP version 1, the format of the kernel's own tests.
 */
#pragma once

#include <stdio.h>

#include "output/diff_cases.h"

/* Flush. Return 0, -ENOMEM, or an error of the stream as stream_flush(). */
int ktap_write(FILE *out, const struct diff *diff, const struct diff_sides *sides);

/* Without a comparison: one case, which is not ok. reason: any bytes. */
int ktap_write_refusal(FILE *out, const char *reason);
