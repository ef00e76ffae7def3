// SPDX-License-Identifier: GPL-2.0-only
/* Unknown values are NULL in all tables and views of a recording, and no numbers. */
#include <sqlite3.h>

#include "model/ledger_figures.h"
#include "support/recorded.h"

static void record_unknown(const char *path, __u64 unknown)
{
	const struct map_info map = {.identity.released_ns = UNKNOWN_NS};
	const struct worker_run run = {.start_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS};
	const struct run_info run_info = {.end_ns = UNKNOWN_NS};
	struct item items[] = {
		{ITEM_CALL, .call = {.ts_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS, .map = map}},
		{ITEM_TEARDOWN, .teardown = {.map = map, .run = run, .nr_destroys = 1}},
		{ITEM_DEFERRED_FREE, .deferred_free = {.map = map, .run = run}},
		{ITEM_STUCK, .stuck = {.where = "wait", .map = map}},
	};
	struct writer *writer = new_recording(path, &run_info);
	struct teardown_counts counts = {};
	struct ledger ledger;

	memset(items[1].teardown.phase, 0xff, sizeof(items[1].teardown.phase));
	items[1].teardown.queued_ns = UNKNOWN_NS;
	items[1].teardown.entries = ENTRIES_UNKNOWN;
	items[1].teardown.destroy[0] = (struct destroy){UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS, 0, 0};
	items[2].deferred_free.destroy_ns = items[2].deferred_free.latency_ns = UNKNOWN_NS;
	items[3].stuck.since_ns = items[3].stuck.for_ns = UNKNOWN_NS;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(record_item(writer, &items[i]), 0);
	for (const struct figure *figure = ledger_figures; figure->name; figure++)
		figure_set(figure, &ledger, unknown);
	for (const struct figure *figure = teardown_ledger_figures; figure->name; figure++)
		figure_set(figure, &counts.ledger, unknown);
	for (const struct figure *figure = hook_figures; figure->name; figure++)
		figure_set(figure, &counts.hooks[0], unknown);
	counts.hooks[0].function = "function";
	counts.hooks[0].attached = counts.hooks[0].returns = true;
	assert_int_equal(writer_ledger(writer, &ledger, &counts), 0);
	assert_int_equal(writer_commit(writer), 0);
	writer_close(writer);
}

/* Runs a query whose rows are queries of one number each, which has to be 0. */
static int check_none(void *ctx, int columns, char **sql, char **names)
{
	sqlite3_stmt *stmt;

	(void)columns;
	(void)names;
	assert_int_equal(sqlite3_prepare_v2(ctx, sql[0], -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	if (sqlite3_column_int(stmt, 0))
		fail_msg("unknown, but a number: %s", sql[0]);
	sqlite3_finalize(stmt);
	return 0;
}

TEST(test_unknown_is_null)
{
	static const __u64 unknown[] = {LEDGER_UNKNOWN, LEDGER_ABSENT};

	for (size_t i = 0; i < 2; i++) {
		const char *path = temp_path();
		sqlite3 *db;

		record_unknown(path, unknown[i]);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(
			sqlite3_exec(
				db,
				"SELECT 'SELECT count(*) FROM ' || o.name || ' WHERE "
				"typeof(' || c.name || ') <> ''text'' AND (' || c.name || ' < 0 OR "
				"' || c.name || ' >= 9223372036854775806)' "
				"FROM sqlite_master o, pragma_table_info(o.name) c "
				"WHERE o.type IN ('table', 'view')",
				check_none, db, NULL),
			SQLITE_OK);
		sqlite3_close(db);
	}
}

TEST_MAIN(NULL, NULL)
