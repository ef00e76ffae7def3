// SPDX-License-Identifier: GPL-2.0-only
/* A map's teardown is joined from what was seen of it: what destroy calls leave to be freed later.
 */
#include "support/joined.h"

static void total_waits_for_the_last_byte(void **state)
{
	struct joined *joined = *state;
	const struct deferred_free *told = &joined->reclaim[0];

	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	/* Not before all is known. */
	assert_int_equal(joined->nr, 0);
	assert_int_equal(counts_of(joined).completed, 1);
	reclaim(joined, KEY, 4000, 500);
	assert_int_equal(joined->nr, 1);
	check_phases(&joined->teardown[0], 100, 900, 50, 2500);
	check_outcomes(&joined->teardown[0], 0, 0, 1, 0, 0);
	assert_int_equal(joined->teardown[0].destroy[0].freed_ns, 4500);
	assert_int_equal(joined->teardown[0].destroy[0].outcome, OUTCOME_DEFERRED);

	/* It is told by itself too, with what only the worker's part knows. */
	assert_int_equal(joined->nr_reclaims, 1);
	assert_int_equal(told->alloc, ALLOC_MA);
	assert_int_equal(told->destroy_ns, 1200);
	assert_int_equal(told->latency_ns, 3300);
	assert_int_equal(told->run.start_ns, 4000);
	assert_int_equal(told->run.latency_ns, 500);
	assert_int_equal(told->run.worker.tid, 99);
	assert_int_equal(told->map.address, MAP);
	assert_int_equal(told->map.type, 1);
	assert_true(map_has_name(&told->map));
	assert_string_equal(told->map.name, "events");
	assert_int_equal(told->map.identity.map_id, 7);
	assert_int_equal(told->map.identity.released_ns, 1000);

	/* The same memory, freed once more, is nothing of this. */
	reclaim(joined, KEY, 5000, 500);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(joined->nr, 1);
	check_ledger(joined);
}

static void freed_while_the_worker_is_at_it(void **state)
{
	struct joined *joined = *state;

	begin_with_deferred(joined);
	reclaim(joined, KEY, 1300, 100);
	assert_int_equal(joined->nr_reclaims, 1);
	assert_int_equal(joined->nr, 0);
	end(joined, WORKER, MAP, 1100, 900);
	check_phases(&joined->teardown[0], 100, 900, 50, 0);
	check_outcomes(&joined->teardown[0], 0, 0, 1, 0, 0);

	/* Begun before the worker's end, ended after it. */
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim(joined, KEY, 1990, 20);
	check_phases(&joined->teardown[1], 100, 900, 50, 10);
	check_ledger(joined);
}

/* Two allocators of a map, as of a hash of per-CPU values: the later end counts. */
static void two_allocators(void **state)
{
	struct joined *joined = *state;
	int last;

	for (last = 0; last < 2; last++) {
		begin_with_deferred(joined);
		queued(joined, WORKER, OTHER_KEY, 1305);
		destroy(joined, WORKER, MAP, OTHER_KEY, 1300, 60);
		end(joined, WORKER, MAP, 1100, 900);
		reclaim(joined, last ? KEY : OTHER_KEY, 5000, 500);
		assert_int_equal(joined->nr, last);
		reclaim(joined, last ? OTHER_KEY : KEY, 3000, 500);
		assert_int_equal(joined->nr, last + 1);
		check_phases(&joined->teardown[last], 100, 900, 110, 3500);
		check_outcomes(&joined->teardown[last], 0, 0, 2, 0, 0);
		assert_int_equal(joined->teardown[last].destroy[last ? 0 : 1].freed_ns, 5500);
		assert_int_equal(joined->teardown[last].destroy[last ? 1 : 0].freed_ns, 3500);
	}
	check_ledger(joined);
}

