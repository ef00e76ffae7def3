// SPDX-License-Identifier: GPL-2.0-only
/* Files that are no recordings, or damaged ones, are refused in one line. */
#include <errno.h>

#include <sqlite3.h>

#include "support/files.h"
#include "support/recorded.h"
#include "util/macros.h"

#define NR_TRUNCATIONS 200
#define NR_FLIPS       2000

/* Reads all that is in a file. */
struct reading {
	const char *path;
	int err;
	size_t items;
};

static void check_text(const char *text, size_t size)
{
	assert_true(strnlen(text, size) < size);
}

static int check_item(void *ctx, const struct map_info *map, const struct task *task)
{
	const struct identity *identity = &map->identity;

	((struct reading *)ctx)->items++;
	check_text(map->name, NAME_LEN);
	check_text(task->comm, NAME_LEN);
	check_text(identity->released_by.task.comm, NAME_LEN);
	check_text(identity->closed_by.task.comm, NAME_LEN);
	check_text(map->scenario ?: "", SCENARIO_NAME_LEN);
	check_text(map->host ?: "", RUN_INFO_LEN);
	assert_true(identity->by_kernel + identity->by_interrupt + identity->unsure <= 1);
	return 0;
}

static int check_call(void *ctx, const struct call *call)
{
	assert_in_range(call->alloc, 0, alloc_numbers() - 1);
	check_text(call->caller.name ?: "", 512);
	return check_item(ctx, &call->map, &call->task);
}

static int check_teardown(void *ctx, const struct teardown *teardown)
{
	check_item(ctx, &teardown->map, &teardown->run.worker);
	assert_true((unsigned char)teardown->running <= 1);
	for (int i = 0; i < MAX_DESTROYS; i++) {
		assert_in_range(teardown->destroy[i].alloc, 0, alloc_numbers() - 1);
		assert_in_range(teardown->destroy[i].outcome, 0, NR_OUTCOMES - 1);
	}
	return 0;
}

static int check_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	assert_in_range(deferred_free->alloc, 0, alloc_numbers() - 1);
	return check_item(ctx, &deferred_free->map, &deferred_free->run.worker);
}

static int check_stuck(void *ctx, const struct stuck *stuck)
{
	check_text(stuck->stack, sizeof(stuck->stack));
	check_text(stuck->where, 256);
	assert_null(strchr(stuck->where, '\x1b'));
	assert_null(strchr(stuck->stack, '\x1b'));
	return check_item(ctx, &stuck->map, &stuck->worker);
}

static void read_all(void *arg)
{
	static const struct event_sink_ops ops = {
		.call = check_call,
		.teardown = check_teardown,
		.deferred_free = check_deferred_free,
		.stuck = check_stuck,
	};
	const struct reader_options opts = {.view = VIEW_BOTH, .identity = true};
	struct reading *reading = arg;
	const struct event_sink sink = {&ops, reading};
	struct teardown_counts counts;
	struct ledger ledger;
	struct reader *replay;

	reading->items = 0;
	reading->err = reader_open(&replay, reading->path);
	if (reading->err)
		return;
	reading->err = reader_run(replay, &opts, &sink, NULL);
	reader_ledger(replay, &ledger, &counts);
	reader_close(replay);
}

static void check_refused(const char *path, int err, const char *why)
{
	struct reading reading = {.path = path};
	const char *text = said(read_all, &reading);

	if (!reading.err)
		fail_msg("was read in spite of: %s", why);
	check_one_line(text, why);
	check_one_line(text, path);
	assert_int_equal(reading.err, err);
}

/* Whether it was read; if not, it was refused. */
static bool survives(const char *path)
{
	struct reading reading = {.path = path};
	const char *text = said(read_all, &reading);

	if (reading.err)
		check_one_line(text, path);
	else
		assert_string_equal(text, "");
	return !reading.err;
}

/* A recording with rows in all tables. */
static const char *make_sample(void)
{
	static const struct scenario scenario = {.name = "x", .map_name = "name-1"};
	const char *path = temp_path();
	struct writer *recording = new_recording(path, NULL);
	struct teardown teardown = some_teardown();
	struct call call = some_call();
	struct item item;
	int i;

	assert_int_equal(writer_scenario(recording, &scenario), 0);
	call.caller.name = "f";
	call.map.known |= CALL_MAP;
	call.map.identity.map_id = 1;
	assert_int_equal(writer_call(recording, &call), 0);
	teardown.nr_destroys = 2;
	teardown.map.known |= CALL_MAP;
	assert_int_equal(writer_teardown(recording, &teardown), 0);
	for (i = 0; i < 100; i++) {
		item = some_item();
		assert_int_equal(record_item(recording, &item), 0);
	}
	assert_int_equal(writer_ledger(recording, &(struct ledger){},
				       &(struct teardown_counts){.hooks = {{"bpf_map_put"}}}),
			 0);
	end_recording(recording, 1);
	return path;
}

static void change(const char *path, const char *sql)
{
	char *message = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message))
		fail_msg("%s: %s", sql, message);
	sqlite3_close(db);
}

