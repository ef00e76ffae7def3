/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A teardown in progress, as far as it has got.
 */
#pragma once

#include "model/teardown.h"

#define FUNCTION_SIZE 64 /* longer names are cut */

struct unfinished {
	/* Without what comes later. The first member, so that the columns of teardowns read it. */
	struct teardown teardown;
	enum phase phase;	      /* the current one: wait, free, destroy or deferred */
	__u64 since_ns;		      /* when that began, CLOCK_MONOTONIC; UNKNOWN_NS */
	__u64 now_ns;		      /* the time of all this */
	struct task task;	      /* that works on it; tid 0: none, or not known */
	char function[FUNCTION_SIZE]; /* of the kernel, that it waits in or runs; empty: unknown */
};

/*
 * Sets *unfinished from a teardown whose unknown times are UNKNOWN_NS, but for those in phase[],
 * which are ignored. destroy_ns: since when its worker is in a destroy call; UNKNOWN_NS: it is not.
 */
void unfinished_set(struct unfinished *unfinished, const struct teardown *teardown, __u64 now_ns,
		    __u64 destroy_ns);

/*
 * Sets *unfinished to what a complete teardown was at this time. False: it had not begun or it had
 * ended, or its times are not known.
 */
bool unfinished_at(struct unfinished *unfinished, const struct teardown *teardown, __u64 now_ns);

/*
 * Sets the function from the kernel stack of the task, as in struct stuck: the innermost one that
 * is not of the scheduler or its ways to wait.
 */
void unfinished_set_function(struct unfinished *unfinished, const char *stack);

/* When a teardown began: the release or, if that is unknown, the worker's start. UNKNOWN_NS. */
__u64 teardown_begin_ns(const struct teardown *teardown);

/* When the last that is known of a complete teardown ended. UNKNOWN_NS: not, or not known. */
__u64 teardown_end_ns(const struct teardown *teardown);

/* How long it has taken so far. UNKNOWN_NS: its beginning is not known. */
__u64 unfinished_age_ns(const struct unfinished *unfinished);

/* How long the current phase has. */
__u64 unfinished_phase_ns(const struct unfinished *unfinished);
