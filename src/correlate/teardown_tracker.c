// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts a map's teardown together: who released it, the worker's run, its destroy calls and their
 * deferred frees.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/phases.h"
#include "correlate/teardown_tracker.h"
#include "model/ledger_figures.h"
#include "util/macros.h"

/* After the start of the trace, workers may take as long to start on maps released before it. */
#define BEFORE_NS NSEC_PER_SEC

struct teardown_tracker {
	struct map_releases *releases;
	const struct teardown_tracker_ops *ops;
	void *ctx;
	struct open_teardown *open; /* by thread */
	struct deferred_frees *frees;
	__u64 late_strays; /* deferred frees whose teardown is not reported */
	struct teardown_ledger counts;
};

static struct open_teardown *find_open(const struct teardown_tracker *tracker, __u32 tid)
{
	struct open_teardown *open;

	HASH_FIND(hh, tracker->open, &tid, sizeof(tid), open);
	return open;
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
	counts->freed_by_rcu += (teardown->rcu_flags & RCU_FREES) != 0;
}

static void count_bytes(struct teardown_ledger *counts, const struct teardown *teardown)
{
	if (!map_memory_known(&teardown->memory))
		return;
	figure_add(&counts->bytes, teardown->memory.bytes);
	if (teardown_owes_memory(teardown))
		figure_add(&counts->bytes_pending, teardown->memory.bytes);
}

/* Complete teardowns */

static void free_open(struct open_teardown *open)
{
	cgroup_release(open->teardown.map.identity.released_by.cgroup);
	cgroup_release(open->teardown.map.identity.closed_by.cgroup);
	cgroup_release(open->teardown.memcg);
	free(open);
}

/*
 * Was the map released before the trace started? Where every release is seen, that is so if none
 * was; the loader's own trials of kernel features leave such maps behind, too. Where releases may
 * be missed, only a map that is freed soon after the start counts. The map has to be known.
 */
static bool is_of_before(const struct teardown_tracker *tracker, const struct teardown *teardown)
{
	const struct identity *identity = &teardown->map.identity;
	__u64 start = teardown->run.start_ns;

	if (!teardown->map.address || identity->released_ns != UNKNOWN_NS ||
	    identity->closed_by.known)
		return false;
	if (start != UNKNOWN_NS && start < tracker->ops->start_ns + BEFORE_NS)
		return true;
	return !map_releases_forgotten(tracker->releases) &&
	       tracker->ops->sees_all(tracker->ctx, HOOK_PUT) &&
	       tracker->ops->sees_all(tracker->ctx, HOOK_PUT_UREF) &&
	       tracker->ops->sees_all(tracker->ctx, HOOK_RELEASE);
}

static void finish(struct teardown_tracker *tracker, struct open_teardown *open)
{
	struct teardown *teardown = &open->teardown;

	if (open->late) {
		for (__u32 i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++)
			tracker->late_strays += teardown->destroy[i].outcome == OUTCOME_DEFERRED;
	} else if (is_of_before(tracker, teardown)) {
		tracker->counts.before++;
	} else {
		set_phases(teardown, teardown->nr_destroys ||
					     tracker->ops->sees_all(tracker->ctx, HOOK_DESTROY));
		count_outcomes(tracker, teardown);
		count_bytes(&tracker->counts, teardown);
		tracker->counts.shown++;
		tracker->counts.no_release += teardown->map.identity.released_ns == UNKNOWN_NS;
		tracker->ops->teardown(tracker->ctx, teardown);
	}
	free_open(open);
}

static void on_settled(void *ctx, struct open_teardown *open)
{
	open->nr_owing--;
	if (open->ended && !open->nr_owing)
		finish(ctx, open);
}

static void on_freed(void *ctx, const struct open_teardown *open,
		     const struct deferred_free *deferred_free)
{
	const struct teardown_tracker *tracker = ctx;

	if (!open || !is_of_before(tracker, &open->teardown))
		tracker->ops->deferred_free(tracker->ctx, deferred_free);
}

struct teardown_tracker *teardown_tracker_new(struct map_releases *releases,
					      const struct teardown_tracker_ops *ops, void *ctx)
{
	static const struct deferred_frees_ops frees_ops = {on_freed, on_settled};
	struct teardown_tracker *tracker = calloc(1, sizeof(*tracker));

	if (!tracker)
		return NULL;
	tracker->releases = releases;
	tracker->ops = ops;
	tracker->ctx = ctx;
	tracker->frees = deferred_frees_new(&frees_ops, tracker);
	if (!tracker->frees) {
		free(tracker);
		return NULL;
	}
	return tracker;
}

/* The worker's run */

