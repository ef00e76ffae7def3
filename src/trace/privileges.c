// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks for capabilities and the kernel lockdown, and drops capabilities.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "trace/kernel_features.h"
#include "trace/privileges.h"
#include "util/macros.h"

#define PID_NAMESPACE_INODE 0xeffffffc /* of the machine's (include/linux/proc_ns.h) */

bool privileges_has(int capability)
{
	cap_t now = cap_get_proc();
	cap_flag_value_t held = CAP_CLEAR;

	if (now)
		cap_get_flag(now, capability, CAP_EFFECTIVE, &held);
	cap_free(now);
	return held == CAP_SET;
}

/* A line for each range of ids: the first inside, the first outside, and how many. */
bool privileges_in_user_namespace(void)
{
	unsigned int inside, outside, nr;
	char text[128];

	return kernel_read_line("/proc/self/uid_map", text, sizeof(text)) &&
	       sscanf(text, "%u %u %u", &inside, &outside, &nr) == 3 &&
	       (inside || outside || nr != UINT_MAX);
}

bool privileges_in_pid_namespace(void)
{
	struct stat namespace;

	return !stat("/proc/self/ns/pid", &namespace) && namespace.st_ino != PID_NAMESPACE_INODE;
}

bool privileges_filtered(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}

bool privileges_bpf_refused(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "permitted", 4, 4, 1, NULL);

	if (fd >= 0)
		close(fd);
	return fd == -EPERM || fd == -EACCES;
}

#define MISSING(capabilities)                                                                      \
	(held->root ? capabilities " missing, although it runs as root: the container drops them"  \
		    : capabilities " missing (or run it as root)")

const char *privileges_refusal(const struct privileges *held)
{
	if (held->user_namespace)
		return "refused in a user namespace, whose capabilities do not count: run it "
		       "outside of the container";
	if (!held->admin && !held->bpf)
		return held->perfmon ? MISSING("CAP_BPF") : MISSING("CAP_BPF and CAP_PERFMON");
	if (!held->admin && !held->perfmon)
		return MISSING("CAP_PERFMON");
	return held->filtered ? "refused, although CAP_BPF and CAP_PERFMON are held: the seccomp "
				"filter of a container, a security module or the kernel itself "
				"refuses"
			      : "refused, although CAP_BPF and CAP_PERFMON are held: a container, "
				"a security module or the kernel itself refuses";
}

enum lockdown privileges_lockdown(void)
{
	/* "[none] integrity confidentiality": the current state is in brackets. */
	static const char *const states[] = {
		[LOCKDOWN_NONE] = "[none]",
		[LOCKDOWN_INTEGRITY] = "[integrity]",
		[LOCKDOWN_CONFIDENTIALITY] = "[confidentiality]",
	};
	char text[128];
	enum lockdown found = LOCKDOWN_CONFIDENTIALITY;

	if (!kernel_read_line("/sys/kernel/security/lockdown", text, sizeof(text)))
		return LOCKDOWN_UNKNOWN;
	while (found != LOCKDOWN_UNKNOWN && !strstr(text, states[found]))
		found--;
	return found;
}

/* The tool works without it, too. */
static void keep_priority(void)
{
	const struct rlimit limit = {20 - PRIVILEGES_NICE, 20 - PRIVILEGES_NICE};

	setrlimit(RLIMIT_NICE, &limit);
}

int privileges_drop(bool keep_files, bool keep_processes)
{
	const struct {
		cap_value_t capability;
		bool keep;
	} kept[] = {{CAP_DAC_OVERRIDE, keep_files}, {CAP_SYS_PTRACE, keep_processes}};
	cap_t wanted = cap_init();
	int err = 0;

	keep_priority();
	for (size_t i = 0; wanted && i < ARRAY_SIZE(kept); i++) {
		if (!kept[i].keep || !privileges_has(kept[i].capability))
			continue;
		cap_set_flag(wanted, CAP_PERMITTED, 1, &kept[i].capability, CAP_SET);
		cap_set_flag(wanted, CAP_EFFECTIVE, 1, &kept[i].capability, CAP_SET);
	}
	if (!wanted || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || cap_set_proc(wanted))
		err = -errno;
	cap_free(wanted);
	return err;
}
