/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison as plain text for a mail: lines of at most 72 columns, without colors.
 */
#pragma once

#include <stdio.h>

#include "output/diff_cases.h"

#define MAIL_WIDTH 72

/* Flushes. Returns 0, -ENOMEM, or an error of the stream as stream_flush(). */
int mail_write(FILE *out, const struct diff *diff, const struct diff_sides *sides);
