// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the recordings that the command-line cases read. Clocks, hosts and latencies are made up,
 * so that reports of them have the same bytes everywhere and every time.
 *
 * usage: recordings DIRECTORY [FILE]   makes the files listed below in it, or only this one
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/hooks.h"
#include "recording/writer.h"
#include "support/chance.h"
#include "util/macros.h"

#define EVERY_NS (100 * NSEC_PER_MSEC) /* from a teardown to the next one */

#define HASH	   1 /* enum bpf_map_type */
#define LPM_TRIE   11
#define SK_STORAGE 24

/* One file. Members that are 0 get the usual values. */
struct variant {
	const char *file;
	__u32 nr;	  /* teardowns of each kind */
	__u32 percent[3]; /* of each kind, how long destroy calls take; 0: there are none */
	__u32 counted[3]; /* of each kind, how many instructions frees take; 0: not known */
	const char *host, *boot_id, *attach;
	__u64 cpus;
	__u64 start_ns, later_ns; /* of the monotonic clock; how much later by the real one */
	__u64 lost;		  /* entries */
	bool bench, unended, stuck, held;
	__u64 slept_ns; /* in the run */
	__s64 set_ns;	/* by how much the real-time clock was set in the run */
};

static const struct variant variants[] = {
	{"base.mdt", .nr = 12, .percent = {100, 100, 100}},
	{"same.mdt", .nr = 12, .percent = {100, 100, 100}},
	{"slow.mdt", .nr = 12, .percent = {150, 100, 100}},
	{"few.mdt", .nr = 3, .percent = {100}},
	{"lossy.mdt", .nr = 12, .percent = {100, 100, 100}, .lost = 5},
	{"unended.mdt", .nr = 3, .percent = {100}, .unended = true},
	{"stuck.mdt", .nr = 1, .percent = {100}, .stuck = true},
	{"bench-a.mdt", .nr = 12, .percent = {100, 100}, .bench = true},
	{"bench-b.mdt", .nr = 12, .percent = {100, 50}, .bench = true},
	{"other-cpus.mdt", .nr = 12, .percent = {100, 100, 100}, .cpus = 4},
	{"other-attach.mdt", .nr = 12, .percent = {100, 100, 100}, .attach = "kprobe/kretprobe"},
	/* Started an hour later, on a machine that had just been booted. */
	{"host2.mdt", .nr = 3, .percent = {100, 0, 100}, .host = "beta",
	 .boot_id = "66666666-7777-8888-9999-000000000000", .start_ns = 50 * NSEC_PER_SEC,
	 .later_ns = 3600 * NSEC_PER_SEC},
	/* A minute after base.mdt; before and in it the clock was set back. */
	{"clock.mdt", .nr = 3, .percent = {100}, .start_ns = 1060 * NSEC_PER_SEC,
	 .later_ns = -3540 * NSEC_PER_SEC, .slept_ns = 30 * NSEC_PER_SEC,
	 .set_ns = -7200 * (__s64)NSEC_PER_SEC},
	{"held.mdt", .nr = 1, .percent = {100, 100}, .held = true},
	{"counted.mdt", .nr = 12, .percent = {100, 100, 100}, .counted = {100, 100}},
	{"counted-more.mdt", .nr = 12, .percent = {100, 100, 100}, .counted = {130, 100}},
};

enum { ROOT, LOADER, AGENT };

