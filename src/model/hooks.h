/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the BPF programs attach: one row for each hook.
 */
#ifndef MEMDESTROY_MODEL_HOOKS_H
#define MEMDESTROY_MODEL_HOOKS_H

#include <stdbool.h>

#include "event.h"

struct hook_info {
	const char *name;     /* part of the names of its programs: fentry_destroy, tp_queue */
	const char *function; /* the kernel function, or the tracepoint */
	bool tracepoint;
};

extern const struct hook_info hook_info[NR_HOOKS];

#endif
