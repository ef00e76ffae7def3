/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of the tests of recordings: random events, recordings of them, messages on stderr.
 */
#pragma once

#include <stdlib.h>

#include "recording/reader.h"
#include "recording/writer.h"
#include "support/chance.h"
#include "support/messages.h"

#define PATH_SIZE 64

static inline bool maybe(void)
{
	return random64() & 64;
}

static inline __u64 figure(void)
{
	static const __u64 edges[] = {0, 1, 127, 128, 1ULL << 32, INT64_MAX, UNKNOWN_NS};

	return maybe() ? edges[below(7)] : random64() >> (1 + below(60));
}

/* Often the same, sometimes invalid UTF-8, and with garbage after its end. */
static inline void name(char text[NAME_LEN])
{
	size_t i, len = below(NAME_LEN);

	for (i = 0; i < NAME_LEN; i++)
		text[i] = (char)random64();
	if (maybe())
		snprintf(text, NAME_LEN, "name-%d", (int)below(8));
	else
		text[len] = '\0';
	text[NAME_LEN - 1] = '\0';
}

static inline struct task some_task(void)
{
	struct task task = {.pid = random64(), .tid = random64()};

	name(task.comm);
	if (!below(8))
		task = (struct task){};
	return task;
}

static inline struct releaser some_releaser(void)
{
	static const struct cgroup cgroups[] = {
		{.id = 1, .path = "/"},
		{.id = 2, .path = "/system.slice/a.service", .unit = "a.service"},
		{.id = INT64_MAX,
		 .path = "/kubepods/pod0123456789abcdef0123456789abcdef",
		 .pod_uid = "0123456789abcdef0123456789abcdef"},
	};
	const struct cgroup *cgroup = &cgroups[below(ARRAY_SIZE(cgroups))];

	if (maybe())
		return (struct releaser){true, cgroup->id, some_task(), cgroup};
	return (struct releaser){maybe(), random64(), some_task(), NULL};
}

static inline struct identity some_identity(void)
{
	struct identity identity = {
		.map_id = maybe() ? below(100) : random64(),
		.released_ns = figure(),
		.released_by = some_releaser(),
		.closed_by = some_releaser(),
		.close_flags = maybe() ? CLOSE_KNOWN : 0,
	};
	static const char *const stacks[] = {"drop+0x1c (/bin/a)\nmain+0x2 (/bin/a)", "0x10", NULL};

	identity.user_stack = stacks[below(ARRAY_SIZE(stacks))];
	if (identity.close_flags && maybe())
		identity.close_flags |= CLOSE_AT_EXIT;

	switch (below(4)) {
	case 0:
		identity.by_kernel = true;
		break;
	case 1:
		identity.by_interrupt = true;
		break;
	case 2:
		identity.unsure = true;
	}
	return identity;
}

static inline struct map_info some_map(void)
{
	struct map_info map = {
		.address = maybe() ? below(10) + 0xffff888000000000 : 0,
		.type = below(40),
		.key_size = random64(),
		.value_size = random64(),
		.max_entries = random64(),
		.flags = random64(),
		.known = random64() & (CALL_MAP | CALL_NAME | CALL_SIZES),
		.identity = some_identity(),
	};

	name(map.name);
	return map;
}

/* Some have a member that this version does not know. */
static inline unsigned int some_alloc(void)
{
	return below(4) ? below(NR_ALLOC_MEMBERS) : alloc_number("leaf_ma");
}

static inline struct call some_call(void)
{
	static const char *const callers[] = {"htab_map_free", "", "trie_free", NULL, NULL};

	return (struct call){
		.ts_ns = figure(),
		.latency_ns = figure(),
		.caller = {maybe() ? random64() | 1ULL << 63 : 0, callers[below(5)], below(4096)},
		.map = some_map(),
		.task = some_task(),
		.cpu = below(512),
		.unit_size = below(3) ? random64() : 0,
		.alloc = some_alloc(),
		.flags = random64() &
			 (CALL_EMPTY_KNOWN | CALL_EMPTY | CALL_PERCPU_KNOWN | CALL_PERCPU),
	};
}

#define ALL_EVENTS_KNOWN                                                                           \
	(TIME_INSTRUCTIONS_KNOWN | TIME_CYCLES_KNOWN | TIME_CACHE_MISSES_KNOWN |                   \
	 TIME_DTLB_MISSES_KNOWN)

static inline struct worker_time some_time(void)
{
	struct worker_time time = {
		.cpu_ns = random64() >> 2,
		.runqueue_ns = random64() >> 2,
		.grace_ns = random64() >> 2,
		.known = random64() & (TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN | TIME_GRACE_KNOWN |
				       ALL_EVENTS_KNOWN),
		.grace_for = below(NR_GRACE_WORDS),
	};

	for (int i = 0; i < NR_CPU_COUNTERS; i++)
		time.events[i] = maybe() ? random64() >> 2 : 0;
	return time;
}

static inline struct worker_run some_run(void)
{
	return (struct worker_run){
		.start_ns = figure(),
		.latency_ns = figure(),
		.worker = some_task(),
		.time = some_time(),
	};
}

static inline struct map_memory some_memory(void)
{
	struct map_memory memory = {};

	if (maybe()) {
		memory.bytes = random64() >> 1;
		memory.flags |= MEMORY_KNOWN | (maybe() ? MEMORY_EXACT : 0);
	}
	if (maybe()) {
		memory.cached = random64() >> 32;
		memory.flags |= MEMORY_CACHED_KNOWN;
	}
	return memory;
}

