// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the count of a CPU is that of a worker's run.
 */
#include "cpu_counters.h"
#include "support/test.h"

#define BOTH (1U << COUNTER_INSTRUCTIONS | 1U << COUNTER_CYCLES)

static const struct cpu_counters start = {
	.tid = 7,
	.cpu = 3,
	.switches = 12,
	.known = BOTH,
	.of = {{1000, 500, 400}, {2000, 500, 500}},
};
static const struct cpu_counters end = {
	.tid = 7,
	.cpu = 3,
	.switches = 12,
	.known = BOTH,
	.of = {{1800, 600, 500}, {2900, 600, 600}},
};

/* From one to the other; -1: unknown. */
static __s64 counted(const struct cpu_counters *from, const struct cpu_counters *to,
		     enum cpu_counter counter)
{
	__u64 events;

	return cpu_counters_difference(from, to, counter, &events) ? (__s64)events : -1;
}

static __s64 instructions(const struct cpu_counters *changed)
{
	return counted(&start, changed, COUNTER_INSTRUCTIONS);
}

TEST(counts_what_ran)
{
	assert_int_equal(instructions(&end), 800);
	assert_int_equal(counted(&start, &end, COUNTER_CYCLES), 900);
}

/* No misses are a count; a program takes instructions and cycles. */
TEST(nothing_is_a_count_of_misses)
{
	struct cpu_counters from = start, to = end;

	from.known = to.known = (1U << NR_CPU_COUNTERS) - 1;
	for (int i = 0; i < NR_CPU_COUNTERS; i++) {
		from.of[i] = (struct cpu_counter_value){7, 100, 100};
		to.of[i] = (struct cpu_counter_value){7, 200, 200};
	}
	assert_int_equal(counted(&from, &to, COUNTER_INSTRUCTIONS), -1);
	assert_int_equal(counted(&from, &to, COUNTER_CYCLES), -1);
	assert_int_equal(counted(&from, &to, COUNTER_CACHE_MISSES), 0);
	assert_int_equal(counted(&from, &to, COUNTER_DTLB_MISSES), 0);
}

TEST(a_counter_may_wrap)
{
	struct cpu_counters from = start;

	from.of[COUNTER_INSTRUCTIONS].count = -200ULL;
	assert_int_equal(counted(&from, &end, COUNTER_INSTRUCTIONS), 2000);
}

TEST(unknown_if_others_ran)
{
	struct cpu_counters other = end;

	other.switches++;
	assert_int_equal(instructions(&other), -1);
	other = end;
	other.cpu = 2;
	assert_int_equal(instructions(&other), -1);
	other = end;
	other.tid = 8; /* of a worker whose place was taken */
	assert_int_equal(instructions(&other), -1);
}

TEST(unknown_if_the_counter_did_not_always_run)
{
	struct cpu_counters other = end;

	other.of[COUNTER_INSTRUCTIONS].running_ns--;
	assert_int_equal(instructions(&other), -1);
	assert_int_equal(counted(&start, &other, COUNTER_CYCLES), 900);
	/* Its CPU was switched off before, so that it does not count any more. */
	other = end;
	other.of[COUNTER_INSTRUCTIONS] = start.of[COUNTER_INSTRUCTIONS];
	assert_int_equal(instructions(&other), -1);
}

TEST(unknown_if_not_read_at_both_ends)
{
	static const struct cpu_counters nothing = {};
	struct cpu_counters other = end;

	other.known = 1U << COUNTER_CYCLES;
	assert_int_equal(instructions(&other), -1);
	assert_int_equal(counted(&start, &other, COUNTER_CYCLES), 900);
	assert_int_equal(counted(&nothing, &end, COUNTER_CYCLES), -1);
}

TEST_MAIN(NULL, NULL)
