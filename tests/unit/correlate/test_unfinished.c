// SPDX-License-Identifier: GPL-2.0-only
/*
 * Teardowns in progress: what the correlator hands over during a run is what a cut through the
 * complete teardown gives.
 */
#include "support/kept_events.h"

static struct unfinished seen[4];
static size_t nr_seen;

static void on_unfinished(void *ctx, const struct unfinished *unfinished)
{
	(void)ctx;
	assert_true(nr_seen < 4);
	seen[nr_seen++] = *unfinished;
}

static const struct unfinished *look(__u64 now_ns)
{
	nr_seen = 0;
	correlator_for_each_unfinished(kept.correlator, now_ns, on_unfinished, NULL);
	return nr_seen ? &seen[0] : NULL;
}

static void check_phase(const struct unfinished *unfinished, enum phase phase, __u64 phase_ns,
			__u64 age_ns)
{
	assert_non_null(unfinished);
	assert_int_equal(unfinished->phase, phase);
	assert_int_equal(unfinished_phase_ns(unfinished), phase_ns);
	assert_int_equal(unfinished_age_ns(unfinished), age_ns);
	assert_int_equal(unfinished->teardown.map.identity.map_id, 7);
}

/* One at each time at which something has happened. */
KEPT_TEST(live_is_a_cut_through_the_whole, VIEW_TEARDOWNS)
{
	static const __u64 times[] = {1050, 1150, 1250, 1350, 2100, 3200};
	struct unfinished live[6], cut;

	assert_null(look(900));
	release(1000);
	live[0] = *look(times[0]);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	live[1] = *look(times[1]);
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	live[2] = *look(times[2]);
	queue_free(1220);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	live[3] = *look(times[3]);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	live[4] = *look(times[4]);
	check_phase(&live[4], PHASE_DEFERRED, 100, 1100);
	assert_int_equal(live[4].task.tid, 0);
	assert_int_equal(nr_seen, 1);
	send(RECORD_ENTRY, HOOK_DEFERRED_FREE, OTHER, 3100);
	live[5] = *look(times[5]);
	assert_int_equal(live[5].task.tid, OTHER);
	send(RECORD_RETURN, HOOK_DEFERRED_FREE, OTHER, 3500);
	assert_null(look(4000));
	assert_int_equal(kept.teardowns, 1);

	check_phase(&live[0], PHASE_WAIT, 50, 50);
	check_phase(&live[1], PHASE_FREE, 50, 150);
	check_phase(&live[2], PHASE_DESTROY, 50, 250);
	check_phase(&live[3], PHASE_FREE, 250, 350);
	for (size_t i = 0; i < 6; i++) {
		assert_true(unfinished_at(&cut, &kept.teardown, times[i]));
		check_phase(&cut, live[i].phase, unfinished_phase_ns(&live[i]),
			    unfinished_age_ns(&live[i]));
		assert_int_equal(cut.teardown.nr_destroys, live[i].teardown.nr_destroys);
		assert_memory_equal(cut.teardown.phase, live[i].teardown.phase,
				    sizeof(cut.teardown.phase));
	}
	assert_false(unfinished_at(&cut, &kept.teardown, 999));
	assert_false(unfinished_at(&cut, &kept.teardown, 3500));
	assert_int_equal(teardown_end_ns(&kept.teardown), 3500);
}

/* The search for what is stuck is not disturbed, and reports it once. */
KEPT_TEST(looking_marks_nothing, VIEW_TEARDOWNS)
{
	const struct correlator_search search = {.now_ns = 5000, .limit_ns = 1000};

	release(1000);
	look(4000);
	correlator_find_stuck(kept.correlator, &search);
	assert_int_equal(kept.stucks, 1);
	assert_non_null(look(5000));
	correlator_find_stuck(kept.correlator, &search);
	assert_int_equal(kept.stucks, 1);
}

