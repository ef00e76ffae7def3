// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks that ledgers, as text and as JSON, hide nothing: each loss is a warning with its number.
 */
#include <errno.h>

#include "model/ledger_figures.h"
#include "model/hooks.h"
#include "output/ledger_text.h"
#include "support/rendered.h"
#include "util/diag.h"
#include "util/macros.h"

#define LOSS 1234567

/* How much is printed. */
enum detail { QUIET, NORMAL, VERBOSE };

static const char *printed(const struct ledger_text *text, enum detail detail)
{
	FILE *out = out_open();

	diag_init(detail == QUIET, detail == VERBOSE);
	assert_int_equal(ledger_text(out, text), 0);
	diag_init(false, false);
	return out_close(out);
}

static const char *calls_text(const struct ledger *ledger)
{
	return printed(&(struct ledger_text){.calls = ledger}, NORMAL);
}

static const char *teardowns_text(const struct teardown_ledger *ledger,
				  const struct hook_counts hooks[NR_HOOKS], enum detail detail)
{
	static const struct ledger calls = {.entered = 2, .completed = 2};

	return printed(&(struct ledger_text){.calls = &calls,
					     .teardowns = ledger,
					     .hooks = hooks,
					     .view = VIEW_TEARDOWNS},
		       detail);
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
		.freed_by_rcu = 21,
		.strays = 18,
		.rows_full = 19,
		.bytes = 20,
		.bytes_pending = LEDGER_UNKNOWN,
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
		"\"still_stuck\":0,\"bad_records\":0,\"shed\":0}\n"
		"{\"type\":\"teardown_ledger\",\"started\":1,\"completed\":2,\"running\":null,"
		"\"start_only\":4,\"lost\":5,\"end_only\":6,\"missed\":null,\"shown\":8,"
		"\"before\":9,\"filtered\":10,\"waiting\":11,\"no_release\":12,"
		"\"forgotten\":13,\"deferred\":14,\"reclaimed\":15,\"pending\":16,"
		"\"undecided\":17,\"freed_by_rcu\":21,\"strays\":18,\"rows_full\":19,\"bytes\":20,"
		"\"bytes_pending\":null,\"shed\":0,\"shed_frees\":0}\n"
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

/* The usual run: one line, and none with --quiet. */
TEST(all_is_well)
{
	const struct ledger calls = {.entered = 326, .completed = 326};
	const struct teardown_ledger teardowns = {
		.started = 140, .completed = 140, .shown = 140, .deferred = 36, .reclaimed = 36};
	const struct hook_counts hooks[NR_HOOKS] = {
		[HOOK_DESTROY] = {"bpf_mem_alloc_destroy", true, true, 326, 326, 0, 0, 326, 0, 0},
		[HOOK_FREE] = {"bpf_map_free_deferred", true, true, 140, 140, 0, 0, 140, 0, 0},
		/* A hook that is not attached, or has no return, loses nothing there. */
		[HOOK_PUT] = {"bpf_map_put", false, false, 0, 0, 7, 7, 7, 7, 7},
		[HOOK_QUEUE] = {"workqueue_queue_work", true, false, 12, 12, 0, 0, 0, 5, 5},
	};
	struct ledger_text text = {
		.calls = &calls, .teardowns = &teardowns, .hooks = hooks, .view = VIEW_BOTH};

	assert_string_equal(printed(&text, NORMAL),
			    "326 calls, 140 maps freed, 36 deferred frees; nothing lost\n");
	assert_string_equal(printed(&text, QUIET), "");
	text.view = VIEW_TEARDOWNS;
	assert_string_equal(printed(&text, NORMAL),
			    "140 maps freed, 36 deferred frees; nothing lost\n");
	text.view = VIEW_CALLS;
	text.below_table = true;
	assert_string_equal(printed(&text, NORMAL), "\n326 calls; nothing lost\n");
	assert_string_equal(printed(&text, QUIET), "");
	assert_string_equal(calls_text(&(struct ledger){.entered = 1, .completed = 1}),
			    "1 call; nothing lost\n");
}

/* Figures of the view, and those that are not zero. */
TEST(what_was_seen)
{
	struct ledger calls = {.entered = 48, .completed = 12, .filtered = 35, .still_running = 1};
	struct teardown_ledger teardowns = {.shown = 1, .filtered = 2, .before = 3, .running = 1};

	assert_string_equal(calls_text(&calls), "12 calls, 35 filtered out; nothing lost\n"
						"1 call still running at the end\n");
	assert_string_equal(teardowns_text(&teardowns, NULL, NORMAL),
			    "1 map freed, 2 filtered out; nothing lost\n"
			    "3 maps released before the run, not shown\n"
			    "1 map still being freed at the end\n");
	assert_string_equal(teardowns_text(&teardowns, NULL, QUIET), "");
	teardowns = (struct teardown_ledger){.shown = 2,
					     .deferred = 3,
					     .reclaimed = 1,
					     .pending = 2,
					     .undecided = 4,
					     .freed_by_rcu = 1,
					     .waiting = 5};
	assert_string_equal(teardowns_text(&teardowns, NULL, NORMAL),
			    "2 maps freed, 3 deferred frees; nothing lost\n"
			    "5 maps released, but not being freed yet at the end\n"
			    "2 deferred frees still to come at the end\n"
			    "4 destroy calls that perhaps deferred a free\n"
			    "1 map freed by RCU, end not seen\n");
	/* Recordings of earlier versions lack it: that is no loss. */
	teardowns = (struct teardown_ledger){.shown = 2, .freed_by_rcu = LEDGER_ABSENT};
	assert_string_equal(teardowns_text(&teardowns, NULL, NORMAL),
			    "2 maps freed, 0 deferred frees; nothing lost\n");
}

/* Events in progress at the start were not lost, unless a loss explains them as well. */
TEST(begun_before_the_run)
{
	struct ledger calls = {.entered = 10, .completed = 10, .return_only = 2};
	struct teardown_ledger teardowns = {.end_only = 1, .strays = 3};
	struct hook_counts hooks[NR_HOOKS] = {};
	struct ledger_text text = {
		.calls = &calls, .teardowns = &teardowns, .hooks = hooks, .view = VIEW_BOTH};

	assert_string_equal(printed(&text, NORMAL),
			    "12 calls, 0 maps freed, 0 deferred frees; nothing lost\n"
			    "2 calls in progress at the start: their latency is not known\n"
			    "1 map being freed at the start: its times are not known\n"
			    "3 deferred frees that began before the run\n");
	assert_string_equal(printed(&text, QUIET), "");
	/* One that was missed may explain one. */
	calls.missed_entry = 1;
	teardowns.lost = 1;
	check_has(printed(&text, NORMAL), "\nWARNING: 1 call without a latency: ");
	check_has(printed(&text, NORMAL), "\n1 call in progress at the start: ");
	check_has(printed(&text, NORMAL), "\nWARNING: 1 map freed without times: ");
	check_has(printed(&text, NORMAL), "\nWARNING: 1 deferred free of unknown maps: ");
	check_has(printed(&text, NORMAL), "\n2 deferred frees that began before the run\n");
	/* Any that was missed may: not known how many. */
	calls.missed_entry = teardowns.missed = LEDGER_UNKNOWN;
	check_has(printed(&text, NORMAL), "\nWARNING: 2 calls without a latency: ");
	check_has(printed(&text, NORMAL), "\nWARNING: 1 map freed without times: ");
	check_has(printed(&text, NORMAL), "\nWARNING: 3 deferred frees of unknown maps: ");
	assert_null(strstr(printed(&text, NORMAL), "at the start"));
	/* So may a miss at any hook that a deferred free is known by. */
	calls = (struct ledger){};
	hooks[HOOK_DEFERRED_FREE].missed = 2;
	check_has(printed(&text, QUIET), "WARNING: 2 deferred frees of unknown maps: ");
}

/* What happened, to what, and what to do. */
TEST(losses_in_words)
{
	struct ledger calls = {.entered = 338, .completed = 326, .lost_entry = 12};

	assert_string_equal(calls_text(&calls),
			    "326 calls\n"
			    "WARNING: 12 of 338 calls lost: ring buffer full (try a larger "
			    "--buffer)\n");
	calls.buffer_bytes = 2 << 20;
	check_has(calls_text(&calls), ": ring buffer full (try --buffer 8M)\n");
	calls.buffer_bytes = 4096;
	check_has(calls_text(&calls), "(try --buffer 16K)\n");
	calls.buffer_bytes = 512 << 20;
	check_has(calls_text(&calls), "(try --buffer 1G)\n");
	calls.buffer_bytes = 1 << 30;
	check_has(calls_text(&calls), "(--buffer is at its maximum; try filters)\n");
	calls = (struct ledger){.entered = 30,
				.completed = 28,
				.missed_entry = 2,
				.probe_missed_entry = 1,
				.lost_return = 2,
				.entry_only = 2};
	assert_string_equal(
		calls_text(&calls),
		"30 calls\n"
		"WARNING: returns of 2 of 33 calls lost: ring buffer full (try a larger --buffer)\n"
		"WARNING: 3 of 33 calls missed: the kernel skipped the programs (kprobes miss more "
		"than fentry)\n"
		"WARNING: 2 calls without a latency: only the entry or the return was seen\n");
	check_has(printed(&(struct ledger_text){.calls = &calls}, QUIET), "WARNING: 3 of 33 ");
	assert_null(strstr(printed(&(struct ledger_text){.calls = &calls}, QUIET), "30 calls\n"));
}

/* All figures, by the names that JSON has. */
TEST(verbose)
{
	const struct teardown_ledger teardowns = {.started = 2, .shown = 2};
	const struct hook_counts hooks[NR_HOOKS] = {
		[HOOK_FREE] = {"bpf_map_free_deferred", true, true, 2, 2, 0, 0, 2, 0, 0},
		[HOOK_PUT] = {"bpf_map_put", true, false, 5, 2, 0, LEDGER_UNKNOWN, 0, 0, 0},
		[HOOK_QUEUE] = {"workqueue_queue_work", false, false, 7, 7, 7, 7, 7, 7, 7},
	};
	const char *text = teardowns_text(&teardowns, hooks, VERBOSE);

	check_has(text, "2 maps freed, 0 deferred frees; nothing known to be lost\n"
			"not counted by this kernel: missed calls of bpf_map_put()\n"
			"calls: entered 2, completed 2, filtered 0, still_running 0, ");
	check_has(text, "\nteardowns: started 2, completed 0, ");
	check_has(text, ", strays 0, rows_full 0, bytes 0, bytes_pending 0, shed 0, "
			"shed_frees 0\n"
			"bpf_map_free_deferred: seen 2, taken 2, lost 0, missed 0, seen_return 2, "
			"lost_return 0, missed_return 0\n"
			"bpf_map_put: seen 5, taken 2, lost 0, missed not known\n");
	assert_null(strstr(text, "workqueue"));
	for (const struct figure *figure = teardown_ledger_figures; figure->name; figure++)
		check_has(text, figure->name);
}

/* Whatever the figure, and whyever it is not known. */
TEST(unknown_figures_are_no_numbers)
{
	static const __u64 values[] = {LEDGER_UNKNOWN, LEDGER_UNKNOWN - 1, LEDGER_UNKNOWN - 2};
	struct hook_counts hooks[NR_HOOKS];
	struct teardown_ledger teardowns = {};
	struct ledger calls = {};
	const struct ledger_text text = {
		.calls = &calls, .teardowns = &teardowns, .hooks = hooks, .view = VIEW_BOTH};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		memset(hooks, 0, sizeof(hooks));
		for (const struct figure *figure = ledger_figures; figure->name; figure++)
			figure_set(figure, &calls, values[i]);
		for (const struct figure *figure = teardown_ledger_figures; figure->name; figure++)
			figure_set(figure, &teardowns, values[i]);
		for (size_t hook = 0; hook < NR_HOOKS; hook++) {
			for (const struct figure *figure = hook_figures; figure->name; figure++)
				figure_set(figure, &hooks[hook], values[i]);
			hooks[hook].attached = hooks[hook].returns = true;
			hooks[hook].function = "function";
		}
		assert_null(strstr(printed(&text, VERBOSE), "1844674407370955161"));
		assert_null(strstr(printed(&text, VERBOSE), "WARNING"));
		assert_null(strstr(printed(&text, VERBOSE), "nothing"));
		check_has(event(FORMAT_JSON, ledger_columns, &calls), "\"entered\":null,");
		check_has(event(FORMAT_JSON, hook_columns, &hooks[0]), "\"seen\":null,");
	}
}

