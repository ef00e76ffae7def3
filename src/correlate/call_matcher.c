// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/call_matcher.h"

#define NR_LISTS 1024 /* threads of which the numbers differ in this share one */

struct waiting {
	struct waiting *next;
	struct record_call entry;
	bool overdue; /* has been told of */
};

struct call_matcher {
	call_matcher_call_fn call_fn;
	void *ctx;
	struct waiting *waiting[NR_LISTS]; /* by thread */
	struct waiting *spare; /* to be used again; no more than ever waited at a time */
	__u64 nr_waiting;
	__u64 completed, entry_only, return_only;
};

struct call_matcher *call_matcher_new(call_matcher_call_fn call_fn, void *ctx)
{
	struct call_matcher *matcher = calloc(1, sizeof(*matcher));

	if (matcher) {
		matcher->call_fn = call_fn;
		matcher->ctx = ctx;
	}
	return matcher;
}

static void free_list(struct waiting *waiting)
{
	struct waiting *next;

	for (; waiting; waiting = next) {
		next = waiting->next;
		free(waiting);
	}
}

void call_matcher_free(struct call_matcher *matcher)
{
	int i;

	if (!matcher)
		return;
	for (i = 0; i < NR_LISTS; i++)
		free_list(matcher->waiting[i]);
	free_list(matcher->spare);
	free(matcher);
}

/* Where the call that a thread is in is linked, or would be. */
static struct waiting **find(struct call_matcher *matcher, __u32 tid)
{
	struct waiting **link = &matcher->waiting[tid % NR_LISTS];

	while (*link && (*link)->entry.head.tid != tid)
		link = &(*link)->next;
	return link;
}

struct call call_matcher_call_of(const struct record_call *rec)
{
	struct call call = {
		.ts_ns = UNKNOWN_NS,
		.latency_ns = UNKNOWN_NS,
		.caller = {.address = rec->head.caller},
		.map =
			{
				.address = rec->head.map,
				.type = rec->map_type,
				.key_size = rec->key_size,
				.value_size = rec->value_size,
				.max_entries = rec->max_entries,
				.flags = rec->map_flags,
				.known = rec->flags & (CALL_MAP | CALL_NAME | CALL_SIZES),
				.identity = {.released_ns = UNKNOWN_NS},
			},
		.task = {.pid = rec->pid, .tid = rec->head.tid},
		.key = rec->head.hook == HOOK_FREE ? 0 : rec->key,
		.entries = rec->head.hook == HOOK_FREE && rec->head.type == RECORD_ENTRY
				   ? rec->entries
				   : ENTRIES_UNKNOWN,
		.cpu = rec->cpu,
		.unit_size = rec->unit_size,
		.alloc = rec->alloc,
		.flags = rec->flags & ~(CALL_MAP | CALL_NAME | CALL_SIZES),
	};

	memcpy(call.map.name, rec->map_name, sizeof(call.map.name));
	memcpy(call.task.comm, rec->comm, sizeof(call.task.comm));
	return call;
}

static void pass_entry(struct call_matcher *matcher, const struct record_call *entry)
{
	struct call call = call_matcher_call_of(entry);

	call.ts_ns = entry->head.ts_ns;
	matcher->call_fn(matcher->ctx, &call);
}

static void pass_return(struct call_matcher *matcher, const struct record_call *ret)
{
	struct call call = call_matcher_call_of(ret);

	matcher->return_only++;
	matcher->call_fn(matcher->ctx, &call);
}

static void pass_both(struct call_matcher *matcher, const struct record_call *entry,
		      const struct record_call *ret)
{
	struct call call = call_matcher_call_of(entry);

	call.ts_ns = entry->head.ts_ns;
	call.latency_ns = ret->head.ts_ns - entry->head.ts_ns;
	/*
	 * A kretprobe knows where the call returns to whatever sits on the stack at entry; and what
	 * kept one side from unwinding the stack is over at the other.
	 */
	if (ret->head.caller && (!ret->head.arg || !entry->head.caller))
		call.caller.address = ret->head.caller;
	matcher->completed++;
	matcher->call_fn(matcher->ctx, &call);
}

