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

static __u64 instructions(const struct cpu_counters *changed)
{
	return cpu_counters_difference(&start, changed, COUNTER_INSTRUCTIONS);
}

TEST(counts_what_ran)
{
	assert_int_equal(instructions(&end), 800);
	assert_int_equal(cpu_counters_difference(&start, &end, COUNTER_CYCLES), 900);
}

TEST(a_counter_may_wrap)
{
	struct cpu_counters from = start;

	from.of[COUNTER_INSTRUCTIONS].count = -200ULL;
	assert_int_equal(cpu_counters_difference(&from, &end, COUNTER_INSTRUCTIONS), 2000);
}

TEST(unknown_if_others_ran)
{
	struct cpu_counters other = end;

	other.switches++;
	assert_int_equal(instructions(&other), 0);
	other = end;
	other.cpu = 2;
	assert_int_equal(instructions(&other), 0);
	other = end;
	other.tid = 8; /* of a worker whose place was taken */
	assert_int_equal(instructions(&other), 0);
}

TEST(unknown_if_the_counter_did_not_always_run)
{
	struct cpu_counters other = end;

	other.of[COUNTER_INSTRUCTIONS].running_ns--;
	assert_int_equal(instructions(&other), 0);
	assert_int_equal(cpu_counters_difference(&start, &other, COUNTER_CYCLES), 900);
	/* Its CPU was switched off before, so that it does not count any more. */
	other = end;
	other.of[COUNTER_INSTRUCTIONS] = start.of[COUNTER_INSTRUCTIONS];
	assert_int_equal(instructions(&other), 0);
}

TEST(unknown_if_not_read_at_both_ends)
{
	static const struct cpu_counters nothing = {};
	struct cpu_counters other = end;

	other.known = 1U << COUNTER_CYCLES;
	assert_int_equal(instructions(&other), 0);
	assert_int_equal(cpu_counters_difference(&start, &other, COUNTER_CYCLES), 900);
	assert_int_equal(cpu_counters_difference(&nothing, &end, COUNTER_CYCLES), 0);
}

TEST_MAIN(NULL, NULL)