/* A kernel that does not count is one reason, a recording without the figure another. */
TEST(reasons)
{
	struct ledger calls = {.entered = 5,
			       .completed = 5,
			       .missed_entry = LEDGER_UNKNOWN,
			       .missed_return = LEDGER_UNKNOWN};
	struct hook_counts hooks[NR_HOOKS] = {
		[HOOK_FREE] = {.function = "first", .attached = true, .missed = LEDGER_UNKNOWN},
	};
	const struct teardown_ledger none = {};

	assert_string_equal(calls_text(&calls), "5 calls; nothing known to be lost\n"
						"not counted by this kernel: missed calls of "
						"bpf_mem_alloc_destroy()\n");
	check_has(
		teardowns_text(&none, hooks, NORMAL),
		"; nothing known to be lost\nnot counted by this kernel: missed calls of first()\n");
	calls.missed_entry = LEDGER_ABSENT;
	calls.entered = LEDGER_ABSENT;
	check_has(calls_text(&calls), "5 calls; losses not recorded\n");
	calls.completed = LEDGER_ABSENT;
	check_has(calls_text(&calls), "calls not recorded; losses not recorded\n");
	hooks[HOOK_FREE] = (struct hook_counts){.seen = LEDGER_ABSENT};
	check_has(teardowns_text(&none, hooks, NORMAL), "; losses not recorded\n");
}

