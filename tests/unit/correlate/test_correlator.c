// SPDX-License-Identifier: GPL-2.0-only
/*
 * From records to events: the behaviour of the whole correlator.
 */
#include "support/kept_events.h"

KEPT_TEST(whole_teardown, VIEW_BOTH)
{
	struct teardown_counts counts;

	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_int_equal(kept.calls, 1);
	assert_int_equal(kept.call.latency_ns, 100);
	assert_int_equal(kept.call.map.identity.map_id, 7);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_true(correlator_waits(kept.correlator, 2000));
	assert_int_equal(kept.teardowns, 0);
	free_deferred();
	assert_false(correlator_waits(kept.correlator, 10000));
	assert_int_equal(kept.deferred_frees, 1);
	assert_int_equal(kept.deferred_free.latency_ns, 3500 - 1200);
	assert_int_equal(kept.deferred_free.map.address, MAP);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.entries, 42);
	assert_true(map_memory_cached_known(&kept.teardown.memory));
	assert_int_equal(kept.teardown.memory.cached, 960);
	assert_int_equal(kept.teardown.phase[PHASE_WAIT], 100);
	assert_int_equal(kept.teardown.phase[PHASE_FREE], 900);
	assert_int_equal(kept.teardown.phase[PHASE_DESTROY], 100);
	assert_int_equal(kept.teardown.phase[PHASE_DEFERRED], 1500);
	assert_int_equal(kept.teardown.phase[PHASE_TOTAL], 2500);
	assert_int_equal(counted(&counts).completed, 1);
	assert_int_equal(counts.ledger.completed, 1);
}

/* Where the time of a worker's run goes */
KEPT_TEST(parts_of_frees, VIEW_TEARDOWNS)
{
	static const struct record_freed free = {
		.cpu_ns = 500, .runqueue_ns = 100, .grace_ns = {[GRACE_RCU] = 50}};
	static const struct record_freed deferred = {
		.cpu_ns = 10,
		.runqueue_ns = TIME_UNKNOWN,
		.grace_ns = {[GRACE_RCU_CALLBACKS] = 20, [GRACE_SRCU_CALLBACKS] = 470}};
	struct worker_time *time = &kept.teardown.run.time;

	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	send_freed(HOOK_FREE, WORKER, 2000, &free);
	send(RECORD_ENTRY, HOOK_DEFERRED_FREE, OTHER, 3000);
	send_freed(HOOK_DEFERRED_FREE, OTHER, 3500, &deferred);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.phase[PHASE_FREE], 900);
	assert_int_equal(time->known, TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN | TIME_GRACE_KNOWN);
	assert_true(time->cpu_ns == 500 && time->runqueue_ns == 100 && time->grace_ns == 50);
	assert_string_equal(grace_word(time->grace_for), "synchronize_rcu");
	assert_string_equal(grace_word(kept.teardown.deferred_for), "srcu_barrier");
	time = &kept.deferred_free.run.time;
	assert_int_equal(time->known, TIME_CPU_KNOWN | TIME_GRACE_KNOWN);
	assert_true(time->cpu_ns == 10 && time->grace_ns == 490);
}

/* Without the entry it is not known what they are parts of; nor is it if the return is missed. */
KEPT_TEST(parts_of_half_seen_frees, VIEW_TEARDOWNS)
{
	static const struct record_freed times = {.cpu_ns = 500};

	release(1000);
	send_freed(HOOK_FREE, WORKER, 2000, &times);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.run.time.known, 0);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 3000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 4000);
	assert_int_equal(kept.teardown.run.time.known, 0);
}

/*
 * A destroy call whose return was missed inside a worker's run that did return: it is over then,
 * and belongs to the teardown. Its latency is unknown, and not 0.
 */
KEPT_TEST(missed_return_in_a_run, VIEW_TEARDOWNS)
{
	start_teardown();
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_int_equal(kept.teardowns, 0); /* its deferred free is pending */
	assert_int_equal(kept.calls, 1);
	assert_true(kept.call.of_teardown && kept.call.latency_ns == UNKNOWN_NS);
	assert_int_equal(kept.call.map.identity.map_id, 7);
	free_deferred();
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.nr_destroys, 1);
	assert_int_equal(kept.teardown.destroy[0].ts_ns, 1200);
	assert_true(kept.teardown.destroy[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(kept.teardown.outcomes[OUTCOME_DEFERRED], 1);
	assert_int_equal(kept.teardown.phase[PHASE_FREE], 900);
	assert_true(kept.teardown.phase[PHASE_DESTROY] == UNKNOWN_NS);
	assert_int_equal(kept.teardown.phase[PHASE_DEFERRED], 1500);
	assert_int_equal(kept.deferred_free.destroy_ns, 1200);

	/* The new teardown does not get the old call. */
	release(5000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 5100);
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 5200);
	assert_int_equal(kept.calls, 1);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 5250);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 5300);
	assert_int_equal(kept.teardowns, 2);
	assert_int_equal(kept.teardown.nr_destroys, 1);
	assert_int_equal(kept.teardown.phase[PHASE_DESTROY], 50);
}

