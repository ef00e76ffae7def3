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

#include "trace/kernel_features.h"

#define PMUS "/sys/bus/event_source/devices"

__u32 kernel_possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	char text[256] = "", *last;
	long highest = -1;

	if (file) {
		if (fgets(text, sizeof(text), file)) {
			last = text + strcspn(text, "\n");
			*last = '\0';
			while (last > text && last[-1] != '-' && last[-1] != ',')
				last--;
			highest = strtol(last, NULL, 10);
		}
		fclose(file);
	}
	if (highest < 0)
		highest = sysconf(_SC_NPROCESSORS_CONF) - 1;
	return highest + 1;
}

bool kernel_preemptible(void)
{
	FILE *file = fopen("/sys/kernel/debug/sched/preempt", "re");
	struct utsname kernel;
	char text[64] = "";

	uname(&kernel);
	if (file) {
		if (!fgets(text, sizeof(text), file))
			*text = '\0';
		fclose(file);
	}
	if (*text)
		return !strstr(text, "(none)") && !strstr(text, "(voluntary)");
	return strstr(kernel.version, "PREEMPT");
}

const char *kernel_compiler_lack(void)
{
	FILE *file = fopen("/proc/sys/net/core/bpf_jit_enable", "re");
	int set;

	if (!file)
		return errno == ENOENT ? "no compiler for BPF programs" : NULL;
	set = fgetc(file);
	fclose(file);
	return set == '0' ? "its compiler for BPF programs switched off "
			    "(sysctl net.core.bpf_jit_enable=1 switches it on)"
			  : NULL;
}

bool kernel_compiles(void)
{
	return !kernel_compiler_lack();
}

const char *kernel_kprobe_lack(void)
{
	return access(PMUS, F_OK) || !access(PMUS "/kprobe", F_OK)
		       ? NULL
		       : "no kprobes (CONFIG_KPROBE_EVENTS)";
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