/* A run that may not have seen all is no matter of what the kernel counts. */
TEST(blind_run)
{
	struct teardown_counts counts = {
		.hooks = {[HOOK_PUT] = {.function = "first", .attached = true}}};
	struct ledger calls = {.lost_entry = 3};
	const char *text;
	FILE *out = out_open();

	ledger_forget(&calls, &counts);
	assert_int_equal(calls.lost_entry, 3);
	assert_true(counts.ledger.started == LEDGER_UNKNOWN && !counts.ledger.lost);
	check_has(calls_text(&calls), "calls not known; losses not known\n"
				      "WARNING: 3 calls lost: ring buffer full");
	text = teardowns_text(&counts.ledger, counts.hooks, NORMAL);
	check_has(text, "maps freed not known, deferred frees not known");
	assert_null(strstr(text, "not counted"));
	assert_null(strstr(text, "nothing"));
	diag_init(true, false);
	ledger_text_blind(out, "it was\033off");
	ledger_text_blind(out, "");
	diag_init(false, false);
	assert_string_equal(out_close(out), "WARNING: not all was seen, so the counts of calls and "
					    "teardowns are not known: it was\\x1boff\n");
}

/* The loss is a line of its own with its number, whatever else is left out. */
static void check_warning(const char *text, const char *name)
{
	const char *number = strstr(text, "1234567");

	if (strncmp(text, "WARNING: ", 9) || !number ||
	    (size_t)(number - text) > strcspn(text, "\n") || strchr(text, '\n')[1])
		fail_msg("%s is no warning: %s", name, text);
}

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

