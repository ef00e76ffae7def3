// SPDX-License-Identifier: GPL-2.0-only
/* Matches records to calls, above all when some of them are missing. */
#include "support/test.h"
#include "correlate/call_matcher.h"

#define MAX_CALLS 16

struct seen_calls {
	struct call call[MAX_CALLS];
	__u64 key; /* of the last one */
	size_t nr;
};

static void take(void *ctx, const struct matched_call *matched)
{
	struct seen_calls *seen = ctx;

	assert_true(seen->nr < MAX_CALLS);
	matched_destroy(matched, &seen->call[seen->nr++]);
	seen->key = matched->rec->key;
}

static struct record_call record(__u16 type, __u32 tid, __u64 ts_ns, __u64 arg, __u64 caller)
{
	struct record_call rec = {
		.head = {.type = type, .tid = tid, .ts_ns = ts_ns, .arg = arg, .caller = caller},
		.map_type = tid,
	};

	rec.head.size = type == RECORD_RETURN ? sizeof(rec.head) : sizeof(rec);
	return rec;
}

static struct call_matcher *matcher;
static struct seen_calls seen;

static void add(__u16 type, __u32 tid, __u64 ts_ns, __u64 arg, __u64 caller)
{
	struct record_call rec = record(type, tid, ts_ns, arg, caller);

	assert_int_equal(call_matcher_add(matcher, &rec), 0);
}

static int open_matcher(void **state)
{
	(void)state;
	seen = (struct seen_calls){};
	matcher = call_matcher_new(take, &seen);
	return matcher ? 0 : -1;
}

static int close_matcher(void **state)
{
	(void)state;
	call_matcher_free(matcher);
	return 0;
}

#define MATCHER_TEST(name) TEST_BETWEEN(name, open_matcher, close_matcher)

MATCHER_TEST(joins_by_thread)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(RECORD_ENTRY, 2, 110, 0xb, 0x20);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 2);
	add(RECORD_RETURN, 1, 150, 0xa, 0);
	add(RECORD_RETURN, 2, 310, 0xb, 0);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(seen.call[0].latency_ns, 50);
	assert_int_equal(seen.call[0].caller.address, 0x10);
	assert_int_equal(seen.call[0].map.type, 1);
	assert_int_equal(seen.call[1].ts_ns, 110);
	assert_int_equal(seen.call[1].latency_ns, 200);
	assert_int_equal(call_matcher_counts(matcher)->completed, 2);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 0);
}

static void add_whole(__u32 tid, __u64 ts_ns, __u64 returned_ns)
{
	struct record_call rec = record(RECORD_CALL, tid, ts_ns, 0xa, 0x10);

	rec.returned_ns = returned_ns;
	assert_int_equal(call_matcher_add(matcher, &rec), 0);
}

MATCHER_TEST(one_record_is_a_call)
{
	add_whole(1, 100, 150);
	assert_int_equal(seen.nr, 1);
	assert_int_equal(seen.call[0].ts_ns, 100);
	assert_int_equal(seen.call[0].latency_ns, 50);
	assert_int_equal(seen.call[0].caller.address, 0x10);
	assert_int_equal(call_matcher_counts(matcher)->completed, 1);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 0);
}

/* The return of an entry that was sent alone was missed. */
MATCHER_TEST(one_record_ends_an_older_entry)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add_whole(1, 200, 250);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(seen.call[0].ts_ns, 100);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(seen.call[1].latency_ns, 50);
	assert_int_equal(call_matcher_counts(matcher)->entry_only, 1);
	assert_int_equal(call_matcher_counts(matcher)->completed, 1);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 0);
}

/* An entry was taken from its slot while records of earlier calls were in the ring buffer. */
MATCHER_TEST(entry_taken_early_still_waits)
{
	add(RECORD_ENTRY, 1, 300, 0xa, 0x10);
	add_whole(1, 100, 150);
	add(RECORD_RETURN_FULL, 1, 250, 0xa, 0x10);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(seen.call[0].latency_ns, 50);
	assert_true(seen.call[1].ts_ns == UNKNOWN_NS);
	assert_int_equal(call_matcher_counts(matcher)->return_only, 1);
	assert_int_equal(call_matcher_counts(matcher)->entry_only, 0);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 1);
	add(RECORD_RETURN, 1, 310, 0xa, 0);
	assert_int_equal(seen.call[2].latency_ns, 10);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 0);
}

