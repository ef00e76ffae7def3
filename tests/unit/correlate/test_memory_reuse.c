// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred frees of allocators whose memory, and so their key, another allocator gets meanwhile.
 */
#include "support/joined.h"

/* The end of an earlier free of this memory was missed; the one seen now is another. */
static void memory_used_again(void **state)
{
	struct joined *joined = *state;

	end_with_deferred(joined);
	begin_other(joined, WORKER);
	queued(joined, WORKER, KEY, 10205);
	assert_int_equal(joined->nr, 1);
	check_teardown(&joined->teardown[0], 100, 900, 50, UNKNOWN_NS, OUTCOME_PENDING);
	destroy(joined, WORKER, OTHER_MAP, KEY, 10200, 50);
	end(joined, WORKER, OTHER_MAP, 10100, 900);
	deferred_free(joined, KEY, 11500, 500);
	assert_int_equal(joined->teardown[1].map.address, OTHER_MAP);
	check_phases(&joined->teardown[1], 100, 900, 50, 1000);
	check_ledger(joined);

	/* This call frees at once. */
	end_with_deferred(joined);
	begin_other(joined, WORKER);
	destroy(joined, WORKER, OTHER_MAP, KEY, 10200, 50);
	end(joined, WORKER, OTHER_MAP, 10100, 900);
	check_outcomes(&joined->teardown[2], 0, 0, 0, 1, 0);
	check_outcomes(&joined->teardown[3], 0, 1, 0, 0, 0);
	check_ledger(joined);

	/* By the same thread; of the earlier allocator, only the queueing was seen. */
	queued(joined, WORKER, KEY, 700);
	end_with_deferred(joined);
	deferred_free(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[4], 100, 900, 50, 1500);
	check_ledger(joined);

	/* By another allocator of the same map, without a queueing seen. */
	joined->sees[HOOK_QUEUE] = false;
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	destroy(joined, WORKER, MAP, KEY, 1300, 50);
	end(joined, WORKER, MAP, 1100, 900);
	deferred_free(joined, KEY, 3000, 500);
	check_outcomes(&joined->teardown[5], 0, 0, 1, 0, 1);
	assert_int_equal(joined->teardown[5].destroy[1].freed_ns, 3500);
	check_ledger(joined);
}

/*
 * The destroy call of an earlier allocator was missed, but not its deferred free. That free is not
 * part of this teardown, which would end before it began.
 */
static void memory_freed_before_and_used_again(void **state)
{
	struct joined *joined = *state;

	queued(joined, WORKER, KEY, 495);
	deferred_free(joined, KEY, 500, 10);
	end_with_deferred(joined);
	assert_int_equal(joined->nr, 0);
	deferred_free(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[0], 100, 900, 50, 1500);

	/* The same if this allocator's queueing is missed. */
	joined->sees[HOOK_QUEUE] = false;
	deferred_free(joined, KEY, 500, 10);
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	assert_int_equal(joined->nr, 1);
	deferred_free(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[1], 100, 900, 50, 1500);

	/* The same if the end of the earlier free is seen only now. */
	deferred_free_start(joined, KEY, 500);
	begin(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 50);
	end(joined, WORKER, MAP, 1100, 900);
	deferred_free_end(joined, KEY, 500, 2000);
	assert_int_equal(joined->nr, 2);
	deferred_free(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[2], 100, 900, 50, 1500);
	joined->sees[HOOK_QUEUE] = true;
	queued(joined, WORKER, KEY, 495);
	deferred_free_start(joined, KEY, 500);
	end_with_deferred(joined);
	deferred_free_end(joined, KEY, 500, 2000);
	deferred_free(joined, KEY, 3000, 500);
	check_phases(&joined->teardown[3], 100, 900, 50, 1500);
	/* The returns of their destroy calls might still come. */
	assert_int_equal(counts_of(joined).strays, 0);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, 4);
	assert_int_equal(joined->nr, 4);
	assert_int_equal(joined->nr_deferred_frees, 8);
	check_ledger(joined);
}

