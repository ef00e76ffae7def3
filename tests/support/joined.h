/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by tests of the teardown tracker: short functions for records, and a sink that keeps and
 * checks the reported teardowns.
 */
#pragma once

#include <string.h>

#include "correlate/teardown_tracker.h"
#include "support/equations.h"

#define MAX_JOINED 32 /* kept: the last ones */

/* A worker, a map and an allocator's memory, for tests that need one of each. */
#define WORKER 11
#define MAP    0xffff888100001000
#define KEY    0x60f4d3c01000

#define OTHER_MAP    0xffff888100002000
#define OTHER_KEY    0x60f4d3c02000
#define OTHER_WORKER 12

/* The tracker of the test that runs, and what it has reported. */
static struct joined {
	struct map_releases *releases;
	struct teardown_tracker *tracker;
	struct teardown_tracker_ops ops;
	bool sees[NR_HOOKS];
	size_t nr, nr_deferred_frees; /* reported so far */
	struct teardown teardown[MAX_JOINED];
	struct deferred_free deferred_free[MAX_JOINED];
	__u64 outcomes[NR_OUTCOMES]; /* of all destroy calls */
} joined;

static inline void on_teardown(void *ctx __attribute__((unused)), const struct teardown *teardown)
{
	__u32 destroys = 0;
	int i;

	for (i = 0; i < NR_OUTCOMES; i++) {
		destroys += teardown->outcomes[i];
		joined.outcomes[i] += teardown->outcomes[i];
	}
	assert_int_equal(destroys, teardown->nr_destroys);
	check_total(teardown->phase);
	check_freed_by_rcu(teardown);
	joined.teardown[joined.nr++ % MAX_JOINED] = *teardown;
}

static inline void on_deferred_free(void *ctx __attribute__((unused)),
				    const struct deferred_free *deferred_free)
{
	joined.deferred_free[joined.nr_deferred_frees++ % MAX_JOINED] = *deferred_free;
}

static inline bool sees_all(void *ctx, enum hook hook)
{
	return ((struct joined *)ctx)->sees[hook];
}

/* Without misses. */
static inline int joined_open(void **state __attribute__((unused)))
{
	joined = (struct joined){
		.releases = map_releases_new(1000),
		.ops = {on_teardown, on_deferred_free, sees_all, LONG_BEFORE},
	};
	memset(joined.sees, true, sizeof(joined.sees));
	joined.tracker = teardown_tracker_new(joined.releases, &joined.ops, &joined);
	return joined.releases && joined.tracker ? 0 : -1;
}

static inline int joined_close(void **state __attribute__((unused)))
{
	teardown_tracker_free(joined.tracker);
	map_releases_free(joined.releases);
	return 0;
}

#define JOINED_TEST(name) TEST_BETWEEN(name, joined_open, joined_close)

static inline struct deferred_frees *joined_frees(void)
{
	return teardown_tracker_frees(joined.tracker);
}

/* The task 500, "loader", releases a map. */
static inline struct record_release release_of(__u64 map, __u8 flags, __u64 ts_ns)
{
	return (struct record_release){
		.head = {.type = RECORD_RELEASE, .tid = 501, .ts_ns = ts_ns, .map = map},
		.pid = 500,
		.map_id = 7,
		.map_type = 1,
		.flags = flags,
		.map_name = "events",
		.comm = "loader",
	};
}

static inline void release_map(__u64 map, __u8 flags, __u64 ts_ns)
{
	const struct record_release rec = release_of(map, flags, ts_ns);

	assert_int_equal(map_releases_add(joined.releases, &rec), 0);
}

static inline struct call call_of(__u32 tid, __u64 map, __u64 ts_ns, __u64 latency_ns)
{
	return (struct call){
		.ts_ns = ts_ns,
		.latency_ns = latency_ns,
		.map.address = map,
		.map.identity = {.released_ns = UNKNOWN_NS},
		.task.pid = tid,
		.task.tid = tid,
		.map.type = 1,
		.map.known = CALL_MAP | CALL_NAME,
		.flags = CALL_EMPTY_KNOWN,
		.map.name = "events",
		.task.comm = "kworker/3:1",
	};
}

static inline struct worker_run run_of(__u32 tid, __u64 ts_ns, __u64 latency_ns)
{
	return (struct worker_run){
		.start_ns = ts_ns,
		.latency_ns = latency_ns,
		.worker = {.pid = tid, .tid = tid, .comm = "kworker/3:1"},
	};
}

static inline void start_left(__u32 tid, __u64 map, __u64 ts_ns, enum rcu_left rcu_left)
{
	const struct call call = call_of(tid, map, ts_ns, UNKNOWN_NS);
	const struct worker_run run = run_of(tid, ts_ns, UNKNOWN_NS);
	const struct map_contents contents = {.entries = 1000, .rcu_left = rcu_left};

	assert_int_equal(teardown_tracker_start(joined.tracker, &call.map, &run, &contents, 0), 0);
}

static inline void start(__u32 tid, __u64 map, __u64 ts_ns)
{
	start_left(tid, map, ts_ns, RCU_LEFT_NONE);
}