/* Another CPU's worker may have freed it before the destroy call's return is seen. */
static void freed_before_the_destroy_call_returned(void **state)
{
	struct joined *joined = *state;
	int sees_queue;

	for (sees_queue = 1; sees_queue >= 0; sees_queue--) {
		int nth = !sees_queue;

		joined->sees[HOOK_QUEUE] = sees_queue;
		begin(joined);
		if (sees_queue)
			queued(joined, WORKER, KEY, 1205);
		reclaim(joined, KEY, 1210, 20);
		assert_int_equal(joined->nr_reclaims, nth);
		destroy(joined, WORKER, MAP, KEY, 1200, 50);
		assert_int_equal(joined->nr_reclaims, nth + 1);
		assert_int_equal(joined->reclaim[nth].latency_ns, 30);
		assert_int_equal(joined->reclaim[nth].map.address, MAP);
		end(joined, WORKER, MAP, 1100, 900);
		assert_int_equal(joined->nr, nth + 1);
		check_phases(&joined->teardown[nth], 100, 900, 50, 0);
		check_outcomes(&joined->teardown[nth], 0, 0, 1, 0, 0);
	}
	assert_int_equal(counts_of(joined).strays, 0);
	check_ledger(joined);
}

/* Where not all that is queued is seen, what was freed at once may have been left for later. */
static void queueing_may_be_missed(void **state)
{
	struct joined *joined = *state;

	joined->sees[HOOK_QUEUE] = false;
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	assert_int_equal(joined->nr, 0);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[0], 100, 900, 50, 1500);
	check_outcomes(&joined->teardown[0], 0, 0, 1, 0, 0);

	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	assert_int_equal(joined->nr, 1);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(joined->nr, 2);
	check_phases(&joined->teardown[1], 100, 900, 50, UNKNOWN_NS);
	check_outcomes(&joined->teardown[1], 0, 0, 0, 0, 1);
	check_ledger(joined);
}

/* Each copy of the program on the tracepoint tells. */
static void queued_is_reported_more_than_once(void **state)
{
	struct joined *joined = *state;

	begin(joined);
	queued(joined, WORKER, KEY, 1205);
	queued(joined, WORKER, KEY, 1205);
	queued(joined, WORKER, KEY, 1205);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[0], 100, 900, 50, 1500);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(joined->nr, 1);
	assert_int_equal(joined->nr_reclaims, 1);
	assert_int_equal(counts_of(joined).strays, 0);
	check_ledger(joined);
}

/* At the end of a run it is not over, and not to be taken for it. */
static void free_in_progress_at_the_end(void **state)
{
	struct joined *joined = *state;

	begin_with_deferred(joined);
	reclaim_start(joined, KEY, 1300);
	end(joined, WORKER, MAP, 1100, 900);
	joined->sees[HOOK_QUEUE] = false;
	begin(joined);
	destroy(joined, WORKER, MAP, OTHER_KEY, 1200, 50);
	reclaim_start(joined, OTHER_KEY, 1300);
	end(joined, WORKER, MAP, 1100, 900);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(joined->nr, 2);
	check_outcomes(&joined->teardown[0], 0, 0, 0, 1, 0);
	check_outcomes(&joined->teardown[1], 0, 0, 0, 1, 0);
	check_phases(&joined->teardown[0], 100, 900, 50, UNKNOWN_NS);
	assert_int_equal(joined->nr_reclaims, 0);
	check_ledger(joined);
}

static void one_side_of_the_deferred_free(void **state)
{
	struct joined *joined = *state;

	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	/* It is over, but nobody knows since when. */
	reclaim(joined, KEY, 3000, UNKNOWN_NS);
	assert_int_equal(joined->nr, 1);
	check_phases(&joined->teardown[0], 100, 900, 50, UNKNOWN_NS);
	check_outcomes(&joined->teardown[0], 0, 0, 1, 0, 0);
	assert_true(joined->teardown[0].destroy[0].freed_ns == UNKNOWN_NS);
	assert_true(joined->reclaim[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(joined->reclaim[0].destroy_ns, 1200);

	/* Of only the return not even whose it was is known. */
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim(joined, 0, UNKNOWN_NS, UNKNOWN_NS);
	queued(joined, WORKER, 0, 1205);
	assert_int_equal(joined->nr, 1);
	assert_int_equal(counts_of(joined).strays, 1);
	teardown_tracker_flush(joined->tracker);
	check_outcomes(&joined->teardown[1], 0, 0, 0, 1, 0);
	check_ledger(joined);
}

static void one_side_of_the_destroy_call(void **state)
{
	struct joined *joined = *state;

	/* Only that it was entered: nothing is known of how long it took, but when it began is. */
	begin(joined);
	queued(joined, WORKER, KEY, 1205);
	destroy(joined, WORKER, MAP, KEY, 1200, UNKNOWN_NS);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[0], 100, 900, UNKNOWN_NS, 1500);
	assert_int_equal(joined->reclaim[0].latency_ns, 2300);

	/* Still in progress: what it has not left so far, it may yet. */
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, UNKNOWN_NS);
	teardown_tracker_flush(joined->tracker);
	check_outcomes(&joined->teardown[1], 0, 0, 0, 0, 1);
	assert_true(joined->teardown[1].running);
	check_ledger(joined);
}

