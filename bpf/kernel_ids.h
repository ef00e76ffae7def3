/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Placeholders in the programs for ids of the running kernel's types, which the loader puts
 * in their place (src/trace/prog_ids.c). libbpf could do so itself, but only with all of the
 * kernel's types in memory, which takes longer than the rest of the start.
 */
#pragma once

enum kernel_id {
	KERNEL_ID_FIRST = 0x6d640000, /* no other number in the programs lies near */
	KERNEL_ID_RDONLY_CAST = KERNEL_ID_FIRST,
	KERNEL_ID_TASK_FROM_PID,
	KERNEL_ID_TASK_RELEASE,
	KERNEL_ID_PREEMPT_DISABLE, /* these two: not in all kernels */
	KERNEL_ID_PREEMPT_ENABLE,
	KERNEL_ID_RUNQUEUES,
	KERNEL_ID_PT_REGS,
	KERNEL_ID_END,
};

#define NR_KERNEL_IDS (KERNEL_ID_END - KERNEL_ID_FIRST)
/* The index in an array of NR_KERNEL_IDS. */
#define KERNEL_ID_INDEX(id) ((id)-KERNEL_ID_FIRST)
