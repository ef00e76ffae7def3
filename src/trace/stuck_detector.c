// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "correlate/decode.h"
#include "model/hooks.h"
#include "trace/stuck_detector.h"

struct look {
	const struct stuck_search *search;
	__u64 now_ns;
	__u64 after_ns, before_ns; /* what began in between is news */
	enum hook hook;
};

static void read_stack(const struct stuck_search *search, struct stuck *stuck)
{
	__u64 ip[STACK_DEPTH], offset;
	int nr = probe_stack(search->probe, stuck->worker.tid, ip), i;
	size_t len = 0;

	for (i = 0; i < nr; i++) {
		const char *name = ksyms_find(search->ksyms, ip[i], &offset);
		size_t room = sizeof(stuck->stack) - len;
		int more;

		if (name)
			more = snprintf(stuck->stack + len, room, "%s%s+0x%llx", i ? "\n" : "",
					name, offset);
		else
			more = snprintf(stuck->stack + len, room, "%s0x%llx", i ? "\n" : "", ip[i]);
		if ((size_t)more >= room) {
			stuck->stack[len] = '\0';
			return;
		}
		len += more;
	}
}

static void tell(const struct look *look, struct stuck *stuck)
{
	stuck->for_ns = look->now_ns - stuck->since_ns;
	if (stuck->in_worker)
		read_stack(look->search, stuck);
	look->search->fn(look->search->ctx, stuck);
}

static void on_call(void *ctx, struct call *call)
{
	const struct look *look = ctx;
	struct stuck stuck = {
		.where = hook_info[look->hook].function,
		.map = call->map,
		.worker = call->task,
		.since_ns = call->ts_ns,
		.in_worker = true,
	};
	const struct worker_run run = {call->ts_ns, call->latency_ns, call->task};

	if (look->search->tracker && look->hook == HOOK_DEFERRED_FREE)
		teardown_tracker_identify_deferred(look->search->tracker, call->key, &run,
						   &stuck.map);
	else if (look->search->tracker)
		teardown_tracker_identify(look->search->tracker, call->task.tid, &stuck.map);
	else if (look->search->releases && call->map.address)
		map_releases_identify(look->search->releases, &stuck.map, NULL);
	tell(look, &stuck);
}

static void on_released(void *ctx, const struct released *released)
{
	struct stuck stuck = {
		.where = "wait",
		.map = released->map,
		.since_ns = released->map.identity.released_ns,
	};

	tell(ctx, &stuck);
}

static void on_destroy(void *ctx, const struct teardown *teardown, const struct destroy *destroy)
{
	struct stuck stuck = {
		.where = "deferred",
		.map = teardown->map,
		.worker = teardown->run.worker,
		.since_ns = destroy->ts_ns,
	};

	tell(ctx, &stuck);
}

/* If not, as far as is counted, nothing tells what waits for a worker from what was begun unseen.
 */
static bool sees_all_starts(const struct probe *probe)
{
	struct hook_counts counts;

	probe_count_hook(probe, HOOK_FREE, &counts);
	return !counts.lost && (!counts.missed || counts.missed == LEDGER_UNKNOWN);
}

/* What filters hold back in the kernel. */
static void on_parked(void *ctx, const void *data, size_t size)
{
	struct look *look = ctx;
	union record rec;
	struct call call;

	if (decode_record(data, size, &rec) || rec.head.type != RECORD_ENTRY ||
	    rec.head.ts_ns <= look->after_ns || rec.head.ts_ns > look->before_ns)
		return;
	look->hook = rec.head.hook;
	call = call_matcher_call_of(&rec.call);
	call.ts_ns = rec.head.ts_ns;
	on_call(look, &call);
}

void stuck_detector_look(const struct stuck_search *search, __u64 now_ns, __u64 last_ns,
			 __u64 limit_ns)
{
	struct look look = {
		.search = search,
		.now_ns = now_ns,
		.after_ns = last_ns > limit_ns ? last_ns - limit_ns : 0,
		.before_ns = now_ns - limit_ns,
	};

	if (now_ns < limit_ns) /* the machine has not been up for as long */
		return;
	probe_for_each_parked(search->probe, on_parked, &look);
	for (look.hook = 0; look.hook < NR_CALL_HOOKS; look.hook++)
		if (search->matcher[look.hook])
			call_matcher_for_each_overdue(search->matcher[look.hook], look.before_ns,
						      search->again, on_call, &look);
	if (!search->tracker)
		return;
	if (sees_all_starts(search->probe))
		map_releases_for_each_overdue(search->releases, look.before_ns, search->again,
					      on_released, &look);
	teardown_tracker_for_each_overdue(search->tracker, look.before_ns, search->again,
					  on_destroy, &look);
}
