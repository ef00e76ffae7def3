// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks that ledgers, as text and as JSON, hide nothing: each loss is a warning with its number.
 */
#include <errno.h>

#include "model/ledger_figures.h"
#include "output/ledger_text.h"
#include "support/rendered.h"
#include "util/macros.h"

#define LOSS 1234567

static const char *calls_text(const struct ledger *ledger, bool with_filters)
{
	FILE *out = out_open();

	assert_int_equal(ledger_text_calls(out, ledger, with_filters), 0);
	return out_close(out);
}

static const char *teardowns_text(const struct teardown_ledger *ledger,
				  const struct hook_counts *hooks, size_t nr, bool with_filters)
{
	FILE *out = out_open();

	assert_int_equal(ledger_text_teardowns(out, ledger, with_filters), 0);
	assert_int_equal(ledger_text_hooks(out, hooks, nr), 0);
	return out_close(out);
}

TEST(json)
{
	const struct ledger calls = {.entered = 42, .missed_entry = LEDGER_UNKNOWN, .rows_full = 3};
	const struct teardown_ledger teardowns = {
		.started = 1,
		.completed = 2,
		.running = LEDGER_UNKNOWN,
		.start_only = 4,
		.lost = 5,
		.end_only = 6,
		.missed = LEDGER_UNKNOWN,
		.shown = 8,
		.before = 9,
		.filtered = 10,
		.waiting = 11,
		.no_release = 12,
		.forgotten = 13,
		.deferred = 14,
		.reclaimed = 15,
		.pending = 16,
		.undecided = 17,
		.strays = 18,
		.rows_full = 19,
	};
	const struct hook_counts hooks[] = {
		{"bpf_map_free_deferred", true, true, 1, 2, 3, 4, 5, 6, 7},
		{"bpf_map_put", true, false, 1, 2, 3, LEDGER_UNKNOWN, 5, 6, 7},
		{"bpf_map_release", false, true, 1, 2, 3, 4, 5, 6, 7},
	};
	FILE *out = out_open();

	format_line(out, FORMAT_JSON, ledger_columns, &calls, 0);
	format_line(out, FORMAT_JSON, teardown_ledger_columns, &teardowns, 0);
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		format_line(out, FORMAT_JSON, hook_columns, &hooks[i], 0);
	assert_string_equal(
		out_close(out),
		"{\"type\":\"ledger\",\"entered\":42,\"completed\":0,\"filtered\":0,"
		"\"still_running\":0,\"entry_only\":0,\"return_only\":0,\"lost_entry\":0,"
		"\"lost_return\":0,\"parked_lost\":0,\"missed_entry\":null,\"missed_return\":0,"
		"\"probe_missed_entry\":0,\"probe_missed_return\":0,\"rows_full\":3,\"stuck\":0,"
		"\"still_stuck\":0,\"bad_records\":0}\n"
		"{\"type\":\"teardown_ledger\",\"started\":1,\"completed\":2,\"running\":null,"
		"\"start_only\":4,\"lost\":5,\"end_only\":6,\"missed\":null,\"shown\":8,"
		"\"before\":9,\"filtered\":10,\"waiting\":11,\"no_release\":12,"
		"\"forgotten\":13,\"deferred\":14,\"reclaimed\":15,\"pending\":16,"
		"\"undecided\":17,\"strays\":18,\"rows_full\":19}\n"
		"{\"type\":\"point\",\"function\":\"bpf_map_free_deferred\",\"attached\":true,"
		"\"seen\":1,\"taken\":2,\"lost\":3,\"missed\":4,\"seen_return\":5,"
		"\"lost_return\":6,\"missed_return\":7}\n"
		"{\"type\":\"point\",\"function\":\"bpf_map_put\",\"attached\":true,"
		"\"seen\":1,\"taken\":2,\"lost\":3,\"missed\":null,\"seen_return\":null,"
		"\"lost_return\":null,\"missed_return\":null}\n"
		"{\"type\":\"point\",\"function\":\"bpf_map_release\",\"attached\":false,"
		"\"seen\":null,\"taken\":null,\"lost\":null,\"missed\":null,"
		"\"seen_return\":null,\"lost_return\":null,\"missed_return\":null}\n");
}