/* Freed, and nobody is known to have left it: told as what it is, once. */
static void strays(void **state)
{
	struct joined *joined = *state;

	queued(joined, WORKER, KEY, 2995);
	reclaim(joined, KEY, 3000, 500);
	reclaim(joined, OTHER_KEY, 3100, 500);
	/* A destroy call without a teardown does not help. */
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(joined->nr, 0);
	assert_int_equal(counts_of(joined).strays, 2);
	assert_int_equal(joined->nr_reclaims, 2);
	assert_int_equal(joined->reclaim[0].run.start_ns, 3000);
	assert_int_equal(joined->reclaim[0].map.address, 0);
	assert_false(map_has_type(&joined->reclaim[0].map));
	assert_int_equal(joined->reclaim[0].alloc, ALLOC_UNKNOWN);
	assert_true(joined->reclaim[0].destroy_ns == UNKNOWN_NS);
	assert_true(joined->reclaim[0].latency_ns == UNKNOWN_NS);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, 2);

	/* Each of two of the same memory. */
	reclaim(joined, KEY, 4000, 500);
	reclaim(joined, KEY, 5000, 500);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, 4);
	assert_int_equal(joined->nr_reclaims, 4);
	assert_int_equal(joined->reclaim[2].run.start_ns, 4000);
	assert_int_equal(joined->reclaim[3].run.start_ns, 5000);
	check_ledger(joined);
}

/* No more are waited for than there is room for: the oldest give way, as what they are by then. */
static void room_is_bounded(void **state)
{
	struct joined *joined = *state;
	__u64 i;

	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	joined->sees[HOOK_QUEUE] = false;
	begin(joined);
	destroy(joined, WORKER, MAP, OTHER_KEY, 1200, 50);
	for (i = 2; i < DEFERRED_FREES_MAX; i++)
		queued(joined, WORKER, i << 12, 1205);
	assert_int_equal(joined->nr, 0);
	queued(joined, WORKER, i++ << 12, 1205);
	assert_int_equal(joined->nr, 1);
	check_outcomes(&joined->teardown[0], 0, 0, 0, 1, 0);
	/* Of a worker that is at it, too. */
	queued(joined, WORKER, i++ << 12, 1205);
	queued(joined, WORKER, i++ << 12, 1205);
	end(joined, WORKER, MAP, 1100, 900);
	assert_int_equal(joined->nr, 2);
	check_outcomes(&joined->teardown[1], 0, 0, 0, 0, 1);
	assert_int_equal(counts_of(joined).strays, 0);

	/* Nor of those whose memory is in use again, each time once more. */
	for (i = 0; i <= DEFERRED_FREES_MAX_REUSED; i++) {
		assert_int_equal(joined->nr_reclaims, 0);
		reclaim_start(joined, OTHER_KEY, 3000 + i);
	}
	reclaim_start(joined, OTHER_KEY, 9000);
	assert_int_equal(joined->nr_reclaims, 1);
	assert_int_equal(joined->reclaim[0].run.start_ns, 3000);
	assert_int_equal(counts_of(joined).strays, 1);

	/* What was given up for lost is a stray if it is freed after all. */
	reclaim(joined, KEY, 9000, 1);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, DEFERRED_FREES_MAX_REUSED + 3);
	check_ledger(joined);
}

struct told {
	__u64 destroy_ns[8];
	__u64 map[8];
	size_t nr;
};

static void on_overdue(void *ctx, const struct teardown *teardown, const struct destroy *destroy)
{
	struct told *told = ctx;

	assert_true(told->nr < 8);
	told->map[told->nr] = teardown->map.address;
	told->destroy_ns[told->nr++] = destroy->ts_ns;
}

