/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds calls and phases of teardowns that take longer than a limit.
 */
#pragma once

#include <stddef.h>

#include "correlate/call_matcher.h"
#include "correlate/map_releases.h"
#include "correlate/teardown_tracker.h"
#include "model/stuck.h"

struct stuck_search {
	struct call_matcher *const *matchers; /* by enum hook; NULL where there is none */
	struct map_releases *releases;	      /* NULL: not known */
	struct teardown_tracker *tracker;     /* NULL: not known */
	bool sees_all_starts; /* of workers: if not, a map may only look as if it waited for one */
	__u64 now_ns;
	__u64 last_ns;	/* of the last search; 0: there was none */
	__u64 limit_ns; /* stuck is what takes longer */
	bool again;	/* also hand over what has been handed over before */
	/* Gets each report, without a stack. */
	void (*report)(void *ctx, struct stuck *stuck);
	void *ctx;
};

/* Reports each stuck call and teardown; once, unless search->again is set. */
void stuck_detector_search(const struct stuck_search *search);

/* The same for an entry record that filters hold back in the kernel until the return. */
void stuck_detector_check_parked(const struct stuck_search *search, const void *data, size_t size);