TEST(calls_without_loss)
{
	struct ledger ledger = {.entered = 42, .completed = 41, .still_running = 1};

	assert_string_equal(
		calls_text(&ledger, false),
		"calls: 42 entered, 41 completed, 1 still running\n"
		"lost in the ring buffer: 0 entries, 0 returns; only entry seen: 0, only return "
		"seen: 0; table full: 0 entries dropped, 0 in the row (other: row limit)\n"
		"missed by the kernel: at entry 0; at return 0\n");
	check_has(calls_text(&ledger, true), ", 0 filtered, ");

	ledger.still_running = LEDGER_UNKNOWN;
	ledger.missed_entry = LEDGER_UNKNOWN;
	ledger.missed_return = LEDGER_UNKNOWN;
	ledger.probe_missed_return = LEDGER_UNKNOWN;
	assert_null(strstr(calls_text(&ledger, false), "WARNING"));
	check_has(calls_text(&ledger, false), ", still running not known\n");
	check_has(calls_text(&ledger, false),
		  "at entry 0 by the probe, by the program not counted by this kernel; at return "
		  "not counted by this kernel\n");
}

TEST(teardowns_without_loss)
{
	struct teardown_ledger ledger = {
		.started = 12,
		.completed = 11,
		.running = 1,
		.waiting = 3,
		.shown = 12,
		.deferred = 5,
		.reclaimed = 4,
		.pending = 1,
		.undecided = 2,
	};
	struct hook_counts hooks[] = {
		{"bpf_map_free_deferred", true, true, 12, 12, 0, 0, 11, 0, 0},
		{"bpf_map_put", false, false, 0, 0, 7, 7, 7, 7, 7},
		{"workqueue_queue_work", true, false, 12, 12, 0, 0, 0, 5, 5},
	};
	const char *text;

	/* A hook that is not attached, or has no return, loses nothing there. */
	assert_string_equal(
		teardowns_text(&ledger, hooks, 3, false),
		"teardowns: 12 started, 11 completed, running 1, waiting 3; 12 shown\n"
		"destroy calls with a deferred free: 5, freed: 4, pending: 1; unknown whether "
		"with one: 2\n");
	check_has(teardowns_text(&ledger, hooks, 3, true), "12 shown, 0 filtered\n");
	ledger.before = 2;
	ledger.filtered = 1;
	check_has(teardowns_text(&ledger, hooks, 3, false),
		  "12 shown, 2 from before the run, 1 filtered\n");

	/* An unknown figure is no number. */
	ledger.running = ledger.waiting = LEDGER_UNKNOWN;
	hooks[0].missed = hooks[0].missed_return = LEDGER_UNKNOWN;
	hooks[2].missed = LEDGER_UNKNOWN;
	text = teardowns_text(&ledger, hooks, 3, false);
	check_has(text, "running not known, waiting not known; ");
	assert_null(strstr(text, "WARNING"));
	assert_null(strstr(text, "18446744073709551615"));
	check_has(text, "\nmisses not counted by this kernel: "
			"bpf_map_free_deferred, workqueue_queue_work\n");
}

/* Whatever the figure, and whyever it is not known. */
TEST(unknown_figures_are_no_numbers)
{
	static const __u64 values[] = {LEDGER_UNKNOWN, LEDGER_UNKNOWN - 1, LEDGER_UNKNOWN - 2};
	struct hook_counts hooks[NR_CALL_HOOKS] = {};
	struct teardown_ledger teardowns;
	struct ledger ledger;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		memset(hooks, 0, sizeof(hooks));
		for (const struct figure *figure = ledger_figures; figure->name; figure++)
			figure_set(figure, &ledger, values[i]);
		for (const struct figure *figure = teardown_ledger_figures; figure->name; figure++)
			figure_set(figure, &teardowns, values[i]);
		for (size_t hook = 0; hook < NR_CALL_HOOKS; hook++) {
			for (const struct figure *figure = hook_figures; figure->name; figure++)
				figure_set(figure, &hooks[hook], values[i]);
			hooks[hook].attached = hooks[hook].returns = true;
			hooks[hook].function = "function";
		}
		assert_null(strstr(calls_text(&ledger, true), "1844674407370955161"));
		assert_null(strstr(calls_text(&ledger, true), "WARNING"));
		assert_null(strstr(teardowns_text(&teardowns, hooks, NR_CALL_HOOKS, true),
				   "1844674407370955161"));
		assert_null(
			strstr(teardowns_text(&teardowns, hooks, NR_CALL_HOOKS, true), "WARNING"));
		check_has(event(FORMAT_JSON, ledger_columns, &ledger), "\"entered\":null,");
		check_has(event(FORMAT_JSON, hook_columns, &hooks[0]), "\"seen\":null,");
	}
}