/* Changes the file's own description of its tables. */
#define SCHEMA(sql) "PRAGMA writable_schema = ON;" sql
#define NO_VIEWS                                                                                   \
	"DROP VIEW calls; DROP VIEW callers; DROP VIEW hangs; DROP VIEW teardowns;"                \
	"DROP VIEW slowest; DROP VIEW releasers; DROP VIEW reclaims; DROP VIEW scenarios;"

/* Changes that damage a recording, and their errors */
static const struct {
	const char *sql, *why;
} damages[] = {
	{"PRAGMA user_version = 7",
	 "made by a newer memdestroy-trace (layout 7, this one reads up to 1)"},
	{"PRAGMA user_version = 0", "damaged"},
	{"PRAGMA user_version = -1", "damaged"},
	{"PRAGMA application_id = 1", "not a recording of memdestroy-trace"},
	{"DROP TABLE call", "no table call"},
	{NO_VIEWS "ALTER TABLE call RENAME TO x; CREATE VIEW call AS SELECT * FROM x",
	 "no table call"},
	{"DROP TABLE call; CREATE VIRTUAL TABLE call USING fts5(seq)", "no table call"},
	{"DROP TABLE point; CREATE TABLE point(function, attached, seen, taken, lost, "
	 "missed, seen_return, lost_return, missed_return AS (1 + 1))",
	 "computed values are in table point"},
	{"DROP TABLE call; CREATE TABLE call(seq INTEGER PRIMARY KEY, ts_ns)", "latency_ns"},
	{"DROP TABLE ledger; CREATE TABLE ledger(figure)", "value"},
	{"DELETE FROM run", "table run is empty"},
	{"CREATE TABLE r AS SELECT * FROM run; UPDATE r SET id = 2;"
	 "PRAGMA ignore_check_constraints = ON; INSERT INTO run SELECT * FROM r",
	 "table run, row 2: it is one too many"},
	{"UPDATE run SET start_ns = 'x'", "start_ns is text"},
	{"UPDATE run SET host = printf('%.300c', 'x')", "host is too long"},
	{"UPDATE call SET latency_ns = 'x'", "latency_ns is text, not a number"},
	{"UPDATE call SET latency_ns = x'00'", "latency_ns is text, not a number"},
	{"UPDATE call SET latency_ns = 1e300", "latency_ns is a fraction"},
	{"UPDATE call SET latency_ns = -5", "latency_ns is -5"},
	{"UPDATE call SET cpu = 4294967296", "cpu is 4294967296"},
	{"UPDATE call SET empty = 2", "empty is 2"},
	{"UPDATE call SET caller = 9999", "there is no caller 9999"},
	{"UPDATE call SET caller = 9223372036854775807", "there is no caller"},
	{"UPDATE call SET caller = -1", "caller is -1"},
	{"UPDATE call SET map = 9999", "there is no map 9999"},
	{"UPDATE call SET task = 9999", "there is no task 9999"},
	{"UPDATE call SET allocator = 0", "allocator is NULL"},
	{"UPDATE call SET release = 9999", "there is no release 9999"},
	{"UPDATE call SET seq = -seq", "table call, row 0: seq is -"},
	{NO_VIEWS "CREATE TABLE c AS SELECT * FROM call ORDER BY seq DESC; DROP TABLE call;"
		  "ALTER TABLE c RENAME TO call",
	 "it comes after row"},
	{NO_VIEWS "CREATE TABLE t AS SELECT * FROM task UNION ALL SELECT * FROM task;"
		  "DROP TABLE task; ALTER TABLE t RENAME TO task",
	 "id is not the primary key"},
	{"DELETE FROM task", "there is no"},
	{"UPDATE release SET released_in = 'x'", "released_in is 'x'"},
	{"UPDATE release SET map_id = -1", "map_id is -1"},
	{"UPDATE release SET released_by = 9999, released_by_cgroup = 1",
	 "there is no released_by 9999"},
	{"INSERT OR REPLACE INTO cgroup (id, path) VALUES (7, '')",
	 "table cgroup, row 7: path does not begin with a slash"},
	{"INSERT OR REPLACE INTO cgroup (id, path) VALUES (7, 'a/b')",
	 "path does not begin with a slash"},
	{"INSERT OR REPLACE INTO cgroup (id, path) VALUES (7, '/' || hex(zeroblob(700)))",
	 "path is too long, or holds a NUL"},
	{"INSERT OR REPLACE INTO cgroup (id, path) VALUES (7, '/' || char(0))", "holds a NUL"},
	{"INSERT OR REPLACE INTO cgroup (id, path) VALUES (-7, '/')", "row 0: id is -7"},
	{"UPDATE destroy SET outcome = 'x'", "outcome is 'x'"},
	{"UPDATE destroy SET alloc = 'x y'", "alloc is 'x y'"},
	{"DELETE FROM destroy WHERE nth = 0", "not call 0 of teardown"},
	{"DELETE FROM destroy", "not call 0 of teardown"},
	{"INSERT INTO destroy VALUES (9999, 0, NULL, NULL, NULL, NULL, 'empty')", "of no teardown"},
	{"UPDATE teardown SET destroys = -1", "destroys is -1"},
	{"UPDATE task SET comm = '0123456789abcdef'", "comm is too long, or holds a NUL"},
	{"UPDATE task SET comm = CAST(x'610062' AS TEXT)", "holds a NUL"},
	{"UPDATE task SET comm = zeroblob(2000000) WHERE id = 1", "too big"},
	{"UPDATE task SET pid = 1 << 32", "pid is 4294967296"},
	{"UPDATE map SET name = x'0000'", "holds a NUL"},
	{"UPDATE caller SET byte_offset = NULL", "byte_offset is NULL"},
	{"UPDATE allocator SET alloc = '3ma'", "alloc is '3ma'"},
	{"UPDATE allocator SET percpu = 5", "percpu is 5"},
	{"UPDATE hang SET stack = char(27) || '[2J'", "not plain text"},
	{"UPDATE hang SET stack = 'a' || char(8238)", "not plain text"},
	{"UPDATE hang SET place = 'a' || char(10)", "not plain text"},
	{"UPDATE hang SET stack = printf('%.5000c', 'x')", "too long"},
	{"UPDATE scenario SET fill = 'half'", "fill is 'half'"},
	{"UPDATE scenario SET name = printf('%.128c', 'x')", "too long"},
	{"UPDATE ledger SET value = 'x'", "value is text"},
	{"UPDATE point SET attached = 'x'", "attached is text"},
	{SCHEMA("UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'call'"), "damaged"},
	{SCHEMA("UPDATE sqlite_master SET sql = 'rubbish' WHERE name = 'call'"), "damaged"},
	/* Each row of one table as one of another. */
	{SCHEMA("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
		"WHERE name = 'task') WHERE name = 'call'"),
	 "damaged"},
};