/* Taken from its slot before the record of the run's end, a later run's call goes on. */
KEPT_TEST(call_of_a_later_run, VIEW_TEARDOWNS)
{
	release(1000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 5200);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_int_equal(kept.calls, 0);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.nr_destroys, 0);
	release(5000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 5100);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 5250);
	assert_int_equal(kept.calls, 1);
	assert_int_equal(kept.call.latency_ns, 50);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 6000);
	assert_int_equal(kept.teardown.nr_destroys, 1);
}

/* The end of a run and the start of the worker's next one were missed: a call shows that. */
KEPT_TEST(missed_between_two_runs, VIEW_TEARDOWNS)
{
	union record rec = record(RECORD_RELEASE, HOOK_PUT, 501, 1500);
	struct teardown_counts counts;

	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	free_deferred();
	rec.head.map += 0x1000;
	rec.release.map_id = 8;
	rec.release.map_type = 1;
	strcpy(rec.release.map_name, "events");
	rec.release.flags = RELEASE_LAST;
	add(&rec);
	rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 6000);
	rec.head.map += 0x1000;
	rec.call.key = 0;
	add(&rec);
	rec = record(RECORD_RETURN, HOOK_DESTROY, WORKER, 6100);
	rec.head.map += 0x1000;
	add(&rec);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.map.identity.map_id, 7);
	assert_int_equal(kept.teardown.nr_destroys, 1);
	assert_true(kept.call.of_teardown && kept.call.map.identity.map_id == 8);
	rec = record(RECORD_RETURN, HOOK_FREE, WORKER, 6200);
	rec.head.map += 0x1000;
	add(&rec);
	assert_int_equal(kept.teardowns, 2);
	assert_int_equal(kept.teardown.map.identity.map_id, 8);
	assert_int_equal(kept.teardown.nr_destroys, 1);
	counted(&counts);
	assert_int_equal(counts.ledger.start_only, 1);
	assert_int_equal(counts.ledger.end_only, 1);
}

/* A call on another map's allocator, whose return was missed, is not part of the teardown. */
KEPT_TEST(missed_return_of_another_map, VIEW_TEARDOWNS)
{
	union record rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);

	release(1000);
	send(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	rec.head.map = MAP + 0x1000;
	add(&rec);
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_int_equal(kept.teardowns, 1);
	assert_int_equal(kept.teardown.nr_destroys, 0);
}

/* The member that has the elements at entry has something else, or nothing, at return. */
KEPT_TEST(no_entries_at_return, VIEW_TEARDOWNS)
{
	union record rec = record(RECORD_RETURN_FULL, HOOK_FREE, WORKER, 1100);

	release(1000);
	rec.call.key = KEY;
	add(&rec);
	assert_int_equal(kept.teardowns, 1);
	assert_true(kept.teardown.entries == ENTRIES_UNKNOWN);
	assert_false(map_memory_cached_known(&kept.teardown.memory));
	assert_int_equal(kept.teardown.map.identity.map_id, 7);
}

KEPT_TEST(calls_alone, VIEW_CALLS)
{
	union record rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	struct teardown_counts counts;

	release(1000);
	rec.head.caller = 0xffffffff81000047;
	add(&rec);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_int_equal(kept.calls, 1);
	assert_string_equal(kept.call.caller.name, "htab_map_free");
	assert_int_equal(kept.call.caller.offset, 0x47);
	assert_int_equal(kept.call.map.identity.map_id, 7);

	/* Records of untraced hooks, or of unknown types. */
	rec = record(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	assert_int_equal(correlator_add(kept.correlator, &rec, rec.head.size), -EBADMSG);
	rec.head.type = 99;
	assert_int_equal(correlator_add(kept.correlator, &rec, rec.head.size), -EBADMSG);
	queue_free(1250);
	assert_int_equal(counted(&counts).bad_records, 2);
	assert_int_equal(kept.teardowns, 0);
}

/* After the first error of any event, the sink gets nothing more. */
KEPT_TEST(errors_of_the_sink, VIEW_BOTH)
{
	struct teardown_counts counts;

	kept.err = -EPIPE;
	start_teardown();
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	kept.err = -EIO;
	send(RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	free_deferred();
	correlator_flush(kept.correlator);
	assert_int_equal(correlator_error(kept.correlator), -EPIPE);
	assert_int_equal(kept.calls, 1);
	assert_int_equal(kept.teardowns + kept.deferred_frees, 0);
	assert_int_equal(counted(&counts).completed, 1);
}

KEPT_TEST(errors_from_outside, VIEW_CALLS)
{
	correlator_set_error(kept.correlator, 0);
	assert_int_equal(correlator_error(kept.correlator), 0);
	correlator_set_error(kept.correlator, -EXDEV);
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	send(RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_int_equal(kept.calls, 0);
	assert_int_equal(correlator_error(kept.correlator), -EXDEV);
}

TEST_MAIN(NULL, NULL)
