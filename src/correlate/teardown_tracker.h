/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a map's teardown together: who released it, the worker's run, its destroy calls and their
 * deferred frees. A worker frees one map at a time, so its destroy calls are known by its thread.
 */
#pragma once

#include "correlate/map_releases.h"
#include "model/call.h"
#include "model/ledger.h"
#include "model/teardown.h"

struct teardown_tracker;

struct teardown_tracker_ops {
	/* Gets each teardown once: when all is freed, or when no more will be seen of it. */
	void (*teardown)(void *ctx, const struct teardown *teardown);
	/* Gets each deferred free, when it and the destroy call are over. */
	void (*deferred_free)(void *ctx, const struct deferred_free *deferred_free);
	/* Has every event at this hook been seen, as far as is known now? */
	bool (*sees_all)(void *ctx, enum hook hook);
	/* When the trace started: a map freed soon after without a release was released before. */
	__u64 start_ns;
};

/* releases and ops must outlive the tracker. NULL: no memory. */
struct teardown_tracker *teardown_tracker_new(struct map_releases *releases,
					      const struct teardown_tracker_ops *ops, void *ctx);
void teardown_tracker_free(struct teardown_tracker *tracker); /* takes NULL */

/*
 * These take what happens, in order. -ENOMEM: it was left out, and what follows from it is unknown.
 */

/* A worker starts to free a map that has so many elements (ENTRIES_UNKNOWN). */
int teardown_tracker_start(struct teardown_tracker *tracker, const struct map_info *map,
			   const struct worker_run *run, __u64 entries);
/* A destroy call is over. key: of the allocator; 0: unknown. */
void teardown_tracker_destroy(struct teardown_tracker *tracker, const struct call *call, __u64 key);
/* A deferred free was queued (RECORD_QUEUE) for the allocator whose key is arg. */
int teardown_tracker_queued(struct teardown_tracker *tracker, const struct record_head *rec);
/* A deferred free starts. */
int teardown_tracker_deferred_start(struct teardown_tracker *tracker, __u64 key,
				    const struct worker_run *run);
/* A deferred free is over, or nothing more will be seen of it. */
void teardown_tracker_deferred_end(struct teardown_tracker *tracker, __u64 key,
				   const struct worker_run *run);
/* A worker's run is over, or nothing more will be seen of it. */
int teardown_tracker_end(struct teardown_tracker *tracker, const struct map_info *map,
			 const struct worker_run *run);

/* Fills in the identity of the map that this thread frees or destroys an allocator of. */
void teardown_tracker_identify(struct teardown_tracker *tracker, __u32 tid, struct map_info *map);

/*
 * Fills in the map of a deferred free in progress. From then on, the destroy call that deferred it
 * is not overdue any more.
 */
void teardown_tracker_identify_deferred(struct teardown_tracker *tracker, __u64 key,
					const struct worker_run *run, struct map_info *map);

/*
 * Hands over the destroy calls since before this time whose deferred free is waited for. With
 * again, those that were handed over before too, and none is marked as handed over.
 */
void teardown_tracker_for_each_overdue(struct teardown_tracker *tracker, __u64 before_ns,
				       bool again,
				       void (*each)(void *ctx, const struct teardown *teardown,
						    const struct destroy *destroy),
				       void *ctx);

/* Hands over all that is not complete, as it is at the end of the trace. */
void teardown_tracker_flush(struct teardown_tracker *tracker);

/* Fills in the figures counted here, and leaves the other members alone. */
void teardown_tracker_count(const struct teardown_tracker *tracker, struct teardown_ledger *ledger);