static inline void end(__u32 tid, __u64 map, __u64 ts_ns, __u64 latency_ns)
{
	const struct call call = call_of(tid, map, ts_ns, latency_ns);
	const struct worker_run run = run_of(tid, ts_ns, latency_ns);

	assert_int_equal(teardown_tracker_end(joined.tracker, &call.map, &run), 0);
}

/* key 0: an empty call. */
static inline void destroy(__u32 tid, __u64 map, __u64 key, __u64 ts_ns, __u64 latency_ns)
{
	struct call call = call_of(tid, map, ts_ns, latency_ns);

	call.flags |= key ? 0 : CALL_EMPTY;
	call.alloc = ALLOC_MA;
	teardown_tracker_destroy(joined.tracker, &call, key);
}

static inline void queued(__u32 tid, __u64 key, __u64 ts_ns)
{
	const struct record_head rec = {
		.type = RECORD_QUEUE,
		.hook = HOOK_DEFERRED_FREE,
		.tid = tid,
		.ts_ns = ts_ns,
		.arg = key,
	};

	assert_int_equal(deferred_frees_queued(joined_frees(), &rec), 0);
}

static inline void deferred_free_start(__u64 key, __u64 ts_ns)
{
	const struct worker_run run = run_of(99, ts_ns, UNKNOWN_NS);

	assert_int_equal(deferred_frees_start(joined_frees(), key, &run), 0);
}

static inline void deferred_free_end(__u64 key, __u64 ts_ns, __u64 latency_ns)
{
	const struct worker_run run = run_of(99, ts_ns, latency_ns);

	deferred_frees_end(joined_frees(), key, &run);
}

/* Both sides of a deferred free, or its end alone. */
static inline void deferred_free(__u64 key, __u64 ts_ns, __u64 latency_ns)
{
	if (ts_ns != UNKNOWN_NS)
		deferred_free_start(key, ts_ns);
	deferred_free_end(key, ts_ns, latency_ns);
}

static inline struct teardown_ledger counts(void)
{
	struct teardown_ledger ledger = {};

	teardown_tracker_count(joined.tracker, &ledger);
	return ledger;
}

static inline void release_and_start(__u32 tid, __u64 map, __u64 released_ns, __u64 start_ns)
{
	release_map(map, RELEASE_LAST, released_ns);
	start(tid, map, start_ns);
}

/* A destroy call that defers its free. */
static inline void defer(__u32 tid, __u64 map, __u64 key, __u64 ts_ns, __u64 latency_ns)
{
	queued(tid, key, ts_ns + 5);
	destroy(tid, map, key, ts_ns, latency_ns);
}

/* A map is released at 1000, a worker starts at 1100 and destroys an allocator at 1200. */
static inline void begin(void)
{
	release_and_start(WORKER, MAP, 1000, 1100);
}

static inline void begin_with_deferred(void)
{
	begin();
	defer(WORKER, MAP, KEY, 1200, 50);
}

/* The worker ends at 2000. */
static inline void end_with_deferred(void)
{
	begin_with_deferred();
	end(WORKER, MAP, 1100, 900);
}

static inline void begin_other(__u32 tid)
{
	release_and_start(tid, OTHER_MAP, 10000, 10100);
}

/* Another map's allocator gets the same memory, and its destroy call defers its free at 10200. */
static inline void begin_other_with_deferred(void)
{
	begin_other(OTHER_WORKER);
	defer(OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
}

static inline void check_ledger(void)
{
	struct teardown_ledger ledger = counts();

	check_equations(&ledger, joined.nr, joined.outcomes);
}

static inline void check_phases(const struct teardown *teardown, __u64 wait, __u64 free_ns,
				__u64 destroy_ns, __u64 deferred)
{
	assert_true(teardown->phase[PHASE_WAIT] == wait);
	assert_true(teardown->phase[PHASE_FREE] == free_ns);
	assert_true(teardown->phase[PHASE_DESTROY] == destroy_ns);
	assert_true(teardown->phase[PHASE_DEFERRED] == deferred);
	check_total(teardown->phase);
}

static inline void check_outcomes(const struct teardown *teardown, __u32 empty, __u32 direct,
				  __u32 deferred, __u32 pending, __u32 unknown)
{
	assert_int_equal(teardown->outcomes[OUTCOME_EMPTY], empty);
	assert_int_equal(teardown->outcomes[OUTCOME_DIRECT], direct);
	assert_int_equal(teardown->outcomes[OUTCOME_DEFERRED], deferred);
	assert_int_equal(teardown->outcomes[OUTCOME_PENDING], pending);
	assert_int_equal(teardown->outcomes[OUTCOME_UNKNOWN], unknown);
}

/* A teardown with one destroy call. */
static inline void check_teardown(const struct teardown *teardown, __u64 wait, __u64 free_ns,
				  __u64 destroy_ns, __u64 deferred, enum outcome outcome)
{
	check_phases(teardown, wait, free_ns, destroy_ns, deferred);
	check_outcomes(teardown, outcome == OUTCOME_EMPTY, outcome == OUTCOME_DIRECT,
		       outcome == OUTCOME_DEFERRED, outcome == OUTCOME_PENDING,
		       outcome == OUTCOME_UNKNOWN);
}
