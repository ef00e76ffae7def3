// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred frees of allocators whose memory, and so their key, another allocator gets meanwhile.
 */
#include "support/joined.h"

/* The end of an earlier free of this memory was missed; the one seen now is another. */
JOINED_TEST(memory_used_again)
{
	end_with_deferred();
	begin_other(WORKER);
	queued(WORKER, KEY, 10205);
	assert_int_equal(joined.nr, 1);
	check_teardown(&joined.teardown[0], 100, 900, 50, UNKNOWN_NS, OUTCOME_PENDING);
	destroy(WORKER, OTHER_MAP, KEY, 10200, 50);
	end(WORKER, OTHER_MAP, 10100, 900);
	deferred_free(KEY, 11500, 500);
	assert_int_equal(joined.teardown[1].map.address, OTHER_MAP);
	check_phases(&joined.teardown[1], 100, 900, 50, 1000);
	check_ledger();

	/* This call frees at once. */
	end_with_deferred();
	begin_other(WORKER);
	destroy(WORKER, OTHER_MAP, KEY, 10200, 50);
	end(WORKER, OTHER_MAP, 10100, 900);
	check_outcomes(&joined.teardown[2], 0, 0, 0, 1, 0);
	check_outcomes(&joined.teardown[3], 0, 1, 0, 0, 0);
	check_ledger();

	/* By the same thread; of the earlier allocator, only the queueing was seen. */
	queued(WORKER, KEY, 700);
	end_with_deferred();
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[4], 100, 900, 50, 1500);
	check_ledger();

	/* By another allocator of the same map, without a queueing seen. */
	joined.sees[HOOK_QUEUE] = false;
	begin();
	destroy(WORKER, MAP, KEY, 1200, 50);
	destroy(WORKER, MAP, KEY, 1300, 50);
	end(WORKER, MAP, 1100, 900);
	deferred_free(KEY, 3000, 500);
	check_outcomes(&joined.teardown[5], 0, 0, 1, 0, 1);
	assert_int_equal(joined.teardown[5].destroy[1].freed_ns, 3500);
	check_ledger();
}

/*
 * The destroy call of an earlier allocator was missed, but not its deferred free. That free is not
 * part of this teardown, which would end before it began.
 */
JOINED_TEST(memory_freed_before_and_used_again)
{
	queued(WORKER, KEY, 495);
	deferred_free(KEY, 500, 10);
	end_with_deferred();
	assert_int_equal(joined.nr, 0);
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[0], 100, 900, 50, 1500);

	/* The same if this allocator's queueing is missed. */
	joined.sees[HOOK_QUEUE] = false;
	deferred_free(KEY, 500, 10);
	begin();
	destroy(WORKER, MAP, KEY, 1200, 50);
	end(WORKER, MAP, 1100, 900);
	assert_int_equal(joined.nr, 1);
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[1], 100, 900, 50, 1500);

	/* The same if the end of the earlier free is seen only now. */
	deferred_free_start(KEY, 500);
	begin();
	destroy(WORKER, MAP, KEY, 1200, 50);
	end(WORKER, MAP, 1100, 900);
	deferred_free_end(KEY, 500, 2000);
	assert_int_equal(joined.nr, 2);
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[2], 100, 900, 50, 1500);
	joined.sees[HOOK_QUEUE] = true;
	queued(WORKER, KEY, 495);
	deferred_free_start(KEY, 500);
	end_with_deferred();
	deferred_free_end(KEY, 500, 2000);
	deferred_free(KEY, 3000, 500);
	check_phases(&joined.teardown[3], 100, 900, 50, 1500);
	/* The returns of their destroy calls might still come. */
	assert_int_equal(counts().strays, 0);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(counts().strays, 4);
	assert_int_equal(joined.nr, 4);
	assert_int_equal(joined.nr_deferred_frees, 8);
	check_ledger();
}