TEST(test_changed)
{
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		const char *path = make_sample();

		assert_true(survives(path));
		change(path, damages[i].sql);
		check_refused(path, -EINVAL, damages[i].why);
	}
}

/* Additions and a new order do no harm. */
TEST(test_changed_harmlessly)
{
	static const char *const changes[] = {
		NO_VIEWS,
		"CREATE TABLE mine(x); CREATE INDEX i ON call(latency_ns)",
		"CREATE INDEX i ON call(latency_ns, seq, ts_ns, caller, map, allocator, empty, "
		"task, cpu, release)",
		"ALTER TABLE call ADD COLUMN note TEXT DEFAULT 'x'",
		"INSERT INTO ledger VALUES ('news', 5)",
		"UPDATE run SET end_ns = NULL",
		"CREATE TRIGGER t AFTER INSERT ON call BEGIN DELETE FROM call; END",
		"INSERT INTO task VALUES (123456789012, 1, 2, 'x'); UPDATE call SET task = "
		"123456789012",
		"UPDATE map SET name = NULL",
		"DELETE FROM call; DELETE FROM caller",
		"VACUUM",
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const char *path = make_sample();
		struct reading reading = {.path = path};

		change(path, changes[i]);
		assert_string_equal(said(read_all, &reading), "");
		assert_int_equal(reading.err, 0);
		assert_true(reading.items > 50);
	}
}

TEST(test_truncated)
{
	const char *path = make_sample();
	size_t size, i, read = 0;
	char *bytes = contents(path, &size);

	for (i = 0; i < NR_TRUNCATIONS; i++) {
		store(path, bytes, size * i / NR_TRUNCATIONS);
		read += survives(path);
	}
	assert_int_equal(read, 0);
	store(path, bytes, size);
	assert_true(survives(path));
	free(bytes);
}

TEST(test_flipped)
{
	const char *path = make_sample();
	size_t size, i, read = 0;
	char *bytes = contents(path, &size);

	for (i = 0; i < NR_FLIPS; i++) {
		size_t at[3] = {below(size), below(size), below(4096)};
		char old[3] = {bytes[at[0]], bytes[at[1]], bytes[at[2]]};

		bytes[at[0]] ^= 1 << below(8);
		if (i % 4 == 1)
			bytes[at[1]] = (char)random64();
		if (i % 4 == 2)
			bytes[at[2]] = (char)random64();
		store(path, bytes, size);
		read += survives(path);
		bytes[at[2]] = old[2];
		bytes[at[1]] = old[1];
		bytes[at[0]] = old[0];
	}
	/* Many bytes of a file mean nothing, or may have other values. */
	assert_in_range(read, 1, NR_FLIPS - 1);
	free(bytes);
}

/* A journal that would delete other files is not applied. */
TEST(test_hostile_journal)
{
	static const unsigned char magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
	unsigned char journal[1024] = {};
	const char *path = make_sample(), *journal_path = journal_of(path);

	memcpy(journal, magic, sizeof(magic));
	memcpy(journal + sizeof(journal) - sizeof(magic), magic, sizeof(magic));
	store(journal_path, journal, sizeof(journal));
	check_refused(path, -EACCES, "commit was interrupted");
	assert_int_equal(unlink(journal_path), 0);
	assert_true(survives(path));
}

TEST_MAIN(NULL, NULL)
