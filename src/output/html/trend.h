/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes changes over recordings as an HTML page, with a drawing of each series.
 */
#pragma once

#include <stdio.h>

#include "output/html/page_table.h"
#include "output/trend_report.h"

/* Series that are drawn: those with changes first. */
#define PAGE_TREND_DRAWN 100

/* runs: of the recordings, in their order. Returns 0, -ENOMEM, or as stream_flush(). */
int page_trend_write(FILE *out, const struct trend *trend, const struct reader_set *readers,
		     const struct page_run *runs);
