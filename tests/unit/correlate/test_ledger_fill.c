// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stuck reports of the correlator, and the ledgers' figures when records may have been missed.
 */
#include "support/kept_events.h"

static void find_stuck(__u64 now_ns, bool at_end)
{
	const struct correlator_search search = {
		.now_ns = now_ns, .limit_ns = 1000, .at_end = at_end};

	correlator_find_stuck(kept.correlator, &search);
}

KEPT_TEST(what_is_stuck, VIEW_BOTH)
{
	struct teardown_counts counts;
	struct ledger ledger;

	release(1000);
	find_stuck(900, false); /* the machine was not up for that long */
	find_stuck(1999, false);
	assert_int_equal(kept.stucks, 0);
	find_stuck(2000, false);
	assert_int_equal(kept.stucks, 1);
	assert_string_equal(kept.stuck.where, "wait");
	assert_int_equal(kept.stuck.for_ns, 1000);
	assert_int_equal(kept.stuck.map.identity.map_id, 7);
	assert_false(kept.stuck.in_worker);

	send(RECORD_ENTRY, HOOK_FREE, WORKER, 2500);
	find_stuck(3500, false);
	assert_int_equal(kept.stucks, 2);
	assert_string_equal(kept.stuck.where, "bpf_map_free_deferred");
	assert_string_equal(kept.stuck.stack, "rcu_barrier+0x10");
	assert_int_equal(kept.stuck.worker.tid, WORKER);
	assert_true(kept.stuck.in_worker);
	find_stuck(4000, false);
	assert_int_equal(kept.stucks, 2);

	/* Rejected reports are not counted. */
	kept.unwanted = true;
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 3000);
	find_stuck(5000, false);
	kept.unwanted = false;
	ledger = counted(&counts);
	assert_int_equal(ledger.stuck, 2);
	assert_int_equal(ledger.still_stuck, 0);

	/* At the end: everything that is still stuck. */
	find_stuck(6000, true);
	assert_int_equal(kept.stucks, 4);
	ledger = counted(&counts);
	assert_int_equal(ledger.stuck, 2);
	assert_int_equal(ledger.still_stuck, 2);
}

/* If starts of workers were lost, a map may only seem to wait. */
KEPT_TEST(waits_that_may_be_over, VIEW_TEARDOWNS)
{
	release(1000);
	kept.hooks[HOOK_FREE].lost = 1;
	find_stuck(5000, false);
	assert_int_equal(kept.stucks, 0);
	kept.hooks[HOOK_FREE].lost = 0;
	kept.hooks[HOOK_FREE].missed = LEDGER_UNKNOWN;
	find_stuck(5000, false);
	assert_int_equal(kept.stucks, 1);
}

/* A worker that is idle has returned from its calls, though the records of their returns were lost.
 */
KEPT_TEST(idle_worker_is_not_stuck, VIEW_BOTH)
{
	struct teardown_counts counts;

	start_teardown();
	kept.hooks[HOOK_FREE].lost_return = 1;
	kept.hooks[HOOK_DESTROY].missed_return = LEDGER_UNKNOWN;
	kept.thread = (struct task_stack){.found = true, .worker = true};
	find_stuck(5000, false);
	assert_int_equal(kept.stucks, 0);
	correlator_find_returned(kept.correlator, 5000);
	kept.thread.work = 1; /* whatever it does then */
	find_stuck(6000, false);
	find_stuck(7000, true);
	assert_int_equal(kept.stucks, 0);
	queue_free(8000);
	free_deferred();
	assert_false(correlator_waits(kept.correlator, 8000));

	/* The calls have ended, at an unknown time. */
	correlator_flush(kept.correlator);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.nr_destroys, 1);
	assert_int_equal(kept.calls, 1);
	assert_false(kept.teardown.running);
	kept.hooks[HOOK_FREE].taken = 1;
	assert_int_equal(counted(&counts).entry_only, 1);
	assert_int_equal(counted(&counts).still_running, 0);
	assert_int_equal(counts.ledger.start_only, 1);
	assert_int_equal(counts.ledger.running, 0);
}

/* The record of the return was late, and not lost. */
KEPT_TEST(return_after_the_proof, VIEW_TEARDOWNS)
{
	struct teardown_counts counts;

	start_teardown();
	kept.hooks[HOOK_FREE].lost_return = kept.hooks[HOOK_DESTROY].lost_return = 1;
	kept.thread = (struct task_stack){.found = true, .worker = true};
	correlator_find_returned(kept.correlator, 5000);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	free_deferred();
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.phase[PHASE_TOTAL], 2500);
	assert_int_equal(counted(&counts).completed, 1);
	assert_int_equal(counted(&counts).entry_only, 0);
	assert_int_equal(counts.ledger.completed, 1);
}

