// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds calls and phases of teardowns that take longer than a limit.
 */
#include "correlate/decode.h"
#include "correlate/stuck_detector.h"
#include "model/hooks.h"

static void report(const struct stuck_search *search, struct stuck *stuck)
{
	stuck->for_ns = search->now_ns - stuck->since_ns;
	search->report(search->ctx, stuck);
}

static void report_call(void *ctx, const struct matched_call *matched)
{
	const struct stuck_search *search = ctx;
	const struct worker_run run = matched_run(matched);
	__u8 hook = matched->rec->head.hook;
	struct stuck stuck = {
		.where = hook_info[hook].function,
		.map = matched_map(matched),
		.worker = run.worker,
		.since_ns = run.start_ns,
		.in_worker = true,
	};

	if (search->tracker && hook == HOOK_DEFERRED_FREE)
		teardown_tracker_identify_deferred(search->tracker, matched->rec->key, &run,
						   &stuck.map);
	else if (search->tracker)
		teardown_tracker_identify(search->tracker, run.worker.tid, &stuck.map);
	else if (search->releases && stuck.map.address)
		map_releases_identify(search->releases, &stuck.map, NULL);
	report(search, &stuck);
}

static void report_wait(void *ctx, const struct released *released)
{
	struct stuck stuck = {
		.where = "wait",
		.map = released->map,
		.since_ns = released->map.identity.released_ns,
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

void stuck_detector_search(const struct stuck_search *search)
{
	void *ctx = (void *)search; /* handed through, and only read */
	__u64 before_ns = search->now_ns - search->limit_ns;

	if (search->now_ns < search->limit_ns) /* the machine has not been up for as long */
		return;
	for (int hook = 0; hook < NR_CALL_HOOKS; hook++)
		if (search->matchers[hook])
			call_matcher_for_each_overdue(search->matchers[hook], before_ns,
						      search->again, report_call, ctx);
	if (!search->tracker)
		return;
	if (search->sees_all_starts)
		map_releases_for_each_overdue(search->releases, before_ns, search->again,
					      report_wait, ctx);
	teardown_tracker_for_each_overdue(search->tracker, before_ns, search->again,
					  report_deferred, ctx);
}

void stuck_detector_check_parked(const struct stuck_search *search, const void *data, size_t size)
{
	__u64 before_ns = search->now_ns - search->limit_ns, after_ns = 0;
	struct matched_call matched;
	union record rec;

	if (search->last_ns > search->limit_ns)
		after_ns = search->last_ns - search->limit_ns;
	if (search->now_ns < search->limit_ns || decode_record(data, size, &rec) ||
	    rec.head.type != RECORD_ENTRY || rec.head.ts_ns <= after_ns ||
	    rec.head.ts_ns > before_ns)
		return;
	matched = matched_entry(&rec.call);
	report_call((void *)search, &matched);
}
