/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a thread is: its kernel stack, for calls that do not return.
 *
 * The iterator is made while the loader may still do so; it is then read without privileges.
 */
#ifndef STACK_BPF_H
#define STACK_BPF_H

/* The loader sets "wanted", reads the iterator, and looks at the rest. */
struct task_stack task_stack;

SEC("iter/task")
int dump_stack(__u64 *ctx)
{
	/* struct bpf_iter__task of kernel/bpf/task_iter.c, which is the same for all. */
	struct task_struct *task = (void *)ctx[1];

	if (!task || (__u32)task->pid != task_stack.wanted)
		return 0;
	task_stack.size = bpf_get_task_stack(task, task_stack.ip, sizeof(task_stack.ip), 0);
	task_stack.found = task->pid;
	return 0;
}

#endif