/* A kernel that does not count is one reason, a recording without the figure another. */
TEST(reasons)
{
	struct ledger ledger = {.missed_entry = LEDGER_ABSENT,
				.probe_missed_entry = LEDGER_ABSENT,
				.missed_return = LEDGER_UNKNOWN,
				.probe_missed_return = LEDGER_UNKNOWN};
	struct hook_counts hooks[] = {
		{.function = "first", .attached = true, .missed = LEDGER_UNKNOWN},
		{.function = "second", .seen = LEDGER_ABSENT, .missed = LEDGER_ABSENT},
	};
	const struct teardown_ledger none = {};

	check_has(calls_text(&ledger, false), "at entry not recorded; at return not counted by "
					      "this kernel\n");
	check_has(teardowns_text(&none, hooks, 2, false),
		  "misses not counted by this kernel: first\n"
		  "losses and misses not recorded: second\n");
}

/* A run that may not have seen all is no matter of what the kernel counts. */
TEST(blind_run)
{
	struct teardown_counts counts = {.hooks = {{.function = "first", .attached = true}}};
	struct ledger ledger = {.lost_entry = 3};
	const char *text;

	ledger_forget(&ledger, &counts);
	assert_int_equal(ledger.lost_entry, 3);
	assert_true(counts.ledger.started == LEDGER_UNKNOWN && !counts.ledger.lost);
	check_has(calls_text(&ledger, false), "calls: entered not known, completed not known");
	check_has(calls_text(&ledger, false), "missed by the kernel: at entry not known; at return "
					      "not known\n");
	text = teardowns_text(&counts.ledger, counts.hooks, 1, false);
	check_has(text, "teardowns: started not known");
	assert_null(strstr(text, "not counted"));
}

/* The loss is a line of its own, begun by this. */
static void check_warning(const char *text, const char *begin)
{
	const char *warning = strstr(text, begin), *number = strstr(text, "1234567");

	if (!warning || !number || number < warning ||
	    (size_t)(number - warning) > 1 + strcspn(warning + 1, "\n"))
		fail_msg("no %s:\n%s", begin, text);
}

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

/* Each figure alone: all but these are losses. */
TEST(each_loss_warns)
{
	static const char *const calls[] = {"entered",	     "completed",   "filtered",
					    "still_running", "still_stuck", NULL};
	static const char *const teardowns[] = {
		"started", "completed", "running",   "missed",	"shown",     "before", "filtered",
		"waiting", "deferred",	"reclaimed", "pending", "undecided", NULL};
	static const char *const hooks[] = {"seen", "taken", "seen_return", NULL};
	const struct figure *figure;

	for (figure = ledger_figures; figure->name; figure++) {
		struct ledger ledger = {.entered = 5};

		if (is_among(calls, figure->name))
			continue;
		figure_set(figure, &ledger, LOSS);
		check_warning(calls_text(&ledger, false), "\nWARNING: ");
	}
	for (figure = teardown_ledger_figures; figure->name; figure++) {
		struct teardown_ledger ledger = {.started = 5};

		if (is_among(teardowns, figure->name))
			continue;
		figure_set(figure, &ledger, LOSS);
		check_warning(teardowns_text(&ledger, NULL, 0, false), "\nWARNING: ");
	}
	for (figure = hook_figures; figure->name; figure++) {
		const struct teardown_ledger ledger = {};
		struct hook_counts counts[] = {
			{.function = "first", .attached = true},
			{.function = "second", .attached = true, .returns = true},
		};

		if (is_among(hooks, figure->name))
			continue;
		figure_set(figure, &counts[1], LOSS);
		check_warning(teardowns_text(&ledger, counts, 2, false),
			      figure->of_return ? "\nWARNING: return from second: "
						: "\nWARNING: second: ");
		assert_null(strstr(teardowns_text(&ledger, counts, 2, false), "first"));
	}
}