static struct open_teardown *new_open(struct teardown_tracker *tracker, const struct map_info *map,
				      const struct worker_run *run)
{
	struct map_release release = {.queued_ns = UNKNOWN_NS, .held_ns = UNKNOWN_NS};
	struct open_teardown *open = calloc(1, sizeof(*open));

	if (!open)
		return NULL;
	open->tid = run->worker.tid;
	open->teardown.map = *map;
	open->teardown.run = *run;
	open->teardown.entries = ENTRIES_UNKNOWN;
	if (map->address) {
		map_releases_identify(tracker->releases, &open->teardown.map, &release);
		cgroup_hold(open->teardown.map.identity.released_by.cgroup);
		cgroup_hold(open->teardown.map.identity.closed_by.cgroup);
		map_releases_forget(tracker->releases, map->address);
	}
	open->teardown.queued_ns = release.queued_ns;
	open->teardown.phase[PHASE_HELD] = release.held_ns;
	open->teardown.holders = release.holders;
	return open;
}

/* The same, known by its thread while it runs. */
static struct open_teardown *add_open(struct teardown_tracker *tracker, const struct map_info *map,
				      const struct worker_run *run)
{
	struct open_teardown *open = new_open(tracker, map, run);

	if (!open)
		return NULL;
	HASH_ADD(hh, tracker->open, tid, sizeof(open->tid), open);
	if (open->refused) {
		free_open(open);
		return NULL;
	}
	return open;
}

/* From here on it is known by its deferred frees, if at all. */
static void end_run(struct teardown_tracker *tracker, struct open_teardown *open)
{
	HASH_DEL(tracker->open, open);
	open->ended = true;
	if (!open->nr_owing)
		finish(tracker, open);
}

static __u8 rcu_flags_of(__u8 rcu_left)
{
	switch (rcu_left) {
	case RCU_LEFT_NONE:
		return RCU_KNOWN;
	case RCU_LEFT_SOME:
		return RCU_KNOWN | RCU_FREES;
	default:
		return 0;
	}
}

int teardown_tracker_start(struct teardown_tracker *tracker, const struct map_info *map,
			   const struct worker_run *run, const struct map_contents *contents,
			   __u64 memcg_id)
{
	struct open_teardown *open = find_open(tracker, run->worker.tid);

	/* The end of this thread's run before was missed. */
	if (open) {
		tracker->counts.start_only += !open->late;
		end_run(tracker, open);
	}
	open = add_open(tracker, map, run);
	if (!open)
		return -ENOMEM;
	open->teardown.entries = contents->entries;
	open->teardown.rcu_flags = rcu_flags_of(contents->rcu_left);
	open->teardown.memory = map_memory_of(&tracker->ops->kernel, map, contents);
	open->teardown.memcg_id = memcg_id <= INT64_MAX ? memcg_id : 0;
	open->teardown.memcg = map_releases_cgroup(tracker->releases, open->teardown.memcg_id);
	cgroup_hold(open->teardown.memcg);
	return 0;
}

int teardown_tracker_end(struct teardown_tracker *tracker, const struct map_info *map,
			 const struct worker_run *run)
{
	struct open_teardown *open = find_open(tracker, run->worker.tid);

	/* If only the end was seen, an open one whose start was seen is another map's. */
	if (open && open->late && run->start_ns == UNKNOWN_NS &&
	    (!map->address || map->address == open->teardown.map.address)) {
		open->late = false;
		open->teardown.run = *run;
		tracker->counts.end_only++;
		end_run(tracker, open);
		return 0;
	}
	if (!open || run->start_ns == UNKNOWN_NS) {
		open = new_open(tracker, map, run);
		if (!open)
			return -ENOMEM;
		tracker->counts.end_only++;
		finish(tracker, open);
		return 0;
	}
	open->teardown.run.latency_ns = run->latency_ns;
	open->teardown.run.time = run->time;
	if (run->latency_ns == UNKNOWN_NS)
		tracker->counts.start_only++;
	else
		tracker->counts.completed++;
	end_run(tracker, open);
	return 0;
}

/* Destroy calls and their deferred frees */

static void set_outcome(struct teardown_tracker *tracker, struct open_teardown *open, __u32 nth,
			const struct call *call, __u64 key)
{
	struct destroy *destroy = &open->teardown.destroy[nth];
	enum deferred_claim claim;

	destroy->outcome = OUTCOME_UNKNOWN;
	if (call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY)) {
		destroy->outcome = OUTCOME_EMPTY;
		return;
	}
	if (!key)
		return;
	claim = deferred_frees_claim(tracker->frees, open, nth, call, key);
	if (claim == DEFERRED_CLAIMED)
		return;
	if (tracker->ops->sees_all(tracker->ctx, HOOK_QUEUE)) {
		/* A call that has not returned may still defer its free. */
		if (call->latency_ns != UNKNOWN_NS)
			destroy->outcome = OUTCOME_DIRECT;
	} else if (claim != DEFERRED_LATER) {
		deferred_frees_expect(tracker->frees, open, nth, key);
	}
}

static bool is_of_another_map(const struct open_teardown *open, const struct call *call)
{
	__u64 map = open->teardown.map.address;

	return call->map.address && map && call->map.address != map;
}

