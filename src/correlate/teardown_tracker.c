// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM	   1
#define uthash_nonfatal_oom(entry) ((entry)->refused = true)
#include <uthash.h>
#include <utlist.h>

#include "correlate/teardown_tracker.h"

/* How long after the run began a worker may take to begin with what was let go of before. */
#define BEFORE_NS 1000000000ULL

/* A teardown that is not complete. */
struct open {
	struct teardown teardown;
	__u32 tid;   /* of the worker, while it is at it */
	__u32 owing; /* destroy calls of which the memory is waited for */
	bool ended;  /* the worker is done */
	bool refused;
	UT_hash_handle hh; /* by tid, until it has ended */
};

/* The copy of an allocator, of which the memory is freed later. */
struct copy {
	__u64 key;
	__u64 queued_ns; /* UNKNOWN_NS: not seen to be, it is only feared */
	__u32 queued_by; /* thread: that of the destroy call */
	bool begun;	 /* to be freed: reclaim says when */
	bool freed;	 /* before the destroy call's end was seen */
	bool reused;	 /* its memory is another's by now, and not all has been seen of it */
	struct call reclaim;
	struct open *of; /* NULL: the destroy call's end has not been seen */
	__u32 nth;	 /* of its destroy calls */
	bool overdue;	 /* has been told of */
	bool call_told;	 /* so has the call that frees it, which stands for it from then on */
	bool refused;
	UT_hash_handle hh;	  /* by key, unless it is reused */
	struct copy *prev, *next; /* of those that are */
};

struct teardowns {
	struct releases *releases;
	const struct teardowns_ops *ops;
	void *ctx;
	struct open *open;   /* by thread */
	struct copy *copies; /* by key, the oldest first */
	struct copy *reused; /* the oldest first */
	__u32 nr_reused;
	struct teardown_ledger counts;
};

struct teardowns *teardowns_new(struct releases *releases, const struct teardowns_ops *ops,
				void *ctx)
{
	struct teardowns *teardowns = calloc(1, sizeof(*teardowns));

	if (teardowns) {
		teardowns->releases = releases;
		teardowns->ops = ops;
		teardowns->ctx = ctx;
	}
	return teardowns;
}

static struct open *find_open(struct teardowns *teardowns, __u32 tid)
{
	struct open *open;

	HASH_FIND(hh, teardowns->open, &tid, sizeof(tid), open);
	return open;
}

static struct copy *find_copy(struct teardowns *teardowns, __u64 key)
{
	struct copy *copy;

	HASH_FIND(hh, teardowns->copies, &key, sizeof(key), copy);
	return copy;
}

static void drop_copy(struct teardowns *teardowns, struct copy *copy)
{
	if (copy->reused) {
		DL_DELETE(teardowns->reused, copy);
		teardowns->nr_reused--;
	} else {
		HASH_DEL(teardowns->copies, copy);
	}
	free(copy);
}

static __u64 sum_of_destroys(const struct teardown *teardown)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++) {
		if (teardown->destroy[i].latency_ns == UNKNOWN_NS)
			return UNKNOWN_NS;
		sum += teardown->destroy[i].latency_ns;
	}
	return i == teardown->nr_destroys ? sum : UNKNOWN_NS;
}

/* From the end of the worker's part until all is freed. */
static __u64 deferred_after(const struct teardown *teardown, __u64 end)
{
	__u64 last = end;
	__u32 i;

	if (end == UNKNOWN_NS || teardown->nr_destroys > MAX_DESTROYS)
		return UNKNOWN_NS;
	for (i = 0; i < teardown->nr_destroys; i++) {
		const struct destroy *destroy = &teardown->destroy[i];

		if (destroy->outcome == OUTCOME_PENDING || destroy->outcome == OUTCOME_UNKNOWN)
			return UNKNOWN_NS;
		if (destroy->outcome != OUTCOME_DEFERRED)
			continue;
		if (destroy->freed_ns == UNKNOWN_NS)
			return UNKNOWN_NS;
		if (destroy->freed_ns > last)
			last = destroy->freed_ns;
	}
	return last - end;
}

