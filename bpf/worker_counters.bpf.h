/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU's counters counted while a worker freed a map. Only if the user asked for it: else the
 * loader makes no maps for it, and the verifier removes the code.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "cpu_counters.h"
#include "current.bpf.h"
#include "event.h"
#include "worker_time.bpf.h"

/* The loader opens an event for each CPU. */
#define CPU_COUNTER_MAP(name)                                                                      \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);                                       \
		__type(key, __u32);                                                                \
		__type(value, __u32);                                                              \
	} name SEC(".maps")

CPU_COUNTER_MAP(cpu_instructions);
CPU_COUNTER_MAP(cpu_cycles);
CPU_COUNTER_MAP(cpu_cache_misses);
CPU_COUNTER_MAP(cpu_dtlb_misses);

/* By thread, as worker_times. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NR_WORKER_TIMES);
	__type(key, __u32);
	__type(value, struct cpu_counters);
} worker_counters SEC(".maps");

static __always_inline bool is_counted(enum cpu_counter counter)
{
	return config.cpu_counters & 1U << counter;
}

static __always_inline void read_counter(struct cpu_counters *counters, enum cpu_counter counter,
					 void *map)
{
	struct cpu_counter_value *value = &counters->of[counter];

	if (!bpf_perf_event_read_value(map, BPF_F_CURRENT_CPU, (void *)value, sizeof(*value)))
		counters->known |= 1U << counter;
}

/* The program stays on its CPU. */
static __always_inline void read_counters(struct cpu_counters *counters, __u32 tid)
{
	counters->tid = tid;
	counters->cpu = this_cpu();
	counters->known = 0;
	if (is_counted(COUNTER_INSTRUCTIONS))
		read_counter(counters, COUNTER_INSTRUCTIONS, &cpu_instructions);
	if (is_counted(COUNTER_CYCLES))
		read_counter(counters, COUNTER_CYCLES, &cpu_cycles);
	if (is_counted(COUNTER_CACHE_MISSES))
		read_counter(counters, COUNTER_CACHE_MISSES, &cpu_cache_misses);
	if (is_counted(COUNTER_DTLB_MISSES))
		read_counter(counters, COUNTER_DTLB_MISSES, &cpu_dtlb_misses);
}

static __always_inline bool knows_switches(void)
{
	return bpf_core_field_exists(struct task_struct, nvcsw) &&
	       bpf_core_field_exists(struct task_struct, nivcsw);
}

static __always_inline __u64 switches_so_far(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->nvcsw + task->nivcsw;
}

static __always_inline struct cpu_counters *counters_of(__u32 tid)
{
	__u32 key = tid % NR_WORKER_TIMES;

	return bpf_map_lookup_elem(&worker_counters, &key);
}

/* A worker begins to free. The switches first: one in the middle of this shows at the end. */
static __always_inline void start_counters(__u32 tid)
{
	struct cpu_counters *start;

	if (!config.cpu_counters || !knows_switches())
		return;
	start = counters_of(tid);
	if (!start)
		return;
	start->switches = switches_so_far();
	read_counters(start, tid);
}

/* The free is over. Filled only if there are counters. */
static __always_inline void end_counters(__u32 tid, struct cpu_counters *end)
{
	if (!config.cpu_counters || !knows_switches())
		return;
	*end = (struct cpu_counters){};
	read_counters(end, tid);
	end->switches = switches_so_far();
}

/* What was counted since start_counters(). */
static __always_inline void put_counts(struct record_freed *rec, const struct cpu_counters *end)
{
	struct cpu_counters *start;

	if (!config.cpu_counters || !knows_switches())
		return;
	start = counters_of(end->tid);
	if (!start)
		return;
	for (int i = 0; i < NR_CPU_COUNTERS; i++)
		if (cpu_counters_difference(start, end, i, &rec->events[i]))
			rec->counted |= 1U << i;
	start->tid = 0;
}