/* Such an entry stays, if the entry of an earlier call without a return comes then. */
MATCHER_TEST(earlier_entry_comes_late)
{
	add(RECORD_ENTRY, 1, 300, 0xa, 0x10);
	add(RECORD_ENTRY, 1, 100, 0xa, 0x20);
	assert_int_equal(seen.nr, 1);
	assert_int_equal(seen.call[0].ts_ns, 100);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(call_matcher_counts(matcher)->entry_only, 1);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 1);
	add(RECORD_RETURN, 1, 310, 0xa, 0);
	assert_int_equal(seen.call[1].latency_ns, 10);
}

MATCHER_TEST(missed_return_is_reported)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(RECORD_ENTRY, 1, 200, 0xb, 0x20);
	assert_int_equal(seen.nr, 1);
	assert_int_equal(seen.call[0].ts_ns, 100);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(call_matcher_counts(matcher)->entry_only, 1);
	add(RECORD_RETURN, 1, 220, 0xb, 0);
	assert_int_equal(seen.call[1].latency_ns, 20);
	assert_int_equal(call_matcher_counts(matcher)->completed, 1);
}

MATCHER_TEST(missed_entry_is_reported)
{
	add(RECORD_RETURN_FULL, 7, 220, 0xb, 0x30);
	assert_int_equal(seen.nr, 1);
	assert_true(seen.call[0].ts_ns == UNKNOWN_NS);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(seen.call[0].caller.address, 0x30);
	assert_int_equal(seen.call[0].map.type, 7);
	assert_int_equal(call_matcher_counts(matcher)->return_only, 1);
}

/* The return of one call and the entry of the next were missed: not one long call. */
static void check_two_calls(__u64 arg, __u64 caller)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(RECORD_RETURN_FULL, 1, 900, arg, caller);
	assert_int_equal(seen.nr, 2);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_true(seen.call[1].latency_ns == UNKNOWN_NS);
	assert_int_equal(call_matcher_counts(matcher)->completed, 0);
	assert_int_equal(call_matcher_counts(matcher)->entry_only, 1);
	assert_int_equal(call_matcher_counts(matcher)->return_only, 1);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 0);
}

MATCHER_TEST(different_argument_is_another_call)
{
	check_two_calls(0xb, 0);
}

MATCHER_TEST(different_caller_is_another_call)
{
	check_two_calls(0, 0x20);
}

MATCHER_TEST(different_map_is_another_call)
{
	struct record_call entry = record(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	struct record_call ret = record(RECORD_RETURN_FULL, 1, 900, 0, 0x10);

	entry.head.map = 0x1000;
	ret.head.map = 0x2000;
	call_matcher_add(matcher, &entry);
	call_matcher_add(matcher, &ret);
	assert_int_equal(call_matcher_counts(matcher)->completed, 0);
}

MATCHER_TEST(time_never_runs_backwards)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(RECORD_RETURN, 1, 99, 0xa, 0);
	assert_int_equal(call_matcher_counts(matcher)->completed, 0);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
}

/* The entry did not see its caller, or saw another tool's trampoline. */
MATCHER_TEST(kretprobe_knows_the_caller)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0);
	add(RECORD_RETURN_FULL, 1, 130, 0, 0x40);
	assert_int_equal(call_matcher_counts(matcher)->completed, 1);
	assert_int_equal(seen.call[0].caller.address, 0x40);
	assert_int_equal(seen.call[0].latency_ns, 30);
}

/* Either side may lack the caller. */
MATCHER_TEST(either_side_may_know_the_caller)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0);
	add(RECORD_RETURN_FULL, 1, 130, 0xa, 0x40);
	add(RECORD_ENTRY, 1, 200, 0xa, 0x50);
	add(RECORD_RETURN_FULL, 1, 230, 0xa, 0);
	assert_int_equal(call_matcher_counts(matcher)->completed, 2);
	assert_int_equal(seen.call[0].caller.address, 0x40);
	assert_int_equal(seen.call[1].caller.address, 0x50);
}

