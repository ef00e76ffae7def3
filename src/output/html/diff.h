/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a comparison as an HTML page.
 */
#pragma once

#include <stdio.h>

#include "analysis/diff.h"
#include "output/html/page_table.h"

/* Lines whose distributions are drawn. */
#define PAGE_DIFF_DRAWN 100

/* A side of the comparison: its recordings, and the aggregate that was compared. */
struct page_side {
	const struct page_run *runs; /* one or more */
	size_t nr_runs;
	const struct aggregate *aggregate;
};

/* Returns 0, -ENOMEM, or an error of the stream as stream_flush(). */
int page_diff_write(FILE *out, const struct diff *diff,
		    const struct page_side sides[NR_DIFF_SIDES]);