static void overdue_is_handed_over_once(void **state)
{
	struct joined *joined = *state;
	struct told told = {};

	begin_with_deferred(joined);
	teardown_tracker_for_each_overdue(joined->tracker, 1199, false, on_overdue, &told);
	assert_int_equal(told.nr, 0);
	end(joined, WORKER, MAP, 1100, 900);
	release_map(joined, OTHER_MAP, RELEASE_LAST, 1000);
	start(joined, WORKER, OTHER_MAP, 2100);
	queued(joined, WORKER, OTHER_KEY, 2205);
	/* Nobody's so far. */
	teardown_tracker_for_each_overdue(joined->tracker, 1200, false, on_overdue, &told);
	assert_int_equal(told.nr, 1);
	assert_int_equal(told.map[0], MAP);
	assert_int_equal(told.destroy_ns[0], 1200);
	destroy(joined, WORKER, OTHER_MAP, OTHER_KEY, 2200, 50);
	teardown_tracker_for_each_overdue(joined->tracker, 2199, false, on_overdue, &told);
	assert_int_equal(told.nr, 1);
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, false, on_overdue, &told);
	assert_int_equal(told.nr, 2);
	assert_int_equal(told.map[1], OTHER_MAP);
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, false, on_overdue, &told);
	assert_int_equal(told.nr, 2);
	teardown_tracker_for_each_overdue(joined->tracker, 2199, true, on_overdue, &told);
	assert_int_equal(told.nr, 3);
	assert_int_equal(told.map[2], MAP);

	/* What is only feared to have been left is not said to hang. */
	joined->sees[HOOK_QUEUE] = false;
	destroy(joined, WORKER, OTHER_MAP, KEY + 8, 2300, 50);
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, false, on_overdue, &told);
	assert_int_equal(told.nr, 3);
	/* Nor is what has been freed. */
	reclaim(joined, KEY, 3000, 100);
	reclaim(joined, OTHER_KEY, 3000, 100);
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, true, on_overdue, &told);
	assert_int_equal(told.nr, 3);
}

/* A deferred free that is stuck is told of as such, and not its destroy call again. */
static void deferred_frees_in_progress_are_identified(void **state)
{
	struct joined *joined = *state;
	const struct worker_run run = run_of(99, 3000, UNKNOWN_NS);
	const struct worker_run other = run_of(WORKER, 3000, UNKNOWN_NS);
	struct map_info map = {};
	struct told told = {};

	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim_start(joined, KEY, 3000);
	teardown_tracker_identify_deferred(joined->tracker, KEY, &run, &map);
	assert_int_equal(map.address, MAP);
	assert_int_equal(map.identity.map_id, 7);
	assert_string_equal(map.name, "events");
	assert_true(map_has_name(&map));
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, false, on_overdue, &told);
	/* At the end of a run it is the call, too, that is told of once more. */
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, true, on_overdue, &told);
	assert_int_equal(told.nr, 0);

	/* The memory is another's by now. */
	begin_other_with_deferred(joined);
	map = (struct map_info){};
	teardown_tracker_identify_deferred(joined->tracker, KEY, &run, &map);
	assert_int_equal(map.address, MAP);
	teardown_tracker_for_each_overdue(joined->tracker, ~0ULL, true, on_overdue, &told);
	assert_int_equal(told.nr, 1);
	assert_int_equal(told.map[0], OTHER_MAP);

	/* Nobody's, and one of which nothing is known. */
	queued(joined, WORKER, OTHER_KEY, 2995);
	reclaim_start(joined, OTHER_KEY, 3000);
	map = (struct map_info){};
	teardown_tracker_identify_deferred(joined->tracker, OTHER_KEY, &run, &map);
	assert_int_equal(map.address, 0);
	teardown_tracker_identify_deferred(joined->tracker, 0, &other, &map);
	assert_int_equal(map.address, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOINED_TEST(total_waits_for_the_last_byte),
		JOINED_TEST(freed_while_the_worker_is_at_it),
		JOINED_TEST(two_allocators),
		JOINED_TEST(freed_before_the_destroy_call_returned),
		JOINED_TEST(queueing_may_be_missed),
		JOINED_TEST(queued_is_reported_more_than_once),
		JOINED_TEST(free_in_progress_at_the_end),
		JOINED_TEST(one_side_of_the_deferred_free),
		JOINED_TEST(one_side_of_the_destroy_call),
		JOINED_TEST(strays),
		JOINED_TEST(room_is_bounded),
		JOINED_TEST(overdue_is_handed_over_once),
		JOINED_TEST(deferred_frees_in_progress_are_identified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