/* A deferred free's memory may be in use again before the free returns. */
static void memory_used_again_before_the_free_is_over(void **state)
{
	struct joined *joined = *state;

	end_with_deferred(joined);
	deferred_free_start(joined, KEY, 3000);
	begin_other_with_deferred(joined);
	assert_int_equal(joined->nr, 0);
	deferred_free_start(joined, KEY, 11500);
	deferred_free_end(joined, KEY, 3000, 9000);
	assert_int_equal(joined->nr, 1);
	check_phases(&joined->teardown[0], 100, 900, 50, 10000);
	assert_int_equal(joined->deferred_free[0].map.address, MAP);
	assert_int_equal(joined->deferred_free[0].latency_ns, 10800);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free_end(joined, KEY, 11500, 500);
	assert_int_equal(joined->teardown[1].map.address, OTHER_MAP);
	check_phases(&joined->teardown[1], 100, 900, 50, 1000);

	/* The end never comes: the memory was freed at an unknown time. */
	end_with_deferred(joined);
	deferred_free_start(joined, KEY, 3000);
	begin_other_with_deferred(joined);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free_start(joined, KEY, 11500);
	assert_int_equal(joined->nr, 2);
	teardown_tracker_flush(joined->tracker);
	check_teardown(&joined->teardown[2], 100, 900, 50, UNKNOWN_NS, OUTCOME_DEFERRED);
	assert_int_equal(joined->deferred_free[2].run.start_ns, 3000);
	assert_true(joined->deferred_free[2].latency_ns == UNKNOWN_NS);
	check_outcomes(&joined->teardown[3], 0, 0, 0, 1, 0);
	assert_int_equal(counts_of(joined).strays, 0);
	check_ledger(joined);
}

/* If the queueing is missed, the next destroy call or free of the memory reveals it. */
static void memory_used_again_unseen(void **state)
{
	struct joined *joined = *state;

	joined->sees[HOOK_QUEUE] = false;
	end_with_deferred(joined);
	deferred_free_start(joined, KEY, 3000);
	begin_other(joined, OTHER_WORKER);
	destroy(joined, OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
	deferred_free_end(joined, KEY, 3000, 9000);
	check_phases(&joined->teardown[0], 100, 900, 50, 10000);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free_start(joined, KEY, 12000);
	deferred_free_start(joined, KEY, 13000);
	deferred_free_end(joined, KEY, 12000, 2000);
	check_phases(&joined->teardown[1], 100, 900, 50, 3000);
	assert_int_equal(counts_of(joined).strays, 0);
	teardown_tracker_flush(joined->tracker);
	assert_int_equal(counts_of(joined).strays, 1);
	check_ledger(joined);
}

/* The same for a destroy call: a later user of the memory is not part of it. */
static void memory_used_again_before_the_destroy_call_is_over(void **state)
{
	struct joined *joined = *state;

	/* The call freed the memory itself. The other destroy call has returned, or not. */
	begin(joined);
	begin_other_with_deferred(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free(joined, KEY, 11500, 500);
	end(joined, WORKER, MAP, 1100, 21000);
	check_teardown(&joined->teardown[0], 100, 900, 50, 1000, OUTCOME_DEFERRED);
	check_teardown(&joined->teardown[1], 100, 21000, 20000, 0, OUTCOME_DIRECT);
	begin(joined);
	begin_other(joined, OTHER_WORKER);
	queued(joined, OTHER_WORKER, KEY, 10205);
	destroy(joined, WORKER, MAP, KEY, 1200, 9010);
	end(joined, WORKER, MAP, 1100, 10000);
	destroy(joined, OTHER_WORKER, OTHER_MAP, KEY, 10200, 50);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free(joined, KEY, 11500, 500);
	check_outcomes(&joined->teardown[2], 0, 1, 0, 0, 0);
	check_phases(&joined->teardown[3], 100, 900, 50, 1000);
	check_ledger(joined);
}

/* The same, where it deferred the free of the memory. */
static void memory_used_again_before_the_deferring_call_is_over(void **state)
{
	struct joined *joined = *state;

	/* The call's deferred free ended. The other one is in progress, or has ended. */
	begin(joined);
	queued(joined, WORKER, KEY, 1205);
	deferred_free(joined, KEY, 3000, 500);
	begin_other_with_deferred(joined);
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	end(joined, WORKER, MAP, 1100, 21000);
	check_teardown(&joined->teardown[0], 100, 21000, 20000, 0, OUTCOME_DEFERRED);
	assert_int_equal(joined->teardown[0].destroy[0].freed_ns, 3500);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	/* The call's queueing may have been missed: the memory was freed directly or later. */
	begin(joined);
	joined->sees[HOOK_QUEUE] = false;
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	deferred_free(joined, KEY, 11500, 500);
	check_phases(&joined->teardown[1], 100, 900, 50, 1000);
	end(joined, WORKER, MAP, 1100, 21000);
	check_outcomes(&joined->teardown[2], 0, 0, 0, 0, 1);
	joined->sees[HOOK_QUEUE] = true;
	begin(joined);
	queued(joined, WORKER, KEY, 1205);
	deferred_free_start(joined, KEY, 3000);
	begin_other_with_deferred(joined);
	end(joined, OTHER_WORKER, OTHER_MAP, 10100, 900);
	deferred_free(joined, KEY, 11500, 500);
	destroy(joined, WORKER, MAP, KEY, 1200, 20000);
	end(joined, WORKER, MAP, 1100, 21000);
	deferred_free_end(joined, KEY, 3000, 20000);
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
