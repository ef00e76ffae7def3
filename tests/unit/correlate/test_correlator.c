// SPDX-License-Identifier: GPL-2.0-only
/*
 * From records to events: what only the whole of the correlator does.
 */
#include "support/correlated.h"

#define WORKER 11
#define OTHER  12
#define MAP    0xffff888100001000
#define KEY    0x60f4d3c01000

/* Keeps the last event of each kind. */
struct kept {
	struct correlator *correlator;
	struct event_sink sink;
	struct hook_counts hooks[NR_HOOKS];
	struct call call;
	struct teardown teardown;
	struct deferred_free deferred_free;
	struct stuck stuck;
	int calls, teardowns, deferred_frees, stucks, err;
	bool unwanted; /* are stuck reports? */
};

static int keep_call(void *ctx, const struct call *call)
{
	struct kept *kept = ctx;

	kept->call = *call;
	kept->calls++;
	return kept->err;
}

static int keep_teardown(void *ctx, const struct teardown *teardown)
{
	struct kept *kept = ctx;

	kept->teardown = *teardown;
	kept->teardowns++;
	return kept->err;
}

static int keep_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	struct kept *kept = ctx;

	kept->deferred_free = *deferred_free;
	kept->deferred_frees++;
	return kept->err;
}

static int keep_stuck(void *ctx, const struct stuck *stuck)
{
	struct kept *kept = ctx;

	kept->stuck = *stuck;
	kept->stucks++;
	return kept->err;
}

static void count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	*counts = ((struct kept *)ctx)->hooks[hook];
}

static void name_caller(void *ctx, struct caller *caller)
{
	assert_non_null(ctx);
	caller->name = "htab_map_free";
	caller->offset = caller->address & 0xff;
}

static bool complete_stuck(void *ctx, struct stuck *stuck)
{
	if (stuck->in_worker)
		strcpy(stuck->stack, "rcu_barrier+0x10");
	return !((struct kept *)ctx)->unwanted;
}

static struct kept *open_view(enum view view)
{
	static const struct correlator_ops ops = {count_hook, name_caller, complete_stuck};
	static const struct event_sink_ops sink_ops = {keep_call, keep_teardown, keep_deferred_free,
						       keep_stuck};
	const struct correlator_options opts = {
		.view = view, .identity = true, .start_ns = LONG_BEFORE, .max_releases = 10};
	struct kept *kept = calloc(1, sizeof(*kept));

	assert_non_null(kept);
	for (int hook = 0; hook < NR_HOOKS; hook++)
		kept->hooks[hook].attached = true;
	kept->sink = (struct event_sink){&sink_ops, kept};
	kept->correlator = correlator_new(&opts, &kept->sink, &ops, kept);
	assert_non_null(kept->correlator);
	return kept;
}

static void close_kept(struct kept *kept)
{
	correlator_free(kept->correlator);
	free(kept);
}

static union record record(__u8 type, __u8 hook, __u32 tid, __u64 ts_ns)
{
	union record rec = {
		.head = {.type = type, .hook = hook, .tid = tid, .ts_ns = ts_ns, .map = MAP},
	};

	rec.head.size = type == RECORD_RELEASE				? sizeof(rec.release)
			: type == RECORD_RETURN || type == RECORD_QUEUE ? sizeof(rec.head)
									: sizeof(rec.call);
	if (type == RECORD_ENTRY) {
		rec.call.flags = CALL_MAP | CALL_NAME | CALL_EMPTY_KNOWN;
		rec.call.map_type = 1;
		rec.call.key = KEY;
		strcpy(rec.call.map_name, "events");
	}
	return rec;
}

static void add(struct kept *kept, const union record *rec)
{
	assert_int_equal(correlator_add(kept->correlator, rec, rec->head.size), 0);
}

static void send(struct kept *kept, __u8 type, __u8 hook, __u32 tid, __u64 ts_ns)
{
	const union record rec = record(type, hook, tid, ts_ns);

	add(kept, &rec);
}

