/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call or a phase of a teardown that takes longer than --stuck.
 */
#pragma once

#include "model/map_info.h"

#define STACK_TEXT (STACK_DEPTH * 64)

struct stuck {
	const char *where; /* the function, or the phase of a teardown: "wait", "deferred" */
	struct map_info map;
	struct task worker; /* the stuck task, or the worker that freed the map */
	__u64 since_ns;	    /* CLOCK_MONOTONIC */
	__u64 for_ns;	    /* how long it has taken so far */
	bool in_worker;	    /* the worker is the stuck task */
	bool unsure;	    /* it may have ended: the record of its end may be missing */
	/* Its kernel stack, innermost first, one function a line; empty if unknown. */
	char stack[STACK_TEXT];
};
