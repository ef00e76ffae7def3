// SPDX-License-Identifier: GPL-2.0-only
/* Which records make a call, above all when some of them are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "correlate/call_matcher.h"

#define MAX_CALLS 16

struct seen_calls {
	struct call call[MAX_CALLS];
	size_t nr;
};

static void take(void *ctx, struct call *call)
{
	struct seen_calls *seen = ctx;

	assert_true(seen->nr < MAX_CALLS);
	seen->call[seen->nr++] = *call;
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

static void add(struct pair *pair, __u16 type, __u32 tid, __u64 ts_ns, __u64 arg, __u64 caller)
{
	struct record_call rec = record(type, tid, ts_ns, arg, caller);

	assert_int_equal(pair_add(pair, &rec), 0);
}

static void joins_by_thread(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(pair, RECORD_ENTRY, 2, 110, 0xb, 0x20);
	assert_int_equal(pair_waiting(pair), 2);
	add(pair, RECORD_RETURN, 1, 150, 0xa, 0);
	add(pair, RECORD_RETURN, 2, 310, 0xb, 0);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(seen.call[0].latency_ns, 50);
	assert_int_equal(seen.call[0].caller, 0x10);
	assert_int_equal(seen.call[0].map_type, 1);
	assert_int_equal(seen.call[1].ts_ns, 110);
	assert_int_equal(seen.call[1].latency_ns, 200);
	assert_int_equal(pair_completed(pair), 2);
	assert_int_equal(pair_waiting(pair), 0);
	pair_free(pair);
}

static void missed_return_is_told(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(pair, RECORD_ENTRY, 1, 200, 0xb, 0x20);
	assert_int_equal(seen.nr, 1);
	assert_int_equal(seen.call[0].ts_ns, 100);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(pair_entry_only(pair), 1);
	add(pair, RECORD_RETURN, 1, 220, 0xb, 0);
	assert_int_equal(seen.call[1].latency_ns, 20);
	assert_int_equal(pair_completed(pair), 1);
	pair_free(pair);
}

static void missed_entry_is_told(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_RETURN_FULL, 7, 220, 0xb, 0x30);
	assert_int_equal(seen.nr, 1);
	assert_true(seen.call[0].ts_ns == UNKNOWN_NS);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	assert_int_equal(seen.call[0].caller, 0x30);
	assert_int_equal(seen.call[0].map_type, 7);
	assert_int_equal(pair_return_only(pair), 1);
	pair_free(pair);
}

/* The return of one call and the entry of the next were missed: not one long call. */
static void never_joins_two_calls(void **state)
{
	static const struct {
		__u64 arg, caller;
	} ret[] = {{0xb, 0}, {0, 0x20}};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct seen_calls seen = {};
		struct pair *pair = pair_new(take, &seen);

		add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
		add(pair, RECORD_RETURN_FULL, 1, 900, ret[i].arg, ret[i].caller);
		assert_int_equal(seen.nr, 2);
		assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
		assert_true(seen.call[1].latency_ns == UNKNOWN_NS);
		assert_int_equal(pair_completed(pair), 0);
		assert_int_equal(pair_entry_only(pair), 1);
		assert_int_equal(pair_return_only(pair), 1);
		assert_int_equal(pair_waiting(pair), 0);
		pair_free(pair);
	}
}

static void different_map_is_another_call(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);
	struct record_call entry = record(RECORD_ENTRY, 1, 100, 0xa, 0x10);
	struct record_call ret = record(RECORD_RETURN_FULL, 1, 900, 0, 0x10);

	(void)state;
	entry.head.map = 0x1000;
	ret.head.map = 0x2000;
	pair_add(pair, &entry);
	pair_add(pair, &ret);
	assert_int_equal(pair_completed(pair), 0);
	pair_free(pair);
}

static void time_never_runs_backwards(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(pair, RECORD_RETURN, 1, 99, 0xa, 0);
	assert_int_equal(pair_completed(pair), 0);
	assert_true(seen.call[0].latency_ns == UNKNOWN_NS);
	pair_free(pair);
}

/* Where the entry could not see its caller, or saw something else's trampoline. */
static void kretprobe_knows_the_caller(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0);
	add(pair, RECORD_RETURN_FULL, 1, 130, 0, 0x40);
	assert_int_equal(pair_completed(pair), 1);
	assert_int_equal(seen.call[0].caller, 0x40);
	assert_int_equal(seen.call[0].latency_ns, 30);
	pair_free(pair);
}

/* Neither side alone knew everything. */
static void either_side_may_know_the_caller(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0);
	add(pair, RECORD_RETURN_FULL, 1, 130, 0xa, 0x40);
	add(pair, RECORD_ENTRY, 1, 200, 0xa, 0x50);
	add(pair, RECORD_RETURN_FULL, 1, 230, 0xa, 0);
	assert_int_equal(pair_completed(pair), 2);
	assert_int_equal(seen.call[0].caller, 0x40);
	assert_int_equal(seen.call[1].caller, 0x50);
	pair_free(pair);
}

static void flush_shows_what_still_waits(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(pair, RECORD_ENTRY, 2, 100, 0xb, 0x10);
	pair_flush(pair);
	assert_int_equal(seen.nr, 2);
	assert_int_equal(pair_waiting(pair), 2);
	assert_int_equal(pair_entry_only(pair), 0);
	pair_free(pair);
}

