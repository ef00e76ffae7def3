/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a map's teardown together: who released it, the worker's run, its destroy calls and their
 * deferred frees. A worker frees one map at a time, so its destroy calls are known by its thread.
 */
#pragma once

#include "correlate/deferred_frees.h"
#include "correlate/map_releases.h"
#include "model/call.h"
#include "model/ledger.h"
#include "model/pending.h"
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
	/* The running kernel, for the memory of maps. */
	struct kernel_memory kernel;
};

/* releases and ops must outlive the tracker. NULL: no memory. */
struct teardown_tracker *teardown_tracker_new(struct map_releases *releases,
					      const struct teardown_tracker_ops *ops, void *ctx);
void teardown_tracker_free(struct teardown_tracker *tracker); /* takes NULL */

/*
 * These take what happens, in order. -ENOMEM: it was left out, and what follows from it is unknown.
 */

/* A worker starts to free a map. memcg_id: as in struct teardown. */
int teardown_tracker_start(struct teardown_tracker *tracker, const struct map_info *map,
			   const struct worker_run *run, const struct map_contents *contents,
			   __u64 memcg_id);
/*
 * A destroy call is over. key: of the allocator; 0: unknown. True: its thread made it to free a
 * map, whose identity is filled in.
 */
bool teardown_tracker_destroy(struct teardown_tracker *tracker, struct call *call, __u64 key);
/* A worker's run is over, or nothing more will be seen of it. */
int teardown_tracker_end(struct teardown_tracker *tracker, const struct map_info *map,
			 const struct worker_run *run);

/* This worker's run is over, as its thread shows: the map is not pending any more. */
void teardown_tracker_set_returned(struct teardown_tracker *tracker, __u32 tid);

/* Fills in the identity of the map if this thread frees it. Returns whether it does. */
bool teardown_tracker_identify(struct teardown_tracker *tracker, __u32 tid, struct map_info *map);

/* Takes deferred frees, in order with what happens above. */
struct deferred_frees *teardown_tracker_frees(struct teardown_tracker *tracker);

/* Hands over the teardowns whose worker runs, and those that wait for deferred frees only. */
void teardown_tracker_for_each_pending(const struct teardown_tracker *tracker, pending_fn *each,
				       void *ctx);

/* Hands over all that is not complete, as it is at the end of the trace. */
void teardown_tracker_flush(struct teardown_tracker *tracker);

/* Sets the figures counted here; the others are 0. */
void teardown_tracker_count(const struct teardown_tracker *tracker, struct teardown_ledger *ledger);
