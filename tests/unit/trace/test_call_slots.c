// SPDX-License-Identifier: GPL-2.0-only
/* Calls in progress are taken over once, and no others. */
#include "support/test.h"

#include "trace/call_slots.h"

static struct call_slot slots[NR_CALL_SLOTS];
static struct record_call taken[8];
static size_t nr_taken;

static void take(void *ctx, const void *record, size_t size)
{
	assert_null(ctx);
	assert_int_equal(size, sizeof(*taken));
	assert_true(nr_taken < 8);
	memcpy(&taken[nr_taken++], record, size);
}

static void set(int at, __u32 tid, enum call_state state, __u64 ts_ns)
{
	slots[at].owner = CALL_OWNER(tid, 0xffff, 3, state);
	slots[at].rec.head.tid = tid;
	slots[at].rec.head.ts_ns = ts_ns;
}

TEST(takes_calls_in_progress)
{
	set(0, 1, CALL_RUNS, 100);
	set(1, 2, CALL_RETURNED, 100);
	set(2, 3, CALL_BEFORE_RUN, 100);
	set(3, 4, CALL_ENTERING, 100);
	set(4, 5, CALL_UNWANTED, 100);
	set(5, 6, CALL_TAKEN, 100);
	set(6, 7, CALL_RUNS, 101);
	set(NR_CALL_SLOTS - 1, 0x80000001, CALL_RUNS, 50);
	call_slots_take(slots, 100, take, NULL);
	assert_int_equal(nr_taken, 2);
	assert_int_equal(taken[0].head.tid, 1);
	assert_int_equal(taken[1].head.tid, 0x80000001);
	assert_true(slots[0].owner == CALL_OWNER(1, 0xffff, 3, CALL_TAKEN));
	assert_true(slots[6].owner == CALL_OWNER(7, 0xffff, 3, CALL_RUNS));
	call_slots_take(slots, 100, take, NULL);
	assert_int_equal(nr_taken, 2);
	call_slots_take(slots, 101, take, NULL);
	assert_int_equal(nr_taken, 3);
	assert_int_equal(taken[2].head.tid, 7);
}

TEST(owner_has_its_parts)
{
	__u64 owner = CALL_OWNER(0xfffffffe, 0x12345, 41, CALL_TAKEN);

	assert_true(CALL_OWNER_TID(owner) == 0xfffffffe);
	assert_int_equal(CALL_OWNER_NTH(owner), 0x2345);
	assert_int_equal(CALL_OWNER_PROG(owner), 41);
	assert_int_equal(CALL_OWNER_STATE(owner), CALL_TAKEN);
	assert_true(NR_PROGS <= 256);
}

TEST_MAIN(NULL, NULL)
