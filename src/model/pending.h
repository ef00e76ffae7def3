/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A map that has been released, and whose memory has not all been given back yet.
 */
#pragma once

#include "model/teardown.h"

struct pending {
	const struct map_info *map;
	enum phase phase;		 /* in progress: WAIT, FREE or DEFERRED */
	__u64 since_ns;			 /* start of the phase, CLOCK_MONOTONIC; UNKNOWN_NS */
	const struct teardown *teardown; /* as far as it is known; NULL in PHASE_WAIT */
	const struct worker_run *free; /* a deferred free in progress; NULL: none is known to be */
};

/* Gets one after the other, valid during the call only. */
typedef void pending_fn(void *ctx, const struct pending *pending);

/* When the map was released, or the first time after that that is known. UNKNOWN_NS: none is. */
static inline __u64 pending_since_ns(const struct pending *pending)
{
	if (pending->map->identity.released_ns != UNKNOWN_NS)
		return pending->map->identity.released_ns;
	if (pending->teardown && pending->teardown->run.start_ns != UNKNOWN_NS)
		return pending->teardown->run.start_ns;
	return pending->since_ns;
}
