// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the running kernel's properties from sysfs, debugfs, procfs and uname().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "trace/kernel_features.h"
#include "util/macros.h"

#define NET_CORE "/proc/sys/net/core"
#define PMUS	 "/sys/bus/event_source/devices"

bool kernel_read_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	bool read = file && fgets(text, size, file);

	if (file)
		fclose(file);
	if (read)
		text[strcspn(text, "\n")] = '\0';
	return read;
}

__u32 kernel_possible_cpus(void)
{
	const char *last;
	char text[256];

	if (!kernel_read_line("/sys/devices/system/cpu/possible", text, sizeof(text)))
		return sysconf(_SC_NPROCESSORS_CONF);
	last = text + strlen(text);
	while (last > text && last[-1] != '-' && last[-1] != ',')
		last--;
	return strtol(last, NULL, 10) + 1;
}

bool kernel_shows_sysfs(void)
{
	return !access("/sys/kernel", F_OK);
}

bool kernel_preemptible(void)
{
	struct utsname kernel;
	char text[64];

	if (kernel_read_line("/sys/kernel/debug/sched/preempt", text, sizeof(text)))
		return !strstr(text, "(none)") && !strstr(text, "(voluntary)");
	uname(&kernel);
	return strstr(kernel.version, "PREEMPT");
}

/*
 * The verifier refuses such a program if the compiler cannot do it (check_map_func_compatibility(),
 * kernel/bpf/verifier.c).
 */
bool kernel_tail_calls_from_functions(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, NULL, sizeof(__u32), sizeof(__u32), 1,
				 NULL);
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6, .src_reg = BPF_REG_1},
		{.code = BPF_JMP | BPF_CALL,
		 .src_reg = BPF_PSEUDO_CALL,
		 .imm = 7}, /* the last two */
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_6},
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_2,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = map},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int prog;

	if (map < 0)
		return false;
	prog = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, ARRAY_SIZE(insns),
			     NULL);
	if (prog >= 0)
		close(prog);
	close(map);
	return prog >= 0;
}

/* A container may see neither file: another network namespace, or a /proc without sysctls. */
const char *kernel_compiler_lack(void)
{
	char set[2] = "";

	if (!kernel_read_line(NET_CORE "/bpf_jit_enable", set, sizeof(set)))
		return errno == ENOENT && !access(NET_CORE "/dev_weight", F_OK)
			       ? "no compiler for BPF programs"
			       : NULL;
	return *set == '0' ? "its compiler for BPF programs switched off "
			     "(sysctl net.core.bpf_jit_enable=1 switches it on)"
			   : NULL;
}

const char *kernel_kprobe_lack(void)
{
	return access(PMUS, F_OK) || !access(PMUS "/kprobe", F_OK)
		       ? NULL
		       : "no kprobes (CONFIG_KPROBE_EVENTS)";
}

const char *kernel_silence(enum attach_mode mode, bool ftrace)
{
	const struct {
		bool applies;
		const char *path, *text;
	} switches[] = {
		{ftrace, "/proc/sys/kernel/ftrace_enabled",
		 "kernel.ftrace_enabled is 0 (sysctl kernel.ftrace_enabled=1 switches it on)"},
		{mode == ATTACH_KPROBE, "/sys/kernel/debug/kprobes/enabled",
		 "kprobes are switched off (echo 1 >/sys/kernel/debug/kprobes/enabled)"},
	};
	char set[2];

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (switches[i].applies && kernel_read_line(switches[i].path, set, sizeof(set)) &&
		    *set == '0')
			return switches[i].text;
	return NULL;
}

const char *kernel_kprobe_danger(void)
{
	struct utsname kernel;

	uname(&kernel);
	return !strncmp(kernel.machine, "ppc", 3) && kernel_preemptible() &&
			       kernel_possible_cpus() > 1
		       ? "kprobes corrupt a preemptible powerpc kernel of several CPUs"
		       : NULL;
}

void kernel_map_allocators(struct map_allocators *allocators)
{
	struct btf *btf = btf__parse(KERNEL_BTF, NULL);

	*allocators = (struct map_allocators){};
	if (btf)
		map_allocators_read(allocators, btf);
	btf__free(btf);
}