/* A call with no side seen looks like one matched to an earlier call's entry. */
TEST(doubtful_latencies_warn)
{
	struct ledger ledger = {
		.entered = 100,
		.missed_entry = 5,
		.probe_missed_entry = 1,
		.lost_entry = 1,
		.return_only = 3,
		.missed_return = 4,
		.probe_missed_return = 1,
		.lost_return = 2,
		.entry_only = 2,
	};

	check_has(calls_text(&ledger, false),
		  "\nWARNING: bpf_mem_alloc_destroy: up to 4 calls not seen, or seen as the return "
		  "of an earlier call, whose latency is then too long\n");
	ledger.lost_return = 0;
	check_has(calls_text(&ledger, false), ": up to 3 calls ");
	/* Where only one of the two is counted, it is the bound. */
	ledger.missed_return = LEDGER_UNKNOWN;
	check_has(calls_text(&ledger, false), ": up to 4 calls ");
	ledger.probe_missed_entry = LEDGER_UNKNOWN;
	assert_null(strstr(calls_text(&ledger, false), "up to"));
	/* The other side was seen of all that one side is missing. */
	ledger = (struct ledger){.missed_entry = 3, .return_only = 3, .missed_return = 9};
	assert_null(strstr(calls_text(&ledger, false), "up to"));
	ledger.return_only = 4;
	assert_null(strstr(calls_text(&ledger, false), "up to"));
}

/* The ledger of calls warns of those at the first hook. */
TEST(doubtful_latencies_at_hooks_warn)
{
	struct hook_counts hooks[NR_CALL_HOOKS] = {
		{"bpf_mem_alloc_destroy", true, true, 12, 12, 0, 9, 11, 0, 9},
		{"bpf_map_free_deferred", true, true, 12, 12, 1, 4, 11, 1, 3},
		{"free_mem_alloc_deferred", true, true, 12, 12, 0, 0, 11, 0, 5},
	};
	const struct teardown_ledger ledger = {.started = 12};
	const char *text = teardowns_text(&ledger, hooks, NR_CALL_HOOKS, false);

	check_has(text, "\nWARNING: bpf_map_free_deferred: up to 4 calls ");
	assert_null(strstr(strstr(text, "up to") + 1, "up to"));
}

/* A call longer than the threshold is a warning, whether it ended or not. */
TEST(stuck_warns)
{
	const struct ledger ledger = {.entered = 5, .stuck = 3, .still_stuck = 1};

	check_has(calls_text(&ledger, false),
		  "\nWARNING: longer than --stuck: 3, still running at the end: 1\n");
}

TEST(write_errors)
{
	const struct ledger calls = {};
	const struct teardown_ledger teardowns = {};
	const struct hook_counts hook = {.function = "f", .attached = true, .lost = 1};
	FILE *full = full_disk();

	assert_int_equal(ledger_text_calls(full, &calls, true), -ENOSPC);
	clearerr(full);
	assert_int_equal(ledger_text_hooks(full, &hook, 1), -ENOSPC);
	clearerr(full);
	assert_int_equal(ledger_text_teardowns(full, &teardowns, true), -ENOSPC);
	assert_int_equal(ledger_text_teardowns(full, &teardowns, true), -EIO);
	clearerr(full);
	setvbuf(full, NULL, _IONBF, 0); /* as stderr */
	assert_int_equal(ledger_text_calls(full, &calls, true), -ENOSPC);
	fclose(full);
}

TEST_MAIN(NULL, NULL)
