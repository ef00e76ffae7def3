/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws a run over time: all of its events as counts, and single teardowns as bars.
 */
#pragma once

#include <stdio.h>

#include "model/teardown.h"
#include "output/html/rate.h"

struct page_rate {
	const char *label;
	const char *style; /* class of its bars */
	const struct rate *rate;
};

/* Times are CLOCK_MONOTONIC. */
struct page_timeline {
	__u64 start_ns;	      /* of the run */
	__u64 from_ns, to_ns; /* of its events; to_ns is not before from_ns */
	const struct page_rate *rates;
	size_t nr_rates;
	const struct teardown *const *teardowns; /* in the order of their ranks */
	size_t nr_teardowns;
};

/* Returns how many of the teardowns are drawn: not all if too many overlap. -ENOMEM */
long page_timeline_draw(FILE *out, const struct page_timeline *timeline);
