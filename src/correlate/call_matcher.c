// SPDX-License-Identifier: GPL-2.0-only
/* Matches the entry and return records of a function to calls, by thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/call_matcher.h"
#include "util/hash.h"

#define MAP_FLAGS (CALL_MAP | CALL_NAME | CALL_SIZES)

/* Threads to keep though they are in no call: reusing one needs no allocation. */
#define MAX_IDLE 4096

struct thread {
	__u32 tid;
	bool waiting; /* for the return of entry */
	bool overdue; /* handed over as such */
	bool returned;
	bool refused;
	UT_hash_handle hh;
	struct record_call entry;
};

struct call_matcher {
	call_matcher_fn fn;
	void *ctx;
	struct thread *threads; /* by tid, which is its own hash value */
	struct call_counts counts;
};

struct call_matcher *call_matcher_new(call_matcher_fn fn, void *ctx)
{
	struct call_matcher *matcher = calloc(1, sizeof(*matcher));

	if (matcher) {
		matcher->fn = fn;
		matcher->ctx = ctx;
	}
	return matcher;
}

static void drop_idle(struct call_matcher *matcher)
{
	struct thread *thread, *next;

	HASH_ITER (hh, matcher->threads, thread, next) {
		if (thread->waiting)
			continue;
		HASH_DEL(matcher->threads, thread);
		free(thread);
	}
}

void call_matcher_free(struct call_matcher *matcher)
{
	struct thread *thread, *next;

	if (!matcher)
		return;
	HASH_ITER (hh, matcher->threads, thread, next)
		thread->waiting = false;
	drop_idle(matcher);
	free(matcher);
}

/* NULL: never seen. */
static struct thread *find_thread(const struct call_matcher *matcher, __u32 tid)
{
	struct thread *thread;

	HASH_FIND_BYHASHVALUE(hh, matcher->threads, &tid, sizeof(tid), tid, thread);
	return thread;
}

static struct thread *add_thread(struct call_matcher *matcher, __u32 tid)
{
	struct thread *thread;

	if (HASH_COUNT(matcher->threads) >= matcher->counts.waiting + MAX_IDLE)
		drop_idle(matcher);
	thread = calloc(1, sizeof(*thread));
	if (!thread)
		return NULL;
	thread->tid = tid;
	HASH_ADD_BYHASHVALUE(hh, matcher->threads, tid, sizeof(tid), tid, thread);
	if (thread->refused) {
		free(thread);
		return NULL;
	}
	return thread;
}

static void fill_map(struct map_info *map, const struct record_call *rec)
{
	map->address = rec->head.map;
	map->type = rec->map_type;
	map->key_size = rec->key_size;
	map->value_size = rec->value_size;
	map->max_entries = rec->max_entries;
	map->flags = rec->map_flags;
	map->known = rec->flags & MAP_FLAGS;
	map->identity.released_ns = UNKNOWN_NS;
	memcpy(map->name, rec->map_name, sizeof(map->name));
}

static void fill_task(struct task *task, const struct record_call *rec)
{
	task->pid = rec->pid;
	task->tid = rec->head.tid;
	memcpy(task->comm, rec->comm, sizeof(task->comm));
}

struct map_info matched_map(const struct matched_call *matched)
{
	struct map_info map = {};

	fill_map(&map, matched->rec);
	return map;
}

void matched_destroy(const struct matched_call *matched, struct call *call)
{
	const struct record_call *rec = matched->rec;

	memset(call, 0, sizeof(*call));
	call->ts_ns = matched->ts_ns;
	call->latency_ns = matched->latency_ns;
	call->caller.address = matched->caller;
	call->cpu = rec->cpu;
	call->unit_size = rec->unit_size;
	call->alloc = rec->alloc;
	call->flags = rec->flags & ~MAP_FLAGS;
	fill_map(&call->map, rec);
	fill_task(&call->task, rec);
}

struct worker_run matched_run(const struct matched_call *matched)
{
	struct worker_run run = {.start_ns = matched->ts_ns, .latency_ns = matched->latency_ns};

	fill_task(&run.worker, matched->rec);
	return run;
}

struct matched_call matched_entry(const struct record_call *rec)
{
	return (struct matched_call){rec, rec->head.ts_ns, UNKNOWN_NS, rec->head.caller, false};
}

static void pass_entry(struct call_matcher *matcher, const struct record_call *entry, bool returned)
{
	struct matched_call matched = matched_entry(entry);

	matched.returned = returned;
	matcher->fn(matcher->ctx, &matched);
}

static void pass_return(struct call_matcher *matcher, const struct record_call *ret)
{
	const struct matched_call matched = {ret, UNKNOWN_NS, UNKNOWN_NS, ret->head.caller, true};

	matcher->counts.return_only++;
	matcher->fn(matcher->ctx, &matched);
}

static void pass_both(struct call_matcher *matcher, const struct record_call *entry,
		      const struct record_call *ret)
{
	struct matched_call matched = matched_entry(entry);

	matched.latency_ns = ret->head.ts_ns - entry->head.ts_ns;
	/*
	 * A kretprobe knows where the call returns to, whatever is on the stack at entry. And what
	 * kept one side from unwinding the stack may not hinder the other.
	 */
	if (ret->head.caller && (!ret->head.arg || !entry->head.caller))
		matched.caller = ret->head.caller;
	matcher->counts.completed++;
	matcher->fn(matcher->ctx, &matched);
}

