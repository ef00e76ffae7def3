// SPDX-License-Identifier: GPL-2.0-only
/* The teardown tracker: deferred frees.
 */
#include "support/joined.h"

JOINED_TEST(total_waits_for_the_last_byte)
{
	const struct deferred_free *reported = &joined.deferred_free[0];

	end_with_deferred();
	/* The teardown is reported only when it is complete. */
	assert_int_equal(joined.nr, 0);
	assert_int_equal(counts().completed, 1);
	deferred_free(KEY, 4000, 500);
	assert_int_equal(joined.nr, 1);
	check_teardown(&joined.teardown[0], 100, 900, 50, 2500, OUTCOME_DEFERRED);
	assert_int_equal(joined.teardown[0].destroy[0].freed_ns, 4500);
	assert_int_equal(joined.teardown[0].destroy[0].outcome, OUTCOME_DEFERRED);

	/* The deferred free is reported on its own too, with the map from the worker. */
	assert_int_equal(joined.nr_deferred_frees, 1);
	assert_int_equal(reported->alloc, ALLOC_MA);
	assert_int_equal(reported->destroy_ns, 1200);
	assert_int_equal(reported->latency_ns, 3300);
	assert_int_equal(reported->run.start_ns, 4000);
	assert_int_equal(reported->run.latency_ns, 500);
	assert_int_equal(reported->run.worker.tid, 99);
	assert_int_equal(reported->map.address, MAP);
	assert_int_equal(reported->map.type, 1);
	assert_true(map_has_name(&reported->map));
	assert_string_equal(reported->map.name, "events");
	assert_int_equal(reported->map.identity.map_id, 7);
	assert_int_equal(reported->map.identity.released_ns, 1000);

	/* Another free of the same memory is not part of this teardown. */
	deferred_free(KEY, 5000, 500);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 1);
	check_ledger();
}

JOINED_TEST(freed_while_the_worker_is_at_it)
{
	begin_with_deferred();
	deferred_free(KEY, 1300, 100);
	assert_int_equal(joined.nr_deferred_frees, 1);
	assert_int_equal(joined.nr, 0);
	end(WORKER, MAP, 1100, 900);
	check_teardown(&joined.teardown[0], 100, 900, 50, 0, OUTCOME_DEFERRED);

	/* Starts before the worker's end, and ends after it. */
	end_with_deferred();
	deferred_free(KEY, 1990, 20);
	check_phases(&joined.teardown[1], 100, 900, 50, 10);
	check_ledger();
}

/* Two allocators of a map, as in a per-CPU hash: the later end counts. */
JOINED_TEST(two_allocators)
{
	int last;

	for (last = 0; last < 2; last++) {
		begin_with_deferred();
		defer(WORKER, MAP, OTHER_KEY, 1300, 60);
		end(WORKER, MAP, 1100, 900);
		deferred_free(last ? KEY : OTHER_KEY, 5000, 500);
		assert_int_equal(joined.nr, last);
		deferred_free(last ? OTHER_KEY : KEY, 3000, 500);
		assert_int_equal(joined.nr, last + 1);
		check_phases(&joined.teardown[last], 100, 900, 110, 3500);
		check_outcomes(&joined.teardown[last], 0, 0, 2, 0, 0);
		assert_int_equal(joined.teardown[last].destroy[last ? 0 : 1].freed_ns, 5500);
		assert_int_equal(joined.teardown[last].destroy[last ? 1 : 0].freed_ns, 3500);
	}
	check_ledger();
}

