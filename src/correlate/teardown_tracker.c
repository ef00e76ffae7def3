// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "correlate/teardown_tracker.h"
#include "util/hash.h"
#include "util/macros.h"

/* How long after the run began a worker may take to begin with what was let go of before. */
#define BEFORE_NS NSEC_PER_SEC

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
struct deferred_alloc {
	__u64 key;
	__u64 queued_ns; /* UNKNOWN_NS: not seen to be, it is only feared */
	__u32 queued_by; /* thread: that of the destroy call */
	bool begun;	 /* to be freed: reclaim says when */
	bool freed;	 /* before the destroy call's end was seen */
	bool reused;	 /* its memory is another's by now, and not all has been seen of it */
	struct worker_run reclaim;
	struct open *of; /* NULL: the destroy call's end has not been seen */
	__u32 nth;	 /* of its destroy calls */
	bool overdue;	 /* has been told of */
	bool call_told;	 /* so has the call that frees it, which stands for it from then on */
	bool refused;
	UT_hash_handle hh;		    /* by key, unless it is reused */
	struct deferred_alloc *prev, *next; /* of those that are */
};

struct teardown_tracker {
	struct map_releases *releases;
	const struct teardown_tracker_ops *ops;
	void *ctx;
	struct open *open;			/* by thread */
	struct deferred_alloc *deferred_allocs; /* by key, the oldest first */
	struct deferred_alloc *reused;		/* the oldest first */
	__u32 nr_reused;
	struct teardown_ledger counts;
};

struct teardown_tracker *teardown_tracker_new(struct map_releases *releases,
					      const struct teardown_tracker_ops *ops, void *ctx)
{
	struct teardown_tracker *tracker = calloc(1, sizeof(*tracker));

	if (tracker) {
		tracker->releases = releases;
		tracker->ops = ops;
		tracker->ctx = ctx;
	}
	return tracker;
}

static struct open *find_open(struct teardown_tracker *tracker, __u32 tid)
{
	struct open *open;

	HASH_FIND(hh, tracker->open, &tid, sizeof(tid), open);
	return open;
}

static struct deferred_alloc *find_copy(struct teardown_tracker *tracker, __u64 key)
{
	struct deferred_alloc *deferred;

	HASH_FIND(hh, tracker->deferred_allocs, &key, sizeof(key), deferred);
	return deferred;
}

static void drop_copy(struct teardown_tracker *tracker, struct deferred_alloc *deferred)
{
	if (deferred->reused) {
		DL_DELETE(tracker->reused, deferred);
		tracker->nr_reused--;
	} else {
		HASH_DEL(tracker->deferred_allocs, deferred);
	}
	free(deferred);
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
	const struct worker_run *run = &teardown->run;
	__u64 released = teardown->map.identity.released_ns, *phase = teardown->phase;
	bool ended = run->start_ns != UNKNOWN_NS && run->latency_ns != UNKNOWN_NS;

	phase[PHASE_WAIT] =
		released == UNKNOWN_NS || run->start_ns == UNKNOWN_NS || run->start_ns < released
			? UNKNOWN_NS
			: run->start_ns - released;
	phase[PHASE_FREE] = run->latency_ns;
	phase[PHASE_DESTROY] = ended ? sum_of_destroys(teardown) : UNKNOWN_NS;
	phase[PHASE_DEFERRED] =
		deferred_after(teardown, ended ? run->start_ns + run->latency_ns : UNKNOWN_NS);
	phase[PHASE_TOTAL] = UNKNOWN_NS;
	if (phase[PHASE_WAIT] != UNKNOWN_NS && phase[PHASE_FREE] != UNKNOWN_NS &&
	    phase[PHASE_DEFERRED] != UNKNOWN_NS)
		phase[PHASE_TOTAL] = phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED];
}

