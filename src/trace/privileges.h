/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The privileges of this process; most are dropped once the programs are attached.
 */
#pragma once

#include <stdbool.h>

/* Is this capability (linux/capability.h) effective? */
bool privileges_has(int capability);

/* Is this process in a user namespace, or in a PID namespace, other than the machine's? */
bool privileges_in_user_namespace(void);
bool privileges_in_pid_namespace(void);

/* Is it under a seccomp filter? */
bool privileges_filtered(void);

/* Does the kernel refuse the bpf() system call as a whole? */
bool privileges_bpf_refused(void);

/* A possible cause of a refusal. */
struct privileges {
	bool bpf, perfmon, admin; /* capabilities held */
	bool root, user_namespace, filtered;
};

/* "CAP_BPF missing (or run it as root)", or why it is refused nevertheless. */
const char *privileges_refusal(const struct privileges *held);

/* The lockdown mode, which binds even root. Only CONFIDENTIALITY prevents tracing. */
enum lockdown { LOCKDOWN_UNKNOWN, LOCKDOWN_NONE, LOCKDOWN_INTEGRITY, LOCKDOWN_CONFIDENTIALITY };

/* LOCKDOWN_UNKNOWN: securityfs cannot be read. */
enum lockdown privileges_lockdown(void);

/* The lowest nice value that a thread may still take without capabilities. */
#define PRIVILEGES_NICE (-20)

/*
 * Drops every capability for good, except CAP_DAC_OVERRIDE if keep_files is set: at the end, a file
 * may have to be renamed in another user's folder; and CAP_SYS_PTRACE if keep_processes is set: the
 * code that other users' processes have mapped is read. Returns 0 or -errno.
 */
int privileges_drop(bool keep_files, bool keep_processes);
