// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred frees of allocators whose memory, and so their key, another allocator gets meanwhile.
 */
#include "support/joined.h"

/* The end of what lay there before was missed: what is seen now is not that. */
static void memory_used_again(void **state)
{
	struct joined *joined = *state;

	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	release_map(joined, OTHER_MAP, RELEASE_LAST, 10000);
	start(joined, WORKER, OTHER_MAP, 10100);
	queued(joined, WORKER, KEY, 10205);
	assert_int_equal(joined->nr, 1);
	check_phases(&joined->teardown[0], 100, 900, 50, UNKNOWN_NS);
	check_outcomes(&joined->teardown[0], 0, 0, 0, 1, 0);
	destroy(joined, WORKER, OTHER_MAP, KEY, 10200, 50);
	end(joined, WORKER, OTHER_MAP, 10100, 900);
	reclaim(joined, KEY, 11500, 500);
	assert_int_equal(joined->teardown[1].map.address, OTHER_MAP);
	check_phases(&joined->teardown[1], 100, 900, 50, 1000);
	check_ledger(joined);

	/* Freed at once this time. */
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	release_map(joined, OTHER_MAP, RELEASE_LAST, 10000);
	start(joined, WORKER, OTHER_MAP, 10100);
	destroy(joined, WORKER, OTHER_MAP, KEY, 10200, 50);
	end(joined, WORKER, OTHER_MAP, 10100, 900);
	check_outcomes(&joined->teardown[2], 0, 0, 0, 1, 0);
	check_outcomes(&joined->teardown[3], 0, 1, 0, 0, 0);
	check_ledger(joined);

	/* By the same thread, and all but the queueing was missed of what lay there before. */
	queued(joined, WORKER, KEY, 700);
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[4], 100, 900, 50, 1500);
	check_ledger(joined);

	/* By another allocator of the same map, and nothing queued was seen. */
	joined->sees[HOOK_QUEUE] = false;
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	destroy(joined, WORKER, MAP, KEY, 1300, 50);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim(joined, KEY, 3000, 500);
	check_outcomes(&joined->teardown[5], 0, 0, 1, 0, 1);
	assert_int_equal(joined->teardown[5].destroy[1].freed_ns, 3500);
	check_ledger(joined);
}

/*
 * The destroy call of what lay there before was missed, but not that it was freed: that is no
 * part of this teardown, which would have ended before it began.
 */
static void memory_freed_before_and_used_again(void **state)
{
	struct joined *joined = *state;

	queued(joined, WORKER, KEY, 495);
	reclaim(joined, KEY, 500, 10);
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	assert_int_equal(joined->nr, 0);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[0], 100, 900, 50, 1500);

	/* Likewise, where the queueing of this one is missed. */
	joined->sees[HOOK_QUEUE] = false;
	reclaim(joined, KEY, 500, 10);
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	assert_int_equal(joined->nr, 1);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[1], 100, 900, 50, 1500);

	/* Likewise, where the end of that is seen only now. */
	reclaim_start(joined, KEY, 500);
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim_end(joined, KEY, 500, 2000);
	assert_int_equal(joined->nr, 2);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[2], 100, 900, 50, 1500);
	joined->sees[HOOK_QUEUE] = true;
	queued(joined, WORKER, KEY, 495);
	reclaim_start(joined, KEY, 500);
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim_end(joined, KEY, 500, 2000);
	reclaim(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[3], 100, 900, 50, 1500);
	/* Their destroy calls' ends might have come. */
	assert_int_equal(counts_of(joined).strays, 0);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, 4);
	assert_int_equal(joined->nr, 4);
	assert_int_equal(joined->nr_reclaims, 8);
	check_ledger(joined);
}

/* Once a deferred free has given the memory back, it may be in use before that returns. */
static void memory_used_again_before_the_free_is_over(void **state)
{
	struct joined *joined = *state;

	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim_start(joined, KEY, 3000);
	begin_other_with_deferred(joined);
	assert_int_equal(joined->nr, 0);
	reclaim_start(joined, KEY, 11500);
	reclaim_end(joined, KEY, 3000, 9000);
	assert_int_equal(joined->nr, 1);
	check_phases(&joined->teardown[0], 100, 900, 50, 10000);
	assert_int_equal(joined->reclaim[0].map.address, MAP);
	assert_int_equal(joined->reclaim[0].latency_ns, 10800);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	reclaim_end(joined, KEY, 11500, 500);
	assert_int_equal(joined->teardown[1].map.address, OTHER_MAP);
	check_phases(&joined->teardown[1], 100, 900, 50, 1000);

	/* Its end never comes: it has been freed, and nobody knows since when. */
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim_start(joined, KEY, 3000);
	begin_other_with_deferred(joined);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	reclaim_start(joined, KEY, 11500);
	assert_int_equal(joined->nr, 2);
	teardown_tracker_flush(joined->tracker);
	check_phases(&joined->teardown[2], 100, 900, 50, UNKNOWN_NS);
	check_outcomes(&joined->teardown[2], 0, 0, 1, 0, 0);
	assert_int_equal(joined->reclaim[2].run.start_ns, 3000);
	assert_true(joined->reclaim[2].latency_ns == UNKNOWN_NS);
	check_outcomes(&joined->teardown[3], 0, 0, 0, 1, 0);
	assert_int_equal(counts_of(joined).strays, 0);
	check_ledger(joined);
}

