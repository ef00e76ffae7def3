// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the ledger of teardowns back as JSON and as text: each loss is a warning.
 */
#include "support/rendered.h"
#include "util/macros.h"

static const char *ledger_text(const struct teardown_ledger *ledger,
			       const struct hook_counts *hooks, size_t nr, bool with_filters)
{
	FILE *out = out_open();

	assert_int_equal(render_teardown_ledger_text(out, ledger, with_filters), 0);
	assert_int_equal(render_points_text(out, hooks, nr), 0);
	return out_close(out);
}

static void ledger_json(void **state)
{
	const struct teardown_ledger ledger = {
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

	(void)state;
	assert_int_equal(render_teardown_ledger_json(out, &ledger), 0);
	assert_int_equal(render_points_json(out, hooks, 3), 0);
	assert_string_equal(
		out_close(out),
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

static void ledger_without_loss(void **state)
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

	(void)state;
	/* What is lost where no probe is, or at returns that are not probed, is nothing. */
	assert_string_equal(
		ledger_text(&ledger, hooks, 3, false),
		"teardowns: 12 started, 11 completed, running 1, waiting 3; 12 shown\n"
		"destroy calls that left memory to be freed later: 5, freed: 4, pending: 1, "
		"not known to have: 2\n");
	assert_non_null(strstr(ledger_text(&ledger, hooks, 3, true), "12 shown, 0 filtered\n"));
	ledger.before = 2;
	ledger.filtered = 1;
	assert_non_null(strstr(ledger_text(&ledger, hooks, 3, false),
			       "12 shown, 2 of before the run, 1 filtered\n"));

	/* No number is made of what is not known. */
	ledger.running = ledger.waiting = LEDGER_UNKNOWN;
	hooks[0].missed = hooks[0].missed_return = LEDGER_UNKNOWN;
	hooks[2].missed = LEDGER_UNKNOWN;
	assert_non_null(strstr(ledger_text(&ledger, hooks, 3, false),
			       "running unknown, waiting unknown; "));
	assert_null(strstr(ledger_text(&ledger, hooks, 3, false), "WARNING"));
	assert_null(strstr(ledger_text(&ledger, hooks, 3, false), "18446744073709551615"));
	assert_non_null(strstr(ledger_text(&ledger, hooks, 3, false),
			       "\nmissed by the kernel: not counted by this kernel: "
			       "bpf_map_free_deferred, workqueue_queue_work\n"));
}

/* The calls' own ledger tells of those at the first point. */
static void doubtful_latencies_warn(void **state)
{
	struct hook_counts hooks[NR_CALL_HOOKS] = {
		{"bpf_mem_alloc_destroy", true, true, 12, 12, 0, 9, 11, 0, 9},
		{"bpf_map_free_deferred", true, true, 12, 12, 1, 4, 11, 1, 3},
		{"free_mem_alloc_deferred", true, true, 12, 12, 0, 0, 11, 0, 5},
	};
	const struct teardown_ledger ledger = {.started = 12};
	const char *text, *warning;

	(void)state;
	text = ledger_text(&ledger, hooks, NR_CALL_HOOKS, false);
	warning = strstr(text, "calls or less");
	assert_non_null(warning);
	assert_non_null(strstr(text, "\nWARNING: bpf_map_free_deferred: 4 calls or less "));
	assert_null(strstr(warning + 1, "calls or less"));
}

static void check_warning(const char *text, const char *what)
{
	const char *warning = strstr(text, "\nWARNING: "), *number = strstr(text, "1234567");

	if (!warning || !number || number < warning || (what && !strstr(text, what)) ||
	    strcspn(number, "\n") >= strlen(number))
		fail_msg("no warning of %s:\n%s", what ? what : "it", text);
}

/* Each of the losses alone, by its place: a warning that has its number. */
static void each_loss_warns(void **state)
{
	static const size_t losses[] = {
		offsetof(struct teardown_ledger, start_only),
		offsetof(struct teardown_ledger, end_only),
		offsetof(struct teardown_ledger, lost),
		offsetof(struct teardown_ledger, no_release),
		offsetof(struct teardown_ledger, forgotten),
		offsetof(struct teardown_ledger, strays),
		offsetof(struct teardown_ledger, rows_full),
	};
	static const size_t of_points[] = {
		offsetof(struct hook_counts, lost),
		offsetof(struct hook_counts, missed),
		offsetof(struct hook_counts, lost_return),
		offsetof(struct hook_counts, missed_return),
	};
	struct teardown_ledger ledger;
	struct hook_counts hooks[2];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(losses); i++) {
		ledger = (struct teardown_ledger){.started = 5};
		*(__u64 *)((char *)&ledger + losses[i]) = 1234567;
		check_warning(ledger_text(&ledger, NULL, 0, false), NULL);
	}
	ledger = (struct teardown_ledger){};
	for (i = 0; i < ARRAY_SIZE(of_points); i++) {
		memset(hooks, 0, sizeof(hooks));
		hooks[0] = (struct hook_counts){.function = "first", .attached = true};
		hooks[1] = (struct hook_counts){"second", true, true, 0, 0, 0, 0, 0, 0, 0};
		*(__u64 *)((char *)&hooks[1] + of_points[i]) = 1234567;
		check_warning(ledger_text(&ledger, hooks, 2, false),
			      i < 2 ? "WARNING: second: " : "WARNING: return from second: ");
		assert_null(strstr(ledger_text(&ledger, hooks, 2, false), "first"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ledger_json),
		cmocka_unit_test(ledger_without_loss),
		cmocka_unit_test(doubtful_latencies_warn),
		cmocka_unit_test(each_loss_warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