static void measure(struct teardown *teardown)
{
	const struct call *call = &teardown->free;
	__u64 released = call->identity.released_ns, *phase = teardown->phase;
	bool ended = call->ts_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS;

	phase[PHASE_WAIT] =
		released == UNKNOWN_NS || call->ts_ns == UNKNOWN_NS || call->ts_ns < released
			? UNKNOWN_NS
			: call->ts_ns - released;
	phase[PHASE_FREE] = call->latency_ns;
	phase[PHASE_DESTROY] = ended ? sum_of_destroys(teardown) : UNKNOWN_NS;
	phase[PHASE_DEFERRED] =
		deferred_after(teardown, ended ? call->ts_ns + call->latency_ns : UNKNOWN_NS);
	phase[PHASE_TOTAL] = UNKNOWN_NS;
	if (phase[PHASE_WAIT] != UNKNOWN_NS && phase[PHASE_FREE] != UNKNOWN_NS &&
	    phase[PHASE_DEFERRED] != UNKNOWN_NS)
		phase[PHASE_TOTAL] = phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED];
}

static void count_outcomes(struct teardowns *teardowns, struct teardown *teardown)
{
	struct teardown_ledger *counts = &teardowns->counts;
	__u32 i;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++)
		teardown->outcomes[teardown->destroy[i].outcome]++;
	teardown->outcomes[OUTCOME_UNKNOWN] += teardown->nr_destroys - i;
	counts->reclaimed += teardown->outcomes[OUTCOME_DEFERRED];
	counts->pending += teardown->outcomes[OUTCOME_PENDING];
	counts->deferred +=
		teardown->outcomes[OUTCOME_DEFERRED] + teardown->outcomes[OUTCOME_PENDING];
	counts->undecided += teardown->outcomes[OUTCOME_UNKNOWN];
}

static bool nobody_let_go(const struct identity *identity)
{
	return identity->released_ns == UNKNOWN_NS && !identity->closed_by.known;
}

/*
 * Where every release is seen, a map that nobody let go of was let go of before the run began, when
 * the loader's own trials of the kernel's features leave maps behind, too. Which map it was has to
 * be known for that. Where some may be missed, a map freed soon after the beginning is taken for
 * one.
 */
static bool of_before(const struct teardowns *teardowns, const struct teardown *teardown)
{
	__u64 start = teardown->free.ts_ns;

	if (!teardown->free.map || !nobody_let_go(&teardown->free.identity))
		return false;
	if (start != UNKNOWN_NS && start < teardowns->ops->start_ns + BEFORE_NS)
		return true;
	return !releases_forgotten(teardowns->releases) &&
	       teardowns->ops->sees_all(teardowns->ctx, POINT_PUT) &&
	       teardowns->ops->sees_all(teardowns->ctx, POINT_PUT_UREF) &&
	       teardowns->ops->sees_all(teardowns->ctx, POINT_RELEASE);
}

static void finish(struct teardowns *teardowns, struct open *open)
{
	struct teardown *teardown = &open->teardown;

	if (of_before(teardowns, teardown)) {
		teardowns->counts.before++;
	} else {
		measure(teardown);
		count_outcomes(teardowns, teardown);
		teardowns->counts.shown++;
		teardowns->counts.no_release += teardown->free.identity.released_ns == UNKNOWN_NS;
		teardowns->ops->teardown(teardowns->ctx, teardown);
	}
	free(open);
}

/* The memory of one of its destroy calls is no longer waited for. */
static void settle(struct teardowns *teardowns, struct open *open)
{
	open->owing--;
	if (open->ended && !open->owing)
		finish(teardowns, open);
}

/* Deferred frees */

