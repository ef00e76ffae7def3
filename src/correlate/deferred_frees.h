/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Matches deferred frees with the destroy calls that caused them.
 *
 * An allocator that is freed later is known by its key (see struct record_call) from when the free
 * is queued, by the destroy call's thread, until it is freed. From the start of its free it is also
 * known by the thread that frees it: the key may be another allocator's before that returns.
 */
#pragma once

#include "model/call.h"
#include "model/teardown.h"
#include "util/hash.h"

/* Deferred frees that are waited for, at most; and of these, those whose key is in use again. */
#define DEFERRED_FREES_MAX	  16384
#define DEFERRED_FREES_MAX_REUSED 256

/* A teardown that is not complete. The tracker owns it. */
struct open_teardown {
	struct teardown teardown;
	__u32 tid;	/* of the worker, while it runs */
	__u32 nr_owing; /* destroy calls whose deferred free is waited for */
	bool ended;	/* the worker's run is over */
	bool returned;	/* it is over, by its thread; the record of its end was missed or lost */
	bool late;   /* neither side of the run has been seen, only a destroy call; not reported */
	__u64 visit; /* the last of deferred_frees_for_each_teardown() that met it */
	bool refused;
	UT_hash_handle hh; /* by tid, until the run is over */
};

struct deferred_frees;

struct deferred_frees_ops {
	/*
	 * A free is over. open: the teardown it belongs to; NULL: unknown, as are all members but
	 * run.
	 */
	void (*freed)(void *ctx, const struct open_teardown *open,
		      const struct deferred_free *deferred_free);
	/* The destroy call's outcome is set; one free less is waited for. */
	void (*settled)(void *ctx, struct open_teardown *open);
};

/* ops must outlive the object. NULL: no memory. */
struct deferred_frees *deferred_frees_new(const struct deferred_frees_ops *ops, void *ctx);

/* Also frees the teardowns that have ended and wait for a free. Takes NULL. */
void deferred_frees_free(struct deferred_frees *frees);

/*
 * These take what happens, in order. -ENOMEM: it was left out.
 */

/* A free was queued (RECORD_QUEUE) for the allocator whose key is arg. */
int deferred_frees_queued(struct deferred_frees *frees, const struct record_head *rec);
/* A free starts. key 0: unknown. */
int deferred_frees_start(struct deferred_frees *frees, __u64 key, const struct worker_run *run);
/* A free is over, or nothing more will be seen of it. */
void deferred_frees_end(struct deferred_frees *frees, __u64 key, const struct worker_run *run);

enum deferred_claim {
	DEFERRED_CLAIMED, /* the call deferred a free: its outcome is set once that is over */
	DEFERRED_UNKNOWN, /* no such free was seen */
	DEFERRED_LATER,	  /* nor is it to come: the key is another allocator's by now */
};

/* Did this destroy call, the nth of the teardown, defer a free? */
enum deferred_claim deferred_frees_claim(struct deferred_frees *frees, struct open_teardown *open,
					 __u32 nth, const struct call *call, __u64 key);

/* The destroy call may have deferred a free that was not seen to be queued: wait for it. */
void deferred_frees_expect(struct deferred_frees *frees, struct open_teardown *open, __u32 nth,
			   __u64 key);

/* This free is over, as its thread shows: it is not pending any more. */
void deferred_frees_set_returned(struct deferred_frees *frees, __u64 key,
				 const struct worker_run *run);

/*
 * Fills in the map of a free in progress, if it is known. From then on the destroy call that
 * deferred the free is not overdue any more: the free is reported in its place.
 */
void deferred_frees_identify(struct deferred_frees *frees, __u64 key, const struct worker_run *run,
			     struct map_info *map);

/*
 * Hands over the destroy calls since before this time whose free is waited for. With again, those
 * that were handed over before too, and none is marked as handed over. each NULL: only returns
 * whether there are any.
 */
bool deferred_frees_for_each_overdue(struct deferred_frees *frees, __u64 before_ns, bool again,
				     void (*each)(void *ctx, const struct teardown *teardown,
						  const struct destroy *destroy),
				     void *ctx);

/*
 * Hands over the teardowns whose worker has ended and whose deferred frees have not, each once.
 * run: of one of these frees, in progress; NULL: none is known to be.
 */
void deferred_frees_for_each_teardown(struct deferred_frees *frees,
				      void (*each)(void *ctx, const struct teardown *teardown,
						   const struct worker_run *run),
				      void *ctx);

/* Drops all pending frees. */
void deferred_frees_flush(struct deferred_frees *frees);

/* Frees that no destroy call was seen to defer. */
__u64 deferred_frees_strays(const struct deferred_frees *frees);
