// SPDX-License-Identifier: GPL-2.0-only
/* Hands over the teardowns in progress with the destroy calls that their workers are in. */
#include "correlate/correlator_parts.h"

struct walk {
	const struct correlator *correlator;
	__u64 now_ns;
	void (*each)(void *ctx, const struct unfinished *unfinished);
	void *ctx;
};

/* Since when the worker is in a destroy call; UNKNOWN_NS: it is not. */
static __u64 destroy_since_ns(const struct correlator *correlator, const struct worker_run *run)
{
	const struct record_call *call =
		call_matcher_waits(correlator->matchers[HOOK_DESTROY], run->worker.tid);

	return call && call->head.ts_ns >= run->start_ns ? call->head.ts_ns : UNKNOWN_NS;
}

static void hand_over(void *ctx, const struct pending *pending)
{
	const struct walk *walk = ctx;
	__u64 destroy_ns = UNKNOWN_NS;
	struct unfinished unfinished;
	struct map_release release;
	struct teardown waiting = {
		.run = {.start_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS},
		.entries = ENTRIES_UNKNOWN,
	};

	if (pending->phase != PHASE_WAIT && pending->since_ns == UNKNOWN_NS)
		return; /* the end of the worker's run was missed */
	if (pending->phase == PHASE_WAIT) {
		waiting.map = *pending->map;
		map_releases_identify(walk->correlator->releases, &waiting.map, &release);
		waiting.queued_ns = release.queued_ns;
		waiting.phase[PHASE_HELD] = release.held_ns;
		waiting.holders = release.holders;
	} else if (pending->phase == PHASE_FREE) {
		destroy_ns = destroy_since_ns(walk->correlator, &pending->teardown->run);
	}
	unfinished_set(&unfinished, pending->teardown ?: &waiting, walk->now_ns, destroy_ns);
	if (pending->free)
		unfinished.task = pending->free->worker;
	walk->each(walk->ctx, &unfinished);
}

void correlator_for_each_unfinished(const struct correlator *correlator, __u64 now_ns,
				    void (*each)(void *ctx, const struct unfinished *unfinished),
				    void *ctx)
{
	struct walk walk = {correlator, now_ns, each, ctx};

	correlator_for_each_pending(correlator, hand_over, &walk);
}