/* Each figure alone, with --quiet: all but these are losses. */
TEST(each_loss_warns)
{
	static const char *const calls[] = {
		"entered",     "completed",   "filtered", "still_running",
		"still_stuck", "return_only", NULL};
	static const char *const teardowns[] = {
		"started",  "completed", "running",	  "shown",	"before",	"filtered",
		"end_only", "waiting",	 "deferred",	  "reclaimed",	"pending",	"undecided",
		"strays",   "bytes",	 "bytes_pending", "shed_frees", "freed_by_rcu", NULL};
	static const char *const hooks[] = {"seen", "taken", "seen_return", NULL};
	const struct figure *figure;
	const char *text;

	for (figure = ledger_figures; figure->name; figure++) {
		struct ledger ledger = {.entered = 5};

		figure_set(figure, &ledger, LOSS);
		text = printed(&(struct ledger_text){.calls = &ledger}, QUIET);
		if (is_among(calls, figure->name))
			assert_string_equal(text, "");
		else
			check_warning(text, figure->name);
	}
	for (figure = teardown_ledger_figures; figure->name; figure++) {
		static const struct hook_counts none[NR_HOOKS];
		struct teardown_ledger ledger = {.started = 5};

		figure_set(figure, &ledger, LOSS);
		text = teardowns_text(&ledger, none, QUIET);
		if (is_among(teardowns, figure->name))
			assert_string_equal(text, "");
		else
			check_warning(text, figure->name);
	}
	for (figure = hook_figures; figure->name; figure++) {
		const struct teardown_ledger ledger = {};
		struct hook_counts counts[NR_HOOKS] = {
			[HOOK_PUT] = {.function = "first", .attached = true},
			[HOOK_RELEASE] = {.function = "second", .attached = true, .returns = true},
		};

		figure_set(figure, &counts[HOOK_RELEASE], LOSS);
		text = teardowns_text(&ledger, counts, QUIET);
		if (is_among(hooks, figure->name)) {
			assert_string_equal(text, "");
			continue;
		}
		check_warning(text, figure->name);
		check_has(text,
			  figure->of_return ? " returns of second() " : " calls of second() ");
		assert_null(strstr(text, "first"));
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

	check_has(calls_text(&ledger), "\nWARNING: up to 4 calls of bpf_mem_alloc_destroy() not "
				       "seen, or joined with an earlier call whose latency is then "
				       "too long\n");
	ledger.lost_return = 0;
	check_has(calls_text(&ledger), ": up to 3 calls ");
	/* Where only one of the two is counted, it is the bound. */
	ledger.missed_return = LEDGER_UNKNOWN;
	check_has(calls_text(&ledger), ": up to 4 calls ");
	ledger.probe_missed_entry = LEDGER_UNKNOWN;
	assert_null(strstr(calls_text(&ledger), "up to"));
	/* The other side was seen of all that one side is missing. */
	ledger = (struct ledger){.missed_entry = 3, .return_only = 3, .missed_return = 9};
	assert_null(strstr(calls_text(&ledger), "up to"));
	ledger.return_only = 4;
	assert_null(strstr(calls_text(&ledger), "up to"));
}

/* The ledger of calls warns of those at the first hook. */
TEST(doubtful_latencies_at_hooks_warn)
{
	struct hook_counts hooks[NR_HOOKS] = {
		{"bpf_mem_alloc_destroy", true, true, 12, 12, 0, 9, 11, 0, 9},
		{"bpf_map_free_deferred", true, true, 12, 12, 1, 4, 11, 1, 3},
		{"free_mem_alloc_deferred", true, true, 12, 12, 0, 0, 11, 0, 5},
	};
	const struct teardown_ledger ledger = {.started = 12};
	const char *text = teardowns_text(&ledger, hooks, NORMAL);

	check_has(text, "\nWARNING: up to 4 calls of bpf_map_free_deferred() ");
	assert_null(strstr(strstr(text, "up to") + 1, "up to"));
}

/* A call longer than the threshold is a warning, whether it ended or not. */
TEST(stuck_warns)
{
	struct ledger ledger = {.entered = 5, .stuck = 3, .still_stuck = 1};

	check_has(calls_text(&ledger), "\nWARNING: 3 calls or teardowns took longer than "
				       "--stuck, 1 still running at the end\n");
	ledger.still_stuck = 0;
	check_has(calls_text(&ledger), " took longer than --stuck\n");
}

TEST(write_errors)
{
	const struct ledger calls = {};
	const struct ledger_text text = {.calls = &calls};
	FILE *full = full_disk();

	assert_int_equal(ledger_text(full, &text), -ENOSPC);
	assert_int_equal(ledger_text(full, &text), -EIO);
	clearerr(full);
	setvbuf(full, NULL, _IONBF, 0); /* as stderr */
	assert_int_equal(ledger_text(full, &text), -ENOSPC);
	fclose(full);
}

TEST_MAIN(NULL, NULL)
