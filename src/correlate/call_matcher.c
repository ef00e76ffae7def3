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

struct pair {
	pair_call_fn call_fn;
	void *ctx;
	struct waiting *waiting[NR_LISTS]; /* by thread */
	struct waiting *spare; /* to be used again; no more than ever waited at a time */
	__u64 nr_waiting;
	__u64 completed, entry_only, return_only;
};

struct pair *pair_new(pair_call_fn call_fn, void *ctx)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	if (pair) {
		pair->call_fn = call_fn;
		pair->ctx = ctx;
	}
	return pair;
}

static void free_list(struct waiting *waiting)
{
	struct waiting *next;

	for (; waiting; waiting = next) {
		next = waiting->next;
		free(waiting);
	}
}

void pair_free(struct pair *pair)
{
	int i;

	if (!pair)
		return;
	for (i = 0; i < NR_LISTS; i++)
		free_list(pair->waiting[i]);
	free_list(pair->spare);
	free(pair);
}

/* Where the call that a thread is in is linked, or would be. */
static struct waiting **find(struct pair *pair, __u32 tid)
{
	struct waiting **link = &pair->waiting[tid % NR_LISTS];

	while (*link && (*link)->entry.head.tid != tid)
		link = &(*link)->next;
	return link;
}

struct call pair_call_of(const struct record_call *rec)
{
	struct call call = {
		.ts_ns = UNKNOWN_NS,
		.latency_ns = UNKNOWN_NS,
		.caller = rec->head.caller,
		.map = rec->head.map,
		.key = rec->head.point == POINT_FREE ? 0 : rec->key,
		.entries = rec->head.point == POINT_FREE && rec->head.type == RECORD_ENTRY
				   ? rec->entries
				   : ENTRIES_UNKNOWN,
		.identity = {.released_ns = UNKNOWN_NS},
		.pid = rec->pid,
		.tid = rec->head.tid,
		.cpu = rec->cpu,
		.map_type = rec->map_type,
		.key_size = rec->key_size,
		.value_size = rec->value_size,
		.max_entries = rec->max_entries,
		.map_flags = rec->map_flags,
		.unit_size = rec->unit_size,
		.alloc = rec->alloc,
		.flags = rec->flags,
	};

	memcpy(call.map_name, rec->map_name, sizeof(call.map_name));
	memcpy(call.comm, rec->comm, sizeof(call.comm));
	return call;
}

static void pass_entry(struct pair *pair, const struct record_call *entry)
{
	struct call call = pair_call_of(entry);

	call.ts_ns = entry->head.ts_ns;
	pair->call_fn(pair->ctx, &call);
}

static void pass_return(struct pair *pair, const struct record_call *ret)
{
	struct call call = pair_call_of(ret);

	pair->return_only++;
	pair->call_fn(pair->ctx, &call);
}

static void pass_both(struct pair *pair, const struct record_call *entry,
		      const struct record_call *ret)
{
	struct call call = pair_call_of(entry);

	call.ts_ns = entry->head.ts_ns;
	call.latency_ns = ret->head.ts_ns - entry->head.ts_ns;
	/*
	 * A kretprobe knows where the call returns to whatever sits on the stack at entry; and what
	 * kept one side from unwinding the stack is over at the other.
	 */
	if (ret->head.caller && (!ret->head.arg || !entry->head.caller))
		call.caller = ret->head.caller;
	pair->completed++;
	pair->call_fn(pair->ctx, &call);
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

static int pair_entry(struct pair *pair, const struct record_call *entry)
{
	struct waiting **link = find(pair, entry->head.tid), *waiting = *link;

	if (waiting) {
		pair->entry_only++;
		pass_entry(pair, &waiting->entry);
		waiting->entry = *entry;
		waiting->overdue = false;
		return 0;
	}
	waiting = pair->spare;
	if (waiting)
		pair->spare = waiting->next;
	else
		waiting = malloc(sizeof(*waiting));
	if (!waiting) {
		pair->entry_only++;
		pass_entry(pair, entry);
		return -ENOMEM;
	}
	*waiting = (struct waiting){.entry = *entry};
	*link = waiting;
	pair->nr_waiting++;
	return 0;
}

static void pair_return(struct pair *pair, const struct record_call *ret)
{
	struct waiting **link = find(pair, ret->head.tid), *waiting = *link;

	if (!waiting) {
		pass_return(pair, ret);
		return;
	}
	if (same_call(&waiting->entry.head, &ret->head)) {
		pass_both(pair, &waiting->entry, ret);
	} else {
		pair->entry_only++;
		pass_entry(pair, &waiting->entry);
		pass_return(pair, ret);
	}
	*link = waiting->next;
	pair->nr_waiting--;
	waiting->next = pair->spare;
	pair->spare = waiting;
}

int pair_add(struct pair *pair, const struct record_call *rec)
{
	if (rec->head.type == RECORD_ENTRY)
		return pair_entry(pair, rec);
	pair_return(pair, rec);
	return 0;
}

const struct record_call *pair_waits(struct pair *pair, __u32 tid)
{
	struct waiting *waiting = *find(pair, tid);

	return waiting ? &waiting->entry : NULL;
}

void pair_for_each_overdue(struct pair *pair, __u64 before_ns, bool again, pair_call_fn call_fn,
			   void *ctx)
{
	struct waiting *waiting;
	struct call call;
	int i;

	for (i = 0; pair->nr_waiting && i < NR_LISTS; i++) {
		for (waiting = pair->waiting[i]; waiting; waiting = waiting->next) {
			if ((waiting->overdue && !again) || waiting->entry.head.ts_ns > before_ns)
				continue;
			waiting->overdue = waiting->overdue || !again;
			call = pair_call_of(&waiting->entry);
			call.ts_ns = waiting->entry.head.ts_ns;
			call_fn(ctx, &call);
		}
	}
}

void pair_flush(struct pair *pair)
{
	struct waiting *waiting;
	int i;

	for (i = 0; i < NR_LISTS; i++)
		for (waiting = pair->waiting[i]; waiting; waiting = waiting->next)
			pass_entry(pair, &waiting->entry);
}

__u64 pair_completed(const struct pair *pair)
{
	return pair->completed;
}

__u64 pair_entry_only(const struct pair *pair)
{
	return pair->entry_only;
}

__u64 pair_return_only(const struct pair *pair)
{
	return pair->return_only;
}

__u64 pair_waiting(const struct pair *pair)
{
	return pair->nr_waiting;
}
