/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The privileges of this process; most are dropped once the programs are attached.
 */
#pragma once

#include <stdbool.h>

/* Is this capability (linux/capability.h) effective? */
bool privileges_has(int capability);

/* The lockdown mode, which binds even root. Only CONFIDENTIALITY prevents tracing. */
enum lockdown { LOCKDOWN_UNKNOWN, LOCKDOWN_NONE, LOCKDOWN_INTEGRITY, LOCKDOWN_CONFIDENTIALITY };

/* LOCKDOWN_UNKNOWN: securityfs cannot be read. */
enum lockdown privileges_lockdown(void);

/*
 * Drops every capability for good, except CAP_DAC_OVERRIDE if keep_files is set: at the end, a file
 * may have to be renamed in another user's folder. Returns 0 or -errno.
 */
int privileges_drop(bool keep_files);