/* A worker on another CPU may end the free before the destroy call's return is seen. */
JOINED_TEST(freed_before_the_destroy_call_returned)
{
	int sees_queue;

	for (sees_queue = 1; sees_queue >= 0; sees_queue--) {
		int nth = !sees_queue;

		joined.sees[HOOK_QUEUE] = sees_queue;
		begin();
		if (sees_queue)
			queued(WORKER, KEY, 1205);
		deferred_free(KEY, 1210, 20);
		assert_int_equal(joined.nr_deferred_frees, nth);
		destroy(WORKER, MAP, KEY, 1200, 50);
		assert_int_equal(joined.nr_deferred_frees, nth + 1);
		assert_int_equal(joined.deferred_free[nth].latency_ns, 30);
		assert_int_equal(joined.deferred_free[nth].map.address, MAP);
		end(WORKER, MAP, 1100, 900);
		assert_int_equal(joined.nr, nth + 1);
		check_teardown(&joined.teardown[nth], 100, 900, 50, 0, OUTCOME_DEFERRED);
	}
	assert_int_equal(counts().strays, 0);
	check_ledger();
}

/* If queueing may be missed, a call that seems direct may have left a deferred free. */
JOINED_TEST(queueing_may_be_missed)
{
	joined.sees[HOOK_QUEUE] = false;
	begin();
	destroy(WORKER, MAP, KEY, 1200, 50);
	end(WORKER, MAP, 1100, 900);
	assert_int_equal(joined.nr, 0);
	deferred_free(KEY, 3000, 500);
	check_teardown(&joined.teardown[0], 100, 900, 50, 1500, OUTCOME_DEFERRED);

	begin();
	destroy(WORKER, MAP, KEY, 1200, 50);
	end(WORKER, MAP, 1100, 900);
	assert_int_equal(joined.nr, 1);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 2);
	check_teardown(&joined.teardown[1], 100, 900, 50, UNKNOWN_NS, OUTCOME_UNKNOWN);
	check_ledger();
}

/* Each copy of the tracepoint's program sends a record. */
JOINED_TEST(queued_is_reported_more_than_once)
{
	begin();
	queued(WORKER, KEY, 1205);
	queued(WORKER, KEY, 1205);
	defer(WORKER, MAP, KEY, 1200, 50);
	end(WORKER, MAP, 1100, 900);
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[0], 100, 900, 50, 1500);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(joined.nr_deferred_frees, 1);
	assert_int_equal(counts().strays, 0);
	check_ledger();
}

/* A free in progress at the end of a run does not count as ended. */
JOINED_TEST(free_in_progress_at_the_end)
{
	begin_with_deferred();
	deferred_free_start(KEY, 1300);
	end(WORKER, MAP, 1100, 900);
	joined.sees[HOOK_QUEUE] = false;
	begin();
	destroy(WORKER, MAP, OTHER_KEY, 1200, 50);
	deferred_free_start(OTHER_KEY, 1300);
	end(WORKER, MAP, 1100, 900);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 2);
	check_outcomes(&joined.teardown[0], 0, 0, 0, 1, 0);
	check_outcomes(&joined.teardown[1], 0, 0, 0, 1, 0);
	check_phases(&joined.teardown[0], 100, 900, 50, UNKNOWN_NS);
	assert_int_equal(joined.nr_deferred_frees, 0);
	check_ledger();
}