/* Where the queueing is missed, the next destroy call or free of the memory tells. */
static void memory_used_again_unseen(void **state)
{
	struct joined *joined = *state;

	joined->sees[HOOK_QUEUE] = false;
	begin_with_deferred(joined);
	end(joined, WORKER, MAP, 1100, 900);
	reclaim_start(joined, KEY, 3000);
	release_map(joined, OTHER_MAP, RELEASE_LAST, 10000);
	start(joined, OTHER_WORKER, OTHER_MAP, 10100);
	destroy(joined, OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
	reclaim_end(joined, KEY, 3000, 9000);
	check_phases(&joined->teardown[0], 100, 900, 50, 10000);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	reclaim_start(joined, KEY, 12000);
	reclaim_start(joined, KEY, 13000);
	reclaim_end(joined, KEY, 12000, 2000);
	check_phases(&joined->teardown[1], 100, 900, 50, 3000);
	assert_int_equal(counts_of(joined).strays, 0);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, 1);
	check_ledger(joined);
}

/* So it is with a destroy call: what has come to lie there since is none of its own. */
static void memory_used_again_before_the_destroy_call_is_over(void **state)
{
	struct joined *joined = *state;

	/* It freed the memory itself. The other's destroy call is over, or is not. */
	begin(joined);
	begin_other_with_deferred(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	reclaim(joined, KEY, 11500, 500);
	end(joined, WORKER, MAP, 1100, 21000);
	check_phases(&joined->teardown[0], 100, 900, 50, 1000);
	check_outcomes(&joined->teardown[0], 0, 0, 1, 0, 0);
	check_phases(&joined->teardown[1], 100, 21000, 20000, 0);
	check_outcomes(&joined->teardown[1], 0, 1, 0, 0, 0);
	begin(joined);
	release_map(joined, OTHER_MAP, RELEASE_LAST, 10000);
	start(joined, OTHER_WORKER, OTHER_MAP, 10100);
	queued(joined, OTHER_WORKER, KEY, 10205);
	destroy(joined, WORKER, MAP, KEY, 1200, 9010);
	end(joined, WORKER, MAP, 1100, 10000);
	destroy(joined, OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	reclaim(joined, KEY, 11500, 500);
	check_outcomes(&joined->teardown[2], 0, 1, 0, 0, 0);
	check_phases(&joined->teardown[3], 100, 900, 50, 1000);
	check_ledger(joined);
}

/* The same, where it deferred the free of the memory. */
static void memory_used_again_before_the_deferring_call_is_over(void **state)
{
	struct joined *joined = *state;

	/* It left the memory to be freed later, and that was. The other's is in progress, or is
	 * over.
	 */
	begin(joined);
	queued(joined, WORKER, KEY, 1205);
	reclaim(joined, KEY, 3000, 500);
	begin_other_with_deferred(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	end(joined, WORKER, MAP, 1100, 21000);
	check_phases(&joined->teardown[0], 100, 21000, 20000, 0);
	check_outcomes(&joined->teardown[0], 0, 0, 1, 0, 0);
	assert_int_equal(joined->teardown[0].destroy[0].freed_ns, 3500);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	/* Its own queueing may have been missed: it has freed the memory one way or the other. */
	begin(joined);
	joined->sees[HOOK_QUEUE] = false;
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	reclaim(joined, KEY, 11500, 500);
	check_phases(&joined->teardown[1], 100, 900, 50, 1000);
	end(joined, WORKER, MAP, 1100, 21000);
	check_outcomes(&joined->teardown[2], 0, 0, 0, 0, 1);
	joined->sees[HOOK_QUEUE] = true;
	begin(joined);
	queued(joined, WORKER, KEY, 1205);
	reclaim_start(joined, KEY, 3000);
	begin_other_with_deferred(joined);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	reclaim(joined, KEY, 11500, 500);
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	end(joined, WORKER, MAP, 1100, 21000);
	reclaim_end(joined, KEY, 3000, 20000);
	check_phases(&joined->teardown[3], 100, 900, 50, 1000);
	check_phases(&joined->teardown[4], 100, 21000, 20000, 900);
	assert_int_equal(counts_of(joined).strays, 0);
	check_ledger(joined);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOINED_TEST(memory_used_again),
		JOINED_TEST(memory_freed_before_and_used_again),
		JOINED_TEST(memory_used_again_before_the_free_is_over),
		JOINED_TEST(memory_used_again_unseen),
		JOINED_TEST(memory_used_again_before_the_destroy_call_is_over),
		JOINED_TEST(memory_used_again_before_the_deferring_call_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