/* The writer finds the names. */
static const struct cgroup cgroups[] = {
	[ROOT] = {.id = 1, .path = "/"},
	[LOADER] = {.id = 4242, .path = "/system.slice/loader.service"},
	[AGENT] =
		{.id = 4243,
		 .path = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-"
			 "pod8ff3e55c_0f6c_4fe4_8d3a_3b1c2d4e5f60.slice/cri-containerd-"
			 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope"},
};

/* A kind of map, and what its teardowns are like. */
struct kind {
	__u32 type;
	const char *name;
	const char *caller;
	enum alloc_member alloc;
	bool with_empty; /* a destroy call of an allocator that has nothing comes first */
	__u32 entries;
	__u64 destroy_ns, deferred_ns;
	struct releaser closer;
	__u8 close_flags;
	const char *user_stack;
};

static const struct kind kinds[] = {
	{HASH, "events", "htab_map_free", ALLOC_MA, .with_empty = true, .entries = 1000,
	 .destroy_ns = 40 * NSEC_PER_USEC, .deferred_ns = 3 * NSEC_PER_MSEC,
	 .closer = {true, 4242, {500, 501, "loader"}, &cgroups[LOADER]}, .close_flags = CLOSE_KNOWN,
	 .user_stack = "close+0x7 (/usr/lib/libc++.so.6)\n"
		       "drop_events+0x1c (/usr/bin/loader)\n"
		       "/usr/bin/loader+0x1234\n"
		       "[build-id 5a0102030000000000000000000000000000000f]+0x10\n"
		       "0x7f0012345678"},
	{LPM_TRIE, "routes", "trie_free", ALLOC_MA, .entries = 5000,
	 .destroy_ns = 120 * NSEC_PER_USEC, .deferred_ns = 8 * NSEC_PER_MSEC,
	 .closer = {true, 4243, {600, 600, "agent"}, &cgroups[AGENT]}},
	{SK_STORAGE, "sessions", "bpf_local_storage_map_free", ALLOC_SELEM_MA, .entries = 16,
	 .destroy_ns = 15 * NSEC_PER_USEC,
	 .closer = {true, 4243, {600, 602, "agent"}, &cgroups[AGENT]},
	 .close_flags = CLOSE_KNOWN | CLOSE_AT_EXIT},
};

static const char *const benchmarks[] = {
	"type=hash,entries=1000,runs=12",
	"type=lpm_trie,entries=1000,runs=12",
};

/* A recording in the making. */
struct maker {
	const struct variant *variant;
	struct writer *recording;
	__u64 start_ns;
	struct scenario scenario[ARRAY_SIZE(benchmarks)];
	__u64 calls, teardowns, deferred;
};

/* Around the mean, by up to a tenth of it. */
static __u64 about(__u64 mean_ns)
{
	return mean_ns * 9 / 10 + below(mean_ns / 5 + 1);
}

static void check(int err)
{
	if (err)
		exit(EXIT_FAILURE); /* already reported */
}

static struct call call_of(const struct maker *maker, const struct kind *kind, __u32 nth)
{
	struct call call = {
		.map.address = 0xffff888000000000 + ((maker->teardowns + 1) << 12),
		.task.pid = 71,
		.task.tid = 71,
		.cpu = nth % 2,
		.map.type = kind->type,
		.map.key_size = 8,
		.map.value_size = 64,
		.map.max_entries = kind->entries,
		.map.flags = 1,
		.unit_size = 96,
		.map.known = CALL_MAP | CALL_NAME | CALL_SIZES,
		.flags = CALL_EMPTY_KNOWN | CALL_PERCPU_KNOWN,
		.task.comm = "kworker/0:1",
	};
	size_t i = kind - kinds;
	bool bench = maker->variant->bench;

	call.map.identity.map_id = 100 + maker->teardowns;
	call.map.identity.released_by = call.map.identity.closed_by = kind->closer;
	call.map.identity.close_flags = kind->close_flags;
	call.map.identity.user_stack = kind->user_stack;
	/* One release is by a kernel thread. */
	if (kind->type == LPM_TRIE && nth == 1) {
		call.map.identity.by_kernel = true;
		call.map.identity.released_by =
			(struct releaser){true, 1, {15, 15, "rcu_sched"}, &cgroups[ROOT]};
	}
	snprintf(call.map.name, NAME_LEN, "%s", bench ? maker->scenario[i].map_name : kind->name);
	return call;
}

static void record_destroy(struct maker *maker, const struct kind *kind, struct call call,
			   struct teardown *teardown, const struct destroy *destroy)
{
	call.alloc = destroy->alloc;
	call.ts_ns = destroy->ts_ns;
	call.latency_ns = destroy->latency_ns;
	call.caller.address = 0xffffffff81000000;
	call.caller.name = kind->caller;
	call.caller.offset = 0x12a;
	if (destroy->outcome == OUTCOME_EMPTY)
		call.flags |= CALL_EMPTY;
	if (destroy->alloc == ALLOC_PCPU_MA)
		call.flags |= CALL_PERCPU;
	check(writer_call(maker->recording, &call));
	maker->calls++;
	teardown->phase[PHASE_DESTROY] += destroy->latency_ns;
	teardown->outcomes[destroy->outcome]++;
	teardown->destroy[teardown->nr_destroys++] = *destroy;
}

static void record_deferred_free(struct maker *maker, const struct teardown *teardown,
				 const struct destroy *destroy)
{
	struct deferred_free deferred_free = {
		.map = teardown->map,
		.run.worker = teardown->run.worker,
		.alloc = destroy->alloc,
		.destroy_ns = destroy->ts_ns,
		.latency_ns = destroy->freed_ns - destroy->ts_ns,
	};

	deferred_free.run.latency_ns = 200 * NSEC_PER_USEC;
	deferred_free.run.start_ns = destroy->freed_ns - deferred_free.run.latency_ns;
	check(writer_deferred_free(maker->recording, &deferred_free));
	maker->deferred++;
}

/*
 * The worker starts 30 us after the release, and makes an empty and a full destroy call; the
 * deferred free of the latter ends long after the worker.
 */
/* The first map was held by a program and its link, the second by something unknown. */
static void set_held(struct teardown *teardown, bool known)
{
	__u64 released_ns = teardown->map.identity.released_ns;

	teardown->phase[PHASE_HELD] = 90 * NSEC_PER_SEC;
	if (!known)
		return;
	teardown->holders = (struct map_holders){
		.nr = 2,
		.by = {{.kind = HOLDER_PROGRAM,
			.id = 12,
			.type = 1,
			.until_ns = released_ns - 20 * NSEC_PER_MSEC,
			.grace_ns = 19 * NSEC_PER_MSEC,
			.worker_ns = NSEC_PER_MSEC,
			.name = "agent_main"},
		       {.kind = HOLDER_LINK,
			.id = 5,
			.until_ns = released_ns - 21 * NSEC_PER_MSEC,
			.grace_ns = UNKNOWN_NS,
			.worker_ns = UNKNOWN_NS}},
	};
}

/* Each fifth free was switched out, so that its counts are unknown. */
static void set_counts(struct worker_time *time, const struct kind *kind, __u32 nth, __u32 percent)
{
	if (!percent || nth % 5 == 2)
		return;
	time->events[COUNTER_INSTRUCTIONS] = about(kind->entries * 460ULL * percent / 100);
	time->events[COUNTER_CYCLES] = time->events[COUNTER_INSTRUCTIONS] * 5 / 4;
	time->known |= TIME_INSTRUCTIONS_KNOWN | TIME_CYCLES_KNOWN;
}

static void record_teardown(struct maker *maker, const struct kind *kind, __u32 nth, __u32 percent)
{
	struct call call = call_of(maker, kind, nth);
	struct teardown teardown = {
		.map = call.map, .run.worker = call.task, .entries = kind->entries};
	__u64 released_ns = maker->start_ns + (maker->teardowns + 1) * EVERY_NS;
	__u64 wait_ns = about(30 * NSEC_PER_USEC), start_ns = released_ns + wait_ns;
	__u64 deferred_ns = kind->deferred_ns ? about(kind->deferred_ns) : 0, end_ns;
	const struct destroy empty = {start_ns + 5 * NSEC_PER_USEC, 200, UNKNOWN_NS, ALLOC_PCPU_MA,
				      OUTCOME_EMPTY};
	struct destroy full = {start_ns + 10 * NSEC_PER_USEC,
			       about(kind->destroy_ns * percent / 100), UNKNOWN_NS, kind->alloc,
			       deferred_ns ? OUTCOME_DEFERRED : OUTCOME_DIRECT};

	end_ns = full.ts_ns + full.latency_ns + 2 * NSEC_PER_USEC;
	if (deferred_ns)
		full.freed_ns = end_ns + deferred_ns;
	teardown.queued_ns = released_ns + NSEC_PER_USEC;
	teardown.run.start_ns = start_ns;
	teardown.run.latency_ns = end_ns - start_ns;
	teardown.map.identity.released_ns = released_ns;
	call.map.identity.released_ns = released_ns;
	if (kind->with_empty)
		record_destroy(maker, kind, call, &teardown, &empty);
	record_destroy(maker, kind, call, &teardown, &full);
	if (deferred_ns)
		record_deferred_free(maker, &teardown, &full);
	teardown.phase[PHASE_WAIT] = wait_ns;
	teardown.phase[PHASE_FREE] = end_ns - start_ns;
	teardown.phase[PHASE_DEFERRED] = deferred_ns;
	teardown.phase[PHASE_TOTAL] = wait_ns + (end_ns - start_ns) + deferred_ns;
	set_counts(&teardown.run.time, kind, nth, maker->variant->counted[kind - kinds]);
	if (maker->variant->held)
		set_held(&teardown, kind->type == HASH);
	check(writer_teardown(maker->recording, &teardown));
	maker->teardowns++;
}

/* A worker that waits for RCU until the end of the run. */
static void record_hang(struct maker *maker)
{
	const struct call call = call_of(maker, &kinds[0], 0);
	struct stuck stuck = {
		.where = "bpf_mem_alloc_destroy",
		.map = call.map,
		.worker = call.task,
		.for_ns = 10 * NSEC_PER_SEC,
		.in_worker = true,
		.stack = "rcu_barrier+0x11a\nbpf_mem_alloc_destroy+0x1d0\nhtab_map_free+0x12a",
	};

	stuck.since_ns = maker->start_ns + NSEC_PER_SEC;
	check(writer_stuck(maker->recording, &stuck));
}

static void record_ledger(const struct maker *maker)
{
	bool stuck = maker->variant->stuck;
	struct teardown_counts counts = {
		.ledger =
			{
				.started = maker->teardowns,
				.completed = maker->teardowns,
				.shown = maker->teardowns,
				.deferred = maker->deferred,
				.reclaimed = maker->deferred,
			},
	};
	const struct ledger ledger = {
		.entered = maker->calls + maker->variant->lost + stuck,
		.completed = maker->calls,
		.still_running = stuck,
		.lost_entry = maker->variant->lost,
		.stuck = stuck,
		.still_stuck = stuck,
	};
	const __u64 seen[NR_HOOKS] = {
		[HOOK_DESTROY] = ledger.entered,
		[HOOK_FREE] = maker->teardowns,
		[HOOK_DEFERRED_FREE] = maker->deferred,
		[HOOK_PUT] = 10 * maker->teardowns,
		[HOOK_QUEUE] = maker->teardowns + maker->deferred,
	};

	for (int i = 0; i < NR_HOOKS; i++)
		counts.hooks[i] = (struct hook_counts){
			.function = hook_info[i].function,
			.attached = i != HOOK_PUT_UREF, /* as if it were inlined */
			.returns = i < NR_CALL_HOOKS,
			.seen = seen[i],
			.taken = i == HOOK_PUT ? maker->teardowns : seen[i],
			.seen_return = i < NR_CALL_HOOKS ? seen[i] : 0,
		};
	counts.hooks[HOOK_DESTROY].lost = maker->variant->lost;
	check(writer_ledger(maker->recording, &ledger, &counts));
}

static struct run_info run_info_of(const struct variant *variant)
{
	struct run_info run_info = {
		.tool_version = "0.1.0",
		.kernel_release = "6.12.0",
		.kernel_version = "#1 SMP PREEMPT_DYNAMIC",
		.machine = "x86_64",
		.cpus_possible = variant->cpus ?: 8,
		.cpus_online = variant->cpus ?: 8,
		.start_ns = variant->start_ns ?: 1000 * NSEC_PER_SEC,
		/* 2024-01-02 03:04:05 UTC */
		.start_realtime_ns = 1704164645 * NSEC_PER_SEC + variant->later_ns,
		.end_ns = UNKNOWN_NS,
	};

	snprintf(run_info.host, RUN_INFO_LEN, "%s", variant->host ?: "alpha");
	snprintf(run_info.boot_id, RUN_INFO_LEN, "%s",
		 variant->boot_id ?: "11111111-2222-3333-4444-555555555555");
	snprintf(run_info.attach, RUN_INFO_LEN, "%s", variant->attach ?: "fentry/fexit");
	snprintf(run_info.command_line, RUN_INFO_LEN, "memdestroy-trace record -o %s",
		 variant->file);
	return run_info;
}

static void record_scenarios(struct maker *maker)
{
	for (size_t i = 0; i < ARRAY_SIZE(benchmarks); i++)
		check(scenario_parse(&maker->scenario[i], benchmarks[i]));
	check(scenario_name_maps(maker->scenario, ARRAY_SIZE(benchmarks)));
	for (size_t i = 0; i < ARRAY_SIZE(benchmarks); i++)
		check(writer_scenario(maker->recording, &maker->scenario[i]));
}

static void make(const struct variant *variant)
{
	const struct run_info run_info = run_info_of(variant);
	const struct moment end = {
		.ns = run_info.start_ns + 12 * NSEC_PER_SEC,
		.realtime_ns = run_info.start_realtime_ns + 12 * NSEC_PER_SEC + variant->slept_ns +
			       variant->set_ns,
		.slept_ns = variant->slept_ns,
	};
	struct maker maker = {
		.variant = variant,
		.start_ns = run_info.start_ns,
	};

	state64 = 88172645463325252ULL * (variant - variants + 1);
	check(writer_create(&maker.recording, variant->file, false, &run_info));
	if (variant->bench)
		record_scenarios(&maker);
	for (__u32 nth = 0; nth < variant->nr; nth++)
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (variant->percent[i])
				record_teardown(&maker, &kinds[i], nth, variant->percent[i]);
	if (variant->stuck)
		record_hang(&maker);
	record_ledger(&maker);
	check(writer_commit(maker.recording));
	if (!variant->unended)
		check(writer_end(maker.recording, &end));
	writer_close(maker.recording);
}

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: %s DIRECTORY [FILE]\n", argv[0]);
		return 2;
	}
	if (chdir(argv[1])) {
		perror(argv[1]);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (argc == 2 || !strcmp(argv[2], variants[i].file))
			make(&variants[i]);
	return EXIT_SUCCESS;
}
