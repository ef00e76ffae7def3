// SPDX-License-Identifier: GPL-2.0-only
/* The clocks of this process. */
#include <time.h>

#include "util/clock.h"
#include "util/macros.h"

static __u64 read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

__u64 clock_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

__u64 clock_realtime_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}
