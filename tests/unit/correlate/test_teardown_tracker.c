// SPDX-License-Identifier: GPL-2.0-only
/* A map's teardown is joined from what was seen of it: the worker's part. */
#include "support/joined.h"

JOINED_TEST(phases_add_up)
{
	const struct teardown *teardown = &joined.teardown[0];

	release_map(MAP, RELEASE_LAST, 1000);
	map_releases_queued(joined.releases, MAP, 1200);
	assert_int_equal(counts().waiting, 1);
	start(WORKER, MAP, 5000);
	assert_int_equal(counts().waiting, 0);
	destroy(WORKER, MAP, KEY, 5100, 200);
	destroy(WORKER, MAP, 0, 5400, 30);
	assert_int_equal(joined.nr, 0);
	end(WORKER, MAP, 5000, 900);

	/* A direct free is complete at once. */
	assert_int_equal(joined.nr, 1);
	check_phases(teardown, 4000, 900, 230, 0);
	check_outcomes(teardown, 1, 1, 0, 0, 0);
	assert_int_equal(teardown->queued_ns, 1200);
	assert_false(teardown->running);
	assert_int_equal(teardown->run.start_ns, 5000);
	assert_int_equal(teardown->entries, 1000);
	assert_int_equal(teardown->map.address, MAP);
	assert_string_equal(teardown->map.name, "events");
	assert_int_equal(teardown->nr_destroys, 2);
	assert_int_equal(teardown->destroy[0].ts_ns, 5100);
	assert_int_equal(teardown->destroy[0].latency_ns, 200);
	assert_int_equal(teardown->destroy[0].alloc, ALLOC_MA);
	assert_int_equal(teardown->destroy[0].outcome, OUTCOME_DIRECT);
	assert_true(teardown->destroy[0].freed_ns == UNKNOWN_NS);
	assert_int_equal(teardown->destroy[1].outcome, OUTCOME_EMPTY);
	assert_int_equal(counts().completed, 1);
	check_ledger();
}

JOINED_TEST(no_destroy_calls_take_no_time)
{
	release_and_start(WORKER, MAP, 1000, 1000);
	end(WORKER, MAP, 1000, 900);
	check_phases(&joined.teardown[0], 0, 900, 0, 0);
	assert_true(joined.teardown[0].queued_ns == UNKNOWN_NS);
}

/* Nothing shows when RCU frees what the run left, also if a deferred free was seen to end. */
JOINED_TEST(left_to_rcu)
{
	release_map(MAP, RELEASE_LAST, 1000);
	start_left(WORKER, MAP, 1100, RCU_LEFT_SOME);
	end(WORKER, MAP, 1100, 900);
	check_phases(&joined.teardown[0], 100, 900, 0, UNKNOWN_NS);
	assert_int_equal(joined.teardown[0].rcu_flags, RCU_KNOWN | RCU_FREES);
	assert_false(teardown_owes_memory(&joined.teardown[0]));
	assert_int_equal(counts().freed_by_rcu, 1);

	release_map(MAP, RELEASE_LAST, 3000);
	start_left(WORKER, MAP, 3100, RCU_LEFT_SOME);
	defer(WORKER, MAP, KEY, 3200, 50);
	end(WORKER, MAP, 3100, 900);
	deferred_free_start(KEY, 4500);
	deferred_free_end(KEY, 4500, 100);
	check_phases(&joined.teardown[1], 100, 900, 50, UNKNOWN_NS);
	assert_int_equal(counts().freed_by_rcu, 2);

	/* Perhaps something was left. */
	release_map(MAP, RELEASE_LAST, 6000);
	start_left(WORKER, MAP, 6100, RCU_LEFT_UNKNOWN);
	end(WORKER, MAP, 6100, 900);
	check_phases(&joined.teardown[2], 100, 900, 0, UNKNOWN_NS);
	assert_int_equal(joined.teardown[2].rcu_flags, 0);
	assert_int_equal(counts().freed_by_rcu, 2);
	check_ledger();
}

