/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the BPF programs attach, and how: one row for each hook.
 *
 * A new hook is a value of enum hook (event.h), a row here, and its programs in
 * bpf/memdestroy_trace.bpf.c.
 */
#pragma once

#include <stdbool.h>

#include "event.h"

#define TRACED_FUNCTION "bpf_mem_alloc_destroy"

enum hook_use { USE_CALLS, USE_TEARDOWNS, USE_IDENTITY };

struct hook_info {
	const char *name;     /* part of the names of its programs: fentry_destroy, tp_queue */
	const char *function; /* the kernel function, or the tracepoint */
	bool tracepoint;
	enum hook_use use;   /* attached only for this */
	const char *missing; /* not known without it, in words; NULL: nothing can be traced */
};

extern const struct hook_info hook_info[NR_HOOKS];

enum attach_mode { ATTACH_AUTO, ATTACH_FENTRY, ATTACH_KPROBE, NR_ATTACH_MODES };

/* The values of --attach. */
extern const char *const attach_mode_names[NR_ATTACH_MODES];

/* "fentry/fexit" or "kprobe/kretprobe"; not for ATTACH_AUTO. */
extern const char *const attach_mode_programs[NR_ATTACH_MODES];
