/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel is like, as it says itself.
 */
#ifndef MEMDESTROY_TRACE_KERNEL_FEATURES_H
#define MEMDESTROY_TRACE_KERNEL_FEATURES_H

#include <stdbool.h>

#include <linux/types.h>

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* One more than the highest possible CPU: numbers may have gaps. */
__u32 kernel_possible_cpus(void);

/*
 * Can a task be preempted inside the kernel? Only what says that it cannot is taken for that. The
 * model may be chosen at boot or later (kernel/sched/debug.c); else the version names it.
 */
bool kernel_preemptible(void);

/*
 * Are BPF programs compiled? An interpreter runs neither functions of the kernel's nor callbacks;
 * on 7.2 it refuses programs of more than one function. Debian has s390x without a compiler, and
 * riscv64 with one that is off. What it is set to only root may see.
 */
bool kernel_compiles(void);

/* Why they are not, to go on from "the kernel has"; NULL: they are. */
const char *kernel_compiler_lack(void);

/*
 * What there is none of, to go on from "the kernel has", if nobody can attach a kprobe; NULL: they
 * can, or it is not known. Bringing a perf event of the kind into being is how they are attached.
 */
const char *kernel_kprobe_lack(void);

/*
 * Why kprobes would bring this kernel down; NULL: they would not.
 *
 * On powerpc, what gets to a kprobe by way of ftrace or a jump (arch/powerpc/kernel/trace/
 * ftrace_entry.S, optprobes_head.S) saves and restores all registers, also r13, which tells the
 * kernel what CPU it is on. A task that is preempted meanwhile, and goes on on another CPU, then
 * works with the data of the first: Debian's 7.2.13 died of it (docs/kernel.md).
 */
const char *kernel_kprobe_danger(void);

#endif
