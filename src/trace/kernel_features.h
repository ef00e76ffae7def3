/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Properties of the running kernel that decide how it is traced.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "model/hooks.h"
#include "model/map_allocators.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* The first line of a file, without its newline. False: it cannot be read, see errno. */
bool kernel_read_line(const char *path, char *text, size_t size);

/* One more than the highest possible CPU; the numbers may have gaps. */
__u32 kernel_possible_cpus(void);

/* Is sysfs mounted? Some containers have none. */
bool kernel_shows_sysfs(void);

/*
 * Can a task be preempted inside the kernel? Assumed unless the kernel shows that it cannot. The
 * model may be set at boot or later (kernel/sched/debug.c); else the version names it.
 */
bool kernel_preemptible(void);

/*
 * May a program that consists of several functions end in a tail call? x86-64 compiles that from
 * 5.10 on, arm64 from 6.0; riscv64 does not, as of 7.2. Needs the privileges to load programs:
 * false without.
 */
bool kernel_tail_calls_from_functions(void);

/*
 * Why BPF programs are not compiled, as the end of a sentence "the kernel has ..."; NULL: they are.
 * The interpreter has neither kernel functions nor callbacks; on 7.2 it refuses programs of several
 * functions. Debian's s390x kernels have no compiler, riscv64's have it switched off. Only root can
 * read the setting.
 */
const char *kernel_compiler_lack(void);

/*
 * Why no kprobe can be attached, as the end of a sentence "the kernel has ..."; NULL: they can, or
 * it is not known. They are attached by creating a perf event of this type.
 */
const char *kernel_kprobe_lack(void);

/*
 * Why attached programs would not run, and what to do about it; NULL: no switch is known to be off.
 * Only root can read the one for kprobes. ftrace: the mode's programs need it.
 */
const char *kernel_silence(enum attach_mode mode, bool ftrace);

/*
 * Why kprobes would crash this kernel; NULL: they would not.
 *
 * On powerpc, kprobes restore r13, which identifies the CPU. A task that is preempted meanwhile and
 * continues on another CPU then uses the first CPU's data (docs/kernel.md has the details).
 */
const char *kernel_kprobe_danger(void);

/* Which maps call the traced function, by the kernel's types. Takes a while, and then no memory. */
void kernel_map_allocators(struct map_allocators *allocators);