JOINED_TEST(one_side_of_the_deferred_free)
{
	end_with_deferred();
	/* The free has ended, at an unknown time. */
	deferred_free(KEY, 3000, UNKNOWN_NS);
	assert_int_equal(joined.nr, 1);
	check_teardown(&joined.teardown[0], 100, 900, 50, UNKNOWN_NS, OUTCOME_DEFERRED);
	assert_true(joined.teardown[0].destroy[0].freed_ns == UNKNOWN_NS);
	assert_true(joined.deferred_free[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(joined.deferred_free[0].destroy_ns, 1200);

	/* A return alone does not even identify the memory. */
	end_with_deferred();
	deferred_free(0, UNKNOWN_NS, UNKNOWN_NS);
	queued(WORKER, 0, 1205);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(counts().strays, 1);
	teardown_tracker_flush(joined.tracker);
	check_outcomes(&joined.teardown[1], 0, 0, 0, 1, 0);
	check_ledger();
}

JOINED_TEST(one_side_of_the_destroy_call)
{
	/* Only the entry is seen: the duration is unknown, the start is known. */
	begin();
	defer(WORKER, MAP, KEY, 1200, UNKNOWN_NS);
	end(WORKER, MAP, 1100, 900);
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[0], 100, 900, UNKNOWN_NS, 1500);
	assert_int_equal(joined.deferred_free[0].latency_ns, 2300);

	/* Still in progress: the call may yet defer its free. */
	begin();
	destroy(WORKER, MAP, KEY, 1200, UNKNOWN_NS);
	teardown_tracker_flush(joined.tracker);
	check_outcomes(&joined.teardown[1], 0, 0, 0, 0, 1);
	assert_true(joined.teardown[1].running);
	check_ledger();
}

/* A deferred free without a destroy call is reported once, as a stray. */
JOINED_TEST(strays)
{
	queued(WORKER, KEY, 2995);
	deferred_free(KEY, 3000, 500);
	deferred_free(OTHER_KEY, 3100, 500);
	/* A destroy call without a teardown does not help. */
	destroy(WORKER, MAP, KEY, 1200, 50);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 0);
	assert_int_equal(counts().strays, 2);
	assert_int_equal(joined.nr_deferred_frees, 2);
	assert_int_equal(joined.deferred_free[0].run.start_ns, 3000);
	assert_int_equal(joined.deferred_free[0].map.address, 0);
	assert_false(map_has_type(&joined.deferred_free[0].map));
	assert_int_equal(joined.deferred_free[0].alloc, ALLOC_UNKNOWN);
	assert_true(joined.deferred_free[0].destroy_ns == UNKNOWN_NS);
	assert_true(joined.deferred_free[0].latency_ns == UNKNOWN_NS);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(counts().strays, 2);

	/* Two frees of the same memory count twice. */
	deferred_free(KEY, 4000, 500);
	deferred_free(KEY, 5000, 500);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(counts().strays, 4);
	assert_int_equal(joined.nr_deferred_frees, 4);
	assert_int_equal(joined.deferred_free[2].run.start_ns, 4000);
	assert_int_equal(joined.deferred_free[3].run.start_ns, 5000);
	check_ledger();
}

/* Beyond the limit of pending frees, the oldest are reported as they are then. */
JOINED_TEST(room_is_bounded)
{
	__u64 i;

	end_with_deferred();
	joined.sees[HOOK_QUEUE] = false;
	begin();
	destroy(WORKER, MAP, OTHER_KEY, 1200, 50);
	for (i = 2; i < DEFERRED_FREES_MAX; i++)
		queued(WORKER, i << 12, 1205);
	assert_int_equal(joined.nr, 0);
	queued(WORKER, i++ << 12, 1205);
	assert_int_equal(joined.nr, 1);
	check_outcomes(&joined.teardown[0], 0, 0, 0, 1, 0);
	/* Also those of a running worker. */
	queued(WORKER, i++ << 12, 1205);
	queued(WORKER, i++ << 12, 1205);
	end(WORKER, MAP, 1100, 900);
	assert_int_equal(joined.nr, 2);
	check_outcomes(&joined.teardown[1], 0, 0, 0, 0, 1);
	assert_int_equal(counts().strays, 0);

	/* The same limit holds for memory that is used again and again. */
	for (i = 0; i <= DEFERRED_FREES_MAX_REUSED; i++) {
		assert_int_equal(joined.nr_deferred_frees, 0);
		deferred_free_start(OTHER_KEY, 3000 + i);
	}
	deferred_free_start(OTHER_KEY, 9000);
	assert_int_equal(joined.nr_deferred_frees, 1);
	assert_int_equal(joined.deferred_free[0].run.start_ns, 3000);
	assert_int_equal(counts().strays, 1);

	/* A dropped one is a stray if its free is seen after all. */
	deferred_free(KEY, 9000, 1);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(counts().strays, DEFERRED_FREES_MAX_REUSED + 3);
	check_ledger();
}

