/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output of the programs to the loader: records in the ring buffer, and counters.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "current.bpf.h"
#include "event.h"
#include "kernel_read.bpf.h"

__u32 reader_sleeps;

/* Sized by the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
} records SEC(".maps");

/* By CPU; sized by the loader, which adds them up. */
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

/*
 * The reader stops at a record that is not complete: if a program was preempted while it wrote one,
 * the records behind it waited for up to a second, and half of the ring buffer filled. So no
 * program is preempted meanwhile, where kernels have these (kernel/bpf/helpers.c, since 6.10,
 * fc7566ad0a82). Elsewhere, and where nothing is preempted, the loader takes the calls out.
 */
KERNEL_FUNC(void, bpf_preempt_disable, KERNEL_ID_PREEMPT_DISABLE, void);
KERNEL_FUNC(void, bpf_preempt_enable, KERNEL_ID_PREEMPT_ENABLE, void);

/*
 * Room for a record in the ring buffer, whose size is a constant. Soon afterwards submit() or
 * discard() must be called. NULL: the ring buffer is full.
 */
static __always_inline void *reserve(__u64 size)
{
	void *record;

	bpf_preempt_disable();
	record = bpf_ringbuf_reserve(&records, size, 0);
	if (!record)
		bpf_preempt_enable();
	return record;
}

static __always_inline void discard(void *record)
{
	bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
	bpf_preempt_enable();
}

/*
 * The reader polls. After a long time without records it sleeps, and the next record wakes it. The
 * reader sets its flag first and then looks for records, so the flag is read only once the record
 * has its place.
 */
static __always_inline void submit(void *record)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (reader_sleeps) {
		reader_sleeps = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(record, flags);
	bpf_preempt_enable();
}

/*
 * A call begins while the reader sleeps: wakes it without a record, so that it learns of a call
 * that does not return.
 */
static __always_inline void wake_reader(void)
{
	void *reserved = reserve(sizeof(__u64));

	if (!reserved)
		return;
	reader_sleeps = 0;
	bpf_ringbuf_discard(reserved, BPF_RB_FORCE_WAKEUP);
	bpf_preempt_enable();
}

/* Sends a copy of a record. False: the ring buffer is full. */
static __always_inline bool send(const void *record, __u64 size)
{
	void *reserved = reserve(size);

	if (!reserved)
		return false;
	__builtin_memcpy(__builtin_assume_aligned(reserved, 8), __builtin_assume_aligned(record, 8),
			 size);
	submit(reserved);
	return true;
}
