/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the process may do: asked for, and given away once the probes are attached.
 */
#ifndef MEMDESTROY_TRACE_PRIVILEGES_H
#define MEMDESTROY_TRACE_PRIVILEGES_H

#include <stdbool.h>

/* Does the process have this one, of linux/capability.h? */
bool privileges_has(int capability);

/* What the kernel keeps even from root. Only CONFIDENTIALITY is in the way of tracing. */
enum lockdown { LOCKDOWN_UNKNOWN, LOCKDOWN_NONE, LOCKDOWN_INTEGRITY, LOCKDOWN_CONFIDENTIALITY };

/* LOCKDOWN_UNKNOWN: securityfs is not there to tell. */
enum lockdown privileges_lockdown(void);

/*
 * Drops every capability, for good, but CAP_DAC_OVERRIDE if keep_files is set: a file of another
 * user's folder may have to be renamed at the end. 0 or -errno.
 */
int privileges_drop(bool keep_files);

#endif
