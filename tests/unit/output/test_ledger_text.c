// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks that the ledger, as text and as JSON, hides nothing.
 */
#include "support/rendered.h"
#include "util/macros.h"

static const char *ledger_text(const struct ledger *ledger, bool with_filters)
{
	FILE *out = out_open();

	assert_int_equal(render_ledger_text(out, ledger, with_filters), 0);
	return out_close(out);
}

static void ledger_json(void **state)
{
	struct ledger ledger = {.entered = 42, .missed_entry = LEDGER_UNKNOWN, .rows_full = 3};
	FILE *out = out_open();

	(void)state;
	assert_int_equal(render_ledger_json(out, &ledger), 0);
	assert_string_equal(out_close(out),
			    "{\"type\":\"ledger\",\"entered\":42,\"completed\":0,\"filtered\":0,"
			    "\"still_running\":0,\"entry_only\":0,\"return_only\":0,"
			    "\"lost_entry\":0,\"lost_return\":0,\"parked_lost\":0,"
			    "\"missed_entry\":null,\"missed_return\":0,"
			    "\"probe_missed_entry\":0,\"probe_missed_return\":0,"
			    "\"rows_full\":3,\"stuck\":0,\"still_stuck\":0,\"bad_records\":0}\n");
}

static void ledger_without_loss(void **state)
{
	struct ledger ledger = {.entered = 42, .completed = 41, .still_running = 1};
	const char *text;

	(void)state;
	text = ledger_text(&ledger, false);
	assert_null(strstr(text, "WARNING"));
	assert_null(strstr(text, "filtered"));
	assert_null(strstr(text, "stuck"));
	assert_non_null(strstr(text, "calls: 42 entered, 41 completed, 1 still running\n"));
	assert_non_null(strstr(text, "ring buffer: 0 entries, 0 returns"));
	assert_non_null(strstr(text, "one side only: 0 entry only, 0 return only"));
	assert_non_null(strstr(text, "table full: 0 "));
	assert_non_null(strstr(text, "missed by the kernel: at entry 0; at return 0\n"));
	assert_non_null(strstr(ledger_text(&ledger, true), "0 filtered"));

	ledger.missed_entry = LEDGER_UNKNOWN;
	ledger.missed_return = LEDGER_UNKNOWN;
	ledger.probe_missed_return = LEDGER_UNKNOWN;
	text = ledger_text(&ledger, false);
	assert_null(strstr(text, "WARNING"));
	assert_non_null(strstr(text, "at entry 0 by the probe, by the program not counted by this "
				     "kernel; at return not counted by this kernel\n"));
}

/* Each of the losses alone, by its place in the ledger: a warning that has its number. */
static void each_loss_warns(void **state)
{
	static const size_t losses[] = {
		offsetof(struct ledger, entry_only),
		offsetof(struct ledger, return_only),
		offsetof(struct ledger, lost_entry),
		offsetof(struct ledger, lost_return),
		offsetof(struct ledger, parked_lost),
		offsetof(struct ledger, missed_entry),
		offsetof(struct ledger, missed_return),
		offsetof(struct ledger, probe_missed_entry),
		offsetof(struct ledger, probe_missed_return),
		offsetof(struct ledger, rows_full),
		offsetof(struct ledger, stuck),
		offsetof(struct ledger, bad_records),
	};
	struct ledger ledger;
	const char *text, *number;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(losses); i++) {
		ledger = (struct ledger){.entered = 5};
		*(__u64 *)((char *)&ledger + losses[i]) = 1234567;
		text = strstr(ledger_text(&ledger, false), "WARNING: ");
		assert_non_null(text);
		assert_int_equal(text[-1], '\n');
		number = strstr(text, "1234567");
		assert_non_null(number);
		assert_true((size_t)(number - text) < strcspn(text, "\n"));
	}
}

/* Calls of which no side was seen cannot be told from those joined to an earlier one's entry. */
static void doubtful_latencies_warn(void **state)
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

	(void)state;
	assert_non_null(strstr(ledger_text(&ledger, false),
			       "\nWARNING: bpf_mem_alloc_destroy: 4 calls or less were not seen at "
			       "all, or their return was taken for that of an earlier one, which "
			       "seems too long\n"));
	ledger.lost_return = 0;
	assert_non_null(strstr(ledger_text(&ledger, false), ": 3 calls or less "));
	/* Where only one of the two is counted, it is the bound. */
	ledger.missed_return = LEDGER_UNKNOWN;
	assert_non_null(strstr(ledger_text(&ledger, false), ": 4 calls or less "));
	ledger.probe_missed_entry = LEDGER_UNKNOWN;
	assert_null(strstr(ledger_text(&ledger, false), "calls or less"));
	/* All that is missing of one side is told of by the other. */
	ledger = (struct ledger){.missed_entry = 3, .return_only = 3, .missed_return = 9};
	assert_null(strstr(ledger_text(&ledger, false), "calls or less"));
	ledger.return_only = 4;
	assert_null(strstr(ledger_text(&ledger, false), "calls or less"));
}

/* What took too long is a warning, whether it ended or not. */
static void stuck_warns(void **state)
{
	struct ledger ledger = {.entered = 5, .stuck = 3, .still_stuck = 1};

	(void)state;
	assert_non_null(
		strstr(ledger_text(&ledger, false),
		       "\nWARNING: took longer than --stuck: 3, at the end still at it: 1\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ledger_json),	   cmocka_unit_test(ledger_without_loss),
		cmocka_unit_test(each_loss_warns), cmocka_unit_test(doubtful_latencies_warn),
		cmocka_unit_test(stuck_warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
