// SPDX-License-Identifier: GPL-2.0-only
/* Events are read as they were recorded. */
#include "support/recorded.h"

#include "output/column.h"

#define NR_ITEMS 4000

static struct item items[NR_ITEMS];

/* Compares, and counts along. */
struct checked {
	const struct reader_options *opts;
	size_t next;
};

/* Whether there is one. */
static bool find_next(struct checked *checked)
{
	static const bool shown[3][NR_ITEM_KINDS] = {
		[VIEW_CALLS] = {[ITEM_CALL] = true, [ITEM_STUCK] = true},
		[VIEW_TEARDOWNS] = {false, true, true, true},
		[VIEW_BOTH] = {true, true, true, true},
	};

	while (checked->next < NR_ITEMS && !shown[checked->opts->view][items[checked->next].kind])
		checked->next++;
	return checked->next < NR_ITEMS;
}

static const struct item *next_item(struct checked *checked, enum item_kind kind)
{
	assert_true(find_next(checked));
	assert_int_equal(items[checked->next].kind, kind);
	return &items[checked->next++];
}

static void same_time(const struct checked *checked, __u64 read, __u64 written)
{
	assert_true(read == (written == UNKNOWN_NS ? written : written + checked->opts->shift_ns));
}

static void same_task(const struct task *read, const struct task *written)
{
	assert_int_equal(read->pid, written->pid);
	assert_int_equal(read->tid, written->tid);
	assert_string_equal(read->comm, written->comm);
}

static void same_releaser(const struct releaser *read, const struct releaser *written)
{
	assert_int_equal(read->known, written->known);
	if (!written->known)
		return;
	same_task(&read->task, &written->task);
	assert_true(read->cgroup_id == written->cgroup_id);
	if (written->cgroup)
		assert_string_equal(read->cgroup->path, written->cgroup->path);
}

static void same_identity(const struct checked *checked, const struct identity *read,
			  const struct identity *written)
{
	assert_int_equal(read->map_id, written->map_id);
	same_time(checked, read->released_ns, written->released_ns);
	assert_int_equal(read->by_kernel, written->by_kernel);
	assert_int_equal(read->by_interrupt, written->by_interrupt);
	assert_int_equal(read->unsure, written->unsure);
	same_releaser(&read->released_by, &written->released_by);
	same_releaser(&read->closed_by, &written->closed_by);
}

static void same_map(const struct map_info *read, const struct map_info *written)
{
	__u8 known = map_has_type(written) ? written->known : 0;

	assert_int_equal(read->known, known);
	if (known)
		assert_int_equal(read->type, written->type);
	if (known & CALL_NAME)
		assert_string_equal(read->name, written->name);
	if (known & CALL_SIZES) {
		assert_int_equal(read->key_size, written->key_size);
		assert_int_equal(read->value_size, written->value_size);
		assert_int_equal(read->max_entries, written->max_entries);
		assert_int_equal(read->flags, written->flags);
	}
	assert_string_equal(read->host, "here");
	assert_null(read->scenario);
}

/* The members that all events have. */
static void same_refs(const struct checked *checked, const struct map_info *read_map,
		      const struct map_info *map, const struct task *read_task,
		      const struct task *task)
{
	static const struct identity nobody = {.released_ns = UNKNOWN_NS};
	bool read = checked->opts->identity || items[checked->next - 1].kind != ITEM_CALL;

	same_map(read_map, map);
	same_task(read_task, task);
	same_identity(checked, &read_map->identity, read ? &map->identity : &nobody);
}

static void same_run(const struct checked *checked, const struct worker_run *read,
		     const struct worker_run *written)
{
	same_time(checked, read->start_ns, written->start_ns);
	assert_true(read->latency_ns == written->latency_ns);
	assert_int_equal(read->time.known, written->time.known);
	for (__u8 part = TIME_CPU_KNOWN; part <= TIME_DTLB_MISSES_KNOWN; part <<= 1)
		assert_true(worker_time_part(&read->time, part) ==
			    worker_time_part(&written->time, part));
	assert_int_equal(read->time.grace_for, written->time.grace_for);
}

static void same_caller(const struct call *read, const struct call *written)
{
	if (written->caller.name) {
		assert_string_equal(read->caller.name, written->caller.name);
		assert_true(read->caller.offset == written->caller.offset);
	} else {
		assert_null(read->caller.name);
		assert_true(read->caller.address == written->caller.address);
	}
}

/* A flag that is valid only with another one. */
static void same_flag(const struct call *read, const struct call *written, __u8 known, __u8 flag)
{
	assert_int_equal(call_has(read, known), call_has(written, known));
	if (call_has(written, known))
		assert_int_equal(call_has(read, flag), call_has(written, flag));
}

static int on_call(void *ctx, const struct call *read)
{
	struct checked *checked = ctx;
	const struct call *written = &next_item(checked, ITEM_CALL)->call;

	same_refs(checked, &read->map, &written->map, &read->task, &written->task);
	same_time(checked, read->ts_ns, written->ts_ns);
	assert_true(read->latency_ns == written->latency_ns);
	same_caller(read, written);
	same_flag(read, written, CALL_EMPTY_KNOWN, CALL_EMPTY);
	same_flag(read, written, CALL_PERCPU_KNOWN, CALL_PERCPU);
	assert_int_equal(read->cpu, written->cpu);
	assert_int_equal(read->unit_size, written->unit_size);
	assert_int_equal(read->alloc, written->alloc);
	return 0;
}

