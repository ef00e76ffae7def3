/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the process may do: asked for, and given away once the probes are attached.
 */
#ifndef MEMDESTROY_PRIVILEGES_H
#define MEMDESTROY_PRIVILEGES_H

#include <stdbool.h>

/* Does the process have CAP_SYS_ADMIN? */
bool privileges_admin(void);

/*
 * Drops every capability, for good, but CAP_DAC_OVERRIDE if keep_files is set: a file of another
 * user's folder may have to be renamed at the end. 0 or -errno.
 */
int privileges_drop(bool keep_files);

#endif
