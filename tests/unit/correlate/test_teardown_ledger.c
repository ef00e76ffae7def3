// SPDX-License-Identifier: GPL-2.0-only
/* The teardown tracker reports every teardown once, or counts it. */
#include "support/joined.h"

static void teardown_of(__u64 map)
{
	start(WORKER, map, 5000);
	defer(WORKER, map, KEY, 5100, 200);
	deferred_free(KEY, 5400, 100);
	end(WORKER, map, 5000, 900);
}

/* If all releases are seen except its own, a map was released before the run. */
JOINED_TEST(released_before_the_run)
{
	teardown_of(MAP);
	assert_int_equal(joined.nr, 0);
	assert_int_equal(joined.nr_deferred_frees, 0);
	assert_int_equal(counts().before, 1);
	assert_int_equal(counts().completed, 1);
	assert_int_equal(counts().shown, 0);
	assert_int_equal(counts().no_release, 0);
	assert_int_equal(counts().deferred, 0);
	assert_int_equal(counts().strays, 0);
	check_ledger();

	/* The end alone is enough, if the map is known. */
	end(WORKER, MAP, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(counts().before, 2);

	/* Closed during the run, even if the last put is not seen. */
	release_map(MAP, 0, 1000);
	teardown_of(MAP);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(joined.nr_deferred_frees, 1);
	assert_int_equal(counts().before, 2);
	assert_int_equal(counts().no_release, 1);
	assert_true(joined.teardown[0].phase[PHASE_WAIT] == UNKNOWN_NS);

	/* A release in an interrupt has no task, but it is known. */
	release_map(MAP, RELEASE_LAST | RELEASE_INTERRUPT, 4000);
	teardown_of(MAP);
	assert_int_equal(joined.nr, 2);
	assert_int_equal(counts().no_release, 1);
	check_phases(&joined.teardown[1], 1000, 900, 200, 0);
	check_ledger();
}

/* If a release may have been missed, it need not be before the run. */
JOINED_TEST(releases_may_be_missed)
{
	static const enum hook hooks[] = {HOOK_PUT, HOOK_PUT_UREF, HOOK_RELEASE};
	size_t i;

	for (i = 0; i < 3; i++) {
		joined.sees[hooks[i]] = false;
		teardown_of(MAP);
		assert_int_equal(joined.nr, i + 1);
		assert_null(identity_releaser(&joined.teardown[i].map.identity));
		check_phases(&joined.teardown[i], UNKNOWN_NS, 900, 200, 0);
		joined.sees[hooks[i]] = true;
	}
	assert_int_equal(counts().no_release, 3);
	assert_int_equal(joined.nr_deferred_frees, 3);

	/* Misses at other hooks do not matter. */
	joined.sees[HOOK_FREE] = joined.sees[HOOK_DESTROY] = false;
	joined.sees[HOOK_DEFERRED_FREE] = joined.sees[HOOK_QUEUE] = false;
	teardown_of(MAP);
	assert_int_equal(joined.nr, 3);
	assert_int_equal(counts().before, 1);
	check_ledger();
}

/* A map freed soon after the start was released before, even if records may be missed. */
JOINED_TEST(freed_soon_after_the_beginning)
{
	joined.sees[HOOK_PUT] = false;
	joined.ops.start_ns = 4000;
	teardown_of(MAP);
	assert_int_equal(joined.nr, 0);
	assert_int_equal(joined.nr_deferred_frees, 0);
	assert_int_equal(counts().before, 1);
	/* The worker started before the run, or up to one second after. */
	joined.ops.start_ns = 5001;
	teardown_of(MAP);
	assert_int_equal(counts().before, 2);
	joined.ops.start_ns = 5001 - 1000000000ULL;
	teardown_of(MAP);
	assert_int_equal(counts().before, 3);
	joined.ops.start_ns = 5000 - 1000000000ULL;
	teardown_of(MAP);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(counts().no_release, 1);

	/* This one has a release, and that one has no known time. */
	joined.ops.start_ns = 4000;
	release_map(MAP, 0, 4500);
	teardown_of(MAP);
	assert_int_equal(joined.nr, 2);
	end(WORKER, MAP, UNKNOWN_NS, UNKNOWN_NS);
	assert_int_equal(joined.nr, 3);
	/* This one has no known map. */
	start(WORKER, 0, 5000);
	end(WORKER, 0, 5000, 900);
	assert_int_equal(joined.nr, 4);
	assert_int_equal(counts().before, 3);
	check_ledger();
}

/* A release may have been dropped because there was no room. */
JOINED_TEST(releases_may_be_forgotten)
{
	__u64 i;

	for (i = 0; i <= 1000; i++)
		release_map(MAP + (i << 12), RELEASE_LAST, 1000);
	assert_int_equal(counts().forgotten, 1);
	assert_int_equal(counts().waiting, 1000);
	teardown_of(MAP);
	assert_int_equal(joined.nr, 1);
	assert_int_equal(counts().before, 0);
	assert_int_equal(counts().no_release, 1);
	check_ledger();
}

/* Five teardowns that are not complete: of the maps 1 to 5, by the workers 1 to 4. */
static void start_five(void)
{
	/* Complete except for one of two deferred frees. */
	release_and_start(1, 1 << 12, 1000, 1100);
	defer(1, 1 << 12, KEY, 1200, 50);
	defer(1, 1 << 12, KEY + 1, 1300, 50);
	deferred_free(KEY, 1400, 10);
	end(1, 1 << 12, 1100, 900);
	/* In progress, with a deferred free. */
	release_and_start(2, 2 << 12, 1000, 1150);
	defer(2, 2 << 12, KEY + 2, 1200, 50);
	/* In progress, without a deferred free. */
	release_and_start(3, 3 << 12, 1000, 1180);
	destroy(3, 3 << 12, 0, 1200, 50);
	/* Released before the run. */
	start(4, 4 << 12, 1190);
	defer(4, 4 << 12, KEY + 3, 1200, 50);
	/* Not started. */
	release_map(5 << 12, RELEASE_LAST, 1000);
}

/* The end of a run reports all incomplete teardowns as they are. */
JOINED_TEST(flush)
{
	const struct teardown *t;
	struct teardown_ledger ledger;
	size_t i;

	start_five();
	assert_int_equal(joined.nr, 0);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 3);
	for (i = 0; i < 3; i++) {
		t = &joined.teardown[i];
		if (t->map.address == 1 << 12) {
			assert_false(t->running);
			check_phases(t, 100, 900, 100, UNKNOWN_NS);
			check_outcomes(t, 0, 0, 1, 1, 0);
		} else if (t->map.address == 2 << 12) {
			assert_true(t->running);
			check_teardown(t, 150, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, OUTCOME_PENDING);
		} else {
			assert_int_equal(t->map.address, 3 << 12);
			assert_true(t->running);
			check_teardown(t, 180, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, OUTCOME_EMPTY);
		}
	}
	ledger = counts();
	assert_int_equal(ledger.completed, 1);
	assert_int_equal(ledger.running, 3);
	assert_int_equal(ledger.before, 1);
	assert_int_equal(ledger.waiting, 1);
	assert_int_equal(ledger.deferred, 3);
	assert_int_equal(ledger.reclaimed, 1);
	assert_int_equal(ledger.pending, 2);
	check_ledger();

	/* A second flush reports nothing; late records are reported on their own. */
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 3);
	deferred_free(KEY + 2, 9000, 10);
	end(2, 2 << 12, 1150, 900);
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(counts().strays, 1);
	check_ledger();
}

