// SPDX-License-Identifier: GPL-2.0-only
/* The clock that follows the kernel's. */
#include <time.h>

#include "support/test.h"
#include "util/clock.h"
#include "util/macros.h"

static __u64 monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

TEST(follows_the_kernel)
{
	const __u64 day_ns = 86400 * NSEC_PER_SEC, first = monotonic_ns();
	const __u64 before = clock_now_ns();
	struct moment moment;
	__u64 now;

	assert_in_range(before, first, monotonic_ns());
	/* In a time namespace; the kernel's clock may be ahead of it, too. */
	clock_correct(-(__s64)day_ns);
	now = clock_now_ns();
	assert_in_range(now, before + day_ns, monotonic_ns() + day_ns);
	moment = clock_moment();
	assert_in_range(moment.ns, now, monotonic_ns() + day_ns);
	clock_correct(day_ns);
	now = clock_now_ns();
	assert_in_range(now, before, monotonic_ns());
}

TEST(shift_of_a_namespace)
{
	const __s64 second = NSEC_PER_SEC;

	assert_int_equal(clock_shift(-2000, 5000), 0);
	/* Though the two could not be read within a second. */
	assert_int_equal(clock_shift(-10, 3 * second), 0);
	assert_int_equal(clock_shift(86400 * second - 3000, 86400 * second + 9000), 86400 * second);
	assert_int_equal(clock_shift(-7 * second - 9000, -7 * second + 1), -7 * second);
	/* The file takes nanoseconds, too. */
	assert_int_equal(clock_shift(second + 1000, second + 3000), second + 2000);
	assert_int_equal(clock_shift(-5000, -3000), -4000);
}

TEST(moments_agree)
{
	const struct moment a = clock_moment(), b = clock_moment();

	assert_true(b.ns > a.ns && b.ns - a.ns < NSEC_PER_SEC);
	assert_in_range(b.realtime_ns - a.realtime_ns, 0, NSEC_PER_SEC);
	/* It does not sleep meanwhile. */
	assert_in_range(b.slept_ns + NSEC_PER_MSEC - a.slept_ns, 0, 2 * NSEC_PER_MSEC);
}

TEST_MAIN(NULL, NULL)
