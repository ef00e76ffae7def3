/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The current CPU and task: where per-CPU objects lie, and what a worker works on.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "kernel_read.bpf.h"

#define PF_EXITING   0x00000004
#define PF_WQ_WORKER 0x00000020 /* include/linux/sched.h */
#define PF_KTHREAD   0x00200000

/* The members that are read lie within this many bytes from the start of their structure. */
#define WORKER_HEAD  32
#define KTHREAD_HEAD 64

/* A variable that each CPU has; only its address is used. */
static __always_inline const void *percpu_variable(void)
{
	const void *variable;

	asm volatile("%0 = %1 ll" : "=r"(variable) : "i"(KERNEL_ID_RUNQUEUES));
	return variable;
}

static __always_inline __u32 this_tid(void)
{
	return bpf_get_current_task_btf()->pid;
}

/*
 * Where a kernel's compiler would inline bpf_get_smp_processor_id(), the verifier leaves its call
 * as it is, also in programs that are interpreted. On riscv64's 6.12 the interpreter then calls a
 * function that returns 0 (bpf_jit_inlines_helper_call() in do_misc_fixups(),
 * kernel/bpf/verifier.c).
 */
static __always_inline __u32 this_cpu(void)
{
	return config.compiled ? bpf_get_smp_processor_id()
			       : bpf_get_current_task_btf()->thread_info.cpu;
}

/* The distance from a per-CPU pointer to this CPU's object. */
static __always_inline __u64 this_cpu_offset(void)
{
	const void *variable = percpu_variable();
	__u64 offset;

	offset = (__u64)bpf_this_cpu_ptr(variable) - (__u64)variable;
	/* Both are pointers to the verifier, which allows no arithmetic but their difference. */
	barrier_var(offset);
	return offset;
}

/* The work and the function that a thread runs, if it is a worker; else 0. */
static __always_inline __u64 work_of_task(struct task_struct *task, __u64 *func)
{
	if (!(task->flags & PF_WQ_WORKER))
		return 0;
	READ_STRUCT(kthread, KTHREAD_HEAD, task->worker_private);
	if (!kthread_ok)
		return 0;
	READ_STRUCT(worker, WORKER_HEAD, STRUCT_FIELD(kthread, struct kthread, data));
	if (!worker_ok)
		return 0;
	*func = (__u64)STRUCT_FIELD(worker, struct worker, current_func);
	return (__u64)STRUCT_FIELD(worker, struct worker, current_work);
}

/* The same of this thread. */
static __always_inline __u64 work_of_worker(__u64 *func)
{
	return work_of_task(bpf_get_current_task_btf(), func);
}
