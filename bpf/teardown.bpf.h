/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probes of a map's teardown around its destroy calls: who lets go of it, the worker's part,
 * and what is freed later. Loaded only where their figures are asked for.
 */
#ifndef TEARDOWN_BPF_H
#define TEARDOWN_BPF_H

#include "entries.bpf.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/*
 * include/linux/preempt.h: a soft interrupt is being served, not just kept away. The bits of hard
 * interrupts are not in the same place on all kernels; no map is let go of in one.
 */
#define SERVING_SOFTIRQ 0x100

/*
 * s390 has its count in the lowcore of the CPU, which is mapped at 0, or at another address on new
 * machines. It is the lowcore if it knows the current task.
 */
static __always_inline __u64 lowcore_count(struct task_struct *task)
{
	__u64 current = 0;

	if (bpf_probe_read_kernel(
		    &current, sizeof(current),
		    (void *)(__u64)bpf_core_field_offset(struct lowcore, current_task)) ||
	    current != (__u64)task)
		return 0;
	return bpf_core_field_offset(struct lowcore, preempt_count);
}

/* What the current task has to do with it; nothing if it was only interrupted. */
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
		addr = lowcore_count(task);
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
	/* Files are closed by tasks alone (____fput() and delayed_fput(), fs/file_table.c). */
	__u8 flags = hook == HOOK_RELEASE ? 0 : context_flags(task);

	if (refs == 1)
		flags |= RELEASE_LAST;
	if (task->flags & PF_KTHREAD)
		flags |= RELEASE_KERNEL;
	return flags;
}

static __always_inline void send_release(struct prog_cpu_counts *counts, enum hook hook,
					 struct bpf_map *map, __u8 flags)
{
	struct record_release *rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);
	__u64 pid_tgid = bpf_get_current_pid_tgid();

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
	rec->cgroup_id = bpf_get_current_cgroup_id();
	rec->flags = flags;
	bpf_probe_read_kernel(rec->map_name, sizeof(rec->map_name), &map->name);
	bpf_get_current_comm(rec->comm, sizeof(rec->comm));
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
}

/*
 * Somebody lets go of a map. Told of are the last to do so, and user tasks that close a file
 * descriptor of it or a pin: the last reference may be a program's, which is dropped by a worker.
 *
 * The functions call each other, so the same may be told more than once; the last one counts.
 */
static __always_inline int on_release(__u64 addr, enum hook hook, __u32 me)
{
	struct bpf_map *map = (struct bpf_map *)addr;
	struct prog_cpu_counts *counts;
	__s64 refs;
	__u8 flags;

	if (stage != STAGE_RUNNING)
		return 0;
	counts = counts_of(me);
	if (!counts || event_is_taken(hook, me, addr))
		return 0;
	counts->taken++;
	refs = BPF_CORE_READ(map, refcnt.counter);
	flags = release_flags(hook, refs);
	if (refs != 1 && (hook == HOOK_PUT || (flags & ~RELEASE_LAST))) {
		counts->unwanted++;
		return 0;
	}
	send_release(counts, hook, map, flags);
	return 0;
}

static __always_inline __u64 map_of_work(__u64 work)
{
	return work - bpf_core_field_offset(struct bpf_map, work);
}

/* What the copy of an allocator, which is freed by this work, has in common with the original. */
static __always_inline __u64 key_of_work(__u64 work)
{
	HEAD(head, ALLOC_HEAD, work - bpf_core_field_offset(struct bpf_mem_alloc, work));

	return head_read ? alloc_key(head) : 0;
}

static __always_inline bool send_work_entry(struct prog_cpu_counts *counts, enum hook hook,
					    __u64 work)
{
	struct record_call *rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);

	if (!rec) {
		counts->lost++;
		return false;
	}
	call_begin(rec, RECORD_ENTRY, hook, work);
	if (hook == HOOK_FREE) {
		call_read_map(rec, map_of_work(work));
		rec->entries = rec->flags & CALL_MAP ? count_entries(rec) : ENTRIES_UNKNOWN;
	} else {
		rec->key = key_of_work(work);
	}
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
	return true;
}

/* A worker begins to free a map, or what a destroy call left. */
static __always_inline int on_work_entry(__u64 work, enum hook hook, __u32 me)
{
	__u32 tid = this_tid();
	struct slot *slot = slot_of(hook, tid);
	struct prog_cpu_counts *counts;
	bool told;

	/* What destroy calls left may well come after the end of the run, and is of the run. */
	if (stage == STAGE_ATTACHING || (stage == STAGE_ENDING && hook == HOOK_FREE)) {
		pass_by(hook, work, me);
		return 0;
	}
	counts = counts_of(me);
	if (!counts || entry_is_taken(slot, me, tid, work))
		return 0;
	counts->taken++;
	told = send_work_entry(counts, hook, work);
	slot_set(slot, tid, work, told ? SLOT_ENTERED : SLOT_UNTOLD, me);
	return 0;
}

