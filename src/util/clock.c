// SPDX-License-Identifier: GPL-2.0-only
/* The clocks of this machine. */
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/macros.h"

#define TIME_NAMESPACE "/proc/self/ns/time"

/* How far this process's CLOCK_MONOTONIC is ahead of the kernel's. */
static __s64 ahead_ns;

void clock_join_children(void)
{
	int fd = open(TIME_NAMESPACE "_for_children", O_RDONLY | O_CLOEXEC);
	struct stat own, childrens;

	if (fd < 0)
		return;
	if (!fstat(fd, &childrens) && !stat(TIME_NAMESPACE, &own) && own.st_ino != childrens.st_ino)
		setns(fd, CLONE_NEWTIME);
	close(fd);
}

static __u64 read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

__u64 clock_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC) - ahead_ns;
}

void clock_correct(__s64 more_ns)
{
	ahead_ns += more_ns;
}

__s64 clock_shift(__s64 low, __s64 high)
{
	__s64 second = NSEC_PER_SEC, middle = low + (high - low) / 2, whole;

	if (low <= 0 && high >= 0)
		return 0;
	whole = (middle + (middle < 0 ? -second : second) / 2) / second * second;
	return whole >= low && whole <= high ? whole : middle;
}

/* Of five times, the one at which CLOCK_MONOTONIC passed least while the clocks were read. */
struct moment clock_moment(void)
{
	struct moment moment = {};
	__u64 least = ~0ULL;

	for (int tries = 0; tries < 5; tries++) {
		__u64 before = clock_now_ns(), realtime = read_clock(CLOCK_REALTIME);
		__u64 boottime = read_clock(CLOCK_BOOTTIME), passed = clock_now_ns() - before;

		if (passed >= least)
			continue;
		least = passed;
		moment.ns = before + passed / 2;
		moment.realtime_ns = realtime;
		moment.slept_ns = boottime - moment.ns;
	}
	return moment;
}