/* Where the thread shows the call, or cannot be seen, a call that has not returned is stuck. */
KEPT_TEST(stuck_is_still_reported, VIEW_CALLS)
{
	union record rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1000);

	rec.head.caller = 0xffffffff81000047;
	add(&rec);
	kept.thread = (struct task_stack){.found = true, .size = 8, .ip = {rec.head.caller}};
	correlator_find_returned(kept.correlator, 5000);
	find_stuck(5000, false);
	assert_int_equal(kept.stucks, 1);
	assert_false(kept.stuck.unsure);
	kept.hooks[HOOK_DESTROY].lost_return = 1;
	kept.thread.size = -EOPNOTSUPP;
	correlator_find_returned(kept.correlator, 5000);
	find_stuck(6000, true);
	assert_int_equal(kept.stucks, 2);
	assert_true(kept.stuck.unsure);
	kept.thread = (struct task_stack){.found = true, .worker = true, .work = 1};
	find_stuck(7000, true);
	assert_int_equal(kept.stucks, 2);
}

/* A recording does not wait for maps whose worker may have started. */
KEPT_TEST(nothing_is_waited_for_in_vain, VIEW_TEARDOWNS)
{
	release(1000);
	assert_true(correlator_waits(kept.correlator, 2000));
	kept.hooks[HOOK_FREE].lost = 1;
	assert_false(correlator_waits(kept.correlator, 2000));
	kept.hooks[HOOK_FREE].lost = 0;
	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_true(correlator_waits(kept.correlator, 2000));
	kept.hooks[HOOK_DEFERRED_FREE].lost = 1;
	assert_false(correlator_waits(kept.correlator, 2000));
}

/* If the start of a deferred free was lost, it may be over. */
KEPT_TEST(deferred_free_that_may_be_over, VIEW_TEARDOWNS)
{
	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	kept.hooks[HOOK_DEFERRED_FREE].lost = 1;
	find_stuck(9000, false);
	assert_int_equal(kept.stucks, 0);
	kept.hooks[HOOK_DEFERRED_FREE].lost = 0;
	find_stuck(9000, false);
	assert_int_equal(kept.stucks, 1);
	assert_string_equal(kept.stuck.where, "deferred");
}

/* If a return may have been missed, the number of running calls is unknown. */
KEPT_TEST(running_or_missed, VIEW_TEARDOWNS)
{
	struct ledger ledger = {.missed_return = 1};
	struct teardown_counts counts;

	start_teardown();
	assert_int_equal(counted(&counts).still_running, 1);
	correlator_count(kept.correlator, &ledger, &counts);
	assert_true(ledger.still_running == LEDGER_UNKNOWN);
	assert_int_equal(ledger.entry_only, 1);
	assert_int_equal(ledger.not_passed_on, 1);
	/* A call with only its entry seen explains the miss. */
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1300);
	ledger = (struct ledger){.probe_missed_return = 1};
	correlator_count(kept.correlator, &ledger, &counts);
	assert_int_equal(ledger.still_running, 1);
	assert_int_equal(ledger.entry_only, 1);
	assert_int_equal(ledger.not_passed_on, 0);
	ledger = (struct ledger){.missed_return = LEDGER_UNKNOWN};
	correlator_count(kept.correlator, &ledger, &counts);
	assert_true(ledger.still_running == LEDGER_UNKNOWN);
	ledger = (struct ledger){.missed_return = 1, .probe_missed_return = LEDGER_UNKNOWN};
	correlator_count(kept.correlator, &ledger, &counts);
	assert_true(ledger.still_running == LEDGER_UNKNOWN);

	assert_true(counts.ledger.running == LEDGER_UNKNOWN); /* before the end */
	kept.hooks[HOOK_FREE].taken = 5;
	correlator_flush(kept.correlator);
	ledger = (struct ledger){.missed_return = 2};
	correlator_count(kept.correlator, &ledger, &counts);
	assert_int_equal(ledger.entry_only, 2);
	assert_int_equal(ledger.not_passed_on, 0);
	assert_int_equal(kept.calls, 2);
	counted(&counts);
	assert_int_equal(counts.ledger.started, 5);
	assert_int_equal(counts.ledger.running, 1);
	assert_int_equal(counts.ledger.start_only, 0);
	kept.hooks[HOOK_FREE].missed_return = 1;
	counted(&counts);
	assert_true(counts.ledger.running == LEDGER_UNKNOWN);
	assert_int_equal(counts.ledger.start_only, 1);
}

/* If a start or a release may have been missed, the number of waiting maps is unknown. */
KEPT_TEST(waiting_or_missed, VIEW_TEARDOWNS)
{
	struct teardown_counts counts;

	release(1000);
	counted(&counts);
	assert_int_equal(counts.ledger.waiting, 1);
	kept.hooks[HOOK_FREE].missed = 1;
	counted(&counts);
	assert_true(counts.ledger.waiting == LEDGER_UNKNOWN);
	kept.hooks[HOOK_FREE].missed = 0;
	kept.hooks[HOOK_PUT].missed = LEDGER_UNKNOWN;
	counted(&counts);
	assert_int_equal(counts.ledger.waiting, 1);
	kept.hooks[HOOK_RELEASE].lost = 1;
	counted(&counts);
	assert_true(counts.ledger.waiting == LEDGER_UNKNOWN);
	/* A free without a release explains the miss. */
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 1200);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1300);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 1400);
	counted(&counts);
	assert_int_equal(counts.ledger.no_release, 1);
	assert_int_equal(counts.ledger.waiting, 0);
}

TEST_MAIN(NULL, NULL)
