/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why this kernel, or this process, cannot trace: reports it in one line.
 */
#pragma once

#include <stdbool.h>

#include "model/hooks.h"
#include "trace/ksyms.h"

/* Whether a kernel can be traced. */
enum traceable {
	TRACEABLE_YES,
	TRACEABLE_NO,	     /* not at all: this kernel lacks something */
	TRACEABLE_FORBIDDEN, /* not by this process */
	TRACEABLE_UNKNOWN,
};

/* -EUSERS of probe_attempt() in words. */
#define TOO_MANY_PROGRAMS "others have attached all the programs that a traced function takes"

/* Whether the error is a lack of memory or files, and not a property of the kernel. */
bool probe_lacks_resource(int err);

#define NO_SYSFS "there is no /sys/kernel here, with the kernel's types: mount sysfs"

/* Checks the needs of all attach modes; reports a missing one. */
enum traceable probe_check_kernel(const struct ksyms *ksyms);

/*
 * Reports why attaching failed. err: of probe_attempt(); fentry_err: the same of fentry, if it was
 * tried first, else 0. Returns what they say about the kernel, TRACEABLE_YES if nothing.
 */
enum traceable probe_report_failure(enum attach_mode mode, int err, int fentry_err);
