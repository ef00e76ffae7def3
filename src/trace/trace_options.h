/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of tracing: the subject, and the duration.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "model/hooks.h"
#include "model/keys.h"

struct trace_options {
	enum view view;
	enum attach_mode attach;
	bool identity;	     /* also which map it was, and who released it */
	bool user_stack;     /* also the user stack of who released it */
	bool counters;	     /* of teardowns, also instructions, cycles, misses */
	bool ends_by_itself; /* also without duration_ns; for the banner */
	bool records;	     /* and shows no events; for the banner */
	size_t buffer_bytes; /* a power of two of at least a page; 0: by the number of CPUs */
	__u64 duration_ns;   /* 0: until a signal */
	__u64 stuck_ns;	     /* report threads stuck for longer than this; 0: none */
};