/* Does the worker make this call for this map? It may be reported late, of an earlier map. */
static bool is_destroy_of(const struct open_teardown *open, const struct call *call)
{
	__u64 start_ns = open->teardown.run.start_ns;

	if (is_of_another_map(open, call))
		return false;
	return call->ts_ns == UNKNOWN_NS || start_ns == UNKNOWN_NS || call->ts_ns >= start_ns;
}

/*
 * A call for a map that is released and not seen to be freed: the start was missed. NULL: it is of
 * no teardown, or there is no memory.
 */
static struct open_teardown *open_late(struct teardown_tracker *tracker, const struct call *call)
{
	const struct worker_run run = {
		.start_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS, .worker = call->task};
	__u64 released_ns = map_releases_time(tracker->releases, call->map.address);
	struct open_teardown *open;

	if (released_ns == UNKNOWN_NS || call->ts_ns < released_ns)
		return NULL;
	open = add_open(tracker, &call->map, &run);
	if (open)
		open->late = true;
	return open;
}

bool teardown_tracker_destroy(struct teardown_tracker *tracker, struct call *call, __u64 key)
{
	struct open_teardown *open = find_open(tracker, call->task.tid);
	__u32 nth;

	/* Neither side of the thread's run before was seen. */
	if (open && open->late && is_of_another_map(open, call)) {
		end_run(tracker, open);
		open = NULL;
	}
	/* A map whose creation failed has no teardown. */
	if (!open)
		open = open_late(tracker, call);
	if (!open || !is_destroy_of(open, call))
		return false;
	call->map.identity = open->teardown.map.identity;
	nth = open->teardown.nr_destroys++;
	if (nth >= MAX_DESTROYS)
		return true;
	open->teardown.destroy[nth] = (struct destroy){
		.ts_ns = call->ts_ns,
		.latency_ns = call->latency_ns,
		.freed_ns = UNKNOWN_NS,
		.alloc = call->alloc,
	};
	set_outcome(tracker, open, nth, call, key);
	return true;
}

/* Calls in progress */

bool teardown_tracker_identify(struct teardown_tracker *tracker, __u32 tid, struct map_info *map)
{
	const struct open_teardown *open = find_open(tracker, tid);

	if (!open || (map->address && map->address != open->teardown.map.address))
		return false;
	map->identity = open->teardown.map.identity;
	return true;
}

struct deferred_frees *teardown_tracker_frees(struct teardown_tracker *tracker)
{
	return tracker->frees;
}

void teardown_tracker_set_returned(struct teardown_tracker *tracker, __u32 tid)
{
	struct open_teardown *open = find_open(tracker, tid);

	if (open)
		open->returned = true;
}

struct pending_visit {
	pending_fn *each;
	void *ctx;
};

static void hand_over_deferred(void *ctx, const struct teardown *teardown,
			       const struct worker_run *free)
{
	const struct pending_visit *visit = ctx;
	const struct worker_run *run = &teardown->run;
	struct pending pending = {
		.map = &teardown->map,
		.phase = PHASE_DEFERRED,
		.since_ns = UNKNOWN_NS,
		.teardown = teardown,
		.free = free,
	};

	if (run->start_ns != UNKNOWN_NS && run->latency_ns != UNKNOWN_NS)
		pending.since_ns = run->start_ns + run->latency_ns;
	visit->each(visit->ctx, &pending);
}

void teardown_tracker_for_each_pending(const struct teardown_tracker *tracker, pending_fn *each,
				       void *ctx)
{
	struct pending_visit visit = {each, ctx};
	struct open_teardown *open, *next;

	HASH_ITER (hh, tracker->open, open, next) {
		const struct pending pending = {
			.map = &open->teardown.map,
			.phase = PHASE_FREE,
			.since_ns = open->teardown.run.start_ns,
			.teardown = &open->teardown,
		};

		if (!open->returned)
			each(ctx, &pending);
	}
	deferred_frees_for_each_teardown(tracker->frees, hand_over_deferred, &visit);
}

void teardown_tracker_flush(struct teardown_tracker *tracker)
{
	struct open_teardown *open, *next;

	deferred_frees_flush(tracker->frees);
	HASH_ITER (hh, tracker->open, open, next) {
		open->teardown.running = tracker->ops->sees_all(tracker->ctx, HOOK_FREE);
		tracker->counts.running += !open->late;
		end_run(tracker, open);
	}
}

void teardown_tracker_count(const struct teardown_tracker *tracker, struct teardown_ledger *ledger)
{
	*ledger = tracker->counts;
	ledger->strays = deferred_frees_strays(tracker->frees) + tracker->late_strays;
	ledger->waiting = map_releases_waiting(tracker->releases);
	ledger->forgotten = map_releases_forgotten(tracker->releases);
}

void teardown_tracker_free(struct teardown_tracker *tracker)
{
	struct open_teardown *open, *next;

	if (!tracker)
		return;
	deferred_frees_free(tracker->frees);
	HASH_ITER (hh, tracker->open, open, next) {
		HASH_DEL(tracker->open, open);
		free(open);
	}
	free(tracker);
}
