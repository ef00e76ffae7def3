/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a run of random calls, teardowns, deferred frees and stuck calls, and records it.
 */
#pragma once

#include "model/hooks.h"
#include "support/recorded.h"

#define NR_ITEMS 3000

/* A run and its recording. */
struct run {
	struct item items[NR_ITEMS];
	struct run_info run_info;
	__u64 end_ns;
	struct ledger ledger;
	struct teardown_counts counts;
	const char *path;
};

/* Often, a deferred free comes before its teardown. */
static inline void make_match(struct item *item)
{
	static struct deferred_free last;
	struct teardown *teardown = &item->teardown;

	if (item->kind == ITEM_DEFERRED_FREE)
		last = item->deferred_free;
	else if (item->kind == ITEM_TEARDOWN && maybe()) {
		teardown->map.address = last.map.address;
		teardown->destroy[0].ts_ns = last.destroy_ns;
		teardown->destroy[0].alloc = last.alloc;
	}
}

static inline __u64 rarely_unknown(__u64 ns)
{
	return below(16) ? ns : UNKNOWN_NS;
}

/* Of some cgroups, only the ids are known. */
static inline void tame_cgroup(struct releaser *releaser)
{
	static const struct cgroup cgroups[] = {
		{},
		{.id = 1, .path = "/"},
		{.id = 2, .path = "/system.slice/a.service", .unit = "a.service"},
		{.id = 3, .path = "/system.slice/a.service", .unit = "a.service"},
	};

	releaser->cgroup_id %= 20;
	releaser->cgroup = releaser->cgroup_id && releaser->cgroup_id < 4
				   ? &cgroups[releaser->cgroup_id]
				   : NULL;
}

static inline void tame_map(struct map_info *map, __u64 now_ns)
{
	map->identity.map_id %= 30;
	map->identity.released_ns = rarely_unknown(now_ns - 5000000);
	map->identity.released_by.task.pid %= 20;
	tame_cgroup(&map->identity.released_by);
	tame_cgroup(&map->identity.closed_by);
}

static inline void tame_task(struct task *task)
{
	task->pid %= 50;
	task->tid %= 50;
}

static inline void tame_holders(struct map_holders *holders, __u64 now_ns)
{
	holders->nr = below(MAX_HOLDERS + 1);
	for (__u32 i = 0; i < holders->nr; i++)
		holders->by[i] = (struct map_holder){
			.kind = below(NR_HOLDER_KINDS),
			.id = below(3),
			.type = below(5),
			.until_ns = now_ns - below(1000),
			.grace_ns = rarely_unknown(below(1000)),
			.worker_ns = rarely_unknown(below(1000)),
			.name = {below(2) ? 'n' : '\0'},
		};
}

static inline void tame_teardown(struct teardown *teardown, __u64 now_ns)
{
	__u64 *phase = teardown->phase;
	int i;

	for (i = 0; i < NR_PHASES; i++)
		phase[i] = rarely_unknown(below(3000000));
	phase[PHASE_TOTAL] = UNKNOWN_NS;
	if (phase[PHASE_WAIT] < UNKNOWN_NS && phase[PHASE_FREE] < UNKNOWN_NS &&
	    phase[PHASE_DEFERRED] < UNKNOWN_NS)
		phase[PHASE_TOTAL] = phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED];
	if (phase[PHASE_HELD])
		tame_holders(&teardown->holders, now_ns);
	teardown->run.latency_ns = phase[PHASE_FREE];
	teardown->queued_ns = rarely_unknown(now_ns - 4000000);
	for (i = 0; i < MAX_DESTROYS; i++)
		teardown->destroy[i].ts_ns = rarely_unknown(now_ns - 2000000);
	for (i = 0; i < NR_OUTCOMES; i++)
		teardown->outcomes[i] %= 3;
}

/* Shared by all kinds of items. */
struct parts {
	struct map_info *map;
	struct task *task;
	__u64 *ts_ns, *latency_ns;
};

static inline struct parts parts_of(struct item *item)
{
	struct teardown *teardown = &item->teardown;
	struct deferred_free *deferred = &item->deferred_free;
	struct stuck *stuck = &item->stuck;
	struct call *call = &item->call;

	switch (item->kind) {
	case ITEM_CALL:
		return (struct parts){&call->map, &call->task, &call->ts_ns, &call->latency_ns};
	case ITEM_TEARDOWN:
		return (struct parts){&teardown->map, &teardown->run.worker,
				      &teardown->run.start_ns, &teardown->run.latency_ns};
	case ITEM_DEFERRED_FREE:
		return (struct parts){&deferred->map, &deferred->run.worker,
				      &deferred->run.start_ns, &deferred->run.latency_ns};
	default:
		return (struct parts){&stuck->map, &stuck->worker, &stuck->since_ns,
				      &stuck->for_ns};
	}
}

