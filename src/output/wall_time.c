// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes times of day. There may be one in each of a million lines, so the text of the last second
 * is kept, and the digits of its fraction are written without printf().
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/wall_time.h"
#include "util/clock.h"
#include "util/macros.h"

/* The two clocks are not read at once: times are corrected in steps, not with each reading. */
#define CLOCK_SET_NS (NSEC_PER_SEC / 10)

/* The text of a second. */
struct second {
	__u64 number; /* since 1970 */
	char text[32];
	size_t len; /* 0: none */
};

static struct {
	__u64 ahead_ns; /* of CLOCK_REALTIME, modulo 2^64 */
	bool live, in_tables;
	struct second utc, local;
} clock_of_run;

void wall_time_set(const struct start *start, bool in_tables)
{
	clock_of_run.ahead_ns = start->realtime_ns - start->ns;
	clock_of_run.live = start->live;
	clock_of_run.in_tables = in_tables;
	clock_of_run.utc.len = clock_of_run.local.len = 0;
}

bool wall_time_in_tables(void)
{
	return clock_of_run.in_tables;
}

static void follow_clock(void)
{
	const struct moment now = clock_moment();
	__u64 ahead_ns = now.realtime_ns - now.ns;

	if ((__u64)llabs((__s64)(ahead_ns - clock_of_run.ahead_ns)) > CLOCK_SET_NS)
		clock_of_run.ahead_ns = ahead_ns;
}

__u64 wall_time_ns(__u64 ns)
{
	if (clock_of_run.live)
		follow_clock();
	return clock_of_run.ahead_ns + ns;
}

static void set_second(struct second *second, __u64 ns, bool utc)
{
	time_t time;
	struct tm tm;

	second->number = wall_time_ns(ns) / NSEC_PER_SEC;
	time = (time_t)second->number;
	if (utc)
		gmtime_r(&time, &tm);
	else
		localtime_r(&time, &tm);
	second->len = strftime(second->text, sizeof(second->text),
			       utc ? "%Y-%m-%dT%H:%M:%S." : "%H:%M:%S.", &tm);
}

/* Writes the second and so many digits of its fraction. Returns the end. */
static char *put(char *dst, struct second *second, __u64 ns, int digits, bool utc)
{
	__u64 real_ns = clock_of_run.ahead_ns + ns;

	if (!second->len || real_ns / NSEC_PER_SEC != second->number) {
		set_second(second, ns, utc);
		real_ns = clock_of_run.ahead_ns + ns;
	}
	real_ns %= NSEC_PER_SEC;
	dst = mempcpy(dst, second->text, second->len);
	for (int i = 9; i > digits; i--)
		real_ns /= 10;
	for (int i = digits - 1; i >= 0; i--, real_ns /= 10)
		dst[i] = '0' + real_ns % 10;
	return dst + digits;
}

char *wall_time_utc(char dst[WALL_TIME_SIZE], __u64 ns)
{
	strcpy(put(dst, &clock_of_run.utc, ns, 9, true), "Z");
	return dst;
}

char *wall_time_local(char dst[WALL_TIME_SIZE], __u64 ns)
{
	*put(dst, &clock_of_run.local, ns, 6, false) = '\0';
	return dst;
}
