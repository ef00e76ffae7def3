// SPDX-License-Identifier: GPL-2.0-only
/* docs/recording.md shows what SQLite prints. */
#include <sqlite3.h>

#include "output/column.h"
#include "recording/schema.h"
#include "support/files.h"
#include "support/recorded.h"

#define DOCS	   "docs/recording.md"
#define OUTPUT_LEN 8192

#define START (86400 * NSEC_PER_SEC) /* since the machine was booted */

static struct call example_call(__u64 at_us, __u64 latency_ns)
{
	struct call call = {
		.ts_ns = START + at_us * 1000,
		.latency_ns = latency_ns,
		.caller.name = "htab_map_free",
		.caller.offset = 0x47,
		.map.address = 0xffff888100001000 + at_us,
		.map.identity = {.map_id = 40 + at_us / 100000,
				 .released_ns = START + at_us * 1000 - 21000,
				 .released_by = {true, 2154, {812, 812, "loader"}, NULL}},
		.task.pid = 77,
		.task.tid = 77,
		.cpu = 3,
		.map.type = 1,
		.map.key_size = 4,
		.map.value_size = 64,
		.map.max_entries = 10000,
		.unit_size = 80,
		.alloc = ALLOC_MA,
		.map.known = CALL_MAP | CALL_NAME | CALL_SIZES,
		.flags = CALL_EMPTY_KNOWN | CALL_PERCPU_KNOWN,
		.map.name = "events",
		.task.comm = "kworker/3:1",
	};

	return call;
}

static void record_calls(struct writer *recording)
{
	struct call call;
	__u64 i;

	for (i = 0; i < 20; i++) {
		call = example_call(500000 + 100000 * i, 1200 + 310 * i * i);
		if (i % 4 == 3) {
			call.caller.name = "trie_free";
			call.map.type = 11;
			strcpy(call.map.name, "routes");
			call.unit_size = 40;
		} else if (i % 4 == 2) {
			call.alloc = ALLOC_PCPU_MA;
			call.flags |= CALL_EMPTY;
			call.latency_ns = 90;
		}
		assert_int_equal(writer_call(recording, &call), 0);
	}
}

static void record_teardowns(struct writer *recording)
{
	struct teardown teardown;
	struct call call;
	__u64 i;

	for (i = 0; i < 6; i++) {
		call = example_call(500000 + 300000 * i, 0);
		teardown = (struct teardown){
			.map = call.map,
			.run = {.start_ns = call.ts_ns, .worker = call.task},
			.nr_destroys = 1,
			.destroy[0] = {.latency_ns = 1200 + 2790 * i * i,
				       .freed_ns = UNKNOWN_NS,
				       .alloc = ALLOC_MA,
				       .outcome = OUTCOME_DIRECT},
			.outcomes = {[OUTCOME_DIRECT] = 1},
		};
		if (i == 4)
			teardown.map.identity.released_by =
				(struct releaser){true, 3010, {955, 955, "agent"}, NULL};
		teardown.entries = 1000 * i;
		teardown.queued_ns = teardown.map.identity.released_ns + 4000;
		teardown.destroy[0].ts_ns = teardown.run.start_ns + 400000 * i;
		teardown.phase[PHASE_WAIT] = 21000;
		teardown.phase[PHASE_DESTROY] = teardown.destroy[0].latency_ns;
		teardown.phase[PHASE_FREE] = 400000 * i + teardown.phase[PHASE_DESTROY] + 900;
		teardown.phase[PHASE_TOTAL] = 21000 + teardown.phase[PHASE_FREE];
		if (i == 5) { /* its memory was not seen to be freed */
			teardown.outcomes[OUTCOME_DIRECT] = 0;
			teardown.outcomes[OUTCOME_PENDING] = 1;
			teardown.destroy[0].outcome = OUTCOME_PENDING;
			teardown.phase[PHASE_DEFERRED] = UNKNOWN_NS;
			teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
		}
		assert_int_equal(writer_teardown(recording, &teardown), 0);
	}
}

