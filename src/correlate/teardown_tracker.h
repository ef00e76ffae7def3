/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Joins what was seen of a map's teardown: who let go of it, the worker's part, the destroy calls
 * in that, and what they left to be freed later.
 *
 * A worker frees one map at a time, so that its destroy calls are known by its thread. What they
 * leave is known by the memory of the allocator (struct record_call's key), from when it is queued,
 * by the same thread, until it is freed; and by the thread that frees it, until that returns: by
 * then the memory may be another's.
 */
#ifndef MEMDESTROY_CORRELATE_TEARDOWN_TRACKER_H
#define MEMDESTROY_CORRELATE_TEARDOWN_TRACKER_H

#include "correlate/map_releases.h"
#include "model/ledger.h"
#include "model/teardown.h"

struct teardown_tracker;

/* What a teardowns object asks, and where it hands what it has joined. */
struct teardown_tracker_ops {
	/* Gets each teardown once: when all is freed, or when no more will be seen of it. */
	void (*teardown)(void *ctx, const struct teardown *teardown);
	/* Gets each deferred end, when it and the destroy call are over. */
	void (*reclaim)(void *ctx, const struct deferred_free *reclaim);
	/* Is all seen that happens at this point, as far as is known now? */
	bool (*sees_all)(void *ctx, enum hook hook);
	/* When the run began: what is freed soon after, and nobody let go of, was let go of before.
	 */
	__u64 start_ns;
};

/* Deferred frees that are waited for, at most; and those whose memory is in use again by then. */
#define TEARDOWNS_MAX_COPIES 16384
#define TEARDOWNS_MAX_REUSED 256

/* releases and ops must outlive the object. NULL: no memory. */
struct teardown_tracker *teardown_tracker_new(struct map_releases *releases,
					      const struct teardown_tracker_ops *ops, void *ctx);
void teardown_tracker_free(struct teardown_tracker *tracker);

/*
 * These take what happens, in the order in which it does. -ENOMEM: it was left out, and what it
 * would have told is unknown.
 */

/* A worker begins to free a map that has so many elements (ENTRIES_UNKNOWN). */
int teardown_tracker_start(struct teardown_tracker *tracker, const struct map_info *map,
			   const struct worker_run *run, __u64 entries);
/* A destroy call is over. */
int teardown_tracker_destroy(struct teardown_tracker *tracker, const struct call *call);
/* Deferred work was queued (RECORD_QUEUE) for the allocator with the key that is arg. */
int teardown_tracker_queued(struct teardown_tracker *tracker, const struct record_head *rec);
/* A worker begins a deferred free of the allocator with this key (0: unknown). */
int teardown_tracker_deferred_start(struct teardown_tracker *tracker, __u64 key,
				    const struct worker_run *run);
/* A deferred free is over, or nothing more will be seen of it. */
int teardown_tracker_deferred_end(struct teardown_tracker *tracker, __u64 key,
				  const struct worker_run *run);
/* A worker is done with a map, or nothing more will be seen of that. */
int teardown_tracker_end(struct teardown_tracker *tracker, const struct map_info *map,
			 const struct worker_run *run);

/* Fills in who released the map that this thread is freeing or destroys an allocator of. */
void teardown_tracker_identify(struct teardown_tracker *tracker, __u32 tid, struct map_info *map);

/*
 * Fills in the map of a deferred free in progress. From then on, the destroy call that deferred it
 * is not overdue any more.
 */
void teardown_tracker_identify_deferred(struct teardown_tracker *tracker, __u64 key,
					const struct worker_run *run, struct map_info *map);

/*
 * Hands over the destroy calls whose memory is waited for since before: each once, or those handed
 * over before as well, which counts for nothing then.
 */
void teardown_tracker_for_each_overdue(struct teardown_tracker *tracker, __u64 before_ns,
				       bool again,
				       void (*each)(void *ctx, const struct teardown *teardown,
						    const struct destroy *destroy),
				       void *ctx);

/* Hands over all that is not complete, as what it is at the end of a run. */
void teardown_tracker_flush(struct teardown_tracker *tracker);

/* Fills in what was counted here, and leaves the other members alone. */
void teardown_tracker_count(const struct teardown_tracker *tracker, struct teardown_ledger *ledger);

#endif