static void count_outcomes(struct teardown_tracker *tracker, struct teardown *teardown)
{
	struct teardown_ledger *counts = &tracker->counts;
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
static bool of_before(const struct teardown_tracker *tracker, const struct teardown *teardown)
{
	__u64 start = teardown->run.start_ns;

	if (!teardown->map.address || !nobody_let_go(&teardown->map.identity))
		return false;
	if (start != UNKNOWN_NS && start < tracker->ops->start_ns + BEFORE_NS)
		return true;
	return !map_releases_forgotten(tracker->releases) &&
	       tracker->ops->sees_all(tracker->ctx, HOOK_PUT) &&
	       tracker->ops->sees_all(tracker->ctx, HOOK_PUT_UREF) &&
	       tracker->ops->sees_all(tracker->ctx, HOOK_RELEASE);
}

static void finish(struct teardown_tracker *tracker, struct open *open)
{
	struct teardown *teardown = &open->teardown;

	if (of_before(tracker, teardown)) {
		tracker->counts.before++;
	} else {
		measure(teardown);
		count_outcomes(tracker, teardown);
		tracker->counts.shown++;
		tracker->counts.no_release += teardown->map.identity.released_ns == UNKNOWN_NS;
		tracker->ops->teardown(tracker->ctx, teardown);
	}
	free(open);
}

/* The memory of one of its destroy calls is no longer waited for. */
static void settle(struct teardown_tracker *tracker, struct open *open)
{
	open->owing--;
	if (open->ended && !open->owing)
		finish(tracker, open);
}

/* Deferred frees */

/* The map of a deferred free is that of the teardown, which knows more of it. */
static struct map_info deferred_map(const struct teardown *teardown)
{
	struct map_info map = teardown->map;

	map.known &= ~CALL_SIZES;
	return map;
}

/* copy: NULL or without a destroy call if it is not known which one left it. */
static void pass_reclaim(struct teardown_tracker *tracker, const struct deferred_alloc *deferred,
			 const struct worker_run *run)
{
	const struct open *open = deferred ? deferred->of : NULL;
	struct deferred_free reclaim = {
		.map = {.identity = {.released_ns = UNKNOWN_NS}},
		.run = *run,
		.destroy_ns = UNKNOWN_NS,
		.latency_ns = UNKNOWN_NS,
	};

	if (open && of_before(tracker, &open->teardown))
		return;
	if (open) {
		const struct destroy *destroy = &open->teardown.destroy[deferred->nth];

		reclaim.alloc = destroy->alloc;
		reclaim.destroy_ns = destroy->ts_ns;
		if (destroy->ts_ns != UNKNOWN_NS && destroy->freed_ns != UNKNOWN_NS)
			reclaim.latency_ns = destroy->freed_ns - destroy->ts_ns;
		reclaim.map = deferred_map(&open->teardown);
	} else {
		tracker->counts.strays++;
	}
	tracker->ops->reclaim(tracker->ctx, &reclaim);
}

/* It has been freed, and the destroy call that left it is known. */
static void reclaim(struct teardown_tracker *tracker, struct deferred_alloc *deferred,
		    const struct worker_run *run)
{
	struct open *open = deferred->of;
	struct destroy *destroy = &open->teardown.destroy[deferred->nth];

	destroy->outcome = OUTCOME_DEFERRED;
	if (run->start_ns != UNKNOWN_NS && run->latency_ns != UNKNOWN_NS)
		destroy->freed_ns = run->start_ns + run->latency_ns;
	pass_reclaim(tracker, deferred, run);
	drop_copy(tracker, deferred);
	settle(tracker, open);
}

/* No more will be seen of it. */
static void give_up(struct teardown_tracker *tracker, struct deferred_alloc *deferred)
{
	struct open *open = deferred->of;

	/* It has been freed for sure, and nobody knows since when. */
	if (open && deferred->reused) {
		reclaim(tracker, deferred, &deferred->reclaim);
		return;
	}
	if (!open && (deferred->freed || deferred->begun))
		pass_reclaim(tracker, deferred, &deferred->reclaim);
	if (open)
		open->teardown.destroy[deferred->nth].outcome =
			deferred->queued_ns != UNKNOWN_NS || deferred->begun ? OUTCOME_PENDING
									     : OUTCOME_UNKNOWN;
	drop_copy(tracker, deferred);
	if (open)
		settle(tracker, open);
}

/*
 * Its memory is in use again, so that it has been freed. Who did that, or the destroy call that
 * left it, may not have returned so far, as a task that is preempted there for long.
 */
static void reuse(struct teardown_tracker *tracker, struct deferred_alloc *deferred)
{
	if (!deferred->begun) { /* that was missed, and so its end will be no help */
		give_up(tracker, deferred);
		return;
	}
	HASH_DEL(tracker->deferred_allocs, deferred);
	deferred->reused = true;
	DL_APPEND(tracker->reused, deferred);
	if (++tracker->nr_reused > TEARDOWNS_MAX_REUSED)
		give_up(tracker, tracker->reused);
}

static struct deferred_alloc *add_copy(struct teardown_tracker *tracker, __u64 key)
{
	struct deferred_alloc *deferred = find_copy(tracker, key);

	if (deferred)
		reuse(tracker, deferred);
	if (HASH_COUNT(tracker->deferred_allocs) >= TEARDOWNS_MAX_COPIES)
		give_up(tracker, tracker->deferred_allocs);
	deferred = calloc(1, sizeof(*deferred));
	if (!deferred)
		return NULL;
	deferred->key = key;
	deferred->queued_ns = UNKNOWN_NS;
	HASH_ADD(hh, tracker->deferred_allocs, key, sizeof(deferred->key), deferred);
	if (deferred->refused) {
		free(deferred);
		return NULL;
	}
	return deferred;
}

int teardown_tracker_queued(struct teardown_tracker *tracker, const struct record_head *rec)
{
	struct deferred_alloc *deferred = rec->arg ? find_copy(tracker, rec->arg) : NULL;

	if (!rec->arg)
		return 0;
	/*
	 * Told twice, by copies of the program, before it can begin to be freed; or all else was
	 * missed of what lay there before.
	 */
	if (!deferred || deferred->of || deferred->begun || deferred->queued_by != rec->tid)
		deferred = add_copy(tracker, rec->arg);
	if (!deferred)
		return -ENOMEM;
	deferred->queued_ns = rec->ts_ns;
	deferred->queued_by = rec->tid;
	return 0;
}

int teardown_tracker_deferred_start(struct teardown_tracker *tracker, __u64 key,
				    const struct worker_run *run)
{
	struct deferred_alloc *deferred = key ? find_copy(tracker, key) : NULL;

	if (!key)
		return 0;
	/* That it was queued has been missed, or that its memory's last use ended. */
	if (!deferred || deferred->begun)
		deferred = add_copy(tracker, key);
	if (!deferred)
		return -ENOMEM;
	deferred->begun = true;
	deferred->reclaim = *run;
	return 0;
}

static bool is_freed_by(const struct deferred_alloc *deferred, const struct worker_run *run)
{
	return deferred->begun && deferred->reclaim.worker.tid == run->worker.tid &&
	       deferred->reclaim.start_ns == run->start_ns;
}

static struct deferred_alloc *find_freed_by(struct teardown_tracker *tracker, __u64 key,
					    const struct worker_run *run)
{
	struct deferred_alloc *deferred = key ? find_copy(tracker, key) : NULL;

	if (deferred && is_freed_by(deferred, run))
		return deferred;
	DL_FOREACH (tracker->reused, deferred)
		if (is_freed_by(deferred, run))
			return deferred;
	return NULL;
}

int teardown_tracker_deferred_end(struct teardown_tracker *tracker, __u64 key,
				  const struct worker_run *run)
{
	struct deferred_alloc *deferred = find_freed_by(tracker, key, run);

	/* Only the end was seen; or what begun then has been given up. */
	if (!deferred) {
		tracker->counts.strays += run->start_ns == UNKNOWN_NS;
		return 0;
	}
	if (deferred->of) {
		reclaim(tracker, deferred, run);
		return 0;
	}
	/* The worker was faster than the return from the destroy call. */
	deferred->freed = true;
	deferred->reclaim = *run;
	return 0;
}

/* The worker's part */

static struct open *new_open(const struct map_info *map, const struct worker_run *run)
{
	struct open *open = calloc(1, sizeof(*open));

	if (!open)
		return NULL;
	open->tid = run->worker.tid;
	open->teardown.map = *map;
	open->teardown.run = *run;
	open->teardown.entries = ENTRIES_UNKNOWN;
	open->teardown.queued_ns = UNKNOWN_NS;
	return open;
}

static void identify(struct teardown_tracker *tracker, struct open *open)
{
	struct map_info *map = &open->teardown.map;

	if (!map->address)
		return;
	map_releases_identify(tracker->releases, map, &open->teardown.queued_ns);
	map_releases_forget(tracker->releases, map->address);
}

/* From here on it is only known by its copies, if at all. */
static void end(struct teardown_tracker *tracker, struct open *open)
{
	HASH_DEL(tracker->open, open);
	open->ended = true;
	if (!open->owing)
		finish(tracker, open);
}

int teardown_tracker_start(struct teardown_tracker *tracker, const struct map_info *map,
			   const struct worker_run *run, __u64 entries)
{
	struct open *open = find_open(tracker, run->worker.tid);

	/* The end of what this thread was at has been missed. */
	if (open) {
		tracker->counts.start_only++;
		end(tracker, open);
	}
	open = new_open(map, run);
	if (!open)
		return -ENOMEM;
	open->teardown.entries = entries;
	identify(tracker, open);
	HASH_ADD(hh, tracker->open, tid, sizeof(open->tid), open);
	if (open->refused) {
		free(open);
		return -ENOMEM;
	}
	return 0;
}

/* Did a destroy call leave this copy? If so, it queued that itself. */
static bool is_left_by(const struct deferred_alloc *deferred, const struct call *call)
{
	__u64 since = deferred->queued_ns != UNKNOWN_NS ? deferred->queued_ns
							: deferred->reclaim.start_ns;

	if (deferred->of ||
	    (deferred->queued_ns != UNKNOWN_NS && deferred->queued_by != call->task.tid))
		return false;
	return call->ts_ns == UNKNOWN_NS || since == UNKNOWN_NS || since >= call->ts_ns;
}

/* Is it of what came to lie there after the memory of this call's was given back? */
static bool is_later(const struct deferred_alloc *deferred, const struct call *call)
{
	__u64 since = deferred->of ? deferred->of->teardown.destroy[deferred->nth].ts_ns
				   : deferred->queued_ns;

	return since != UNKNOWN_NS && call->ts_ns != UNKNOWN_NS && since > call->ts_ns;
}

/* NULL: none that is known. later: the memory is another's by now. */
static struct deferred_alloc *find_left_by(struct teardown_tracker *tracker,
					   const struct call *call, bool *later)
{
	struct deferred_alloc *deferred = find_copy(tracker, call->key);

	*later = false;
	if (deferred && is_left_by(deferred, call))
		return deferred;
	if (deferred) {
		*later = is_later(deferred, call);
		if (!*later)
			reuse(tracker, deferred);
	}
	DL_FOREACH (tracker->reused, deferred)
		if (deferred->key == call->key && call->ts_ns != UNKNOWN_NS &&
		    is_left_by(deferred, call))
			return deferred;
	return NULL;
}

/* Did the call leave memory to be freed later? */
static void decide(struct teardown_tracker *tracker, struct open *open, __u32 nth,
		   const struct call *call)
{
	struct destroy *destroy = &open->teardown.destroy[nth];
	struct deferred_alloc *deferred;
	bool later;

	destroy->outcome = OUTCOME_UNKNOWN;
	if (call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY)) {
		destroy->outcome = OUTCOME_EMPTY;
		return;
	}
	if (!call->key)
		return;
	deferred = find_left_by(tracker, call, &later);
	if (!deferred && tracker->ops->sees_all(tracker->ctx, HOOK_QUEUE)) {
		/* What a call that has not returned leaves may be yet to be seen. */
		if (call->latency_ns != UNKNOWN_NS)
			destroy->outcome = OUTCOME_DIRECT;
		return;
	}
	if (!deferred && !later)
		deferred = add_copy(tracker, call->key);
	if (!deferred)
		return;
	deferred->of = open;
	deferred->nth = nth;
	open->owing++;
	/* Its end may yet be seen, unless it has been. */
	if (deferred->freed) {
		struct worker_run freed = deferred->reclaim;

		reclaim(tracker, deferred, &freed);
	}
}