/* If an end may have been missed, a map that seems to run may have ended. */
JOINED_TEST(running_for_sure)
{
	joined.sees[HOOK_FREE] = false;
	begin();
	teardown_tracker_flush(joined.tracker);
	assert_int_equal(joined.nr, 1);
	assert_false(joined.teardown[0].running);
	check_phases(&joined.teardown[0], 100, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS);
	check_ledger();
}

/* Freeing the tracker reports nothing, and the sanitizer finds no leak. */
JOINED_TEST(freed_with_all_in_progress)
{
	joined.sees[HOOK_PUT] = false;
	start(1, 1 << 12, 1100);
	defer(1, 1 << 12, KEY, 1200, 50);
	defer(1, 1 << 12, KEY + 1, 1300, 50);
	end(1, 1 << 12, 1100, 900);
	start(2, 2 << 12, 1100);
	defer(2, 2 << 12, KEY + 2, 1200, 50);
	queued(2, KEY + 3, 1305);
	deferred_free(KEY + 4, 1200, 50);
	release_map(3 << 12, RELEASE_LAST, 1000);
	assert_int_equal(joined.nr, 0);
	assert_int_equal(joined.nr_deferred_frees, 0);
	teardown_tracker_free(NULL);
}

TEST_MAIN(NULL, NULL)
