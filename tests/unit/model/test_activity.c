// SPDX-License-Identifier: GPL-2.0-only
/* What is reported of other activity, and what is not. */
#include "model/activity.h"
#include "model/map_info.h"
#include "support/test.h"
#include "util/macros.h"

#define SECOND NSEC_PER_SEC

static char text[ACTIVITY_SIZE];

static const char *of(struct activity activity, __u64 took_ns, __u64 cpus)
{
	return activity_text(&activity, took_ns, cpus, text);
}

TEST(test_nothing)
{
	struct activity activity;

	activity_clear(&activity);
	assert_null(of(activity, SECOND, 2));
	assert_null(of(activity, UNKNOWN_NS, 0));
	assert_null(of((struct activity){}, 0, 0));
	assert_null(of((struct activity){0, SECOND / 10, SECOND, SECOND / 100, 3000000, 3200000},
		       SECOND, 2));
	assert_null(of((struct activity){.cpu_ns = SECOND / 3}, SECOND / 2, 1)); /* short */
	/* Without the length of the run or the number of CPUs, nothing can be said. */
	assert_null(of((struct activity){.cpu_ns = SECOND}, UNKNOWN_NS, 2));
	assert_null(of((struct activity){.stolen_ns = SECOND}, SECOND, 0));
}

TEST(test_each)
{
	assert_string_equal(of((struct activity){.maps = 1}, UNKNOWN_NS, 0),
			    "1 map of others torn down");
	assert_string_equal(
		of((struct activity){.cpu_ns = SECOND / 2, .queued_ns = UNKNOWN_NS}, SECOND, 1),
		"other tasks used 50 % of a CPU");
	assert_string_equal(of((struct activity){.stolen_ns = SECOND / 10}, SECOND, 2),
			    "the hypervisor took 5 % of the CPU time");
	assert_string_equal(
		of((struct activity){.low_khz = 1000000, .high_khz = 3450000}, SECOND, 2),
		"the fastest CPU ran at 1.00 to 3.45 GHz");
}

/* The figures of a damaged recording are cut, not written beyond the text. */
TEST(test_all)
{
	const __u64 most = ~0ULL >> 1;

	assert_string_equal(
		of((struct activity){7, 3 * SECOND, 2 * SECOND, SECOND, 1000000, 2000000}, SECOND,
		   4),
		"7 maps of others torn down; other tasks used 300 % of a CPU, and tasks waited "
		"2.00s for one; the hypervisor took 25 % of the CPU time; the fastest CPU ran at "
		"1.00 to 2.00 GHz");
	assert_non_null(of((struct activity){most, most, most, most, 0, most}, 1, 1));
	assert_in_range(strlen(text), 1, ACTIVITY_SIZE - 1);
}

TEST_MAIN(NULL, NULL)
