// SPDX-License-Identifier: GPL-2.0-only
/* Matches deferred frees with the destroy calls that caused them. */
#include <errno.h>
#include <stdlib.h>

#include <utlist.h>

#include "correlate/deferred_frees.h"

/* An allocator that is freed later. */
struct deferred_alloc {
	__u64 key;
	__u64 queued_ns;	    /* UNKNOWN_NS: not seen to be queued */
	__u32 queued_by;	    /* the destroy call's thread */
	__u32 nth;		    /* of the teardown's destroy calls */
	struct open_teardown *open; /* NULL: the destroy call's end has not been seen */
	struct worker_run run;	    /* the free, once it has started */
	bool started;
	bool freed;    /* before the destroy call's end was seen */
	bool reused;   /* the key is another allocator's, and not all has been seen of this one */
	bool overdue;  /* handed over as such */
	bool reported; /* the free was, in place of the destroy call */
	bool returned; /* it is over; the record of its end was missed or lost */
	bool refused;
	UT_hash_handle hh;		    /* by key, unless it is reused */
	struct deferred_alloc *prev, *next; /* of those that are reused */
};

struct deferred_frees {
	const struct deferred_frees_ops *ops;
	void *ctx;
	struct deferred_alloc *allocs; /* by key, the oldest first */
	struct deferred_alloc *reused; /* the oldest first */
	__u32 nr_reused;
	__u64 strays;
	__u64 visit; /* the last one */
};

struct deferred_frees *deferred_frees_new(const struct deferred_frees_ops *ops, void *ctx)
{
	struct deferred_frees *frees = calloc(1, sizeof(*frees));

	if (frees) {
		frees->ops = ops;
		frees->ctx = ctx;
	}
	return frees;
}

static struct deferred_alloc *find_alloc(struct deferred_frees *frees, __u64 key)
{
	struct deferred_alloc *alloc = NULL;

	if (key)
		HASH_FIND(hh, frees->allocs, &key, sizeof(key), alloc);
	return alloc;
}

static void drop_alloc(struct deferred_frees *frees, struct deferred_alloc *alloc)
{
	if (alloc->reused) {
		DL_DELETE(frees->reused, alloc);
		frees->nr_reused--;
	} else {
		HASH_DEL(frees->allocs, alloc);
	}
	free(alloc);
}

static struct destroy *destroy_of(const struct deferred_alloc *alloc)
{
	return &alloc->open->teardown.destroy[alloc->nth];
}

/* As it is reported with a deferred free. */
static struct map_info map_of(const struct open_teardown *open)
{
	struct map_info map = open->teardown.map;

	map.known &= ~CALL_SIZES;
	return map;
}

/* Of the teardown's deferred frees seen so far */
static bool ends_last(const struct teardown *teardown, const struct destroy *destroy)
{
	for (__u32 i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++)
		if (teardown->destroy[i].freed_ns != UNKNOWN_NS &&
		    teardown->destroy[i].freed_ns > destroy->freed_ns)
			return false;
	return destroy->freed_ns != UNKNOWN_NS;
}

/* It has been freed, and the destroy call that deferred it is known. */
static void pass_free(struct deferred_frees *frees, struct deferred_alloc *alloc,
		      const struct worker_run *run)
{
	struct open_teardown *open = alloc->open;
	struct destroy *destroy = destroy_of(alloc);
	struct deferred_free deferred_free = {
		.map = map_of(open),
		.run = *run,
		.alloc = destroy->alloc,
		.destroy_ns = destroy->ts_ns,
		.latency_ns = UNKNOWN_NS,
	};

	destroy->outcome = OUTCOME_DEFERRED;
	if (run->start_ns != UNKNOWN_NS && run->latency_ns != UNKNOWN_NS)
		destroy->freed_ns = run->start_ns + run->latency_ns;
	if (ends_last(&open->teardown, destroy))
		open->teardown.deferred_for = run->time.grace_for;
	if (destroy->ts_ns != UNKNOWN_NS && destroy->freed_ns != UNKNOWN_NS)
		deferred_free.latency_ns = destroy->freed_ns - destroy->ts_ns;
	frees->ops->freed(frees->ctx, open, &deferred_free);
	drop_alloc(frees, alloc);
	frees->ops->settled(frees->ctx, open);
}

static void pass_stray(struct deferred_frees *frees, const struct worker_run *run)
{
	const struct deferred_free deferred_free = {
		.map.identity.released_ns = UNKNOWN_NS,
		.run = *run,
		.destroy_ns = UNKNOWN_NS,
		.latency_ns = UNKNOWN_NS,
	};

	frees->strays++;
	frees->ops->freed(frees->ctx, NULL, &deferred_free);
}