/* What both sides know must be the same. */
static bool same_call(const struct record_head *entry, const struct record_head *ret)
{
	if (ret->ts_ns < entry->ts_ns)
		return false;
	if (entry->arg && ret->arg && entry->arg != ret->arg)
		return false;
	if (entry->map && ret->map && entry->map != ret->map)
		return false;
	return !entry->caller || !ret->caller || entry->caller == ret->caller;
}

static int call_matcher_entry(struct call_matcher *matcher, const struct record_call *entry)
{
	struct waiting **link = find(matcher, entry->head.tid), *waiting = *link;

	if (waiting) {
		matcher->entry_only++;
		pass_entry(matcher, &waiting->entry);
		waiting->entry = *entry;
		waiting->overdue = false;
		return 0;
	}
	waiting = matcher->spare;
	if (waiting)
		matcher->spare = waiting->next;
	else
		waiting = malloc(sizeof(*waiting));
	if (!waiting) {
		matcher->entry_only++;
		pass_entry(matcher, entry);
		return -ENOMEM;
	}
	*waiting = (struct waiting){.entry = *entry};
	*link = waiting;
	matcher->nr_waiting++;
	return 0;
}

static void call_matcher_return(struct call_matcher *matcher, const struct record_call *ret)
{
	struct waiting **link = find(matcher, ret->head.tid), *waiting = *link;

	if (!waiting) {
		pass_return(matcher, ret);
		return;
	}
	if (same_call(&waiting->entry.head, &ret->head)) {
		pass_both(matcher, &waiting->entry, ret);
	} else {
		matcher->entry_only++;
		pass_entry(matcher, &waiting->entry);
		pass_return(matcher, ret);
	}
	*link = waiting->next;
	matcher->nr_waiting--;
	waiting->next = matcher->spare;
	matcher->spare = waiting;
}

int call_matcher_add(struct call_matcher *matcher, const struct record_call *rec)
{
	if (rec->head.type == RECORD_ENTRY)
		return call_matcher_entry(matcher, rec);
	call_matcher_return(matcher, rec);
	return 0;
}

const struct record_call *call_matcher_waits(struct call_matcher *matcher, __u32 tid)
{
	struct waiting *waiting = *find(matcher, tid);

	return waiting ? &waiting->entry : NULL;
}

void call_matcher_for_each_overdue(struct call_matcher *matcher, __u64 before_ns, bool again,
				   call_matcher_call_fn call_fn, void *ctx)
{
	struct waiting *waiting;
	struct call call;
	int i;

	for (i = 0; matcher->nr_waiting && i < NR_LISTS; i++) {
		for (waiting = matcher->waiting[i]; waiting; waiting = waiting->next) {
			if ((waiting->overdue && !again) || waiting->entry.head.ts_ns > before_ns)
				continue;
			waiting->overdue = waiting->overdue || !again;
			call = call_matcher_call_of(&waiting->entry);
			call.ts_ns = waiting->entry.head.ts_ns;
			call_fn(ctx, &call);
		}
	}
}

void call_matcher_flush(struct call_matcher *matcher)
{
	struct waiting *waiting;
	int i;

	for (i = 0; i < NR_LISTS; i++)
		for (waiting = matcher->waiting[i]; waiting; waiting = waiting->next)
			pass_entry(matcher, &waiting->entry);
}

__u64 call_matcher_completed(const struct call_matcher *matcher)
{
	return matcher->completed;
}

__u64 call_matcher_entry_only(const struct call_matcher *matcher)
{
	return matcher->entry_only;
}

__u64 call_matcher_return_only(const struct call_matcher *matcher)
{
	return matcher->return_only;
}

__u64 call_matcher_waiting(const struct call_matcher *matcher)
{
	return matcher->nr_waiting;
}
