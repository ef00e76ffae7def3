/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides whether a call has returned, by what its thread does. The return's record may be missing.
 */
#pragma once

#include "event.h"

enum thread_state {
	THREAD_UNKNOWN,
	THREAD_IN_CALL,
	THREAD_RETURNED,
};

/* *thread: read after the entry (bpf/event.h); may be a thread that was not found. */
enum thread_state thread_state_of(const struct task_stack *thread, const struct record_call *entry);