struct reported {
	__u64 destroy_ns[8];
	__u64 map[8];
	size_t nr;
};

static void on_overdue(void *ctx, const struct teardown *teardown, const struct destroy *destroy)
{
	struct reported *reported = ctx;

	assert_true(reported->nr < 8);
	reported->map[reported->nr] = teardown->map.address;
	reported->destroy_ns[reported->nr++] = destroy->ts_ns;
}

JOINED_TEST(overdue_is_handed_over_once)
{
	struct reported reported = {};

	begin_with_deferred();
	deferred_frees_for_each_overdue(joined_frees(), 1199, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 0);
	end(WORKER, MAP, 1100, 900);
	release_and_start(WORKER, OTHER_MAP, 1000, 2100);
	queued(WORKER, OTHER_KEY, 2205);
	/* No destroy call owns it so far. */
	deferred_frees_for_each_overdue(joined_frees(), 1200, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 1);
	assert_int_equal(reported.map[0], MAP);
	assert_int_equal(reported.destroy_ns[0], 1200);
	destroy(WORKER, OTHER_MAP, OTHER_KEY, 2200, 50);
	deferred_frees_for_each_overdue(joined_frees(), 2199, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 1);
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 2);
	assert_int_equal(reported.map[1], OTHER_MAP);
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 2);
	deferred_frees_for_each_overdue(joined_frees(), 2199, true, on_overdue, &reported);
	assert_int_equal(reported.nr, 3);
	assert_int_equal(reported.map[2], MAP);

	/* A free that is only possible is not reported as stuck. */
	joined.sees[HOOK_QUEUE] = false;
	destroy(WORKER, OTHER_MAP, KEY + 8, 2300, 50);
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 3);
	/* A free that has ended is not stuck. */
	deferred_free(KEY, 3000, 100);
	deferred_free(OTHER_KEY, 3000, 100);
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, true, on_overdue, &reported);
	assert_int_equal(reported.nr, 3);
}

/* A stuck deferred free is reported as such, and its destroy call is not reported again. */
JOINED_TEST(deferred_frees_in_progress_are_identified)
{
	const struct worker_run run = run_of(99, 3000, UNKNOWN_NS);
	const struct worker_run other = run_of(WORKER, 3000, UNKNOWN_NS);
	struct map_info map = {};
	struct reported reported = {};

	end_with_deferred();
	deferred_free_start(KEY, 3000);
	deferred_frees_identify(joined_frees(), KEY, &run, &map);
	assert_int_equal(map.address, MAP);
	assert_int_equal(map.identity.map_id, 7);
	assert_string_equal(map.name, "events");
	assert_true(map_has_name(&map));
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, false, on_overdue, &reported);
	/* At the end of a run, the call is reported again too. */
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, true, on_overdue, &reported);
	assert_int_equal(reported.nr, 0);

	/* Another allocator has the memory by now. */
	begin_other_with_deferred();
	map = (struct map_info){};
	deferred_frees_identify(joined_frees(), KEY, &run, &map);
	assert_int_equal(map.address, MAP);
	deferred_frees_for_each_overdue(joined_frees(), ~0ULL, true, on_overdue, &reported);
	assert_int_equal(reported.nr, 1);
	assert_int_equal(reported.map[0], OTHER_MAP);

	/* One without a destroy call, and an unknown one. */
	queued(WORKER, OTHER_KEY, 2995);
	deferred_free_start(OTHER_KEY, 3000);
	map = (struct map_info){};
	deferred_frees_identify(joined_frees(), OTHER_KEY, &run, &map);
	assert_int_equal(map.address, 0);
	deferred_frees_identify(joined_frees(), 0, &other, &map);
	assert_int_equal(map.address, 0);
}

TEST_MAIN(NULL, NULL)