/* A deferred free is told which map it is about by the worker's part. */
static void call_take_map(struct call *call, const struct call *free)
{
	call->map = free->map;
	call->map_type = free->map_type;
	call->flags |= free->flags & (CALL_MAP | CALL_NAME);
	call->identity = free->identity;
	memcpy(call->map_name, free->map_name, sizeof(call->map_name));
}

/* copy: NULL or without a destroy call if it is not known which one left it. */
static void pass_reclaim(struct teardowns *teardowns, const struct copy *copy,
			 const struct call *call)
{
	const struct open *open = copy ? copy->of : NULL;
	struct reclaim reclaim = {
		.call = *call,
		.destroy_ns = UNKNOWN_NS,
		.latency_ns = UNKNOWN_NS,
	};

	if (open && of_before(teardowns, &open->teardown))
		return;
	if (open) {
		const struct destroy *destroy = &open->teardown.destroy[copy->nth];

		reclaim.alloc = destroy->alloc;
		reclaim.destroy_ns = destroy->ts_ns;
		if (destroy->ts_ns != UNKNOWN_NS && destroy->freed_ns != UNKNOWN_NS)
			reclaim.latency_ns = destroy->freed_ns - destroy->ts_ns;
		call_take_map(&reclaim.call, &open->teardown.free);
	} else {
		teardowns->counts.strays++;
	}
	teardowns->ops->reclaim(teardowns->ctx, &reclaim);
}

/* It has been freed, and the destroy call that left it is known. */
static void reclaim(struct teardowns *teardowns, struct copy *copy, const struct call *call)
{
	struct open *open = copy->of;
	struct destroy *destroy = &open->teardown.destroy[copy->nth];

	destroy->outcome = OUTCOME_DEFERRED;
	if (call->ts_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS)
		destroy->freed_ns = call->ts_ns + call->latency_ns;
	pass_reclaim(teardowns, copy, call);
	drop_copy(teardowns, copy);
	settle(teardowns, open);
}

/* No more will be seen of it. */
static void give_up(struct teardowns *teardowns, struct copy *copy)
{
	struct open *open = copy->of;

	/* It has been freed for sure, and nobody knows since when. */
	if (open && copy->reused) {
		reclaim(teardowns, copy, &copy->reclaim);
		return;
	}
	if (!open && (copy->freed || copy->begun))
		pass_reclaim(teardowns, copy, &copy->reclaim);
	if (open)
		open->teardown.destroy[copy->nth].outcome =
			copy->queued_ns != UNKNOWN_NS || copy->begun ? OUTCOME_PENDING
								     : OUTCOME_UNKNOWN;
	drop_copy(teardowns, copy);
	if (open)
		settle(teardowns, open);
}

/*
 * Its memory is in use again, so that it has been freed. Who did that, or the destroy call that
 * left it, may not have returned so far, as a task that is preempted there for long.
 */
static void reuse(struct teardowns *teardowns, struct copy *copy)
{
	if (!copy->begun) { /* that was missed, and so its end will be no help */
		give_up(teardowns, copy);
		return;
	}
	HASH_DEL(teardowns->copies, copy);
	copy->reused = true;
	DL_APPEND(teardowns->reused, copy);
	if (++teardowns->nr_reused > TEARDOWNS_MAX_REUSED)
		give_up(teardowns, teardowns->reused);
}

static struct copy *add_copy(struct teardowns *teardowns, __u64 key)
{
	struct copy *copy = find_copy(teardowns, key);

	if (copy)
		reuse(teardowns, copy);
	if (HASH_COUNT(teardowns->copies) >= TEARDOWNS_MAX_COPIES)
		give_up(teardowns, teardowns->copies);
	copy = calloc(1, sizeof(*copy));
	if (!copy)
		return NULL;
	copy->key = key;
	copy->queued_ns = UNKNOWN_NS;
	HASH_ADD(hh, teardowns->copies, key, sizeof(copy->key), copy);
	if (copy->refused) {
		free(copy);
		return NULL;
	}
	return copy;
}