/* An unknown phase makes the total unknown, and no other phase. */
JOINED_TEST(unknown_phases)
{
	joined.sees[HOOK_PUT] = false;
	start(WORKER, MAP, 5000);
	destroy(WORKER, MAP, KEY, 5100, 200);
	end(WORKER, MAP, 5000, 900);
	check_phases(&joined.teardown[0], UNKNOWN_NS, 900, 200, 0);

	/* With a clock that ran backwards, WAIT is unknown. */
	release_and_start(WORKER, MAP, 7100, 7000);
	end(WORKER, MAP, 7000, 900);
	check_phases(&joined.teardown[1], UNKNOWN_NS, 900, 0, 0);

	/* A destroy call with only one side seen. */
	release_and_start(WORKER, MAP, 8000, 8100);
	destroy(WORKER, MAP, 0, 8200, 50);
	destroy(WORKER, MAP, 0, 8300, UNKNOWN_NS);
	end(WORKER, MAP, 8100, 900);
	check_phases(&joined.teardown[2], 100, 900, UNKNOWN_NS, 0);
	check_outcomes(&joined.teardown[2], 2, 0, 0, 0, 0);

	/* A destroy call whose allocator could not be read. */
	release_and_start(WORKER, MAP, 9000, 9100);
	{
		struct call call = call_of(WORKER, MAP, 9200, 50);

		call.flags &= ~CALL_EMPTY_KNOWN;
		teardown_tracker_destroy(joined.tracker, &call, 0);
	}
	end(WORKER, MAP, 9100, 900);
	check_teardown(&joined.teardown[3], 100, 900, 50, UNKNOWN_NS, OUTCOME_UNKNOWN);
	check_ledger();
}

JOINED_TEST(workers_do_not_mix)
{
	__u32 worker;

	for (worker = 1; worker <= 3; worker++) {
		release_and_start(worker, worker << 12, 1000, 1000 + worker);
	}
	destroy(2, 2 << 12, KEY, 2000, 20);
	destroy(3, 3 << 12, 0, 2100, 30);
	destroy(2, 2 << 12, KEY, 2200, 40);
	end(3, 3 << 12, 1003, 9000);
	end(1, 1 << 12, 1001, 7000);
	end(2, 2 << 12, 1002, 8000);
	check_phases(&joined.teardown[0], 3, 9000, 30, 0);
	check_phases(&joined.teardown[1], 1, 7000, 0, 0);
	check_phases(&joined.teardown[2], 2, 8000, 60, 0);
	check_ledger();
}

/* A failed creation, or an allocator freed by a task, is no teardown. */
JOINED_TEST(destroy_calls_outside)
{
	destroy(WORKER, MAP, KEY, 500, 20);
	destroy(WORKER, 0, KEY, 600, 20);
	begin();
	destroy(WORKER + 1, MAP, KEY, 1200, 20);
	destroy(WORKER, MAP + 0x1000, KEY, 1300, 20);
	/* Reported late, because its return was missed: of an earlier map at this address. */
	destroy(WORKER, MAP, KEY, 1099, UNKNOWN_NS);
	/* The map is unknown, but the thread is known. */
	destroy(WORKER, 0, KEY, 1400, 70);
	end(WORKER, MAP, 1100, 900);
	destroy(WORKER, MAP, KEY, 2500, 20);
	check_phases(&joined.teardown[0], 100, 900, 70, 0);
	assert_int_equal(joined.teardown[0].nr_destroys, 1);
	assert_int_equal(joined.nr, 1);
	check_ledger();
}

/* More destroy calls than any map makes are counted; figures that would omit some are unknown. */
JOINED_TEST(more_destroys_than_there_is_room_for)
{
	int i;

	begin();
	for (i = 0; i < MAX_DESTROYS; i++)
		destroy(WORKER, MAP, 0, 1200 + i, 10);
	end(WORKER, MAP, 1100, 900);
	check_phases(&joined.teardown[0], 100, 900, 10 * MAX_DESTROYS, 0);

	begin();
	for (i = 0; i < MAX_DESTROYS + 2; i++)
		destroy(WORKER, MAP, 0, 1200 + i, 10);
	end(WORKER, MAP, 1100, 900);
	check_phases(&joined.teardown[1], 100, 900, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.teardown[1].nr_destroys, MAX_DESTROYS + 2);
	check_outcomes(&joined.teardown[1], MAX_DESTROYS, 0, 0, 0, 2);
	check_ledger();
}

