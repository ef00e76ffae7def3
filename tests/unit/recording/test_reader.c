// SPDX-License-Identifier: GPL-2.0-only
/* A recording's conditions, scenarios and ledger; how its events are handed over. */
#include <errno.h>

#include <sqlite3.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "support/recorded.h"

static const struct scenario measured = {
	.name = "hash-1000",
	.map_name = "bench-1",
	.map_type = 1,
	.entries = 1000,
	.value_size = 64,
	.prealloc = true,
	.fill = FILL_EMPTIED,
	.threads = 2,
	.maps = 3,
	.runs = 50,
	.max_entries = 2000,
	.keys = KEYS_DENSE,
	.special = SPECIAL_KPTR,
	.held = HELD_BY_PROG,
};

static void fill(const struct figure *figures, void *ledger, __u64 first, int unknown)
{
	for (int i = 0; figures[i].name; i++)
		figure_set(&figures[i], ledger, i == unknown ? LEDGER_UNKNOWN : first + i);
}

static void fill_ledger(struct ledger *ledger, struct teardown_counts *counts)
{
	*ledger = (struct ledger){.maps_freed = LEDGER_UNKNOWN}; /* as in all recordings */
	fill(ledger_figures, ledger, 1000, 3);
	fill(teardown_ledger_figures, &counts->ledger, 0, 5);
	for (int i = 0; i < NR_HOOKS; i++) {
		counts->hooks[i] = (struct hook_counts){hook_info[i].function, .attached = i != 2,
							.returns = i < NR_CALL_HOOKS};
		fill(hook_figures, &counts->hooks[i], 10 * i, i == 1 ? 3 : -1);
	}
}

static void same_hook(const struct hook_counts *read, struct hook_counts written)
{
	assert_string_equal(read->function, written.function);
	assert_int_equal(read->attached, written.attached);
	assert_int_equal(read->returns, written.returns);
	hook_counts_clear_unused(&written);
	for (const struct figure *figure = hook_figures; figure->name; figure++)
		assert_true(figure_get(figure, read) == figure_get(figure, &written));
}

TEST(test_run)
{
	struct teardown_counts counts, read_counts;
	struct run_info written = some_conditions();
	struct ledger ledger, read_ledger;
	struct writer *recording;
	struct reader *replay;
	const char *path = temp_path();

	memset(written.command_line, '\xff', RUN_INFO_LEN - 1);
	memset(written.boot_id, 0, RUN_INFO_LEN);
	written.cpus_possible = 0;
	written.slept_before_ns = 0; /* is not recorded */
	fill_ledger(&ledger, &counts);
	recording = new_recording(path, &written);
	assert_int_equal(writer_scenario(recording, &measured), 0);
	assert_int_equal(writer_ledger(recording, &(struct ledger){}, &counts), 0);
	assert_int_equal(writer_ledger(recording, &ledger, &counts), 0);
	end_recording(recording, 77);

	written.end_ns = 77;
	written.end_realtime_ns = UNKNOWN_NS;
	written.slept_ns = 0;
	replay = open_recording(path);
	assert_string_equal(replay->path, path);
	assert_memory_equal(replay->run_info, &written, sizeof(written));
	assert_int_equal(replay->nr_scenarios, 1);
	assert_memory_equal(replay->scenarios, &measured, sizeof(measured));
	memset(&read_ledger, 0x55, sizeof(read_ledger));
	memset(&read_counts, 0x55, sizeof(read_counts));
	reader_ledger(replay, &read_ledger, &read_counts);
	assert_memory_equal(&read_ledger, &ledger, sizeof(ledger));
	assert_memory_equal(&read_counts.ledger, &counts.ledger, sizeof(counts.ledger));
	for (int i = 0; i < NR_HOOKS; i++)
		same_hook(&read_counts.hooks[i], counts.hooks[i]);
	reader_close(replay);
}

/* Counts that were not written are unknown. */
TEST(test_no_ledger)
{
	struct teardown_counts counts;
	struct ledger ledger;
	struct reader *replay;
	const char *path = temp_path();

	end_recording(new_recording(path, NULL), 1);
	replay = open_recording(path);
	reader_ledger(replay, &ledger, &counts);
	assert_true(ledger.entered == LEDGER_ABSENT && ledger.bad_records == LEDGER_ABSENT);
	assert_true(counts.ledger.started == LEDGER_ABSENT);
	for (int i = 0; i < NR_HOOKS; i++)
		assert_false(counts.hooks[i].attached);
	reader_close(replay);
}

/* Events */

struct taken {
	size_t calls, teardowns, stuck, ticks, asked;
	__u64 now_ns, every_ns;
	const char *scenario;
	int err;
	bool enough;
	__u64 maps[2]; /* of the teardown and of the deferred free */
};