/* Facts that both sides know must be equal. */
static bool is_same_call(const struct record_head *entry, const struct record_head *ret)
{
	if (entry->arg && ret->arg && entry->arg != ret->arg)
		return false;
	if (entry->map && ret->map && entry->map != ret->map)
		return false;
	return !entry->caller || !ret->caller || entry->caller == ret->caller;
}

static void stop_waiting(struct call_matcher *matcher, struct thread *thread)
{
	matcher->counts.waiting -= thread->waiting;
	matcher->counts.returned -= thread->returned;
	thread->waiting = false;
	thread->returned = false;
}

/* The return of the call that it waits for was missed. */
static void pass_waiting(struct call_matcher *matcher, struct thread *thread)
{
	matcher->counts.entry_only++;
	pass_entry(matcher, &thread->entry, true);
	stop_waiting(matcher, thread);
}

static int add_entry(struct call_matcher *matcher, const struct record_call *entry)
{
	struct thread *thread = find_thread(matcher, entry->head.tid);

	/* One taken from a slot came before this one, which is of an earlier call. */
	if (thread && thread->waiting && entry->head.ts_ns < thread->entry.head.ts_ns) {
		matcher->counts.entry_only++;
		pass_entry(matcher, entry, true);
		return 0;
	}
	if (thread && thread->waiting)
		pass_waiting(matcher, thread);
	if (!thread)
		thread = add_thread(matcher, entry->head.tid);
	if (!thread) {
		matcher->counts.entry_only++;
		pass_entry(matcher, entry, false);
		return -ENOMEM;
	}
	matcher->counts.waiting++;
	thread->waiting = true;
	thread->overdue = false;
	thread->entry = *entry;
	return 0;
}

/* The one record of a call. An entry that waits is older and has no return, or was taken early. */
static void add_both(struct call_matcher *matcher, const struct record_call *rec)
{
	struct thread *thread =
		matcher->counts.waiting ? find_thread(matcher, rec->head.tid) : NULL;
	struct matched_call matched = matched_entry(rec);

	if (thread && thread->waiting && thread->entry.head.ts_ns < rec->head.ts_ns)
		pass_waiting(matcher, thread);
	matched.latency_ns = rec->returned_ns - rec->head.ts_ns;
	matcher->counts.completed++;
	matcher->fn(matcher->ctx, &matched);
}

/* An entry taken from a slot comes before earlier records that are still in the ring buffer. */
static void add_return(struct call_matcher *matcher, const struct record_call *ret)
{
	struct thread *thread = find_thread(matcher, ret->head.tid);

	if (!thread || !thread->waiting || ret->head.ts_ns < thread->entry.head.ts_ns) {
		pass_return(matcher, ret);
		return;
	}
	if (is_same_call(&thread->entry.head, &ret->head)) {
		pass_both(matcher, &thread->entry, ret);
		stop_waiting(matcher, thread);
	} else {
		pass_waiting(matcher, thread);
		pass_return(matcher, ret);
	}
}

int call_matcher_add(struct call_matcher *matcher, const struct record_call *rec)
{
	if (rec->head.type == RECORD_ENTRY)
		return add_entry(matcher, rec);
	if (rec->head.type == RECORD_CALL)
		add_both(matcher, rec);
	else
		add_return(matcher, rec);
	return 0;
}

const struct record_call *call_matcher_waits(const struct call_matcher *matcher, __u32 tid)
{
	const struct thread *thread = find_thread(matcher, tid);

	return thread && thread->waiting ? &thread->entry : NULL;
}

void call_matcher_set_returned(struct call_matcher *matcher, __u32 tid)
{
	struct thread *thread = find_thread(matcher, tid);

	if (!thread || !thread->waiting || thread->returned)
		return;
	thread->returned = true;
	matcher->counts.returned++;
}

void call_matcher_end(struct call_matcher *matcher, __u32 tid)
{
	struct thread *thread = find_thread(matcher, tid);

	if (thread && thread->waiting)
		pass_waiting(matcher, thread);
}

bool call_matcher_for_each_overdue(struct call_matcher *matcher, __u64 before_ns, bool again,
				   call_matcher_fn fn, void *ctx)
{
	struct thread *thread, *next;
	bool any = false;

	if (!matcher->counts.waiting)
		return false;
	HASH_ITER (hh, matcher->threads, thread, next) {
		struct matched_call matched = matched_entry(&thread->entry);

		if (!thread->waiting || thread->returned || (thread->overdue && !again) ||
		    matched.ts_ns > before_ns)
			continue;
		thread->overdue = thread->overdue || !again;
		any = true;
		if (fn)
			fn(ctx, &matched);
	}
	return any;
}

void call_matcher_flush(struct call_matcher *matcher)
{
	struct thread *thread, *next;

	HASH_ITER (hh, matcher->threads, thread, next) {
		if (!thread->waiting)
			continue;
		thread->waiting = false;
		pass_entry(matcher, &thread->entry, thread->returned);
	}
}

const struct call_counts *call_matcher_counts(const struct call_matcher *matcher)
{
	return &matcher->counts;
}
