// SPDX-License-Identifier: GPL-2.0-only
/* Finds calls and phases of teardowns that take longer than a limit. */
#include "correlate/correlator_parts.h"
#include "correlate/thread_state.h"
#include "model/hooks.h"

/* Threads to look at in one search: each takes a walk through all threads. */
#define MAX_LOOKS 200

static void report(struct correlator *correlator, struct stuck *stuck)
{
	const struct event_sink *sink = correlator->sink;

	stuck->for_ns = correlator->search->now_ns - stuck->since_ns;
	if (!sink->ops->stuck || (correlator->ops->complete_stuck &&
				  !correlator->ops->complete_stuck(correlator->ctx, stuck)))
		return;
	if (correlator->search->at_end)
		correlator->still_stuck++;
	else
		correlator->stuck++;
	if (!correlator->err)
		correlator_set_error(correlator, sink->ops->stuck(sink->ctx, stuck));
}

/*
 * Has the call of an entry returned, and the record of its return been missed or lost? Nothing
 * counts returns that were skipped because another tracer attached to the function meanwhile.
 */
static enum thread_state look_at(struct correlator *correlator, const struct record_call *entry)
{
	struct task_stack thread;

	if (correlator->looks)
		correlator->looks--;
	if (!correlator->ops->look_at ||
	    !correlator->ops->look_at(correlator->ctx, entry->head.tid, &thread))
		return THREAD_UNKNOWN;
	return thread_state_of(&thread, entry);
}

static void find_returned(void *ctx, const struct matched_call *matched)
{
	const struct record_head *entry = &matched->rec->head;
	const struct worker_run run = matched_run(matched);
	struct correlator *correlator = ctx;

	if (!correlator->looks || look_at(correlator, matched->rec) != THREAD_RETURNED)
		return;
	call_matcher_set_returned(correlator->matchers[entry->hook], entry->tid);
	if (!correlator->tracker)
		return;
	if (entry->hook == HOOK_FREE)
		teardown_tracker_set_returned(correlator->tracker, entry->tid);
	else if (entry->hook == HOOK_DEFERRED_FREE) /* its call waits no more */
		deferred_frees_set_returned(teardown_tracker_frees(correlator->tracker),
					    matched->rec->key, &run);
}

static void report_call(void *ctx, const struct matched_call *matched)
{
	const struct worker_run run = matched_run(matched);
	__u8 hook = matched->rec->head.hook;
	struct correlator *correlator = ctx;
	struct stuck stuck = {
		.where = hook_info[hook].function,
		.map = matched_map(matched),
		.worker = run.worker,
		.since_ns = run.start_ns,
		.in_worker = true,
	};
	enum thread_state state = look_at(correlator, matched->rec);

	if (state == THREAD_RETURNED)
		return;
	stuck.unsure = state == THREAD_UNKNOWN;
	if (correlator->tracker && hook == HOOK_DEFERRED_FREE)
		deferred_frees_identify(teardown_tracker_frees(correlator->tracker),
					matched->rec->key, &run, &stuck.map);
	else if (correlator->tracker)
		teardown_tracker_identify(correlator->tracker, run.worker.tid, &stuck.map);
	else if (correlator->releases && stuck.map.address)
		map_releases_identify(correlator->releases, &stuck.map, NULL);
	report(correlator, &stuck);
}

static void report_wait(void *ctx, const struct map_info *map)
{
	struct stuck stuck = {
		.where = "wait",
		.map = *map,
		.since_ns = map->identity.released_ns,
	};

	report(ctx, &stuck);
}

static void report_deferred(void *ctx, const struct teardown *teardown,
			    const struct destroy *destroy)
{
	struct stuck stuck = {
		.where = "deferred",
		.map = teardown->map,
		.worker = teardown->run.worker,
		.since_ns = destroy->ts_ns,
	};

	report(ctx, &stuck);
}

bool correlator_sees_starts(const struct correlator *correlator, enum hook hook)
{
	struct hook_counts counts;

	correlator->ops->count_hook(correlator->ctx, hook, &counts);
	return !counts.lost && (!counts.missed || counts.missed == LEDGER_UNKNOWN);
}

static void for_each_call(struct correlator *correlator, __u64 before_ns, bool again,
			  call_matcher_fn fn)
{
	for (int hook = 0; hook < NR_CALL_HOOKS; hook++)
		if (correlator->matchers[hook])
			call_matcher_for_each_overdue(correlator->matchers[hook], before_ns, again,
						      fn, correlator);
}

void correlator_find_returned(struct correlator *correlator, __u64 before_ns)
{
	correlator->looks = MAX_LOOKS;
	for_each_call(correlator, before_ns, true, find_returned);
}

void correlator_find_stuck(struct correlator *correlator, const struct correlator_search *search)
{
	__u64 before_ns = search->now_ns - search->limit_ns;

	if (search->now_ns < search->limit_ns) /* the machine has not been up for as long */
		return;
	correlator->search = search;
	for_each_call(correlator, before_ns, search->at_end, report_call);
	if (!correlator->tracker)
		return;
	if (correlator_sees_starts(correlator, HOOK_FREE))
		map_releases_for_each_overdue(correlator->releases, before_ns, search->at_end,
					      report_wait, correlator);
	if (correlator_sees_starts(correlator, HOOK_DEFERRED_FREE))
		deferred_frees_for_each_overdue(teardown_tracker_frees(correlator->tracker),
						before_ns, search->at_end, report_deferred,
						correlator);
}