/* The two meanings of one member, by the function; a return's record has neither. */
static void key_and_entries_are_told_apart(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);
	struct record_call entry = record(RECORD_ENTRY, 1, 100, 0xa, 0);
	struct call call;

	(void)state;
	entry.key = 0x1234;
	entry.head.point = POINT_DESTROY;
	call = pair_call_of(&entry);
	assert_int_equal(call.key, 0x1234);
	assert_true(call.entries == ENTRIES_UNKNOWN);
	entry.head.point = POINT_RECLAIM;
	assert_int_equal(pair_call_of(&entry).key, 0x1234);
	assert_true(pair_call_of(&entry).entries == ENTRIES_UNKNOWN);
	entry.head.point = POINT_FREE;
	assert_int_equal(pair_call_of(&entry).key, 0);
	assert_int_equal(pair_call_of(&entry).entries, 0x1234);
	assert_true(call.identity.released_ns == UNKNOWN_NS);
	assert_int_equal(call.identity.map_id, 0);

	/* As they were at entry. */
	assert_int_equal(pair_add(pair, &entry), 0);
	entry.head.type = RECORD_RETURN;
	entry.head.ts_ns = 150;
	entry.entries = 0;
	assert_int_equal(pair_add(pair, &entry), 0);
	assert_int_equal(seen.call[0].entries, 0x1234);
	assert_int_equal(seen.call[0].latency_ns, 50);
	/* Where only the return was seen, no element was counted: that is not 0 of them. */
	assert_int_equal(pair_add(pair, &entry), 0);
	assert_true(seen.call[1].entries == ENTRIES_UNKNOWN);
	assert_int_equal(seen.call[1].key, 0);
	pair_free(pair);
}

static void waiting_entry_can_be_asked_for(void **state)
{
	struct seen_calls seen = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	assert_null(pair_waits(pair, 1));
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
	assert_null(pair_waits(pair, 2));
	assert_non_null(pair_waits(pair, 1));
	assert_int_equal(pair_waits(pair, 1)->head.ts_ns, 100);
	add(pair, RECORD_ENTRY, 1, 200, 0xb, 0x20);
	assert_int_equal(pair_waits(pair, 1)->head.ts_ns, 200);
	add(pair, RECORD_RETURN, 1, 220, 0xb, 0);
	assert_null(pair_waits(pair, 1));
	pair_free(pair);
}

static void overdue_is_told_once_for_each_call(void **state)
{
	struct seen_calls seen = {}, late = {};
	struct pair *pair = pair_new(take, &seen);

	(void)state;
	add(pair, RECORD_ENTRY, 1, 100, 0xa, 0x10);
	add(pair, RECORD_ENTRY, 2, 200, 0xb, 0x20);
	pair_for_each_overdue(pair, 99, false, take, &late);
	assert_int_equal(late.nr, 0);
	pair_for_each_overdue(pair, 100, false, take, &late);
	pair_for_each_overdue(pair, 199, false, take, &late);
	assert_int_equal(late.nr, 1);
	assert_int_equal(late.call[0].tid, 1);
	assert_int_equal(late.call[0].ts_ns, 100);
	assert_true(late.call[0].latency_ns == UNKNOWN_NS);
	pair_for_each_overdue(pair, 1000, false, take, &late);
	assert_int_equal(late.nr, 2);

	/* Not over for having been told of; and the thread's next call is another. */
	assert_int_equal(pair_waiting(pair), 2);
	add(pair, RECORD_ENTRY, 1, 300, 0xc, 0x30);
	pair_for_each_overdue(pair, 299, false, take, &late);
	assert_int_equal(late.nr, 2);
	pair_for_each_overdue(pair, 300, false, take, &late);
	assert_int_equal(late.nr, 3);
	assert_int_equal(late.call[2].ts_ns, 300);
	add(pair, RECORD_RETURN, 1, 310, 0xc, 0);
	assert_int_equal(seen.call[1].latency_ns, 10);
	pair_for_each_overdue(pair, ~0ULL, false, take, &late);
	assert_int_equal(late.nr, 3);

	/* At the end of a run they are asked for once more. */
	pair_for_each_overdue(pair, 199, true, take, &late);
	assert_int_equal(late.nr, 3);
	pair_for_each_overdue(pair, 200, true, take, &late);
	assert_int_equal(late.nr, 4);
	assert_int_equal(late.call[3].tid, 2);
	pair_free(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_by_thread),
		cmocka_unit_test(missed_return_is_told),
		cmocka_unit_test(missed_entry_is_told),
		cmocka_unit_test(never_joins_two_calls),
		cmocka_unit_test(different_map_is_another_call),
		cmocka_unit_test(time_never_runs_backwards),
		cmocka_unit_test(kretprobe_knows_the_caller),
		cmocka_unit_test(either_side_may_know_the_caller),
		cmocka_unit_test(flush_shows_what_still_waits),
		cmocka_unit_test(key_and_entries_are_told_apart),
		cmocka_unit_test(waiting_entry_can_be_asked_for),
		cmocka_unit_test(overdue_is_told_once_for_each_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