int teardowns_queued(struct teardowns *teardowns, const struct record_head *rec)
{
	struct copy *copy = rec->arg ? find_copy(teardowns, rec->arg) : NULL;

	if (!rec->arg)
		return 0;
	/*
	 * Told twice, by copies of the program, before it can begin to be freed; or all else was
	 * missed of what lay there before.
	 */
	if (!copy || copy->of || copy->begun || copy->queued_by != rec->tid)
		copy = add_copy(teardowns, rec->arg);
	if (!copy)
		return -ENOMEM;
	copy->queued_ns = rec->ts_ns;
	copy->queued_by = rec->tid;
	return 0;
}

int teardowns_reclaim_start(struct teardowns *teardowns, const struct call *call)
{
	struct copy *copy = call->key ? find_copy(teardowns, call->key) : NULL;

	if (!call->key)
		return 0;
	/* That it was queued has been missed, or that its memory's last use ended. */
	if (!copy || copy->begun)
		copy = add_copy(teardowns, call->key);
	if (!copy)
		return -ENOMEM;
	copy->begun = true;
	copy->reclaim = *call;
	return 0;
}

static bool is_freed_by(const struct copy *copy, const struct call *call)
{
	return copy->begun && copy->reclaim.tid == call->tid && copy->reclaim.ts_ns == call->ts_ns;
}

static struct copy *find_freed_by(struct teardowns *teardowns, const struct call *call)
{
	struct copy *copy = call->key ? find_copy(teardowns, call->key) : NULL;

	if (copy && is_freed_by(copy, call))
		return copy;
	DL_FOREACH (teardowns->reused, copy)
		if (is_freed_by(copy, call))
			return copy;
	return NULL;
}

int teardowns_reclaim(struct teardowns *teardowns, const struct call *call)
{
	struct copy *copy = find_freed_by(teardowns, call);

	/* Only the end was seen; or what begun then has been given up. */
	if (!copy) {
		teardowns->counts.strays += call->ts_ns == UNKNOWN_NS;
		return 0;
	}
	if (copy->of) {
		reclaim(teardowns, copy, call);
		return 0;
	}
	/* The worker was faster than the return from the destroy call. */
	copy->freed = true;
	copy->reclaim = *call;
	return 0;
}

/* The worker's part */

static struct open *new_open(const struct call *call)
{
	struct open *open = calloc(1, sizeof(*open));

	if (!open)
		return NULL;
	open->tid = call->tid;
	open->teardown.free = *call;
	open->teardown.queued_ns = UNKNOWN_NS;
	return open;
}

static void identify(struct teardowns *teardowns, struct open *open)
{
	struct call *call = &open->teardown.free;

	if (!call->map)
		return;
	releases_identify(teardowns->releases, call, &open->teardown.queued_ns);
	releases_forget(teardowns->releases, call->map);
}

/* From here on it is only known by its copies, if at all. */
static void end(struct teardowns *teardowns, struct open *open)
{
	HASH_DEL(teardowns->open, open);
	open->ended = true;
	if (!open->owing)
		finish(teardowns, open);
}

int teardowns_start(struct teardowns *teardowns, const struct call *call)
{
	struct open *open = find_open(teardowns, call->tid);

	/* The end of what this thread was at has been missed. */
	if (open) {
		teardowns->counts.start_only++;
		end(teardowns, open);
	}
	open = new_open(call);
	if (!open)
		return -ENOMEM;
	identify(teardowns, open);
	HASH_ADD(hh, teardowns->open, tid, sizeof(open->tid), open);
	if (open->refused) {
		free(open);
		return -ENOMEM;
	}
	return 0;
}

/* Did a destroy call leave this copy? If so, it queued that itself. */
static bool is_left_by(const struct copy *copy, const struct call *call)
{
	__u64 since = copy->queued_ns != UNKNOWN_NS ? copy->queued_ns : copy->reclaim.ts_ns;

	if (copy->of || (copy->queued_ns != UNKNOWN_NS && copy->queued_by != call->tid))
		return false;
	return call->ts_ns == UNKNOWN_NS || since == UNKNOWN_NS || since >= call->ts_ns;
}

