/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws distributions of latencies.
 */
#pragma once

#include <stdio.h>

#include "analysis/aggregate.h"

/* The distribution of each row's latencies, as text. Returns as format_list(). */
int histogram_draw(FILE *out, const struct rows *rows);
