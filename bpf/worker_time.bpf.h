/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the time of a worker's free goes: on a CPU, in a run queue, asleep until a grace period is
 * over. For teardowns only.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "current.bpf.h"
#include "event.h"

/* Workers that free at a time; those that share a place overwrite each other. */
#define NR_WORKER_TIMES 1024

#define NOT_WAITING 0xff

/* Only differences mean something. */
struct task_times {
	__u64 ts_ns;
	__u64 cpu_ns;
	__u64 runqueue_ns;
};

struct worker_times {
	__u32 tid;	 /* 0: it is in no free */
	__u8 grace;	 /* enum grace of the function that it is in, or NOT_WAITING */
	__u8 incomplete; /* one side of such a function was missed */
	__u8 pad[2];
	struct task_times start;
	struct task_times asleep; /* at the entry of that function */
	__u64 grace_ns[NR_GRACES];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NR_WORKER_TIMES);
	__type(key, __u32);
	__type(value, struct worker_times);
} worker_times SEC(".maps");

/* Set by user space: the functions that wait for grace periods are traced, all that there are. */
__u8 sees_graces;

static __always_inline bool knows_cpu_time(void)
{
	return bpf_core_field_exists(struct task_struct, se.sum_exec_runtime) &&
	       bpf_core_field_exists(struct task_struct, se.exec_start) &&
	       bpf_core_field_exists(struct rq, clock) &&
	       bpf_core_field_exists(struct rq, clock_task);
}

static __always_inline bool knows_runqueue_time(void)
{
	return bpf_core_field_exists(struct task_struct, sched_info.run_delay);
}

/*
 * sum_exec_runtime is only brought up to date at ticks and switches, last at exec_start. The time
 * since then is missing: the clock of all CPUs less exec_start, which is in the clock of tasks of
 * this CPU's run queue. That one leaves out interrupts, by clock - clock_task so far.
 */
static __always_inline __u64 cpu_time_at_update(struct task_struct *task)
{
	struct rq *rq = (struct rq *)bpf_this_cpu_ptr(percpu_variable());

	return task->se.sum_exec_runtime - task->se.exec_start - (rq->clock - rq->clock_task);
}

/* Of this task. Once more if it was interrupted by an update. */
static __always_inline void read_times(struct task_times *times)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 updated;

	times->cpu_ns = 0;
	times->runqueue_ns = knows_runqueue_time() ? task->sched_info.run_delay : 0;
	if (knows_cpu_time()) {
		updated = cpu_time_at_update(task);
		times->ts_ns = bpf_ktime_get_ns();
		if (updated != cpu_time_at_update(task)) {
			times->runqueue_ns = knows_runqueue_time() ? task->sched_info.run_delay : 0;
			updated = cpu_time_at_update(task);
			times->ts_ns = bpf_ktime_get_ns();
		}
		times->cpu_ns = updated + times->ts_ns;
	} else {
		times->ts_ns = bpf_ktime_get_ns();
	}
}

static __always_inline struct worker_times *times_of(__u32 tid)
{
	__u32 key = tid % NR_WORKER_TIMES;

	return bpf_map_lookup_elem(&worker_times, &key);
}

/* A worker begins to free. */
static __always_inline void start_times(__u32 tid)
{
	struct worker_times *times = times_of(tid);

	if (!times)
		return;
	times->tid = 0; /* a worker that shares the place loses its times */
	times->grace = NOT_WAITING;
	times->incomplete = false;
	for (int i = 0; i < NR_GRACES; i++)
		times->grace_ns[i] = 0;
	read_times(&times->start);
	times->tid = tid;
}

/* The free is over. */
static __always_inline void end_times(__u32 tid, struct record_freed *rec)
{
	struct worker_times *times = times_of(tid);
	struct task_times start, now;

	rec->cpu_ns = rec->runqueue_ns = rec->grace_ns[0] = TIME_UNKNOWN;
	for (int i = 1; i < NR_GRACES; i++)
		rec->grace_ns[i] = 0;
	if (!times)
		return;
	start = times->start;
	/* Checked last: a worker that shares the place may have come. */
	if (*(volatile __u32 *)&times->tid != tid)
		return;
	times->tid = 0;
	read_times(&now);
	if (knows_cpu_time())
		rec->cpu_ns = now.cpu_ns - start.cpu_ns;
	if (knows_runqueue_time())
		rec->runqueue_ns = now.runqueue_ns - start.runqueue_ns;
	if (!sees_graces || times->incomplete || times->grace != NOT_WAITING)
		return;
	for (int i = 0; i < NR_GRACES; i++)
		rec->grace_ns[i] = times->grace_ns[i];
}

/* NULL: this thread is no worker that frees. */
static __always_inline struct worker_times *times_of_worker(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct worker_times *times;

	if (!(task->flags & PF_WQ_WORKER))
		return NULL;
	times = times_of(task->pid);
	return times && times->tid == (__u32)task->pid ? times : NULL;
}

/* Such functions may call each other: the outer one counts. */
__noinline int handle_grace_entry(__u64 grace)
{
	struct worker_times *times = times_of_worker();

	if (!times)
		return 0;
	if (times->grace != NOT_WAITING) {
		times->incomplete |= times->grace == grace;
		return 0;
	}
	times->grace = grace;
	read_times(&times->asleep);
	return 0;
}

__noinline int handle_grace_return(__u64 grace)
{
	struct worker_times *times = times_of_worker();
	struct task_times now;
	__s64 slept;

	if (!times || grace >= NR_GRACES)
		return 0;
	if (times->grace != grace) {
		times->incomplete |= times->grace == NOT_WAITING; /* the entry was missed */
		return 0;
	}
	read_times(&now);
	slept = (now.ts_ns - times->asleep.ts_ns) - (now.cpu_ns - times->asleep.cpu_ns) -
		(now.runqueue_ns - times->asleep.runqueue_ns);
	if (slept > 0)
		times->grace_ns[grace] += slept;
	times->grace = NOT_WAITING;
	return 0;
}