static int on_teardown(void *ctx, const struct teardown *read)
{
	struct checked *checked = ctx;
	const struct teardown *written = &next_item(checked, ITEM_TEARDOWN)->teardown;
	__u32 i;

	same_refs(checked, &read->map, &written->map, &read->run.worker, &written->run.worker);
	same_run(checked, &read->run, &written->run);
	assert_true(!read->map.address == !written->map.address);
	assert_true(read->entries == written->entries);
	assert_true(read->memory.bytes == written->memory.bytes);
	assert_true(read->memory.cached == written->memory.cached);
	assert_int_equal(read->memory.flags, written->memory.flags);
	same_time(checked, read->queued_ns, written->queued_ns);
	assert_int_equal(read->running, written->running);
	assert_int_equal(read->deferred_for, written->deferred_for);
	assert_memory_equal(read->phase, written->phase, sizeof(read->phase));
	assert_memory_equal(read->outcomes, written->outcomes, sizeof(read->outcomes));
	assert_int_equal(read->nr_destroys, written->nr_destroys);
	for (i = 0; i < written->nr_destroys && i < MAX_DESTROYS; i++) {
		same_time(checked, read->destroy[i].ts_ns, written->destroy[i].ts_ns);
		assert_true(read->destroy[i].latency_ns == written->destroy[i].latency_ns);
		same_time(checked, read->destroy[i].freed_ns, written->destroy[i].freed_ns);
		assert_int_equal(read->destroy[i].alloc, written->destroy[i].alloc);
		assert_int_equal(read->destroy[i].outcome, written->destroy[i].outcome);
	}
	return 0;
}

static int on_deferred_free(void *ctx, const struct deferred_free *read)
{
	struct checked *checked = ctx;
	const struct deferred_free *written =
		&next_item(checked, ITEM_DEFERRED_FREE)->deferred_free;

	same_refs(checked, &read->map, &written->map, &read->run.worker, &written->run.worker);
	same_run(checked, &read->run, &written->run);
	assert_true(!read->map.address == !written->map.address);
	assert_int_equal(read->alloc, written->alloc);
	same_time(checked, read->destroy_ns, written->destroy_ns);
	assert_true(read->latency_ns == written->latency_ns);
	return 0;
}

static int on_stuck(void *ctx, const struct stuck *read)
{
	struct checked *checked = ctx;
	const struct stuck *written = &next_item(checked, ITEM_STUCK)->stuck;

	same_refs(checked, &read->map, &written->map, &read->worker, &written->worker);
	assert_string_equal(read->where, written->where);
	same_time(checked, read->since_ns, written->since_ns);
	assert_true(read->for_ns == written->for_ns);
	assert_int_equal(read->in_worker, written->in_worker);
	assert_string_equal(read->stack, written->stack);
	return 0;
}

static const struct event_sink_ops reader_ops = {
	.call = on_call,
	.teardown = on_teardown,
	.deferred_free = on_deferred_free,
	.stuck = on_stuck,
};

/* A call like another, except for one thing that it refers to */
static struct item alike(const struct item *other)
{
	static const char *const callers[] = {"a", "b", NULL};
	struct item item = *other;
	struct call *call = &item.call;

	switch (below(10)) {
	case 0:
		call->map.name[0] = (char)('a' + below(2));
		break;
	case 1:
		call->map.max_entries ^= 1;
		break;
	case 2:
		call->map.known ^= CALL_NAME;
		break;
	case 3:
		call->task.tid ^= 1;
		break;
	case 4:
		call->task.comm[0] = (char)('a' + below(2));
		break;
	case 5:
		call->caller.name = callers[below(3)];
		break;
	case 6:
		call->caller.address ^= 1;
		break;
	case 7:
		call->caller.offset ^= 1;
		break;
	case 8:
		call->unit_size ^= 1;
		break;
	default:
		call->flags ^= CALL_PERCPU;
	}
	return item;
}

static const char *write_items(void)
{
	struct run_info run_info = some_conditions();
	const char *path = temp_path();
	struct writer *recording;
	size_t i;

	strcpy(run_info.host, "here");
	recording = new_recording(path, &run_info);
	for (i = 0; i < NR_ITEMS; i++) {
		items[i] = i && items[i - 1].kind == ITEM_CALL && below(8) ? alike(&items[i - 1])
									   : some_item();
		assert_int_equal(record_item(recording, &items[i]), 0);
		if (!below(100))
			assert_int_equal(writer_commit(recording), 0);
	}
	assert_int_equal(writer_events(recording), NR_ITEMS);
	end_recording(recording, run_info.start_ns + 7);
	return path;
}

static void read_items(struct reader *replay, const struct reader_options *opts)
{
	struct checked checked = {.opts = opts};
	const struct event_sink sink = {&reader_ops, &checked};

	assert_int_equal(reader_run(replay, opts, &sink, NULL), 0);
	assert_false(find_next(&checked));
}

TEST(test_round_trip)
{
	static const __u64 shifts[] = {0, 12345, 0ULL - 99};
	struct reader_options opts;
	struct reader *replay = open_recording(write_items());
	size_t i;

	for (i = 0; i < 3; i++) {
		for (opts.view = VIEW_CALLS; opts.view <= VIEW_BOTH; opts.view++) {
			opts.identity = i != 1;
			opts.shift_ns = shifts[i];
			read_items(replay, &opts);
		}
	}
	reader_close(replay);
}

TEST_MAIN(NULL, NULL)
