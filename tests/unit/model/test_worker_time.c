// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a worker's run, and what it waited for.
 */
#include "model/worker_time.h"
#include "support/test.h"

static const struct record_freed some = {
	.cpu_ns = 100,
	.runqueue_ns = 20,
	.grace_ns = {[GRACE_RCU] = 30, [GRACE_WORK] = 31},
};

TEST(adds_up)
{
	struct worker_time time = worker_time_of(&some, 200);

	assert_int_equal(time.cpu_ns, 100);
	assert_int_equal(time.runqueue_ns, 20);
	assert_int_equal(time.grace_ns, 61);
	assert_int_equal(time.known, TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN | TIME_GRACE_KNOWN);
	assert_string_equal(grace_word(time.grace_for), "__flush_work");
}

/* Measured by other clocks, the parts may be more than the whole: for no length are they shown so.
 */
TEST(never_more_than_the_whole)
{
	for (__u64 ns = 0; ns < 200; ns++) {
		struct worker_time time = worker_time_of(&some, ns);

		assert_true(time.cpu_ns + time.runqueue_ns + time.grace_ns ==
			    (ns < 181 ? ns : 181));
		assert_true(time.cpu_ns <= 100 && time.runqueue_ns <= 20);
	}
}

TEST(a_little_less_than_nothing)
{
	struct record_freed freed = some;

	freed.cpu_ns = -5;
	assert_int_equal(worker_time_of(&freed, 200).cpu_ns, 0);
	assert_int_equal(worker_time_of(&freed, 200).runqueue_ns, 20);
}

TEST(unknown_parts)
{
	struct record_freed freed = some;
	struct worker_time time;

	freed.cpu_ns = TIME_UNKNOWN;
	time = worker_time_of(&freed, 200);
	assert_int_equal(time.known, TIME_RUNQUEUE_KNOWN | TIME_GRACE_KNOWN);
	freed.runqueue_ns = TIME_UNKNOWN;
	assert_int_equal(worker_time_of(&freed, 200).known, TIME_GRACE_KNOWN);
	freed.grace_ns[0] = TIME_UNKNOWN;
	time = worker_time_of(&freed, 200);
	assert_int_equal(time.known, 0);
	assert_null(grace_word(time.grace_for));
	assert_int_equal(worker_time_part(&time, TIME_CPU_KNOWN), 0);
}

TEST(counted)
{
	struct record_freed freed = some;
	struct worker_time time, sum = {};

	freed.events[COUNTER_INSTRUCTIONS] = 5000;
	freed.events[COUNTER_CYCLES] = 7; /* not set */
	freed.counted = 1U << COUNTER_INSTRUCTIONS | 1U << COUNTER_DTLB_MISSES;
	time = worker_time_of(&freed, 200);
	assert_true(time.known & TIME_INSTRUCTIONS_KNOWN);
	assert_false(time.known & TIME_CYCLES_KNOWN);
	assert_int_equal(worker_time_part(&time, TIME_INSTRUCTIONS_KNOWN), 5000);
	/* 0 misses are a count. */
	assert_true(time.known & TIME_DTLB_MISSES_KNOWN);
	assert_false(time.known & TIME_CACHE_MISSES_KNOWN);
	assert_int_equal(worker_time_part(&time, TIME_DTLB_MISSES_KNOWN), 0);
	worker_time_add(&sum, &time);
	freed.events[COUNTER_CYCLES] = 9000;
	freed.events[COUNTER_CACHE_MISSES] = 3;
	freed.counted |= 1U << COUNTER_CYCLES | 1U << COUNTER_CACHE_MISSES;
	time = worker_time_of(&freed, 200);
	assert_int_equal(worker_time_part(&time, TIME_CYCLES_KNOWN), 9000);
	worker_time_add(&sum, &time);
	assert_int_equal(worker_time_part(&time, TIME_CACHE_MISSES_KNOWN), 3);
	assert_true(sum.events[COUNTER_INSTRUCTIONS] == 10000 &&
		    sum.events[COUNTER_CYCLES] == 9000);
	assert_true(sum.events[COUNTER_CACHE_MISSES] == 3 && !sum.events[COUNTER_DTLB_MISSES]);
}

TEST(did_not_wait)
{
	static const struct record_freed freed = {.cpu_ns = 200};
	struct worker_time time = worker_time_of(&freed, 200);

	assert_int_equal(time.grace_for, 0);
	assert_int_equal(time.known, TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN | TIME_GRACE_KNOWN);
}

TEST(every_function_has_a_word)
{
	assert_null(grace_word(0));
	for (unsigned int i = 0; i < NR_GRACES; i++)
		assert_string_equal(grace_word(i + 1), grace_function(i));
	assert_null(grace_word(NR_GRACE_WORDS));
}

TEST_MAIN(NULL, NULL)
