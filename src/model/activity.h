/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What else happened on the machine while a benchmark ran, and may have disturbed it.
 */
#pragma once

#include <linux/types.h>

#define ACTIVITY_SIZE 256

/* Each UNKNOWN_NS: unknown. */
struct activity {
	__u64 maps;	 /* teardowns of maps that others had released */
	__u64 cpu_ns;	 /* CPU time of others: neither of the benchmark nor of its teardowns */
	__u64 queued_ns; /* that tasks, those of the benchmark too, waited for a CPU, summed */
	__u64 stolen_ns; /* CPU time that the hypervisor took, summed over CPUs */
	__u64 low_khz;	 /* of the fastest CPU, at the time when that was slowest, */
	__u64 high_khz;	 /* and when it was fastest */
};

/* All unknown. */
void activity_clear(struct activity *activity);

/*
 * Describes what is more than the usual on an idle machine, in a run that took took_ns on so many
 * CPUs (0: unknown): any maps, 30 % of a CPU and half a second of it, 1 % of all CPU time stolen, a
 * frequency that varies by 10 %. Returns text, or NULL: there is nothing to report, or nothing is
 * known.
 */
const char *activity_text(const struct activity *activity, __u64 took_ns, __u64 cpus,
			  char text[ACTIVITY_SIZE]);
