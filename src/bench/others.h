/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches what else happens on the machine while a benchmark runs. What cannot be read is unknown.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "model/activity.h"
#include "model/teardown.h"

/* CPU times in ns, of all CPUs. */
struct cpu_times {
	__u64 user_ns; /* of user mode, "nice" included */
	__u64 busy_ns; /* user, system, interrupts */
	__u64 stolen_ns;
	__u64 queued_ns; /* that tasks waited for a CPU; UNKNOWN_NS */
};

/* All zero before. */
struct others {
	pid_t worker;
	bool times_known, own_known;
	struct cpu_times start, own_start; /* of the machine; of this process and the worker */
	__u64 freed_ns;			   /* by workers, for the benchmark */
	__u64 maps;
	__u64 low_khz, high_khz; /* 0: unknown */
};

/* worker: the process that makes the maps. */
void others_begin(struct others *others, pid_t worker);

/* Reads the frequencies of CPUs, of 8 at most: twice a second is enough. */
void others_sample(struct others *others);

/* Takes each teardown: whose map was it? */
void others_teardown(struct others *others, const struct teardown *teardown);

/* The worker must not have ended. */
void others_end(const struct others *others, struct activity *activity);

/*
 * Parses the first line of /proc/stat, whose times are coarse: the state of each CPU at clock
 * ticks. False: it is none.
 */
bool others_parse_stat(const char *line, struct cpu_times *times);

/* Adds a line of /proc/schedstat to busy_ns and queued_ns, which are exact. False: of no CPU. */
bool others_parse_schedstat(const char *line, struct cpu_times *times);

/* Parses a line of /proc/PID/stat. False: it is none. */
bool others_parse_process(const char *line, struct cpu_times *times);