/* A deferred free's memory may be in use again before the free returns. */
JOINED_TEST(memory_used_again_before_the_free_is_over)
{
	end_with_deferred();
	deferred_free_start(KEY, 3000);
	begin_other_with_deferred();
	assert_int_equal(joined.nr, 0);
	deferred_free_start(KEY, 11500);
	deferred_free_end(KEY, 3000, 9000);
	assert_int_equal(joined.nr, 1);
	check_phases(&joined.teardown[0], 100, 900, 50, 10000);
	assert_int_equal(joined.deferred_free[0].map.address, MAP);
	assert_int_equal(joined.deferred_free[0].latency_ns, 10800);
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free_end(KEY, 11500, 500);
	assert_int_equal(joined.teardown[1].map.address, OTHER_MAP);
	check_phases(&joined.teardown[1], 100, 900, 50, 1000);

	/* The end never comes: the memory was freed at an unknown time. */
	end_with_deferred();
	deferred_free_start(KEY, 3000);
	begin_other_with_deferred();
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free_start(KEY, 11500);
	assert_int_equal(joined.nr, 2);
	teardown_tracker_flush(joined.tracker);
	check_teardown(&joined.teardown[2], 100, 900, 50, UNKNOWN_NS, OUTCOME_DEFERRED);
	assert_int_equal(joined.deferred_free[2].run.start_ns, 3000);
	assert_true(joined.deferred_free[2].latency_ns == UNKNOWN_NS);
	check_outcomes(&joined.teardown[3], 0, 0, 0, 1, 0);
	assert_int_equal(counts().strays, 0);
	check_ledger();
}

/* If the queueing is missed, the next destroy call or free of the memory reveals it. */
JOINED_TEST(memory_used_again_unseen)
{
	joined.sees[HOOK_QUEUE] = false;
	end_with_deferred();
	deferred_free_start(KEY, 3000);
	begin_other(OTHER_WORKER);
	destroy(OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
	deferred_free_end(KEY, 3000, 9000);
	check_phases(&joined.teardown[0], 100, 900, 50, 10000);
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free_start(KEY, 12000);
	deferred_free_start(KEY, 13000);
	deferred_free_end(KEY, 12000, 2000);
	check_phases(&joined.teardown[1], 100, 900, 50, 3000);
	assert_int_equal(counts().strays, 0);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(counts().strays, 1);
	check_ledger();
}

/* The same for a destroy call: a later user of the memory is not part of it. */
JOINED_TEST(memory_used_again_before_the_destroy_call_is_over)
{
	/* The call freed the memory itself. The other destroy call has returned, or not. */
	begin();
	begin_other_with_deferred();
	destroy(WORKER, MAP, KEY, 1200, 20000);
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free(KEY, 11500, 500);
	end(WORKER, MAP, 1100, 21000);
	check_teardown(&joined.teardown[0], 100, 900, 50, 1000, OUTCOME_DEFERRED);
	check_teardown(&joined.teardown[1], 100, 21000, 20000, 0, OUTCOME_DIRECT);
	begin();
	begin_other(OTHER_WORKER);
	queued(OTHER_WORKER, KEY, 10205);
	destroy(WORKER, MAP, KEY, 1200, 9010);
	end(WORKER, MAP, 1100, 10000);
	destroy(OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free(KEY, 11500, 500);
	check_outcomes(&joined.teardown[2], 0, 1, 0, 0, 0);
	check_phases(&joined.teardown[3], 100, 900, 50, 1000);
	check_ledger();
}

/* The same, where it deferred the free of the memory. */
JOINED_TEST(memory_used_again_before_the_deferring_call_is_over)
{
	/* The call's deferred free ended. The other one is in progress, or has ended. */
	begin();
	queued(WORKER, KEY, 1205);
	deferred_free(KEY, 3000, 500);
	begin_other_with_deferred();
	destroy(WORKER, MAP, KEY, 1200, 20000);
	end(WORKER, MAP, 1100, 21000);
	check_teardown(&joined.teardown[0], 100, 21000, 20000, 0, OUTCOME_DEFERRED);
	assert_int_equal(joined.teardown[0].destroy[0].freed_ns, 3500);
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	/* The call's queueing may have been missed: the memory was freed directly or later. */
	begin();
	joined.sees[HOOK_QUEUE] = false;
	destroy(WORKER, MAP, KEY, 1200, 20000);
	deferred_free(KEY, 11500, 500);
	check_phases(&joined.teardown[1], 100, 900, 50, 1000);
	end(WORKER, MAP, 1100, 21000);
	check_outcomes(&joined.teardown[2], 0, 0, 0, 0, 1);
	joined.sees[HOOK_QUEUE] = true;
	begin();
	queued(WORKER, KEY, 1205);
	deferred_free_start(KEY, 3000);
	begin_other_with_deferred();
	end(OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free(KEY, 11500, 500);
	destroy(WORKER, MAP, KEY, 1200, 20000);
	end(WORKER, MAP, 1100, 21000);
	deferred_free_end(KEY, 3000, 20000);
	check_phases(&joined.teardown[3], 100, 900, 50, 1000);
	check_phases(&joined.teardown[4], 100, 21000, 20000, 900);
	assert_int_equal(counts().strays, 0);
	check_ledger();
}

TEST_MAIN(NULL, NULL)