static int on_call(void *ctx, const struct call *call)
{
	struct taken *taken = ctx;

	taken->calls++;
	taken->scenario = call->map.scenario;
	return taken->err;
}

static int on_teardown(void *ctx, const struct teardown *teardown)
{
	struct taken *taken = ctx;

	taken->teardowns++;
	taken->scenario = teardown->map.scenario;
	taken->maps[0] = teardown->map.address;
	return 0;
}

static int on_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	((struct taken *)ctx)->maps[1] = deferred_free->map.address;
	return 0;
}

static int on_stuck(void *ctx, const struct stuck *stuck)
{
	(void)stuck;
	((struct taken *)ctx)->stuck++;
	return 0;
}

static int on_tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct taken *taken = ctx;

	assert_true(now_ns >= taken->now_ns);
	assert_true(now_ns >= *next_ns);
	assert_true(taken->ticks ? *next_ns == taken->now_ns + taken->every_ns : !*next_ns);
	taken->ticks++;
	taken->now_ns = now_ns;
	*next_ns = taken->every_ns ? now_ns + taken->every_ns : 0;
	return 0;
}

static bool done(void *ctx)
{
	((struct taken *)ctx)->asked++;
	return ((struct taken *)ctx)->enough;
}

static const struct event_sink_ops ops = {
	.call = on_call,
	.teardown = on_teardown,
	.deferred_free = on_deferred_free,
	.stuck = on_stuck,
};

/* Ticks and an early end only with the sink above. */
static int run(const char *path, const struct event_sink_ops *sink_ops, enum view view,
	       __u64 shift_ns, struct taken *taken)
{
	static const struct run_ops run_ops = {.tick = on_tick, .done = done};
	const struct reader_options opts = {view, false, shift_ns};
	const struct event_sink sink = {sink_ops, taken};
	struct reader *replay = open_recording(path);
	int err = reader_run(replay, &opts, &sink, sink_ops == &ops ? &run_ops : NULL);

	/* Names are owned by the reader. */
	if (taken->scenario)
		taken->scenario = !strcmp(taken->scenario, measured.name) ? measured.name : "?";
	reader_close(replay);
	return err;
}

static const char *write_calls(size_t nr)
{
	struct run_info run_info = some_conditions();
	struct call call = some_call();
	const char *path = temp_path();
	struct writer *recording;
	size_t i;

	run_info.start_ns = 1000;
	recording = new_recording(path, &run_info);
	for (i = 0; i < nr; i++) {
		call.ts_ns = 2000 + 100 * (i ^ 1); /* not all in order */
		call.latency_ns = 10;
		if (i == 7)
			call.ts_ns = UNKNOWN_NS;
		assert_int_equal(writer_call(recording, &call), 0);
	}
	end_recording(recording, 1);
	return path;
}

TEST(test_ticks)
{
	struct taken once = {}, often = {.every_ns = 1000}, at_each = {.every_ns = 1};
	const char *path = write_calls(101);

	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &once), 0);
	assert_int_equal(once.ticks, 1);
	assert_int_equal(once.now_ns, 1000);
	assert_int_equal(run(path, &ops, VIEW_CALLS, 50, &often), 0);
	assert_int_equal(often.calls, 101);
	assert_int_equal(often.ticks, 12); /* at 1050, 2160, 3160 ... 12160 */
	assert_int_equal(run(path, &ops, VIEW_CALLS, 50, &at_each), 0);
	/* Each second call is older than the one before it, and one has no time. */
	assert_int_equal(at_each.ticks, 1 + 51);
	assert_int_equal(at_each.now_ns, 2000 + 100 * 101 + 10 + 50);
}

TEST(test_ended_early)
{
	struct taken all = {}, enough = {.enough = true}, failing = {.err = -EXDEV};
	struct event_sink_ops silent = {.call = on_call};
	const char *path = write_calls(20000);

	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &all), 0);
	assert_int_equal(all.calls, 20000);
	assert_in_range(all.asked, 2, 20);
	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &enough), 0);
	assert_in_range(enough.calls, 1, 10000);
	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &failing), -EXDEV);
	assert_int_equal(failing.calls, 1);
	assert_int_equal(run(path, &silent, VIEW_CALLS, 0, &all), 0);
	assert_int_equal(all.calls, 40000);
	silent.call = NULL;
	assert_int_equal(run(path, &silent, VIEW_CALLS, 0, &all), 0);
	assert_int_equal(all.calls, 40000);
}

