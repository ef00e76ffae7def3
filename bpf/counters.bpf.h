/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs' counters, per program and CPU; the loader maps them and adds them up.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "current.bpf.h"
#include "event.h"

/* By CPU; sized by the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct cpu_counts);
} counters SEC(".maps");

/* Counts a run of this program; returns its counters on this CPU. */
static __always_inline struct prog_cpu_counts *count_run(__u32 prog)
{
	__u32 cpu = this_cpu();
	struct cpu_counts *counts = bpf_map_lookup_elem(&counters, &cpu);

	if (!counts)
		return NULL;
	counts->prog[prog].runs++;
	return &counts->prog[prog];
}
