// SPDX-License-Identifier: GPL-2.0-only
/* Times of day: their form, the seconds that are kept, and a clock that is set. */
#include <time.h>

#include "output/wall_time.h"
#include "support/test.h"
#include "util/clock.h"
#include "util/macros.h"

#define BOOTED 1000000000000ULL /* CLOCK_MONOTONIC at the start */
#define REAL   1795878245123456789ULL

static const char *utc(__u64 ns)
{
	static char text[WALL_TIME_SIZE];

	memset(text, 'x', sizeof(text));
	return wall_time_utc(text, ns);
}

static const char *local(__u64 ns)
{
	static char text[WALL_TIME_SIZE];

	return wall_time_local(text, ns);
}

TEST(form_is_constant)
{
	const struct start start = {BOOTED, REAL, false};

	wall_time_set(&start, false);
	assert_false(wall_time_in_tables());
	assert_string_equal(utc(BOOTED), "2026-11-28T15:04:05.123456789Z");
	assert_string_equal(utc(BOOTED + 876543210), "2026-11-28T15:04:05.999999999Z");
	assert_string_equal(utc(BOOTED + 876543211), "2026-11-28T15:04:06.000000000Z");
	assert_string_equal(utc(BOOTED - 123456789), "2026-11-28T15:04:05.000000000Z");
	assert_string_equal(utc(BOOTED - 123456790), "2026-11-28T15:04:04.999999999Z");
	assert_string_equal(local(BOOTED), "15:04:05.123456");
	assert_string_equal(local(BOOTED + NSEC_PER_SEC), "15:04:06.123456");
	assert_true(wall_time_ns(BOOTED + 7) == REAL + 7);
	wall_time_set(&start, true);
	assert_true(wall_time_in_tables());
}

/* As the C library has them, from 1970 to 2554, in any order. */
TEST(all_seconds)
{
	const struct start start = {0, 0, false};
	__u64 ns = 1;

	wall_time_set(&start, false);
	for (int i = 0; i < 100000; i++) {
		time_t second = (time_t)(ns / NSEC_PER_SEC);
		char want[64];
		struct tm tm;

		gmtime_r(&second, &tm);
		snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02d.%09lluZ",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec, ns % NSEC_PER_SEC);
		assert_string_equal(utc(ns), want);
		/* Often in the same second. */
		ns = i % 3 ? ns + 100000000 : ns * 6364136223846793005ULL + 1442695040888963407ULL;
	}
	assert_string_equal(utc(0), "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(utc(~0ULL), "2554-07-21T23:34:33.709551615Z");
}

/* Another run, another clock: no second is kept. */
TEST(clock_of_the_run)
{
	const struct start first = {BOOTED, REAL, false}, second = {BOOTED, REAL + 1, false};

	wall_time_set(&first, false);
	assert_string_equal(utc(BOOTED), "2026-11-28T15:04:05.123456789Z");
	wall_time_set(&second, false);
	assert_string_equal(utc(BOOTED), "2026-11-28T15:04:05.123456790Z");
}

/* A live run that began before the clock was set by an hour. Other differences are of reading. */
TEST(clock_that_is_set)
{
	const struct moment now = clock_moment();
	struct start start = {now.ns, now.realtime_ns - 3600 * NSEC_PER_SEC, true};
	__s64 off_ns;

	wall_time_set(&start, false);
	off_ns = wall_time_ns(now.ns) - now.realtime_ns;
	assert_true(off_ns > -(__s64)NSEC_PER_SEC && off_ns < (__s64)NSEC_PER_SEC);
	start.realtime_ns = now.realtime_ns + 1000000;
	wall_time_set(&start, false);
	assert_true(wall_time_ns(now.ns) == now.realtime_ns + 1000000);
	/* A recording is of its own clock. */
	start = (struct start){now.ns, now.realtime_ns - 3600 * NSEC_PER_SEC, false};
	wall_time_set(&start, false);
	assert_true(wall_time_ns(now.ns) == start.realtime_ns);
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	return 0;
}

TEST_MAIN(set_up, NULL)
