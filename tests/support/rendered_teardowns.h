/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Teardowns to show, for the tests of formats.
 */
#pragma once

#include "model/teardown.h"
#include "support/rendered.h"

static const struct cgroup known_cgroup = {4242, "/a/b.scope", "b.scope", NULL, "0123"};

static const struct releaser loader = {
	.known = true,
	.task.pid = 500,
	.task.tid = 501,
	.cgroup_id = 4242,
	.cgroup = &known_cgroup,
	.task.comm = "loader",
};

static const struct releaser worker = {
	.known = true,
	.task.pid = 44,
	.task.tid = 44,
	.cgroup_id = 1,
	.task.comm = "kworker/0:2",
};

/* All values are known: a program's map, which a worker released for a task. */
static inline struct teardown known_teardown(void)
{
	struct teardown teardown = {
		.map = plain.map,
		.run = {.start_ns = plain.ts_ns,
			.latency_ns = plain.latency_ns,
			.worker = plain.task,
			.time = {1200,
				 30,
				 500,
				 TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN | TIME_GRACE_KNOWN |
					 TIME_INSTRUCTIONS_KNOWN | TIME_DTLB_MISSES_KNOWN,
				 1 + GRACE_RCU,
				 {70000}}},
		.deferred_for = 1 + GRACE_SRCU_CALLBACKS,
		.entries = 1000,
		.memory = {.bytes = 123456,
			   .cached = 6144,
			   .flags = MEMORY_KNOWN | MEMORY_CACHED_KNOWN},
		.rcu_flags = RCU_KNOWN,
		.queued_ns = 4000001000,
		.phase = {1000000123, 2000, 300, 40, 1000002163},
		.outcomes = {1, 2, 3, 4, 5},
	};

	teardown.map.identity = (struct identity){
		.map_id = 7,
		.released_ns = 4000000000,
		.by_kernel = true,
		.released_by = worker,
		.closed_by = loader,
		.close_flags = CLOSE_KNOWN,
		.user_stack = "drop+0x1c (/bin/a)\n0x10",
	};
	return teardown;
}

/* All values are unknown. */
static inline struct teardown unknown_teardown(void)
{
	struct teardown teardown = {
		.map.identity.released_ns = UNKNOWN_NS,
		.run = {.start_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS},
		.queued_ns = UNKNOWN_NS,
		.entries = ENTRIES_UNKNOWN,
	};

	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	return teardown;
}
