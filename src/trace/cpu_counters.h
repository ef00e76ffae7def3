/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens the counters of all CPUs that the programs read: instructions, cycles, misses of
 * caches and of the dTLB.
 */
#pragma once

#include "event.h"
#include "memdestroy_trace.skel.h"

/* Which of them the machine has: bit N for enum cpu_counter N. */
__u32 cpu_counters_find(__u32 nr_cpus);

/* Makes the maps for these counters, and only for them. Before the programs are loaded. */
int cpu_counters_choose(struct memdestroy_trace_bpf *skel, __u32 counters);

/*
 * Opens them on every CPU, until the maps are closed. On a CPU that has none, or that is switched
 * on later, the counts stay unknown; so do misses on a CPU without a free hardware counter, which
 * is reported, as are counters that the machine lacks.
 */
void cpu_counters_open(struct memdestroy_trace_bpf *skel, __u32 counters, __u32 nr_cpus);
