/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a CPU at the start and at the end of a worker's run, and when their difference is the
 * worker's: for the BPF programs, and for the tests of this rule.
 */
#pragma once

#include "event.h"

/* The kernel's struct bpf_perf_event_value: the events of one counter, and its times in ns. */
struct cpu_counter_value {
	__u64 count;
	__u64 enabled_ns;
	__u64 running_ns; /* less than enabled_ns if other events had the hardware's counter */
};

struct cpu_counters {
	__u32 tid;	/* 0: nothing was read */
	__u32 cpu;	/* whose counters they are */
	__u64 switches; /* of the task, to another, so far */
	__u32 known;	/* bit N: enum cpu_counter N was read */
	__u32 pad;
	struct cpu_counter_value of[NR_CPU_COUNTERS];
};

_Static_assert(sizeof(struct cpu_counters) == 120, "cpu_counters");

/*
 * The events from start to end. Returns 0 if they are unknown, and 1. A CPU counts what runs there,
 * whatever it is: the count is the task's if nothing else had the CPU, and whole if the counter
 * always ran. There may be no misses, but a counter of instructions or cycles that stands still
 * does not count.
 */
static inline __attribute__((always_inline)) int
cpu_counters_difference(const struct cpu_counters *start, const struct cpu_counters *end,
			enum cpu_counter counter, __u64 *events)
{
	const struct cpu_counter_value *from = &start->of[counter], *to = &end->of[counter];
	__u64 enabled_ns = to->enabled_ns - from->enabled_ns;

	if (!(start->known & end->known & 1U << counter))
		return 0;
	if (start->tid != end->tid || start->cpu != end->cpu || start->switches != end->switches)
		return 0;
	if (!enabled_ns || enabled_ns != to->running_ns - from->running_ns)
		return 0;
	*events = to->count - from->count;
	return *events || counter > COUNTER_CYCLES;
}
