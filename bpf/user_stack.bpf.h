/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User stacks of tasks that release maps. For --user-stack only.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "output.bpf.h"

/* Returns the flags to add to those of the release: RELEASE_EXIT, RELEASE_STACK, or none. */
static __always_inline __u8 send_user_stack(enum hook hook, struct bpf_map *map, __u8 flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct record_user_stack *rec;
	__u64 pid_tgid;
	long size;

	if (flags & (RELEASE_KERNEL | RELEASE_INTERRUPT | RELEASE_UNSURE))
		return 0;
	/* It closes its files after it has given up its memory (do_exit(), kernel/exit.c). */
	if (task->flags & PF_EXITING)
		return RELEASE_EXIT;
	if (!config.user_stack)
		return 0;
	rec = reserve(sizeof(*rec));
	if (!rec)
		return 0;
	size = bpf_get_task_stack(task, rec->frames, sizeof(rec->frames),
				  BPF_F_USER_STACK | BPF_F_USER_BUILD_ID);
	if (size <= 0) {
		discard(rec);
		return 0;
	}
	pid_tgid = bpf_get_current_pid_tgid();
	__builtin_memset(&rec->head, 0, sizeof(rec->head));
	rec->head.type = RECORD_USER_STACK;
	rec->head.hook = hook;
	rec->head.size = sizeof(*rec);
	rec->head.tid = (__u32)pid_tgid;
	rec->head.map = (__u64)map;
	rec->head.arg = BPF_CORE_READ(task, mm, start_stack);
	rec->pid = pid_tgid >> 32;
	rec->size = size;
	submit(rec);
	return RELEASE_STACK;
}
