// SPDX-License-Identifier: GPL-2.0-only
/* Decides whether a call has returned, by what its thread does. */
#include <stdbool.h>

#include "correlate/thread_state.h"

/* Workers run nothing else in these functions, and free one map or allocator at a time. */
static enum thread_state state_of_worker(const struct task_stack *worker,
					 const struct record_head *entry)
{
	if (!worker->work)
		return THREAD_RETURNED;
	if (entry->hook != HOOK_DESTROY)
		return worker->work == entry->arg ? THREAD_IN_CALL : THREAD_RETURNED;
	return entry->map && entry->map != worker->map ? THREAD_RETURNED : THREAD_UNKNOWN;
}

/* The stack of a call holds the address to which it returns. */
static enum thread_state state_of_stack(const struct task_stack *thread, __u64 caller)
{
	__u64 nr = thread->size > 0 ? thread->size / sizeof(*thread->ip) : 0;

	for (__u64 i = 0; i < nr && i < STACK_DEPTH; i++)
		if (thread->ip[i] == caller)
			return THREAD_IN_CALL;
	/* The stack of a thread that runs changes meanwhile. */
	return caller && thread->clear && thread->sleeps ? THREAD_RETURNED : THREAD_UNKNOWN;
}

enum thread_state thread_state_of(const struct task_stack *thread, const struct record_call *entry)
{
	enum thread_state state = THREAD_UNKNOWN;

	if (!thread->found)
		return thread->all ? THREAD_RETURNED : THREAD_UNKNOWN;
	if (thread->start_ns > entry->head.ts_ns) /* another thread, with the same number */
		return THREAD_RETURNED;
	if (thread->worker)
		state = state_of_worker(thread, &entry->head);
	return state == THREAD_UNKNOWN ? state_of_stack(thread, entry->head.caller) : state;
}