/* No more will be seen of it. */
static void give_up(struct deferred_frees *frees, struct deferred_alloc *alloc)
{
	struct open_teardown *open = alloc->open;

	/* A reused one has been freed for sure, at an unknown time. */
	if (open && alloc->reused) {
		pass_free(frees, alloc, &alloc->run);
		return;
	}
	if (open)
		destroy_of(alloc)->outcome = alloc->queued_ns != UNKNOWN_NS || alloc->started
						     ? OUTCOME_PENDING
						     : OUTCOME_UNKNOWN;
	else if (alloc->started)
		pass_stray(frees, &alloc->run);
	drop_alloc(frees, alloc);
	if (open)
		frees->ops->settled(frees->ctx, open);
}

/*
 * Its key is in use again, so it has been freed. The thread that freed it, or the destroy call that
 * deferred it, may not have returned yet, for example if it is preempted there.
 */
static void mark_reused(struct deferred_frees *frees, struct deferred_alloc *alloc)
{
	if (!alloc->started) { /* the start was missed, so the end will not help */
		give_up(frees, alloc);
		return;
	}
	HASH_DEL(frees->allocs, alloc);
	alloc->reused = true;
	DL_APPEND(frees->reused, alloc);
	if (++frees->nr_reused > DEFERRED_FREES_MAX_REUSED)
		give_up(frees, frees->reused);
}

static struct deferred_alloc *add_alloc(struct deferred_frees *frees, __u64 key)
{
	struct deferred_alloc *alloc = find_alloc(frees, key);

	if (alloc)
		mark_reused(frees, alloc);
	if (HASH_COUNT(frees->allocs) >= DEFERRED_FREES_MAX)
		give_up(frees, frees->allocs);
	alloc = calloc(1, sizeof(*alloc));
	if (!alloc)
		return NULL;
	alloc->key = key;
	alloc->queued_ns = UNKNOWN_NS;
	HASH_ADD(hh, frees->allocs, key, sizeof(alloc->key), alloc);
	if (alloc->refused) {
		free(alloc);
		return NULL;
	}
	return alloc;
}

int deferred_frees_queued(struct deferred_frees *frees, const struct record_head *rec)
{
	struct deferred_alloc *alloc = find_alloc(frees, rec->arg);

	if (!rec->arg)
		return 0;
	/* Reported twice, by copies of the program; or all else was missed of the one before. */
	if (!alloc || alloc->open || alloc->started || alloc->queued_by != rec->tid)
		alloc = add_alloc(frees, rec->arg);
	if (!alloc)
		return -ENOMEM;
	alloc->queued_ns = rec->ts_ns;
	alloc->queued_by = rec->tid;
	return 0;
}

int deferred_frees_start(struct deferred_frees *frees, __u64 key, const struct worker_run *run)
{
	struct deferred_alloc *alloc = find_alloc(frees, key);

	if (!key)
		return 0;
	/* The queueing was missed, or the end of the one before. */
	if (!alloc || alloc->started)
		alloc = add_alloc(frees, key);
	if (!alloc)
		return -ENOMEM;
	alloc->started = true;
	alloc->run = *run;
	return 0;
}

static bool is_freed_by(const struct deferred_alloc *alloc, const struct worker_run *run)
{
	return alloc->started && alloc->run.worker.tid == run->worker.tid &&
	       alloc->run.start_ns == run->start_ns;
}

static struct deferred_alloc *find_freed_by(struct deferred_frees *frees, __u64 key,
					    const struct worker_run *run)
{
	struct deferred_alloc *alloc = find_alloc(frees, key);

	if (alloc && is_freed_by(alloc, run))
		return alloc;
	DL_FOREACH (frees->reused, alloc)
		if (is_freed_by(alloc, run))
			return alloc;
	return NULL;
}

void deferred_frees_end(struct deferred_frees *frees, __u64 key, const struct worker_run *run)
{
	struct deferred_alloc *alloc = find_freed_by(frees, key, run);

	/* Only the end was seen, or the start was dropped. */
	if (!alloc) {
		frees->strays += run->start_ns == UNKNOWN_NS;
	} else if (alloc->open) {
		pass_free(frees, alloc, run);
	} else { /* the worker was faster than the return from the destroy call */
		alloc->freed = true;
		alloc->run = *run;
	}
}

/* A destroy call that defers a free queues it itself. */
static bool is_deferred_by(const struct deferred_alloc *alloc, const struct call *call)
{
	__u64 since = alloc->queued_ns != UNKNOWN_NS ? alloc->queued_ns : alloc->run.start_ns;

	if (alloc->open || (alloc->queued_ns != UNKNOWN_NS && alloc->queued_by != call->task.tid))
		return false;
	return call->ts_ns == UNKNOWN_NS || since == UNKNOWN_NS || since >= call->ts_ns;
}

/* Is it of the allocator that got the key after this call's was freed? */
static bool is_later(const struct deferred_alloc *alloc, const struct call *call)
{
	__u64 since = alloc->open ? destroy_of(alloc)->ts_ns : alloc->queued_ns;

	return since != UNKNOWN_NS && call->ts_ns != UNKNOWN_NS && since > call->ts_ns;
}

