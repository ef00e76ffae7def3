/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Orders of rows and of teardowns.
 */
#pragma once

#include "model/teardown.h"
#include "model/worker_time.h"
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
	SORT_HELD,
	SORT_CPU, /* these three are parts of the free */
	SORT_RUNQUEUE,
	SORT_GRACE,
	SORT_BYTES,
	SORT_KEY, /* by the row's keys, ascending; all others descending */
	NR_SORTS,
};

static const char *const sort_names[] = {
	[SORT_TOTAL] = "total",	      [SORT_COUNT] = "count", [SORT_EMPTY] = "empty",
	[SORT_MIN] = "min",	      [SORT_MEAN] = "mean",   [SORT_P50] = "p50",
	[SORT_P90] = "p90",	      [SORT_P99] = "p99",     [SORT_MAX] = "max",
	[SORT_WAIT] = "wait",	      [SORT_FREE] = "free",   [SORT_DESTROY] = "destroy",
	[SORT_DEFERRED] = "deferred", [SORT_HELD] = "held",   [SORT_CPU] = "cpu",
	[SORT_RUNQUEUE] = "runqueue", [SORT_GRACE] = "grace", [SORT_BYTES] = "bytes",
	[SORT_KEY] = "key",
};
/* The part of a worker's run that this sorts by; 0: none. */
static inline enum worker_time_flags sort_time_part(enum sort sort)
{
	switch (sort) {
	case SORT_CPU:
		return TIME_CPU_KNOWN;
	case SORT_RUNQUEUE:
		return TIME_RUNQUEUE_KNOWN;
	case SORT_GRACE:
		return TIME_GRACE_KNOWN;
	default:
		return 0;
	}
}

_Static_assert(ARRAY_SIZE(sort_names) == NR_SORTS, "a name for each order");

/* Of the orders from SORT_WAIT to SORT_HELD. */
static inline enum phase sort_phase(enum sort sort)
{
	return sort == SORT_HELD ? PHASE_HELD : (enum phase)(PHASE_WAIT + (sort - SORT_WAIT));
}