TEST(test_scenario)
{
	struct taken ours = {}, theirs = {}, of_teardown = {};
	struct teardown teardown = some_teardown();
	struct call call = some_call();
	struct deferred_free deferred_free = some_deferred_free();
	struct stuck stuck = some_stuck();
	struct writer *recording;
	const char *path = temp_path();

	recording = new_recording(path, NULL);
	teardown.map.known |= CALL_MAP | CALL_NAME;
	teardown.map.address = deferred_free.map.address = 0xffff888000001234;
	strcpy(teardown.map.name, measured.map_name);
	call.map = teardown.map;
	assert_int_equal(writer_scenario(recording, &measured), 0);
	assert_int_equal(writer_deferred_free(recording, &deferred_free), 0);
	assert_int_equal(writer_teardown(recording, &teardown), 0);
	assert_int_equal(writer_stuck(recording, &stuck), 0);
	assert_int_equal(writer_call(recording, &call), 0);
	end_recording(recording, 1);
	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &ours), 0);
	assert_string_equal(ours.scenario, measured.name);
	assert_int_equal(ours.teardowns, 0);
	assert_int_equal(ours.stuck, 1);
	assert_int_equal(run(path, &ops, VIEW_TEARDOWNS, 0, &of_teardown), 0);
	assert_string_equal(of_teardown.scenario, measured.name);
	assert_int_equal(of_teardown.calls, 0);
	assert_int_equal(of_teardown.stuck, 1);
	/* The same map, under another address. */
	assert_true(of_teardown.maps[0] && of_teardown.maps[0] == of_teardown.maps[1]);
	assert_true(of_teardown.maps[0] != teardown.map.address);

	path = temp_path();
	recording = new_recording(path, NULL);
	assert_int_equal(writer_scenario(recording, &measured), 0);
	strcpy(call.map.name, "other");
	assert_int_equal(writer_call(recording, &call), 0);
	end_recording(recording, 1);
	assert_int_equal(run(path, &ops, VIEW_BOTH, 0, &theirs), 0);
	assert_null(theirs.scenario);
}

/* More rows than readers keep in memory, referred to in any order, some of them twice. */
TEST(test_many_tasks)
{
	const char *path = temp_path();
	struct call call = some_call();
	struct writer *recording;
	struct taken taken = {};
	sqlite3 *db;

	recording = new_recording(path, NULL);
	call.caller.name = "f";
	assert_int_equal(writer_call(recording, &call), 0);
	end_recording(recording, 1);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(
			db,
			"PRAGMA journal_mode = OFF; BEGIN; DELETE FROM task;"
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
			"LIMIT 4100000) INSERT INTO task SELECT i, 0, 0, '' FROM n;"
			"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n "
			"LIMIT 9999) INSERT INTO call SELECT i, 1, 1, caller, map, allocator,"
			"empty, 1 + i * 7919 % 4100000, cpu, release FROM n, call WHERE seq = 1;"
			"COMMIT",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &taken), 0);
	assert_int_equal(taken.calls, 10000);
}

/* A writer makes no recording that readers refuse. */
TEST(test_many_callers)
{
	const char *path = temp_path();
	struct writer *recording = new_recording(path, NULL);
	struct call call = some_call();
	struct taken taken = {};

	call.caller.name = NULL;
	for (__u64 i = 1; i <= 140000; i++) {
		call.caller.address = i;
		assert_int_equal(writer_call(recording, &call), 0);
	}
	end_recording(recording, 1);
	assert_int_equal(run(path, &ops, VIEW_CALLS, 0, &taken), 0);
	assert_int_equal(taken.calls, 140000);
}

TEST(test_conditions)
{
	static char *const argv[] = {"memdestroy-trace", "record", "a b", NULL};
	struct run_info run_info, other;
	char *long_argv[200];

	memset(&run_info, 0x55, sizeof(run_info));
	run_info_now(&run_info, 3, argv, true);
	assert_string_equal(run_info.command_line, "memdestroy-trace record a b");
	assert_string_equal(run_info.tool_version, VERSION);
	assert_int_equal(strlen(run_info.boot_id), 36);
	assert_int_equal(strlen(run_info.run_id), 36);
	run_info_now(&other, 3, argv, true);
	assert_string_equal(other.boot_id, run_info.boot_id);
	assert_string_not_equal(other.run_id, run_info.run_id);
	assert_true(*run_info.kernel_release && *run_info.machine);
	assert_string_equal(run_info.attach, "");
	assert_true(run_info.symbols_hidden);
	assert_true(run_info.cpus_online && run_info.cpus_online <= run_info.cpus_possible);
	assert_true(run_info.end_ns == UNKNOWN_NS);
	/* After 2020, and not of the other clock. */
	assert_true(run_info.start_realtime_ns > 1577836800000000000ULL);
	assert_true(run_info.start_ns && run_info.start_ns < run_info.start_realtime_ns);
	for (int i = 0; i < 200; i++)
		long_argv[i] = "word";
	run_info_now(&run_info, 200, long_argv, false);
	assert_int_equal(strlen(run_info.command_line), RUN_INFO_LEN - 1);
}

TEST_MAIN(NULL, NULL)