/* Is it a call that the worker makes for this map, or one told of late, of an earlier map? */
static bool is_of(const struct open *open, const struct call *call)
{
	__u64 map = open->teardown.map.address, start_ns = open->teardown.run.start_ns;

	if (call->map.address && map && call->map.address != map)
		return false;
	return call->ts_ns == UNKNOWN_NS || start_ns == UNKNOWN_NS || call->ts_ns >= start_ns;
}

int teardown_tracker_destroy(struct teardown_tracker *tracker, const struct call *call)
{
	struct open *open = find_open(tracker, call->task.tid);
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
	decide(tracker, open, nth, call);
	return 0;
}

int teardown_tracker_end(struct teardown_tracker *tracker, const struct map_info *map,
			 const struct worker_run *run)
{
	struct open *open = find_open(tracker, run->worker.tid);

	if (open && run->start_ns == UNKNOWN_NS) {
		/* Not the end of this one: it has been passed over as start only. */
		open = NULL;
	}
	if (!open) {
		open = new_open(map, run);
		if (!open)
			return -ENOMEM;
		tracker->counts.end_only++;
		identify(tracker, open);
		open->ended = true;
		finish(tracker, open);
		return 0;
	}
	open->teardown.run.latency_ns = run->latency_ns;
	if (run->latency_ns == UNKNOWN_NS)
		tracker->counts.start_only++;
	else
		tracker->counts.completed++;
	end(tracker, open);
	return 0;
}

