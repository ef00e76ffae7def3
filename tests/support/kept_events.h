/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A correlator whose last event of each kind is kept, and records of one teardown for it.
 */
#pragma once

#include "support/correlated.h"

#define WORKER 11
#define OTHER  12
#define MAP    0xffff888100001000
#define KEY    0x60f4d3c01000

static struct kept {
	struct correlator *correlator;
	struct event_sink sink;
	struct hook_counts hooks[NR_HOOKS];
	struct call call;
	struct teardown teardown;
	struct deferred_free deferred_free;
	struct stuck stuck;
	int calls, teardowns, deferred_frees, stucks, err;
	bool unwanted; /* the sink rejects stuck reports */
	struct task_stack thread;
} kept;

/* Keeps an event of a kind. */
#define KEEP(kind)                                                                                 \
	static inline int keep_##kind(void *ctx, const struct kind *kind)                          \
	{                                                                                          \
		struct kept *to = ctx;                                                             \
                                                                                                   \
		to->kind = *kind;                                                                  \
		to->kind##s++;                                                                     \
		return to->err;                                                                    \
	}

KEEP(call)
KEEP(teardown)
KEEP(deferred_free)
KEEP(stuck)

static inline void count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	*counts = ((struct kept *)ctx)->hooks[hook];
}

static inline void name_caller(void *ctx, struct caller *caller)
{
	assert_non_null(ctx);
	caller->name = "htab_map_free";
	caller->offset = caller->address & 0xff;
}

/* The thread that has been set. */
static inline bool look_at(void *ctx, __u32 tid, struct task_stack *thread)
{
	*thread = ((struct kept *)ctx)->thread;
	thread->found = thread->found ? tid : 0;
	return thread->size != -EOPNOTSUPP;
}

static inline bool complete_stuck(void *ctx, struct stuck *stuck)
{
	if (stuck->in_worker)
		strcpy(stuck->stack, "rcu_barrier+0x10");
	return !((struct kept *)ctx)->unwanted;
}

static inline int open_kept(enum view view)
{
	static const struct correlator_ops ops = {.count_hook = count_hook,
						  .name_caller = name_caller,
						  .look_at = look_at,
						  .complete_stuck = complete_stuck};
	static const struct event_sink_ops sink_ops = {keep_call, keep_teardown, keep_deferred_free,
						       keep_stuck};
	const struct correlator_options opts = {
		.view = view, .identity = true, .start_ns = LONG_BEFORE, .max_releases = 10};

	kept = (struct kept){.sink = {&sink_ops, &kept}};
	for (int hook = 0; hook < NR_HOOKS; hook++)
		kept.hooks[hook].attached = true;
	kept.correlator = correlator_new(&opts, &kept.sink, &ops, &kept);
	return kept.correlator ? 0 : -1;
}

static inline int close_kept(void **state __attribute__((unused)))
{
	correlator_free(kept.correlator);
	return 0;
}

/* A test of a correlator for this view. */
#define KEPT_TEST(name, view)                                                                      \
	static int open_for_##name(void **state __attribute__((unused)))                           \
	{                                                                                          \
		return open_kept(view);                                                            \
	}                                                                                          \
	TEST_BETWEEN(name, open_for_##name, close_kept)

static inline union record record(__u8 type, __u8 hook, __u32 tid, __u64 ts_ns)
{
	union record rec = {
		.head = {.type = type, .hook = hook, .tid = tid, .ts_ns = ts_ns, .map = MAP},
	};

	rec.head.size = type == RECORD_RELEASE				? sizeof(rec.release)
			: type == RECORD_RETURN || type == RECORD_QUEUE ? sizeof(rec.head)
									: sizeof(rec.call);
	if (type == RECORD_ENTRY) {
		rec.call.flags = CALL_MAP | CALL_NAME | CALL_EMPTY_KNOWN;
		rec.call.map_type = 1;
		rec.call.key = KEY;
		strcpy(rec.call.map_name, "events");
	}
	return rec;
}

static inline void add(const union record *rec)
{
	assert_int_equal(correlator_add(kept.correlator, rec, rec->head.size), 0);
}

static inline void send(__u8 type, __u8 hook, __u32 tid, __u64 ts_ns)
{
	const union record rec = record(type, hook, tid, ts_ns);

	add(&rec);
}

/* The return of a worker's run, with these times in ns. */
static inline void send_freed(__u8 hook, __u32 tid, __u64 ts_ns, const struct record_freed *times)
{
	union record rec = {.freed = *times};

	rec.head = (struct record_head){
		.type = RECORD_FREED,
		.hook = hook,
		.size = sizeof(rec.freed),
		.tid = tid,
		.ts_ns = ts_ns,
	};
	add(&rec);
}

static inline void release(__u64 ts_ns)
{
	union record rec = record(RECORD_RELEASE, HOOK_PUT, 501, ts_ns);

	rec.release.map_id = 7;
	rec.release.map_type = 1;
	strcpy(rec.release.map_name, "events");
	rec.release.flags = RELEASE_LAST;
	add(&rec);
}

static inline void queue_free(__u64 ts_ns)
{
	union record rec = record(RECORD_QUEUE, HOOK_DEFERRED_FREE, WORKER, ts_ns);

	rec.head.arg = KEY;
	add(&rec);
}

/* Released at 1000, the worker runs from 1100 on, and its destroy call from 1200 on. */
static inline void start_teardown(void)
{
	union record rec = record(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);

	release(1000);
	rec.call.entries = 42;
	rec.call.bytes_cached = 960;
	add(&rec);
	send(RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	queue_free(1250);
}

static inline void free_deferred(void)
{
	send(RECORD_ENTRY, HOOK_DEFERRED_FREE, OTHER, 3000);
	send(RECORD_RETURN, HOOK_DEFERRED_FREE, OTHER, 3500);
}

static inline struct ledger counted(struct teardown_counts *counts)
{
	struct ledger ledger = {};

	correlator_count(kept.correlator, &ledger, counts);
	return ledger;
}
