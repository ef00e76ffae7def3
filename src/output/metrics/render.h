/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the metrics of a run, all families of them.
 */
#pragma once

#include <stdio.h>

#include "output/metrics/exposition.h"
#include "output/metrics/metrics.h"

/* Errors are the stream's. */
void metrics_write(FILE *out, enum metrics_format format, const struct metrics *metrics);

/* As text, to be freed. Sets *len. NULL: no memory. */
char *metrics_text(enum metrics_format format, const struct metrics *metrics, size_t *len);