void teardown_tracker_identify(struct teardown_tracker *tracker, __u32 tid, struct map_info *map)
{
	const struct open *open = find_open(tracker, tid);

	if (open && (!map->address || map->address == open->teardown.map.address))
		map->identity = open->teardown.map.identity;
}

void teardown_tracker_identify_deferred(struct teardown_tracker *tracker, __u64 key,
					const struct worker_run *run, struct map_info *map)
{
	struct deferred_alloc *deferred = find_freed_by(tracker, key, run);

	if (!deferred || !deferred->of)
		return;
	deferred->call_told = true;
	*map = deferred_map(&deferred->of->teardown);
}

void teardown_tracker_for_each_overdue(struct teardown_tracker *tracker, __u64 before_ns,
				       bool again,
				       void (*each)(void *ctx, const struct teardown *teardown,
						    const struct destroy *destroy),
				       void *ctx)
{
	struct deferred_alloc *deferred, *next;

	HASH_ITER (hh, tracker->deferred_allocs, deferred, next) {
		struct destroy *destroy;

		if (!deferred->of || deferred->queued_ns == UNKNOWN_NS || deferred->call_told ||
		    (deferred->overdue && !again))
			continue;
		destroy = &deferred->of->teardown.destroy[deferred->nth];
		if (destroy->ts_ns == UNKNOWN_NS || destroy->ts_ns > before_ns)
			continue;
		deferred->overdue = deferred->overdue || !again;
		each(ctx, &deferred->of->teardown, destroy);
	}
}

