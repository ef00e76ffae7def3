/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel stack of one thread, for stuck calls. The loader creates the iterator while it has its
 * privileges; reading it needs none.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "event.h"

/* The loader sets "wanted", reads the iterator, and finds the answer in the other members. */
struct task_stack task_stack;

static __always_inline int handle_task(struct task_struct *task)
{
	if (!task || (__u32)task->pid != task_stack.wanted)
		return 0;
	task_stack.size = bpf_get_task_stack(task, task_stack.ip, sizeof(task_stack.ip), 0);
	task_stack.found = task->pid;
	return 0;
}
