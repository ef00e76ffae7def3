/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time of a worker's run: on a CPU, in a run queue, and asleep until a grace period is over;
 * the rest is other sleep, and interrupts. Also the CPU's counts, for runs without a task switch.
 * All zero: nothing is known.
 */
#pragma once

#include <stdbool.h>

#include "event.h"

enum worker_time_flags {
	TIME_CPU_KNOWN = 1 << 0,
	TIME_RUNQUEUE_KNOWN = 1 << 1,
	TIME_GRACE_KNOWN = 1 << 2,
	TIME_INSTRUCTIONS_KNOWN = 1 << 3,
	TIME_CYCLES_KNOWN = 1 << 4,
	TIME_CACHE_MISSES_KNOWN = 1 << 5,
	TIME_DTLB_MISSES_KNOWN = 1 << 6,
};

#define TIME_EVENTS_KNOWN(counter) (TIME_INSTRUCTIONS_KNOWN << (counter))
_Static_assert(TIME_EVENTS_KNOWN(COUNTER_DTLB_MISSES) == TIME_DTLB_MISSES_KNOWN &&
		       NR_CPU_COUNTERS == COUNTER_DTLB_MISSES + 1,
	       "a flag for each counter, in their order");

struct worker_time {
	__u64 cpu_ns;
	__u64 runqueue_ns;
	__u64 grace_ns;	 /* in the functions of enum grace */
	__u8 known;	 /* enum worker_time_flags */
	__u32 grace_for; /* the one with most of it, see grace_word(); 0: none, or not known */
	__u64 events[NR_CPU_COUNTERS];
};

/* Of a worker_time's grace_for: the kernel's function. NULL: 0. */
const char *grace_word(unsigned int grace_for);
#define NR_GRACE_WORDS (NR_GRACES + 1)

/* The function that the programs attach to. */
const char *grace_function(enum grace grace);

/* From the record of the return of a run of this length, of which these are parts. */
struct worker_time worker_time_of(const struct record_freed *freed, __u64 latency_ns);

/* One of them; 0 if it is not known. */
static inline __u64 worker_time_part(const struct worker_time *time, enum worker_time_flags part)
{
	if (!(time->known & part))
		return 0;
	switch (part) {
	case TIME_CPU_KNOWN:
		return time->cpu_ns;
	case TIME_RUNQUEUE_KNOWN:
		return time->runqueue_ns;
	case TIME_GRACE_KNOWN:
		return time->grace_ns;
	case TIME_INSTRUCTIONS_KNOWN:
		return time->events[COUNTER_INSTRUCTIONS];
	case TIME_CYCLES_KNOWN:
		return time->events[COUNTER_CYCLES];
	case TIME_CACHE_MISSES_KNOWN:
		return time->events[COUNTER_CACHE_MISSES];
	case TIME_DTLB_MISSES_KNOWN:
		return time->events[COUNTER_DTLB_MISSES];
	}
	return 0;
}

/* Adds what is known. */
static inline void worker_time_add(struct worker_time *sum, const struct worker_time *time)
{
	sum->cpu_ns += worker_time_part(time, TIME_CPU_KNOWN);
	sum->runqueue_ns += worker_time_part(time, TIME_RUNQUEUE_KNOWN);
	sum->grace_ns += worker_time_part(time, TIME_GRACE_KNOWN);
	for (int i = 0; i < NR_CPU_COUNTERS; i++)
		sum->events[i] += time->known & TIME_EVENTS_KNOWN(i) ? time->events[i] : 0;
	sum->known |= time->known;
}