JOINED_TEST(only_the_start_was_seen)
{
	/* As the matcher reports it when the thread starts its next map. */
	begin();
	destroy(WORKER, MAP, 0, 1200, 10);
	end(WORKER, MAP, 1100, UNKNOWN_NS);
	assert_int_equal(joined.nr, 1);
	check_teardown(&joined.teardown[0], 100, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, OUTCOME_EMPTY);
	assert_false(joined.teardown[0].running);
	assert_int_equal(counts().start_only, 1);

	/* And without that report. */
	release_and_start(WORKER, MAP, 2000, 2100);
	release_and_start(WORKER, MAP, 3000, 3100);
	assert_int_equal(joined.nr, 2);
	assert_int_equal(joined.teardown[1].run.start_ns, 2100);
	assert_int_equal(counts().start_only, 2);
	end(WORKER, MAP, 3100, 900);
	check_phases(&joined.teardown[2], 100, 900, 0, 0);
	check_ledger();
}

JOINED_TEST(only_the_end_was_seen)
{
	const struct map_info map = {.address = MAP};
	const struct worker_run run = {
		.start_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS, .worker.tid = WORKER};

	/* By fexit, which knows the map; the release knows its type. */
	release_map(MAP, RELEASE_LAST, 1000);
	assert_int_equal(teardown_tracker_end(joined.tracker, &map, &run), 0);
	assert_int_equal(joined.nr, 1);
	assert_true(map_has_name(&joined.teardown[0].map));
	assert_int_equal(joined.teardown[0].map.type, 1);
	check_phases(&joined.teardown[0], UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.teardown[0].map.identity.map_id, 7);
	assert_int_equal(joined.teardown[0].map.identity.released_ns, 1000);
	assert_int_equal(counts().waiting, 0);
	assert_int_equal(counts().end_only, 1);

	/* By a kretprobe, which does not: the release is unknown. */
	end(WORKER, 0, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.nr, 2);
	assert_true(joined.teardown[1].map.identity.released_ns == UNKNOWN_NS);
	assert_int_equal(counts().end_only, 2);
	assert_int_equal(counts().no_release, 1);

	/* This is not the end of the free that the thread was last seen to start. */
	release_and_start(WORKER, MAP, 2000, 2100);
	end(WORKER, 0, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(counts().end_only, 3);
	assert_int_equal(counts().completed, 0);
	end(WORKER, MAP, 2100, 900);
	check_phases(&joined.teardown[3], 100, 900, 0, 0);
	check_ledger();
}

/* A released map's destroy call says that its free has started; then the end says whose it is. */
JOINED_TEST(start_was_missed)
{
	release_map(MAP, RELEASE_LAST, 1000);
	destroy(WORKER, MAP, KEY, 5100, 200);
	assert_int_equal(counts().waiting, 0);
	destroy(WORKER, MAP, 0, 5400, 30);
	end(WORKER, 0, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(joined.teardown[0].map.identity.map_id, 7);
	assert_int_equal(joined.teardown[0].nr_destroys, 2);
	check_phases(&joined.teardown[0], UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS);
	check_outcomes(&joined.teardown[0], 1, 1, 0, 0, 0);
	assert_int_equal(counts().end_only, 1);
	check_ledger();
}

/* Of the destroy call only the return was seen. */
JOINED_TEST(start_was_missed_and_a_call_has_no_time)
{
	release_map(MAP, RELEASE_LAST, 1000);
	destroy(WORKER, MAP, 0, UNKNOWN_NS, UNKNOWN_NS);
	end(WORKER, MAP, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.teardown[0].nr_destroys, 1);
	assert_int_equal(joined.teardown[0].map.identity.map_id, 7);
	check_ledger();
}

/* What was made of it is known, but not the worker's run. */
JOINED_TEST(start_and_end_were_missed)
{
	release_map(MAP, RELEASE_LAST, 1000);
	destroy(WORKER, MAP, KEY, 5100, 200);
	release_and_start(WORKER, OTHER_MAP, 6000, 6100);
	end(WORKER, OTHER_MAP, 6100, 900);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(joined.teardown[0].map.address, OTHER_MAP);

	/* This end is another map's. */
	release_map(MAP, RELEASE_LAST, 7000);
	destroy(WORKER, MAP, 0, 7100, 200);
	end(WORKER, OTHER_MAP, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(counts().before, 1);

	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(counts().start_only, 0);
	assert_int_equal(counts().running, 0);
	check_ledger();
}

/* A call that was made before its map's release was of another map at this address. */
JOINED_TEST(late_call_starts_nothing)
{
	release_map(MAP, RELEASE_LAST, 1000);
	destroy(WORKER, MAP, KEY, 900, UNKNOWN_NS);
	assert_int_equal(counts().waiting, 1);
	start(WORKER, MAP, 1100);
	end(WORKER, MAP, 1100, 900);
	assert_int_equal(joined.teardown[0].nr_destroys, 0);
	check_ledger();
}

/* The release of a map is not that of the next map at its address. */
JOINED_TEST(address_used_again)
{
	joined.sees[HOOK_RELEASE] = false;
	begin();
	/* While the worker runs, its memory is its own, but other workers' may be used again. */
	end(WORKER, MAP, 1100, 900);
	start(WORKER, MAP, 3000);
	end(WORKER, MAP, 3000, 900);
	release_and_start(WORKER + 1, MAP, 5000, 5300);
	end(WORKER + 1, MAP, 5300, 900);
	check_phases(&joined.teardown[0], 100, 900, 0, 0);
	check_phases(&joined.teardown[1], UNKNOWN_NS, 900, 0, 0);
	assert_int_equal(joined.teardown[1].map.identity.map_id, 0);
	check_phases(&joined.teardown[2], 300, 900, 0, 0);
	check_ledger();
}

/* An array of that many elements of 8 bytes is freed by this thread; the map's head is 100 bytes.
 */
static void start_array(__u32 tid, __u64 address, __u32 elements)
{
	const struct map_contents contents = {.entries = elements};
	const struct worker_run run = run_of(tid, 1000, UNKNOWN_NS);
	struct map_info map = call_of(tid, address, 1000, UNKNOWN_NS).map;
	struct record_release release = release_of(address, RELEASE_LAST, 900);

	joined.ops.kernel.nr_cpus = 2;
	joined.ops.kernel.page_size = 4096;
	joined.ops.kernel.sizes.of[SIZE_bpf_array] = 100;
	map.type = 2;
	map.known |= CALL_SIZES;
	map.value_size = 8;
	map.max_entries = elements;
	release.map_type = map.type;
	assert_int_equal(map_releases_add(joined.releases, &release), 0);
	assert_int_equal(teardown_tracker_start(joined.tracker, &map, &run, &contents, 7), 0);
}

JOINED_TEST(memory_that_is_owed)
{
	struct teardown_ledger ledger;

	start_array(WORKER, MAP, 10);
	start_array(WORKER + 1, MAP + 0x1000, 20);
	end(WORKER, MAP, 1000, 100);
	teardown_tracker_count(joined.tracker, &ledger);
	assert_int_equal(ledger.bytes, 180);
	assert_int_equal(ledger.bytes_pending, 0);
	teardown_tracker_flush(joined.tracker);
	teardown_tracker_count(joined.tracker, &ledger);
	assert_int_equal(ledger.bytes, 180 + 260);
	assert_int_equal(ledger.bytes_pending, 260);
}

/* Calls in progress have their map before they return. */
JOINED_TEST(calls_in_progress_are_identified)
{
	struct map_info map = call_of(WORKER, MAP, 1200, UNKNOWN_NS).map;

	begin();
	teardown_tracker_identify(joined.tracker, WORKER, &map);
	assert_int_equal(map.identity.map_id, 7);
	assert_int_equal(map.identity.released_ns, 1000);
	assert_int_equal(map.identity.released_by.task.pid, 500);

	/* A call without a map has the worker's. */
	map = (struct map_info){};
	teardown_tracker_identify(joined.tracker, WORKER, &map);
	assert_int_equal(map.identity.map_id, 7);

	/* A call on another map, and one in another thread. */
	map = (struct map_info){.address = MAP + 0x1000};
	teardown_tracker_identify(joined.tracker, WORKER, &map);
	assert_int_equal(map.identity.map_id, 0);
	map = (struct map_info){.address = MAP};
	teardown_tracker_identify(joined.tracker, WORKER + 1, &map);
	assert_int_equal(map.identity.map_id, 0);
	end(WORKER, MAP, 1100, 900);
	teardown_tracker_identify(joined.tracker, WORKER, &map);
	assert_int_equal(map.identity.map_id, 0);
}

TEST_MAIN(NULL, NULL)