/* What is not known to go on is not in progress; what is, goes on for ever. */
KEPT_TEST(ends_that_are_not_known, VIEW_TEARDOWNS)
{
	struct teardown teardown = {
		.map.identity = {.map_id = 7, .released_ns = 1000},
		.run = {.start_ns = 1100, .latency_ns = UNKNOWN_NS},
		.phase = {UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS},
	};
	struct unfinished unfinished;

	assert_false(unfinished_at(&unfinished, &teardown, 5000));
	teardown.running = true;
	assert_true(unfinished_at(&unfinished, &teardown, 5000));
	check_phase(&unfinished, PHASE_FREE, 3900, 4000);
	teardown.running = false;
	teardown.run.latency_ns = 400;
	teardown.outcomes[OUTCOME_PENDING] = 1;
	assert_true(unfinished_at(&unfinished, &teardown, 5000));
	check_phase(&unfinished, PHASE_DEFERRED, 3500, 4000);
	teardown.map.identity.released_ns = UNKNOWN_NS;
	assert_true(unfinished_at(&unfinished, &teardown, 5000));
	assert_int_equal(unfinished_age_ns(&unfinished), 3900);
	teardown.run.start_ns = UNKNOWN_NS;
	assert_false(unfinished_at(&unfinished, &teardown, 5000));
}

/* A worker that ended, although the end of its free was not seen. */
KEPT_TEST(missed_end_is_not_pending, VIEW_TEARDOWNS)
{
	kept.hooks[HOOK_FREE].missed_return = 1;
	kept.thread.size = -1;
	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_non_null(look(2000));
	correlator_find_returned(kept.correlator, 3000);
	assert_non_null(look(3000)); /* not known to be over */
	kept.thread.found = WORKER;
	kept.thread.start_ns = 1500; /* another worker has its number */
	correlator_find_returned(kept.correlator, 4000);
	assert_null(look(4000));
	send(RECORD_RETURN, HOOK_FREE, WORKER, 5000); /* its record was only late */
	assert_int_equal(look(5100)->phase, PHASE_DEFERRED);
}

/* Nothing counts a return that was skipped because another tracer attached. */
KEPT_TEST(end_that_nobody_missed_is_not_stuck, VIEW_TEARDOWNS)
{
	const struct correlator_search search = {.now_ns = 5000, .limit_ns = 1000};

	release(1000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	kept.thread = (struct task_stack){.found = true, .worker = true}; /* without work */
	correlator_find_stuck(kept.correlator, &search);
	assert_int_equal(kept.stucks, 0);
	correlator_find_returned(kept.correlator, 4000);
	assert_null(look(4000));
}

/* Without the queueing, it is not known whether a deferred free is to come. */
KEPT_TEST(unseen_queueing_is_not_pending, VIEW_TEARDOWNS)
{
	kept.hooks[HOOK_QUEUE].lost = 1;
	release(1000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_null(look(3000));
	send(RECORD_ENTRY, HOOK_DEFERRED_FREE, OTHER, 3100);
	assert_int_equal(look(3200)->phase, PHASE_DEFERRED);
	send(RECORD_RETURN, HOOK_DEFERRED_FREE, OTHER, 3500);
	assert_null(look(4000));
	assert_int_equal(kept.teardowns, 1);
}

KEPT_TEST(function_of_a_stack, VIEW_TEARDOWNS)
{
	static const char *const stacks[][2] = {
		{"", ""},
		{"__schedule+0x1\nschedule+0x2\nschedule_timeout+0x1\n__wait_for_common+0x3\n"
		 "rcu_barrier+0x12\nhtab_map_free+0x1",
		 "rcu_barrier"},
		{"0xffffffff81000000\nfoo+0x1", "0xffffffff81000000"},
		{"schedule+0x1", ""},
		{"scheduled_work+0x1", "scheduled_work"},
	};
	struct unfinished unfinished;

	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++) {
		unfinished_set_function(&unfinished, stacks[i][0]);
		assert_string_equal(unfinished.function, stacks[i][1]);
	}
}

TEST_MAIN(NULL, NULL)