static void release(struct kept *kept, __u64 ts_ns)
{
	union record rec = record(RECORD_RELEASE, HOOK_PUT, 501, ts_ns);

	rec.release.map_id = 7;
	rec.release.map_type = 1;
	rec.release.flags = RELEASE_LAST;
	add(kept, &rec);
}

static void queue_free(struct kept *kept, __u64 ts_ns)
{
	union record rec = record(RECORD_QUEUE, HOOK_DEFERRED_FREE, WORKER, ts_ns);

	rec.head.arg = KEY;
	add(kept, &rec);
}

/* Released at 1000, the worker runs from 1100 on, and its destroy call from 1200 on. */
static void start_teardown(struct kept *kept)
{
	union record rec = record(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);

	release(kept, 1000);
	rec.call.entries = 42;
	add(kept, &rec);
	send(kept, RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	queue_free(kept, 1250);
}

static void free_deferred(struct kept *kept)
{
	send(kept, RECORD_ENTRY, HOOK_DEFERRED_FREE, OTHER, 3000);
	send(kept, RECORD_RETURN, HOOK_DEFERRED_FREE, OTHER, 3500);
}

static struct ledger counted(const struct kept *kept, struct teardown_counts *counts)
{
	struct ledger ledger = {};

	correlator_count(kept->correlator, &ledger, counts);
	return ledger;
}

static void whole_teardown(void **state)
{
	struct kept *kept = open_view(VIEW_BOTH);
	struct teardown_counts counts;

	(void)state;
	start_teardown(kept);
	send(kept, RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_int_equal(kept->calls, 1);
	assert_int_equal(kept->call.latency_ns, 100);
	assert_int_equal(kept->call.map.identity.map_id, 7);
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_true(correlator_waits(kept->correlator, 2000));
	assert_int_equal(kept->teardowns, 0);
	free_deferred(kept);
	assert_false(correlator_waits(kept->correlator, 10000));
	assert_int_equal(kept->deferred_frees, 1);
	assert_int_equal(kept->deferred_free.latency_ns, 3500 - 1200);
	assert_int_equal(kept->deferred_free.map.address, MAP);
	assert_int_equal(kept->teardowns, 1);
	assert_int_equal(kept->teardown.entries, 42);
	assert_int_equal(kept->teardown.phase[PHASE_WAIT], 100);
	assert_int_equal(kept->teardown.phase[PHASE_FREE], 900);
	assert_int_equal(kept->teardown.phase[PHASE_DESTROY], 100);
	assert_int_equal(kept->teardown.phase[PHASE_DEFERRED], 1500);
	assert_int_equal(kept->teardown.phase[PHASE_TOTAL], 2500);
	assert_int_equal(counted(kept, &counts).completed, 1);
	assert_int_equal(counts.ledger.completed, 1);
	close_kept(kept);
}

/*
 * A destroy call whose return was missed inside a worker's run that did return: it is over then,
 * and belongs to the teardown. Its latency is unknown, and not 0.
 */
static void missed_return_in_a_run(void **state)
{
	struct kept *kept = open_view(VIEW_TEARDOWNS);

	(void)state;
	start_teardown(kept);
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_int_equal(kept->teardowns, 0); /* its deferred free is waited for */
	free_deferred(kept);
	assert_int_equal(kept->teardowns, 1);
	assert_int_equal(kept->teardown.nr_destroys, 1);
	assert_int_equal(kept->teardown.destroy[0].ts_ns, 1200);
	assert_true(kept->teardown.destroy[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(kept->teardown.outcomes[OUTCOME_DEFERRED], 1);
	assert_int_equal(kept->teardown.phase[PHASE_FREE], 900);
	assert_true(kept->teardown.phase[PHASE_DESTROY] == UNKNOWN_NS);
	assert_int_equal(kept->teardown.phase[PHASE_DEFERRED], 1500);
	assert_int_equal(kept->deferred_free.destroy_ns, 1200);

	/* The thread's next call reveals the loss; the teardown by then does not get the old one.
	 */
	release(kept, 5000);
	send(kept, RECORD_ENTRY, HOOK_FREE, WORKER, 5100);
	send(kept, RECORD_ENTRY, HOOK_DESTROY, WORKER, 5200);
	assert_int_equal(kept->calls, 1);
	assert_true(kept->call.latency_ns == UNKNOWN_NS);
	send(kept, RECORD_RETURN, HOOK_DESTROY, WORKER, 5250);
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 5300);
	assert_int_equal(kept->teardowns, 2);
	assert_int_equal(kept->teardown.nr_destroys, 1);
	assert_int_equal(kept->teardown.phase[PHASE_DESTROY], 50);
	close_kept(kept);
}

/* Nor is a call of another map's allocator part of it, where its return was missed. */
static void missed_return_of_another_map(void **state)
{
	struct kept *kept = open_view(VIEW_TEARDOWNS);
	union record rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);

	(void)state;
	release(kept, 1000);
	send(kept, RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	rec.head.map = MAP + 0x1000;
	add(kept, &rec);
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	assert_int_equal(kept->teardowns, 1);
	assert_int_equal(kept->teardown.nr_destroys, 0);
	close_kept(kept);
}

/* The member that has the elements at entry has something else, or nothing, at return. */
static void no_entries_at_return(void **state)
{
	struct kept *kept = open_view(VIEW_TEARDOWNS);
	union record rec = record(RECORD_RETURN_FULL, HOOK_FREE, WORKER, 1100);

	(void)state;
	release(kept, 1000);
	rec.call.key = KEY;
	add(kept, &rec);
	assert_int_equal(kept->teardowns, 1);
	assert_true(kept->teardown.entries == ENTRIES_UNKNOWN);
	assert_int_equal(kept->teardown.map.identity.map_id, 7);
	close_kept(kept);
}

static void calls_alone(void **state)
{
	struct kept *kept = open_view(VIEW_CALLS);
	union record rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	struct teardown_counts counts;

	(void)state;
	release(kept, 1000);
	rec.head.caller = 0xffffffff81000047;
	add(kept, &rec);
	send(kept, RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_int_equal(kept->calls, 1);
	assert_string_equal(kept->call.caller.name, "htab_map_free");
	assert_int_equal(kept->call.caller.offset, 0x47);
	assert_int_equal(kept->call.map.identity.map_id, 7);

	/* Records of what is not traced, or of no kind known here. */
	rec = record(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	assert_int_equal(correlator_add(kept->correlator, &rec, rec.head.size), -EBADMSG);
	rec.head.type = 99;
	assert_int_equal(correlator_add(kept->correlator, &rec, rec.head.size), -EBADMSG);
	queue_free(kept, 1250);
	assert_int_equal(counted(kept, &counts).bad_records, 2);
	assert_int_equal(kept->teardowns, 0);
	close_kept(kept);
}

/* After the first error, whoever made it, the sink gets nothing more. */
static void errors_of_the_sink(void **state)
{
	struct kept *kept = open_view(VIEW_BOTH);
	struct teardown_counts counts;

	(void)state;
	kept->err = -EPIPE;
	start_teardown(kept);
	send(kept, RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	kept->err = -EIO;
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 2000);
	free_deferred(kept);
	correlator_flush(kept->correlator);
	assert_int_equal(correlator_error(kept->correlator), -EPIPE);
	assert_int_equal(kept->calls, 1);
	assert_int_equal(kept->teardowns + kept->deferred_frees, 0);
	assert_int_equal(counted(kept, &counts).completed, 1);
	close_kept(kept);

	kept = open_view(VIEW_CALLS);
	correlator_set_error(kept->correlator, 0);
	assert_int_equal(correlator_error(kept->correlator), 0);
	correlator_set_error(kept->correlator, -EXDEV);
	send(kept, RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	send(kept, RECORD_RETURN, HOOK_DESTROY, WORKER, 1300);
	assert_int_equal(kept->calls, 0);
	assert_int_equal(correlator_error(kept->correlator), -EXDEV);
	close_kept(kept);
}

static void find_stuck(struct kept *kept, __u64 now_ns, bool at_end)
{
	const struct correlator_search search = {
		.now_ns = now_ns, .limit_ns = 1000, .at_end = at_end};

	correlator_find_stuck(kept->correlator, &search);
}

static void what_is_stuck(void **state)
{
	struct kept *kept = open_view(VIEW_BOTH);
	struct teardown_counts counts;
	struct ledger ledger;

	(void)state;
	release(kept, 1000);
	find_stuck(kept, 900, false); /* the machine has not been up for as long */
	find_stuck(kept, 1999, false);
	assert_int_equal(kept->stucks, 0);
	find_stuck(kept, 2000, false);
	assert_int_equal(kept->stucks, 1);
	assert_string_equal(kept->stuck.where, "wait");
	assert_int_equal(kept->stuck.for_ns, 1000);
	assert_int_equal(kept->stuck.map.identity.map_id, 7);
	assert_false(kept->stuck.in_worker);

	send(kept, RECORD_ENTRY, HOOK_FREE, WORKER, 2500);
	find_stuck(kept, 3500, false);
	assert_int_equal(kept->stucks, 2);
	assert_string_equal(kept->stuck.where, "bpf_map_free_deferred");
	assert_string_equal(kept->stuck.stack, "rcu_barrier+0x10");
	assert_int_equal(kept->stuck.worker.tid, WORKER);
	assert_true(kept->stuck.in_worker);
	find_stuck(kept, 4000, false);
	assert_int_equal(kept->stucks, 2);

	/* Not wanted: not counted either. */
	kept->unwanted = true;
	send(kept, RECORD_ENTRY, HOOK_DESTROY, WORKER, 3000);
	find_stuck(kept, 5000, false);
	kept->unwanted = false;
	ledger = counted(kept, &counts);
	assert_int_equal(ledger.stuck, 2);
	assert_int_equal(ledger.still_stuck, 0);

	/* At the end: all that still is. */
	find_stuck(kept, 6000, true);
	assert_int_equal(kept->stucks, 4);
	ledger = counted(kept, &counts);
	assert_int_equal(ledger.stuck, 2);
	assert_int_equal(ledger.still_stuck, 2);
	close_kept(kept);
}

/* Where starts of workers were lost, a map may only look as if it waited for one. */
static void waits_that_may_be_over(void **state)
{
	struct kept *kept = open_view(VIEW_TEARDOWNS);

	(void)state;
	release(kept, 1000);
	kept->hooks[HOOK_FREE].lost = 1;
	find_stuck(kept, 5000, false);
	assert_int_equal(kept->stucks, 0);
	kept->hooks[HOOK_FREE].lost = 0;
	kept->hooks[HOOK_FREE].missed = LEDGER_UNKNOWN;
	find_stuck(kept, 5000, false);
	assert_int_equal(kept->stucks, 1);
	close_kept(kept);
}

/* Of the entries that filters hold back, those are news that became stuck since the last search. */
static void parked_entries(void **state)
{
	struct kept *kept = open_view(VIEW_CALLS);
	union record rec = record(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	struct correlator_search search = {.now_ns = 2199, .limit_ns = 1000};

	(void)state;
	correlator_check_parked(kept->correlator, &search, &rec, rec.head.size);
	assert_int_equal(kept->stucks, 0);
	search.now_ns = 2200;
	search.last_ns = 2199;
	correlator_check_parked(kept->correlator, &search, &rec, rec.head.size - 1);
	assert_int_equal(kept->stucks, 0);
	correlator_check_parked(kept->correlator, &search, &rec, rec.head.size);
	assert_int_equal(kept->stucks, 1);
	assert_int_equal(kept->stuck.since_ns, 1200);
	search.now_ns = 3000;
	search.last_ns = 2200;
	correlator_check_parked(kept->correlator, &search, &rec, rec.head.size);
	assert_int_equal(kept->stucks, 1);
	close_kept(kept);
}

/* Where a return may have been missed, nothing tells whether a call still runs. */
static void running_or_missed(void **state)
{
	struct kept *kept = open_view(VIEW_TEARDOWNS);
	struct ledger ledger = {.missed_return = 1};
	struct teardown_counts counts;

	(void)state;
	start_teardown(kept);
	assert_int_equal(counted(kept, &counts).still_running, 1);
	correlator_count(kept->correlator, &ledger, &counts);
	assert_true(ledger.still_running == LEDGER_UNKNOWN);
	assert_int_equal(ledger.entry_only, 1);
	/* It is explained by a call of which only the entry was seen. */
	send(kept, RECORD_ENTRY, HOOK_DESTROY, WORKER, 1300);
	ledger = (struct ledger){.probe_missed_return = 1};
	correlator_count(kept->correlator, &ledger, &counts);
	assert_int_equal(ledger.still_running, 1);
	assert_int_equal(ledger.entry_only, 1);
	ledger = (struct ledger){.missed_return = LEDGER_UNKNOWN};
	correlator_count(kept->correlator, &ledger, &counts);
	assert_true(ledger.still_running == LEDGER_UNKNOWN);

	assert_true(counts.ledger.running == LEDGER_UNKNOWN); /* before the end */
	kept->hooks[HOOK_FREE].taken = 5;
	correlator_flush(kept->correlator);
	counted(kept, &counts);
	assert_int_equal(counts.ledger.started, 5);
	assert_int_equal(counts.ledger.running, 1);
	assert_int_equal(counts.ledger.start_only, 0);
	kept->hooks[HOOK_FREE].missed_return = 1;
	counted(kept, &counts);
	assert_true(counts.ledger.running == LEDGER_UNKNOWN);
	assert_int_equal(counts.ledger.start_only, 1);
	close_kept(kept);
}

/* Where a start or a release may have been missed, nothing tells how many maps wait. */
static void waiting_or_missed(void **state)
{
	struct kept *kept = open_view(VIEW_TEARDOWNS);
	struct teardown_counts counts;

	(void)state;
	release(kept, 1000);
	counted(kept, &counts);
	assert_int_equal(counts.ledger.waiting, 1);
	kept->hooks[HOOK_FREE].missed = 1;
	counted(kept, &counts);
	assert_true(counts.ledger.waiting == LEDGER_UNKNOWN);
	kept->hooks[HOOK_FREE].missed = 0;
	kept->hooks[HOOK_PUT].missed = LEDGER_UNKNOWN;
	counted(kept, &counts);
	assert_int_equal(counts.ledger.waiting, 1);
	kept->hooks[HOOK_RELEASE].lost = 1;
	counted(kept, &counts);
	assert_true(counts.ledger.waiting == LEDGER_UNKNOWN);
	/* That one was freed without a release. */
	send(kept, RECORD_ENTRY, HOOK_FREE, WORKER, 1100);
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 1200);
	send(kept, RECORD_ENTRY, HOOK_FREE, WORKER, 1300);
	send(kept, RECORD_RETURN, HOOK_FREE, WORKER, 1400);
	counted(kept, &counts);
	assert_int_equal(counts.ledger.no_release, 1);
	assert_int_equal(counts.ledger.waiting, 0);
	close_kept(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_teardown),
		cmocka_unit_test(missed_return_in_a_run),
		cmocka_unit_test(missed_return_of_another_map),
		cmocka_unit_test(no_entries_at_return),
		cmocka_unit_test(calls_alone),
		cmocka_unit_test(errors_of_the_sink),
		cmocka_unit_test(what_is_stuck),
		cmocka_unit_test(waits_that_may_be_over),
		cmocka_unit_test(parked_entries),
		cmocka_unit_test(running_or_missed),
		cmocka_unit_test(waiting_or_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