/* Is it of what came to lie there after the memory of this call's was given back? */
static bool is_later(const struct copy *copy, const struct call *call)
{
	__u64 since = copy->of ? copy->of->teardown.destroy[copy->nth].ts_ns : copy->queued_ns;

	return since != UNKNOWN_NS && call->ts_ns != UNKNOWN_NS && since > call->ts_ns;
}

/* NULL: none that is known. later: the memory is another's by now. */
static struct copy *find_left_by(struct teardowns *teardowns, const struct call *call, bool *later)
{
	struct copy *copy = find_copy(teardowns, call->key);

	*later = false;
	if (copy && is_left_by(copy, call))
		return copy;
	if (copy) {
		*later = is_later(copy, call);
		if (!*later)
			reuse(teardowns, copy);
	}
	DL_FOREACH (teardowns->reused, copy)
		if (copy->key == call->key && call->ts_ns != UNKNOWN_NS && is_left_by(copy, call))
			return copy;
	return NULL;
}

/* Did the call leave memory to be freed later? */
static void decide(struct teardowns *teardowns, struct open *open, __u32 nth,
		   const struct call *call)
{
	struct destroy *destroy = &open->teardown.destroy[nth];
	struct copy *copy;
	bool later;

	destroy->outcome = OUTCOME_UNKNOWN;
	if (call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY)) {
		destroy->outcome = OUTCOME_EMPTY;
		return;
	}
	if (!call->key)
		return;
	copy = find_left_by(teardowns, call, &later);
	if (!copy && teardowns->ops->sees_all(teardowns->ctx, POINT_QUEUE)) {
		/* What a call that has not returned leaves may be yet to be seen. */
		if (call->latency_ns != UNKNOWN_NS)
			destroy->outcome = OUTCOME_DIRECT;
		return;
	}
	if (!copy && !later)
		copy = add_copy(teardowns, call->key);
	if (!copy)
		return;
	copy->of = open;
	copy->nth = nth;
	open->owing++;
	/* Its end may yet be seen, unless it has been. */
	if (copy->freed) {
		struct call freed = copy->reclaim;

		reclaim(teardowns, copy, &freed);
	}
}

/* Is it a call that the worker makes for this map, or one told of late, of an earlier map? */
static bool is_of(const struct open *open, const struct call *call)
{
	const struct call *free = &open->teardown.free;

	if (call->map && free->map && call->map != free->map)
		return false;
	return call->ts_ns == UNKNOWN_NS || free->ts_ns == UNKNOWN_NS || call->ts_ns >= free->ts_ns;
}

int teardowns_destroy(struct teardowns *teardowns, const struct call *call)
{
	struct open *open = find_open(teardowns, call->tid);
	struct destroy *destroy;
	__u32 nth;

	/* A map's creation that failed has no teardown. */
	if (!open || !is_of(open, call))
		return 0;
	nth = open->teardown.nr_destroys++;
	if (nth >= MAX_DESTROYS)
		return 0;
	destroy = &open->teardown.destroy[nth];
	*destroy = (struct destroy){
		.ts_ns = call->ts_ns,
		.latency_ns = call->latency_ns,
		.freed_ns = UNKNOWN_NS,
		.alloc = call->alloc,
	};
	decide(teardowns, open, nth, call);
	return 0;
}

int teardowns_end(struct teardowns *teardowns, const struct call *call)
{
	struct open *open = find_open(teardowns, call->tid);

	if (open && call->ts_ns == UNKNOWN_NS) {
		/* Not the end of this one: it has been passed over as start only. */
		open = NULL;
	}
	if (!open) {
		open = new_open(call);
		if (!open)
			return -ENOMEM;
		teardowns->counts.end_only++;
		identify(teardowns, open);
		open->ended = true;
		finish(teardowns, open);
		return 0;
	}
	open->teardown.free.latency_ns = call->latency_ns;
	if (call->latency_ns == UNKNOWN_NS)
		teardowns->counts.start_only++;
	else
		teardowns->counts.completed++;
	end(teardowns, open);
	return 0;
}

