/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws distributions of latencies.
 */
#ifndef MEMDESTROY_OUTPUT_HISTOGRAM_H
#define MEMDESTROY_OUTPUT_HISTOGRAM_H

#include <stdio.h>

#include "analysis/aggregate.h"

/* The distribution of each row's latencies, as text. Returns as format_list(). */
int histogram_draw(FILE *out, const struct rows *rows);

#endif