void teardown_tracker_flush(struct teardown_tracker *tracker)
{
	struct open *open, *next_open;
	struct deferred_alloc *deferred, *next_copy;

	DL_FOREACH_SAFE (tracker->reused, deferred, next_copy)
		give_up(tracker, deferred);
	HASH_ITER (hh, tracker->deferred_allocs, deferred, next_copy)
		give_up(tracker, deferred);
	HASH_ITER (hh, tracker->open, open, next_open) {
		open->teardown.running = tracker->ops->sees_all(tracker->ctx, HOOK_FREE);
		tracker->counts.running++;
		end(tracker, open);
	}
}

void teardown_tracker_count(const struct teardown_tracker *tracker, struct teardown_ledger *ledger)
{
	const struct teardown_ledger *counts = &tracker->counts;

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
	ledger->waiting = map_releases_waiting(tracker->releases);
	ledger->forgotten = map_releases_forgotten(tracker->releases);
}

/* An open one that has ended is known by its copies only. */
static void forget_copy(struct teardown_tracker *tracker, struct deferred_alloc *deferred)
{
	if (deferred->of && deferred->of->ended && !--deferred->of->owing)
		free(deferred->of);
	drop_copy(tracker, deferred);
}

void teardown_tracker_free(struct teardown_tracker *tracker)
{
	struct open *open, *next_open;
	struct deferred_alloc *deferred, *next_copy;

	if (!tracker)
		return;
	DL_FOREACH_SAFE (tracker->reused, deferred, next_copy)
		forget_copy(tracker, deferred);
	HASH_ITER (hh, tracker->deferred_allocs, deferred, next_copy)
		forget_copy(tracker, deferred);
	HASH_ITER (hh, tracker->open, open, next_open) {
		HASH_DEL(tracker->open, open);
		free(open);
	}
	free(tracker);
}
