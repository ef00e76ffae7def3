/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Releases of maps: who drops the last reference, and in what context. For --identity only.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

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

/* Cgroups whose paths were sent, or are too long. Another one may take a place: it is sent again.
 */
#define NR_SENT_CGROUPS 256

__u64 sent_cgroups[NR_SENT_CGROUPS];

/* To the verifier a constant. On a kernel that lacks one of them, only the ids are known. */
static __always_inline bool paths_can_be_read(void)
{
	return bpf_core_field_exists(struct task_struct, cgroups) &&
	       bpf_core_field_exists(struct css_set, dfl_cgrp) &&
	       bpf_core_field_exists(struct cgroup, kn) &&
	       bpf_core_field_exists(struct kernfs_node, id) &&
	       bpf_core_field_exists(struct kernfs_node, name) &&
	       (bpf_core_field_exists(struct kernfs_node, parent) ||
		bpf_core_field_exists(struct kernfs_node, __parent));
}

static __always_inline struct kernfs_node *parent_node(struct kernfs_node *node)
{
	if (bpf_core_field_exists(struct kernfs_node, __parent))
		return BPF_CORE_READ(node, __parent);
	return BPF_CORE_READ(node, parent);
}

/* Names of the cgroup and of those above it. False: too many or too long, or not readable. */
static __always_inline bool put_names(struct record_cgroup *rec, struct kernfs_node *node)
{
	struct kernfs_node *parent;
	__u32 len = 0, depth;
	long size;

	for (depth = 0; depth <= CGROUP_DEPTH; depth++) {
		parent = parent_node(node);
		if (!parent) { /* the root, whose name does not count */
			rec->depth = depth;
			rec->len = len;
			return true;
		}
		if (len > CGROUP_NAMES)
			return false;
		size = bpf_probe_read_kernel_str(&rec->names[len], CGROUP_NAME,
						 BPF_CORE_READ(node, name));
		if (size <= 0)
			return false;
		len += size;
		node = parent;
	}
	return false;
}

/*
 * The path is read now because the cgroup may be gone when user space could look for it. The names
 * are read in the kernel's order, from the inside out. Tasks of other cgroups that release maps at
 * the same time may make it sent twice. If the ring buffer is full, the next release tries again.
 */
static __noinline int send_cgroup(__u64 id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct kernfs_node *node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	struct record_cgroup *rec;

	if (BPF_CORE_READ(node, id) != id) /* the task was just moved */
		return 0;
	rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);
	if (!rec)
		return 0;
	__builtin_memset(&rec->head, 0, sizeof(rec->head));
	rec->head.type = RECORD_CGROUP;
	rec->head.hook = HOOK_PUT;
	rec->head.size = sizeof(*rec);
	rec->head.arg = id;
	if (put_names(rec, node))
		submit(rec);
	else
		bpf_ringbuf_discard(rec, BPF_RB_NO_WAKEUP);
	sent_cgroups[id % NR_SENT_CGROUPS] = id;
	return 0;
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
	struct record_release *rec;

	if (paths_can_be_read() && sent_cgroups[cgroup_id % NR_SENT_CGROUPS] != cgroup_id)
		send_cgroup(cgroup_id);
	flags |= send_user_stack(hook, map, flags);
	rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);
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