/* work is 0 in a kretprobe. */
static __always_inline int on_work_return(__u64 work, enum hook hook, __u32 me)
{
	struct record_head head = {
		.type = RECORD_RETURN,
		.hook = hook,
		.size = sizeof(head),
		.tid = (__u32)bpf_get_current_pid_tgid(),
		.ts_ns = bpf_ktime_get_ns(),
		.arg = work,
	};
	struct slot *slot = slot_of(hook, head.tid);
	struct prog_cpu_counts *counts;
	__u64 func;

	if (hook == HOOK_FREE ? !return_counts(slot, me, head.tid, work)
			      : return_is_before(slot, head.tid))
		return 0;
	counts = counts_of(me);
	if (!counts || (work && return_is_taken(slot, me, head.tid, work)))
		return 0;
	counts->taken++;
	if (!work) /* both functions are run by workers alone */
		head.arg = work_of_worker(&func);
	if (head.arg && hook == HOOK_FREE)
		head.map = map_of_work(head.arg);
	if (!send(&head, sizeof(head)))
		counts->lost++;
	slot_set(slot, head.tid, work, SLOT_RETURNED, me);
	return 0;
}

/*
 * Work is queued: here a map's last wait ends, or begins; and this alone tells a destroy call that
 * left something to be freed later from one that did not, before that is freed.
 */
static __always_inline int on_queue(struct work_struct *work, __u32 me)
{
	__u64 func = (__u64)work->func, addr = (__u64)work;
	struct record_head head = {
		.type = RECORD_QUEUE,
		.size = sizeof(head),
	};
	struct prog_cpu_counts *counts;

	if (func == config.map_free_deferred)
		head.hook = HOOK_FREE;
	else if (func == config.free_mem_alloc_deferred)
		head.hook = HOOK_DEFERRED_FREE;
	else if (!config.copies) /* else all are counted, to know what all copies have missed */
		return 0;
	if (stage == STAGE_ATTACHING)
		return 0;
	counts = counts_of(me);
	if (!counts || event_is_taken(HOOK_QUEUE, me, addr))
		return 0;
	counts->taken++;
	if (!head.hook) {
		counts->unwanted++;
		return 0;
	}
	head.tid = (__u32)bpf_get_current_pid_tgid();
	if (head.hook == HOOK_FREE)
		head.map = map_of_work(addr);
	else
		head.arg = key_of_work(addr);
	head.ts_ns = bpf_ktime_get_ns();
	if (!send(&head, sizeof(head)))
		counts->lost++;
	return 0;
}

/* The verifier knows ctx[n] as a pointer to a structure, with which one cannot calculate. */
static __always_inline __u64 plain(__u64 *ctx, int n)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &ctx[n]);
	return value;
}

#define COPY(section, name, nth, body)                                                             \
	SEC(section) int name(__u64 *ctx)                                                          \
	{                                                                                          \
		const int n = nth;                                                                 \
		return body;                                                                       \
	}

#define COPIES(section, name, body)                                                                \
	COPY(section, name, 0, body)                                                               \
	COPY(section, name##_2, 1, body)                                                           \
	COPY(section, name##_3, 2, body)

#define WORK_PROBES(hook, name, function)                                                          \
	COPIES("fentry/" function, fentry_##name,                                                  \
	       on_work_entry(plain(ctx, 0), hook, PROG(hook, HOOK_ENTRY, n)))                      \
	COPIES("fexit/" function, fexit_##name,                                                    \
	       on_work_return(plain(ctx, 0), hook, PROG(hook, HOOK_RETURN, n)))                    \
	SEC("kprobe/" function) int kprobe_##name(struct pt_regs *ctx)                             \
	{                                                                                          \
		return on_work_entry(PT_REGS_PARM1(ctx), hook, PROG(hook, HOOK_ENTRY, 0));         \
	}                                                                                          \
	SEC("kretprobe/" function) int kretprobe_##name(struct pt_regs *ctx)                       \
	{                                                                                          \
		(void)ctx;                                                                         \
		return on_work_return(0, hook, PROG(hook, HOOK_RETURN, 0));                        \
	}

WORK_PROBES(HOOK_FREE, free, "bpf_map_free_deferred")
WORK_PROBES(HOOK_DEFERRED_FREE, reclaim, "free_mem_alloc_deferred")

#define PUT_PROBES(hook, name, function)                                                           \
	COPIES("fentry/" function, fentry_##name,                                                  \
	       on_release(plain(ctx, 0), hook, PROG(hook, HOOK_ENTRY, n)))                         \
	SEC("kprobe/" function) int kprobe_##name(struct pt_regs *ctx)                             \
	{                                                                                          \
		return on_release(PT_REGS_PARM1(ctx), hook, PROG(hook, HOOK_ENTRY, 0));            \
	}

PUT_PROBES(HOOK_PUT, put, "bpf_map_put")
PUT_PROBES(HOOK_PUT_UREF, put_uref, "bpf_map_put_with_uref")

static __always_inline __u64 map_of_file(__u64 file)
{
	return (__u64)BPF_CORE_READ((struct file *)file, private_data);
}

COPIES("fentry/bpf_map_release", fentry_release,
       on_release(map_of_file(plain(ctx, 1)), HOOK_RELEASE, PROG(HOOK_RELEASE, HOOK_ENTRY, n)))

SEC("kprobe/bpf_map_release")
int kprobe_release(struct pt_regs *ctx)
{
	return on_release(map_of_file(PT_REGS_PARM2(ctx)), HOOK_RELEASE,
			  PROG(HOOK_RELEASE, HOOK_ENTRY, 0));
}

COPIES("tp_btf/workqueue_queue_work", tp_queue,
       on_queue((struct work_struct *)ctx[2], PROG(HOOK_QUEUE, HOOK_ENTRY, n)))

#endif
