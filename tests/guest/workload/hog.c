// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a processor from all ordinary tasks half of the time.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "maps.h"
#include "workload.h"

/* Short, so that it takes part of every free that lasts some milliseconds */
#define TURN_NS 2000000

static volatile sig_atomic_t enough;

static void on_signal(int signal)
{
	(void)signal;
	enough = 1;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void hog_run(unsigned int cpu)
{
	const struct sched_param param = {.sched_priority = 10};
	const struct timespec turn = {.tv_nsec = TURN_NS};
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || sched_setscheduler(0, SCHED_FIFO, &param))
		fatal(errno, "cannot take processor %u", cpu);
	signal(SIGTERM, on_signal);
	printf("{\"kind\":\"hog\",\"cpu\":%u}\n", cpu);
	while (!enough) {
		long long end_ns = now_ns() + TURN_NS;

		while (now_ns() < end_ns)
			;
		nanosleep(&turn, NULL);
	}
}