/* Removes impossible values. */
static inline void make_possible(struct item *item)
{
	struct parts parts = parts_of(item);
	struct call *call = &item->call;

	if (!map_has_type(parts.map))
		parts.map->known = 0;
	parts.map->type = below(36);
	if (item->kind != ITEM_STUCK && *parts.ts_ns == UNKNOWN_NS)
		*parts.latency_ns = UNKNOWN_NS;
	if (item->kind != ITEM_CALL)
		return;
	if (!(call->flags & CALL_EMPTY_KNOWN))
		call->flags &= ~CALL_EMPTY;
	if (!call->caller.address)
		call->caller.name = NULL;
}

static inline void make_tame(struct item *item, __u64 now_ns)
{
	struct parts parts = parts_of(item);

	tame_map(parts.map, now_ns);
	tame_task(parts.task);
	*parts.ts_ns = rarely_unknown(now_ns - 3000000);
	if (item->kind != ITEM_STUCK)
		*parts.latency_ns = rarely_unknown(below(2000000));
	if (item->kind == ITEM_CALL)
		item->call.cpu %= 4;
	if (item->kind == ITEM_TEARDOWN)
		tame_teardown(&item->teardown, now_ns);
	if (item->kind == ITEM_STUCK)
		item->stuck.for_ns = below(1000000);
	if (item->kind == ITEM_DEFERRED_FREE) {
		item->deferred_free.destroy_ns = rarely_unknown(now_ns - 2000000);
		item->deferred_free.latency_ns = rarely_unknown(below(2000000));
	}
}

/* All figures differ. */
static inline void count(struct run *run)
{
	static const struct ledger unknown = {.missed_entry = LEDGER_UNKNOWN,
					      .probe_missed_return = LEDGER_UNKNOWN};
	__u64 *figure = (__u64 *)&run->ledger, nr = 1000000;

	run->ledger = unknown;
	for (size_t i = 0; i < sizeof(run->ledger) / sizeof(__u64); i++)
		figure[i] = figure[i] ? figure[i] : nr++;
	run->ledger.buffer_bytes = 0; /* not recorded */
	figure = (__u64 *)&run->counts.ledger;
	for (size_t i = 0; i < sizeof(run->counts.ledger) / sizeof(__u64); i++)
		figure[i] = nr++;
	run->counts.ledger.waiting = LEDGER_UNKNOWN;
	for (int i = 0; i < NR_HOOKS; i++)
		run->counts.hooks[i] = (struct hook_counts){
			.function = hook_info[i].function,
			.attached = i != HOOK_PUT_UREF,
			.returns = i < NR_CALL_HOOKS,
			.seen = nr++,
			.taken = nr++,
			.lost = nr++,
			.missed = i == HOOK_PUT ? LEDGER_UNKNOWN : nr++,
			.seen_return = nr++,
			.lost_return = nr++,
			.missed_return = nr++,
		};
}

static inline void record(struct run *run, bool be_tame)
{
	struct writer *recording;
	__u64 now_ns;

	run->run_info = some_conditions();
	now_ns = run->run_info.start_ns + 10000000;
	run->path = temp_path();
	recording = new_recording(run->path, &run->run_info);
	for (size_t i = 0; i < NR_ITEMS; i++) {
		run->items[i] = some_item();
		/* Sometimes nothing happens for long. */
		now_ns += below(500) ? 1 + below(400000) : 300000000;
		if (be_tame)
			make_tame(&run->items[i], now_ns);
		else if (run->items[i].kind == ITEM_DEFERRED_FREE) /* no two of one destroy call */
			run->items[i].deferred_free.destroy_ns = rarely_unknown(below(1ULL << 62));
		make_possible(&run->items[i]);
		make_match(&run->items[i]);
		assert_int_equal(record_item(recording, &run->items[i]), 0);
	}
	count(run);
	run->end_ns = now_ns + 1;
	assert_int_equal(writer_ledger(recording, &run->ledger, &run->counts), 0);
	end_recording(recording, run->end_ns);
}
