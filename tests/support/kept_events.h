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

struct kept {
	struct correlator *correlator;
	struct event_sink sink;
	struct hook_counts hooks[NR_HOOKS];
	struct call call;
	struct teardown teardown;
	struct deferred_free deferred_free;
	struct stuck stuck;
	int calls, teardowns, deferred_frees, stucks, err;
	bool unwanted; /* the sink rejects stuck reports */
};

/* Keeps an event of a kind. */
#define KEEP(kind)                                                                                 \
	static inline int keep_##kind(void *ctx, const struct kind *kind)                          \
	{                                                                                          \
		struct kept *kept = ctx;                                                           \
                                                                                                   \
		kept->kind = *kind;                                                                \
		kept->kind##s++;                                                                   \
		return kept->err;                                                                  \
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

static inline bool complete_stuck(void *ctx, struct stuck *stuck)
{
	if (stuck->in_worker)
		strcpy(stuck->stack, "rcu_barrier+0x10");
	return !((struct kept *)ctx)->unwanted;
}

/* cmocka's setup and teardown: *state is an enum view, and then a struct kept. */
static inline int open_kept(void **state)
{
	static const struct correlator_ops ops = {count_hook, name_caller, complete_stuck};
	static const struct event_sink_ops sink_ops = {keep_call, keep_teardown, keep_deferred_free,
						       keep_stuck};
	static struct kept kept;
	const struct correlator_options opts = {.view = *(const enum view *)*state,
						.identity = true,
						.start_ns = LONG_BEFORE,
						.max_releases = 10};

	kept = (struct kept){.sink = {&sink_ops, &kept}};
	for (int hook = 0; hook < NR_HOOKS; hook++)
		kept.hooks[hook].attached = true;
	kept.correlator = correlator_new(&opts, &kept.sink, &ops, &kept);
	*state = &kept;
	return kept.correlator ? 0 : -1;
}

static inline int close_kept(void **state)
{
	correlator_free(((struct kept *)*state)->correlator);
	return 0;
}

#define KEPT_TEST(function, shown)                                                                 \
	cmocka_unit_test_prestate_setup_teardown(function, open_kept, close_kept,                  \
						 &(enum view){shown})

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

static inline void add(struct kept *kept, const union record *rec)
{
	assert_int_equal(correlator_add(kept->correlator, rec, rec->head.size), 0);
}

static inline void send(struct kept *kept, __u8 type, __u8 hook, __u32 tid, __u64 ts_ns)
{
	const union record rec = record(type, hook, tid, ts_ns);

	add(kept, &rec);
}

static inline void release(struct kept *kept, __u64 ts_ns)
{
	union record rec = record(RECORD_RELEASE, HOOK_PUT, 501, ts_ns);

	rec.release.map_id = 7;
	rec.release.map_type = 1;
	rec.release.flags = RELEASE_LAST;
	add(kept, &rec);
}

static inline void queue_free(struct kept *kept, __u64 ts_ns)
{
	union record rec = record(RECORD_QUEUE, HOOK_DEFERRED_FREE, WORKER, ts_ns);

	rec.head.arg = KEY;
	add(kept, &rec);
}

/* Released at 1000, the worker runs from 1100 on, and its destroy call from 1200 on. */
static inline void start_teardown(struct kept *kept)
{
	union record rec = record(RECORD_ENTRY, HOOK_FREE, WORKER, 1100);

	release(kept, 1000);
	rec.call.entries = 42;
	add(kept, &rec);
	send(kept, RECORD_ENTRY, HOOK_DESTROY, WORKER, 1200);
	queue_free(kept, 1250);
}

static inline void free_deferred(struct kept *kept)
{
	send(kept, RECORD_ENTRY, HOOK_DEFERRED_FREE, OTHER, 3000);
	send(kept, RECORD_RETURN, HOOK_DEFERRED_FREE, OTHER, 3500);
}

static inline struct ledger counted(const struct kept *kept, struct teardown_counts *counts)
{
	struct ledger ledger = {};

	correlator_count(kept->correlator, &ledger, counts);
	return ledger;
}
