// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes hardware counters of the first processor, as a profiler does.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "maps.h"
#include "workload.h"

void counters_run(unsigned int events)
{
	/* An event that the tool does not count: QEMU counts each event in one counter only. */
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HW_CACHE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_WRITE << 8 |
			  PERF_COUNT_HW_CACHE_RESULT_MISS << 16,
	};

	/* They last until the end of the process. */
	for (unsigned int i = 0; i < events; i++)
		if (syscall(__NR_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC) < 0)
			fatal(errno, "cannot open event %u", i);
	printf("{\"kind\":\"counters\",\"events\":%u}\n", events);
	pause();
}
