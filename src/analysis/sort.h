/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Orders of rows and of teardowns.
 */
#pragma once

#include "util/macros.h"

enum sort {
	SORT_TOTAL,
	SORT_COUNT,
	SORT_EMPTY,
	SORT_MIN,
	SORT_MEAN,
	SORT_P50,
	SORT_P90,
	SORT_P99,
	SORT_MAX,
	SORT_WAIT, /* this and the next ones up to SORT_BYTES belong to a teardown */
	SORT_FREE,
	SORT_DESTROY,
	SORT_DEFERRED,
	SORT_BYTES,
	SORT_KEY, /* by the row's keys, ascending; all others descending */
	NR_SORTS,
};

static const char *const sort_names[] = {
	[SORT_TOTAL] = "total",	      [SORT_COUNT] = "count", [SORT_EMPTY] = "empty",
	[SORT_MIN] = "min",	      [SORT_MEAN] = "mean",   [SORT_P50] = "p50",
	[SORT_P90] = "p90",	      [SORT_P99] = "p99",     [SORT_MAX] = "max",
	[SORT_WAIT] = "wait",	      [SORT_FREE] = "free",   [SORT_DESTROY] = "destroy",
	[SORT_DEFERRED] = "deferred", [SORT_BYTES] = "bytes", [SORT_KEY] = "key",
};
_Static_assert(ARRAY_SIZE(sort_names) == NR_SORTS, "a name for each order");