MATCHER_TEST(flush_shows_what_still_waits)
{
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(RECORD_ENTRY, 2, 100, 0xb, 0x10);
	call_matcher_flush(matcher);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(call_matcher_counts(matcher)->waiting, 2);
	assert_int_equal(call_matcher_counts(matcher)->entry_only, 0);
}

/* Everything except latency and caller comes from the entry. */
MATCHER_TEST(record_is_the_one_of_the_entry)
{
	struct record_call entry = record(RECORD_ENTRY, 1, 100, 0xa, 0);

	entry.key = 0x1234;
	entry.flags = CALL_MAP | CALL_EMPTY;
	assert_int_equal(call_matcher_add(matcher, &entry), 0);
	entry.head.type = RECORD_RETURN;
	entry.head.ts_ns = 150;
	entry.key = 0;
	entry.flags = 0;
	assert_int_equal(call_matcher_add(matcher, &entry), 0);
	assert_int_equal(seen.nr, 1);
	assert_int_equal(seen.key, 0x1234);
	assert_int_equal(seen.call[0].map.known, CALL_MAP);
	assert_int_equal(seen.call[0].flags, CALL_EMPTY);
	assert_true(seen.call[0].map.identity.released_ns == UNKNOWN_NS);
	assert_int_equal(seen.call[0].map.identity.map_id, 0);
}

MATCHER_TEST(waiting_entry_can_be_asked_for)
{
	assert_null(call_matcher_waits(matcher, 1));
	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	assert_null(call_matcher_waits(matcher, 2));
	assert_non_null(call_matcher_waits(matcher, 1));
	assert_int_equal(call_matcher_waits(matcher, 1)->head.ts_ns, 100);
	add(RECORD_ENTRY, 1, 200, 0xb, 0x20);
	assert_int_equal(call_matcher_waits(matcher, 1)->head.ts_ns, 200);
	add(RECORD_RETURN, 1, 220, 0xb, 0);
	assert_null(call_matcher_waits(matcher, 1));
}

MATCHER_TEST(overdue_is_reported_once_for_each_call)
{
	struct seen_calls late = {};

	add(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(RECORD_ENTRY, 2, 200, 0xb, 0x20);
	call_matcher_for_each_overdue(matcher, 99, false, take, &late);
	assert_int_equal(late.nr, 0);
	call_matcher_for_each_overdue(matcher, 100, false, take, &late);
	call_matcher_for_each_overdue(matcher, 199, false, take, &late);
	assert_int_equal(late.nr, 1);
	assert_int_equal(late.call[0].task.tid, 1);
	assert_int_equal(late.call[0].ts_ns, 100);
	assert_true(late.call[0].latency_ns == UNKNOWN_NS);
	call_matcher_for_each_overdue(matcher, 1000, false, take, &late);
	assert_int_equal(late.nr, 2);

	/* The report does not end the call; the thread's next call is another. */
	assert_int_equal(call_matcher_counts(matcher)->waiting, 2);
	add(RECORD_ENTRY, 1, 300, 0xc, 0x30);
	call_matcher_for_each_overdue(matcher, 299, false, take, &late);
	assert_int_equal(late.nr, 2);
	call_matcher_for_each_overdue(matcher, 300, false, take, &late);
	assert_int_equal(late.nr, 3);
	assert_int_equal(late.call[2].ts_ns, 300);
	add(RECORD_RETURN, 1, 310, 0xc, 0);
	assert_int_equal(seen.call[1].latency_ns, 10);
	call_matcher_for_each_overdue(matcher, ~0ULL, false, take, &late);
	assert_int_equal(late.nr, 3);

	/* The end of a run reports them again. */
	call_matcher_for_each_overdue(matcher, 199, true, take, &late);
	assert_int_equal(late.nr, 3);
	call_matcher_for_each_overdue(matcher, 200, true, take, &late);
	assert_int_equal(late.nr, 4);
	assert_int_equal(late.call[3].task.tid, 2);
}

TEST_MAIN(NULL, NULL)