void teardowns_identify(struct teardowns *teardowns, enum point point, struct call *call)
{
	struct copy *copy = point == POINT_RECLAIM ? find_freed_by(teardowns, call) : NULL;
	const struct open *open = point == POINT_RECLAIM ? NULL : find_open(teardowns, call->tid);

	if (copy && copy->of) {
		copy->call_told = true;
		call_take_map(call, &copy->of->teardown.free);
	}
	if (open && (!call->map || call->map == open->teardown.free.map))
		call->identity = open->teardown.free.identity;
}

void teardowns_for_each_overdue(struct teardowns *teardowns, __u64 before_ns, bool again,
				void (*each)(void *ctx, const struct teardown *teardown,
					     const struct destroy *destroy),
				void *ctx)
{
	struct copy *copy, *next;

	HASH_ITER (hh, teardowns->copies, copy, next) {
		struct destroy *destroy;

		if (!copy->of || copy->queued_ns == UNKNOWN_NS || copy->call_told ||
		    (copy->overdue && !again))
			continue;
		destroy = &copy->of->teardown.destroy[copy->nth];
		if (destroy->ts_ns == UNKNOWN_NS || destroy->ts_ns > before_ns)
			continue;
		copy->overdue = copy->overdue || !again;
		each(ctx, &copy->of->teardown, destroy);
	}
}

void teardowns_flush(struct teardowns *teardowns)
{
	struct open *open, *next_open;
	struct copy *copy, *next_copy;

	DL_FOREACH_SAFE (teardowns->reused, copy, next_copy)
		give_up(teardowns, copy);
	HASH_ITER (hh, teardowns->copies, copy, next_copy)
		give_up(teardowns, copy);
	HASH_ITER (hh, teardowns->open, open, next_open) {
		open->teardown.running = teardowns->ops->sees_all(teardowns->ctx, POINT_FREE);
		teardowns->counts.running++;
		end(teardowns, open);
	}
}

void teardowns_count(const struct teardowns *teardowns, struct teardown_ledger *ledger)
{
	const struct teardown_ledger *counts = &teardowns->counts;

	ledger->completed = counts->completed;
	ledger->running = counts->running;
	ledger->start_only = counts->start_only;
	ledger->end_only = counts->end_only;
	ledger->shown = counts->shown;
	ledger->before = counts->before;
	ledger->no_release = counts->no_release;
	ledger->deferred = counts->deferred;
	ledger->reclaimed = counts->reclaimed;
	ledger->pending = counts->pending;
	ledger->undecided = counts->undecided;
	ledger->strays = counts->strays;
	ledger->waiting = releases_waiting(teardowns->releases);
	ledger->forgotten = releases_forgotten(teardowns->releases);
}

/* An open one that has ended is known by its copies only. */
static void forget_copy(struct teardowns *teardowns, struct copy *copy)
{
	if (copy->of && copy->of->ended && !--copy->of->owing)
		free(copy->of);
	drop_copy(teardowns, copy);
}

void teardowns_free(struct teardowns *teardowns)
{
	struct open *open, *next_open;
	struct copy *copy, *next_copy;

	if (!teardowns)
		return;
	DL_FOREACH_SAFE (teardowns->reused, copy, next_copy)
		forget_copy(teardowns, copy);
	HASH_ITER (hh, teardowns->copies, copy, next_copy)
		forget_copy(teardowns, copy);
	HASH_ITER (hh, teardowns->open, open, next_open) {
		HASH_DEL(teardowns->open, open);
		free(open);
	}
	free(teardowns);
}