static struct deferred_alloc *find_reused(struct deferred_frees *frees, const struct call *call,
					  __u64 key)
{
	struct deferred_alloc *alloc;

	DL_FOREACH (frees->reused, alloc)
		if (alloc->key == key && call->ts_ns != UNKNOWN_NS && is_deferred_by(alloc, call))
			return alloc;
	return NULL;
}

static void bind_to(struct deferred_frees *frees, struct deferred_alloc *alloc,
		    struct open_teardown *open, __u32 nth)
{
	struct worker_run run = alloc->run;

	alloc->open = open;
	alloc->nth = nth;
	open->nr_owing++;
	if (alloc->freed)
		pass_free(frees, alloc, &run);
}

enum deferred_claim deferred_frees_claim(struct deferred_frees *frees, struct open_teardown *open,
					 __u32 nth, const struct call *call, __u64 key)
{
	struct deferred_alloc *alloc = find_alloc(frees, key);
	enum deferred_claim otherwise = DEFERRED_UNKNOWN;

	if (alloc && !is_deferred_by(alloc, call)) {
		if (is_later(alloc, call))
			otherwise = DEFERRED_LATER;
		else
			mark_reused(frees, alloc);
		alloc = NULL;
	}
	if (!alloc)
		alloc = find_reused(frees, call, key);
	if (!alloc)
		return otherwise;
	bind_to(frees, alloc, open, nth);
	return DEFERRED_CLAIMED;
}

void deferred_frees_expect(struct deferred_frees *frees, struct open_teardown *open, __u32 nth,
			   __u64 key)
{
	struct deferred_alloc *alloc = add_alloc(frees, key);

	if (alloc)
		bind_to(frees, alloc, open, nth);
}

void deferred_frees_set_returned(struct deferred_frees *frees, __u64 key,
				 const struct worker_run *run)
{
	struct deferred_alloc *alloc = find_freed_by(frees, key, run);

	if (alloc)
		alloc->returned = alloc->reported = true;
}

void deferred_frees_identify(struct deferred_frees *frees, __u64 key, const struct worker_run *run,
			     struct map_info *map)
{
	struct deferred_alloc *alloc = find_freed_by(frees, key, run);

	if (!alloc || !alloc->open)
		return;
	alloc->reported = true;
	*map = map_of(alloc->open);
}

bool deferred_frees_for_each_overdue(struct deferred_frees *frees, __u64 before_ns, bool again,
				     void (*each)(void *ctx, const struct teardown *teardown,
						  const struct destroy *destroy),
				     void *ctx)
{
	struct deferred_alloc *alloc, *next;
	bool any = false;

	HASH_ITER (hh, frees->allocs, alloc, next) {
		if (!alloc->open || alloc->queued_ns == UNKNOWN_NS || alloc->reported ||
		    (alloc->overdue && !again))
			continue;
		if (destroy_of(alloc)->ts_ns == UNKNOWN_NS || destroy_of(alloc)->ts_ns > before_ns)
			continue;
		alloc->overdue = alloc->overdue || !again;
		any = true;
		if (each)
			each(ctx, &alloc->open->teardown, destroy_of(alloc));
	}
	return any;
}

void deferred_frees_for_each_teardown(struct deferred_frees *frees,
				      void (*each)(void *ctx, const struct teardown *teardown,
						   const struct worker_run *run),
				      void *ctx)
{
	struct deferred_alloc *alloc, *next;

	frees->visit++;
	HASH_ITER (hh, frees->allocs, alloc, next) {
		struct open_teardown *open = alloc->open;

		/* Not queued: it was freed at once, or its queueing was missed. */
		if ((alloc->queued_ns == UNKNOWN_NS && !alloc->started) || alloc->returned)
			continue;
		if (!open || !open->ended || open->visit == frees->visit)
			continue;
		open->visit = frees->visit;
		each(ctx, &open->teardown, alloc->started ? &alloc->run : NULL);
	}
}

void deferred_frees_flush(struct deferred_frees *frees)
{
	struct deferred_alloc *alloc, *next;

	DL_FOREACH_SAFE (frees->reused, alloc, next)
		give_up(frees, alloc);
	HASH_ITER (hh, frees->allocs, alloc, next)
		give_up(frees, alloc);
}

__u64 deferred_frees_strays(const struct deferred_frees *frees)
{
	return frees->strays;
}

/* A teardown that has ended is known by its deferred frees only. */
static void forget_alloc(struct deferred_frees *frees, struct deferred_alloc *alloc)
{
	struct open_teardown *open = alloc->open;

	if (open && !--open->nr_owing && open->ended)
		free(open);
	drop_alloc(frees, alloc);
}

void deferred_frees_free(struct deferred_frees *frees)
{
	struct deferred_alloc *alloc, *next;

	if (!frees)
		return;
	DL_FOREACH_SAFE (frees->reused, alloc, next)
		forget_alloc(frees, alloc);
	HASH_ITER (hh, frees->allocs, alloc, next)
		forget_alloc(frees, alloc);
	free(frees);
}
