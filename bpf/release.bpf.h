/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Releases of maps: who drops the last reference, and in what context. For --identity only.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "cgroup.bpf.h"
#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "output.bpf.h"
#include "slots.bpf.h"
#include "user_stack.bpf.h"

/*
 * include/linux/preempt.h: a soft interrupt is being served, not only disabled. The bits of hard
 * interrupts differ between kernels; no map is released in one.
 */
#define SERVING_SOFTIRQ 0x100

/*
 * s390 keeps its preempt count in the lowcore of the CPU, at address 0 or, on new machines, at
 * another one. It is the lowcore if it points to the current task.
 */
static __always_inline __u64 lowcore_preempt_count(struct task_struct *task)
{
	__u64 current = 0;

	if (bpf_probe_read_kernel(
		    &current, sizeof(current),
		    (void *)(__u64)bpf_core_field_offset(struct lowcore, current_task)) ||
	    current != (__u64)task)
		return 0;
	return bpf_core_field_offset(struct lowcore, preempt_count);
}

/* Whether a soft interrupt releases the map, and the task was only interrupted. */
static __always_inline __u8 context_flags(struct task_struct *task)
{
	__u64 addr;
	int count;

	if (bpf_core_field_exists(struct thread_info, preempt_count)) {
		addr = (__u64)task + bpf_core_field_offset(struct task_struct, thread_info) +
		       bpf_core_field_offset(struct thread_info, preempt_count);
	} else if (config.pcpu_hot && bpf_core_field_exists(struct pcpu_hot, preempt_count)) {
		addr = config.pcpu_hot + bpf_core_field_offset(struct pcpu_hot, preempt_count) +
		       this_cpu_offset();
	} else if (config.preempt_count) {
		addr = config.preempt_count + this_cpu_offset();
	} else if (bpf_core_field_exists(struct lowcore, current_task) &&
		   bpf_core_field_exists(struct lowcore, preempt_count)) {
		addr = lowcore_preempt_count(task);
	} else {
		addr = 0;
	}
	if (!addr)
		return RELEASE_UNSURE;
	if (bpf_probe_read_kernel(&count, sizeof(count), (void *)addr))
		return RELEASE_UNSURE;
	return count & SERVING_SOFTIRQ ? RELEASE_INTERRUPT : 0;
}

static __always_inline __u8 release_flags(enum hook hook, __s64 refs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	/* Only tasks close files (____fput() and delayed_fput(), fs/file_table.c). */
	__u8 flags = hook == HOOK_RELEASE ? 0 : context_flags(task);

	if (refs == 1)
		flags |= RELEASE_LAST;
	if (task->flags & PF_KTHREAD)
		flags |= RELEASE_KERNEL;
	return flags;
}

/* A noinline function has a stack frame of its own. */
static __noinline __u64 work_of_releaser(void)
{
	__u64 func = 0;

	return work_of_worker(&func);
}

static __always_inline void send_release(struct prog_cpu_counts *counts, enum hook hook,
					 struct bpf_map *map, __u8 flags)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid(), cgroup_id = bpf_get_current_cgroup_id();
	struct task_struct *task = bpf_get_current_task_btf();
	struct record_release *rec;

	if (paths_can_be_read() && !cgroup_is_sent(cgroup_id))
		send_cgroup(cgroup_id, (__u64)BPF_CORE_READ(task, cgroups, dfl_cgrp, kn));
	flags |= send_user_stack(hook, map, flags);
	rec = reserve(sizeof(*rec));
	if (!rec) {
		counts->lost++;
		return;
	}
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->head.type = RECORD_RELEASE;
	rec->head.hook = hook;
	rec->head.size = sizeof(*rec);
	rec->head.tid = (__u32)pid_tgid;
	rec->head.map = (__u64)map;
	rec->pid = pid_tgid >> 32;
	rec->map_id = BPF_CORE_READ(map, id);
	rec->map_type = BPF_CORE_READ(map, map_type);
	rec->cgroup_id = cgroup_id;
	rec->flags = flags;
	rec->users = BPF_CORE_READ(map, usercnt.counter);
	if ((flags & (RELEASE_LAST | RELEASE_KERNEL)) == (RELEASE_LAST | RELEASE_KERNEL))
		rec->work = work_of_releaser();
	bpf_probe_read_kernel(rec->map_name, sizeof(rec->map_name), &map->name);
	bpf_get_current_comm(rec->comm, sizeof(rec->comm));
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
}

static __always_inline __u64 map_of_file(__u64 file)
{
	return (__u64)BPF_CORE_READ((struct file *)file, private_data);
}

/*
 * A reference is dropped. Sends the last one, and all that are dropped with a file descriptor or a
 * pin: the last reference may be a program's, which a worker drops.
 *
 * The functions call each other, so one release may be sent more than once; the last record counts.
 */
static __always_inline int handle_release(__u64 addr, enum hook hook, __u32 prog)
{
	struct bpf_map *map = (struct bpf_map *)addr;
	struct prog_cpu_counts *counts;
	__s64 refs;
	__u8 flags;

	note_fired(prog);
	if (stage != STAGE_RUNNING)
		return 0;
	counts = count_run(prog);
	if (!counts || event_is_handled(hook, prog, addr))
		return 0;
	counts->handled++;
	refs = BPF_CORE_READ(map, refcnt.counter);
	flags = release_flags(hook, refs);
	if (refs != 1 && hook == HOOK_PUT) {
		counts->filtered++;
		return 0;
	}
	send_release(counts, hook, map, flags);
	return 0;
}