static inline struct teardown some_teardown(void)
{
	struct teardown teardown = {
		.map = some_map(),
		.run = some_run(),
		.queued_ns = figure(),
		.entries = figure(),
		.memory = some_memory(),
		.running = maybe(),
		.rcu_flags = maybe() ? RCU_KNOWN | (maybe() ? RCU_FREES : 0) : 0,
		.deferred_for = below(NR_GRACE_WORDS),
		.memcg_id = maybe() ? random64() >> 1 : 0,
	};
	int i;

	for (i = 0; i < NR_PHASES; i++)
		teardown.phase[i] = figure();
	teardown.run.latency_ns = teardown.phase[PHASE_FREE];
	for (i = 0; i < NR_OUTCOMES; i++)
		teardown.outcomes[i] = random64();
	teardown.nr_destroys = below(MAX_DESTROYS + 3);
	for (i = 0; i < MAX_DESTROYS; i++)
		teardown.destroy[i] = (struct destroy){figure(), figure(), figure(), some_alloc(),
						       below(NR_OUTCOMES)};
	return teardown;
}

static inline struct deferred_free some_deferred_free(void)
{
	struct deferred_free deferred_free = {
		.map = some_map(),
		.run = some_run(),
		.alloc = some_alloc(),
		.destroy_ns = figure(),
		.latency_ns = figure(),
	};

	deferred_free.run.time.known &= ~ALL_EVENTS_KNOWN;
	return deferred_free;
}

static inline struct stuck some_stuck(void)
{
	struct stuck stuck = {
		.where = maybe() ? "wait" : "bpf_mem_alloc_destroy",
		.map = some_map(),
		.worker = some_task(),
		.since_ns = figure(),
		.for_ns = figure(),
		.in_worker = maybe(),
	};

	if (maybe())
		strcpy(stuck.stack, "rcu_barrier+0x10\n0xffffffff81000000\nkthread+0x1");
	if (!below(10)) {
		memset(stuck.stack, 'x', sizeof(stuck.stack));
		stuck.stack[sizeof(stuck.stack) - 1] = '\0';
	}
	return stuck;
}

static inline struct run_info some_conditions(void)
{
	static char *const argv[] = {"memdestroy-trace", "record"};
	struct run_info run_info;

	run_info_now(&run_info, 2, argv, false);
	strcpy(run_info.attach, "fentry/fexit");
	return run_info;
}

enum item_kind { ITEM_CALL, ITEM_TEARDOWN, ITEM_DEFERRED_FREE, ITEM_STUCK, NR_ITEM_KINDS };

struct item {
	enum item_kind kind;
	union {
		struct call call;
		struct teardown teardown;
		struct deferred_free deferred_free;
		struct stuck stuck;
	};
};

static inline struct item some_item(void)
{
	switch (below(NR_ITEM_KINDS)) {
	case ITEM_CALL:
		return (struct item){ITEM_CALL, .call = some_call()};
	case ITEM_TEARDOWN:
		return (struct item){ITEM_TEARDOWN, .teardown = some_teardown()};
	case ITEM_DEFERRED_FREE:
		return (struct item){ITEM_DEFERRED_FREE, .deferred_free = some_deferred_free()};
	default:
		return (struct item){ITEM_STUCK, .stuck = some_stuck()};
	}
}

static inline int record_item(struct writer *recording, const struct item *item)
{
	switch (item->kind) {
	case ITEM_CALL:
		return writer_call(recording, &item->call);
	case ITEM_TEARDOWN:
		return writer_teardown(recording, &item->teardown);
	case ITEM_DEFERRED_FREE:
		return writer_deferred_free(recording, &item->deferred_free);
	default:
		return writer_stuck(recording, &item->stuck);
	}
}

/* The name of the file's rollback journal, valid until the next call. */
static inline const char *journal_of(const char *path)
{
	static char journal[PATH_SIZE + 16];

	snprintf(journal, sizeof(journal), "%.*s-journal", PATH_SIZE, path);
	return journal;
}

static char temp_paths[2048][PATH_SIZE];
static size_t nr_temp_paths;

/* A name for a file, in memory where possible: commits wait for a disk. Removed at the end. */
static inline const char *temp_path(void)
{
	const char *dir = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	char *path = temp_paths[nr_temp_paths];

	assert_true(nr_temp_paths < 2048);
	snprintf(path, PATH_SIZE, "%s/test-recording.%d.%zu", dir, getpid(), nr_temp_paths++);
	return path;
}

__attribute__((destructor)) static void remove_temp_files(void)
{
	for (size_t i = 0; i < nr_temp_paths; i++) {
		unlink(temp_paths[i]);
		unlink(journal_of(temp_paths[i]));
	}
}

/* Makes a recording; run_info may be NULL. */
static inline struct writer *new_recording(const char *path, const struct run_info *run_info)
{
	const struct run_info some = some_conditions();
	struct writer *writer;

	assert_int_equal(writer_create(&writer, path, false, run_info ?: &some), 0);
	return writer;
}

static inline void end_recording(struct writer *writer, __u64 end_ns)
{
	assert_int_equal(
		writer_end(writer, &(struct moment){.ns = end_ns, .realtime_ns = UNKNOWN_NS}), 0);
	writer_close(writer);
}

static inline struct reader *open_recording(const char *path)
{
	struct reader *reader;

	assert_int_equal(reader_open(&reader, path), 0);
	return reader;
}