/* The recording of the page's examples. */
static sqlite3 *record_example(const char *path)
{
	struct run_info run_info = {
		.tool_version = "0.1.0",
		.kernel_release = "6.12.0",
		.machine = "x86_64",
		.host = "build7",
		.attach = "fentry/fexit",
		.command_line = "memdestroy-trace record -o run.mdt",
		.cpus_possible = 8,
		.cpus_online = 8,
		.start_ns = START,
		.start_realtime_ns = 1790000000 * NSEC_PER_SEC,
		.end_ns = UNKNOWN_NS,
	};
	struct ledger ledger = {
		.entered = 21, .completed = 20, .lost_entry = 1, .missed_return = LEDGER_UNKNOWN};
	struct writer *recording = new_recording(path, &run_info);
	sqlite3 *db;

	record_calls(recording);
	record_teardowns(recording);
	assert_int_equal(writer_ledger(recording, &ledger, &(struct teardown_counts){}), 0);
	end_recording(recording, START + 60 * NSEC_PER_SEC);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

/* Runs a command of the page, which reads run.mdt, where that file is. */
static void run_example(const char *folder, const char *command, char output[OUTPUT_LEN])
{
	char line[OUTPUT_LEN];
	size_t len;
	FILE *pipe;

	snprintf(line, sizeof(line), "cd '%s' && %s", folder, command);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	len = fread(output, 1, OUTPUT_LEN - 1, pipe);
	output[len] = '\0';
	if (pclose(pipe))
		fail_msg("fails: %s", command);
}

/*
 * Finds the next block of a command and its output, which begins with the box of a table; *at moves
 * behind it.
 */
static bool next_example(char **at, char **command, char **output)
{
	static const char begin[] = "```\n$ sqlite3", prompt[] = "```\n$ ",
			  box[] = "\n\xe2\x94\x8c";
	char *start = strstr(*at, begin), *end;

	if (!start)
		return false;
	*command = start + strlen(prompt);
	end = strstr(*command, "```\n");
	assert_non_null(end);
	*end = '\0';
	*at = end + 4;
	*output = strstr(*command, box);
	if (!*output)
		fail_msg("without output: %s", *command);
	*(*output)++ = '\0';
	return true;
}

TEST(test_examples)
{
	char folder[] = "/tmp/memdestroy-docs.XXXXXX", path[64], output[OUTPUT_LEN];
	char *docs, *at, *command, *want;
	size_t len;
	int nr = 0;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/run.mdt", folder);
	sqlite3_close(record_example(path));
	docs = at = contents(DOCS, &len);
	for (; next_example(&at, &command, &want); nr++) {
		run_example(folder, command, output);
		assert_string_equal(output, want);
	}
	assert_true(nr >= 5);
	free(docs);
	unlink(path);
	rmdir(folder);
}

/* The page names every table, view and column. */
TEST(test_names)
{
	size_t len;
	char *docs = contents(DOCS, &len), word[128];
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(schema_create(db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT name FROM sqlite_master WHERE type = 'table' "
					    "OR type = 'view' UNION SELECT c.name FROM "
					    "sqlite_master AS t, pragma_table_info(t.name) AS c "
					    "WHERE t.type = 'table'",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		snprintf(word, sizeof(word), "`%s`", sqlite3_column_text(stmt, 0));
		if (!strstr(docs, word))
			fail_msg(DOCS " does not name %s", word);
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	free(docs);
}

static void run_query(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error))
		fail_msg("%s: %s", sql, error);
}

/* A view has all members of lines of JSON, "a.b" as a_b. */
static void check_view(sqlite3 *db, const char *view, const struct column *column)
{
	char sql[128], name[64], *dot;

	for (; column->name; column++) {
		if (!*column->name || !strcmp(column->name, "type"))
			continue;
		snprintf(name, sizeof(name), "%s", column->name);
		while ((dot = strchr(name, '.')))
			*dot = '_';
		snprintf(sql, sizeof(sql), "SELECT %s FROM %s",
			 strcmp(name, "where") ? name : "place", view);
		run_query(db, sql);
	}
}

TEST(test_views)
{
	sqlite3 *db = record_example(temp_path());

	run_query(db, "SELECT * FROM releasers");
	run_query(db, "SELECT * FROM scenarios");
	check_view(db, "calls", identified_call_columns);
	check_view(db, "teardowns", teardown_columns);
	check_view(db, "reclaims", deferred_free_columns);
	check_view(db, "hangs", stuck_columns);
	sqlite3_close(db);
}

TEST_MAIN(NULL, NULL)
