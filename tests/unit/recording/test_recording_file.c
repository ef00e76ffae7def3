// SPDX-License-Identifier: GPL-2.0-only
/* The file of a recording: which files it may replace, and what is left of it after accidents. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "support/files.h"
#include "support/recorded.h"
#include "util/macros.h"

#define NR_KILLS 50

struct creation {
	const char *path;
	bool force;
	int err;
};

static void create(void *arg)
{
	struct creation *creation = arg;
	const struct run_info run_info = some_conditions();
	struct writer *recording = NULL;

	creation->err = writer_create(&recording, creation->path, creation->force, &run_info);
	if (!creation->err)
		writer_close(recording);
}

static void check_refused(const char *path, bool force, int err, const char *why)
{
	struct creation creation = {path, force, 0};

	check_one_line(said(create, &creation), why);
	assert_int_equal(creation.err, err);
}

static void check_created(const char *path, bool force)
{
	struct creation creation = {path, force, 0};

	assert_string_equal(said(create, &creation), "");
	assert_int_equal(creation.err, 0);
}

static int count(void *ctx, const struct call *call)
{
	(void)call;
	++*(long *)ctx;
	return 0;
}

/* -1: it cannot be read. */
static long events_in(const char *path)
{
	static const struct event_sink_ops ops = {.call = count};
	const struct reader_options opts = {.view = VIEW_CALLS, .identity = true};
	struct reader *replay;
	long nr = 0;
	const struct event_sink sink = {&ops, &nr};

	if (reader_open(&replay, path))
		return -1;
	if (reader_run(replay, &opts, &sink, NULL))
		nr = -1;
	reader_close(replay);
	return nr;
}

static void check_integrity(const char *path)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

TEST(test_replace)
{
	const char *path = temp_path(), *journal = journal_of(path);

	check_created(path, false);
	check_refused(path, false, -EEXIST, path);
	check_refused(path, false, -EEXIST, "--force");
	check_created(path, true);
	assert_int_equal(events_in(path), 0);

	store(path, "text", 4);
	check_refused(path, false, -EEXIST, path);
	store(journal, "text", 4);
	check_created(path, true);
	assert_int_equal(access(journal, F_OK), -1);
	assert_int_equal(events_in(path), 0);
}

TEST(test_no_file)
{
	const char *fifo = temp_path(), *link = temp_path(), *target = temp_path();

	check_refused("/tmp", true, -EINVAL, "not a regular file");
	check_refused("/dev/null", true, -EINVAL, "not a regular file");
	check_refused("", true, -ENOENT, "''");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	check_refused(fifo, true, -EINVAL, "not a regular file");

	/* Nor the target of a link. */
	store(target, "precious", 8);
	assert_int_equal(symlink(target, link), 0);
	check_refused(link, true, -EINVAL, "not a regular file");
	unlink(target);
	check_refused(link, true, -EINVAL, "not a regular file");
	assert_int_equal(access(target, F_OK), -1);
}

/* Names that are special to SQLite are names of files. */
TEST(test_names)
{
	static const char *const names[] = {":memory:", "file:x?mode=memory", "-x", "x?y=%41"};
	const char *dir = temp_path();
	size_t i;

	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(chdir(dir), 0);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		check_created(names[i], false);
		assert_int_equal(access(names[i], F_OK), 0);
		assert_int_equal(events_in(names[i]), 0);
		assert_int_equal(unlink(names[i]), 0);
	}
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* Of its owner only, whatever the umask: command lines and names of all users' tasks are in it. */
TEST(test_permissions)
{
	static const mode_t masks[] = {0, 027, 0777};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		const char *path = temp_path();
		mode_t old = umask(masks[i]);
		struct writer *recording = new_recording(path, NULL);

		umask(old);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(stat(journal_of(path), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		writer_close(recording);
		assert_int_equal(access(journal_of(path), F_OK), -1);
	}
}

/* Writes to fd after each commit how many calls are safe, until it is killed. */
static void record_for_ever(const char *path, int fd)
{
	const struct run_info run_info = some_conditions();
	struct writer *recording;
	long nr = 0;

	if (writer_create(&recording, path, false, &run_info))
		_exit(1);
	if (write(fd, &nr, sizeof(nr)) < 0)
		_exit(1);
	for (;;) {
		size_t i, more = 1 + below(300);

		for (i = 0; i < more; i++) {
			struct call call = some_call();

			if (writer_call(recording, &call))
				_exit(1);
		}
		nr += more;
		if (writer_commit(recording) || write(fd, &nr, sizeof(nr)) < 0)
			_exit(1);
	}
}

TEST(test_killed)
{
	for (int i = 0; i < NR_KILLS; i++) {
		const char *path = temp_path();
		long nr = -1, safe = -1, held;
		int fd[2], status;
		pid_t pid;

		random64();
		assert_int_equal(pipe(fd), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			record_for_ever(path, fd[1]);
		close(fd[1]);
		assert_int_equal(read(fd[0], &safe, sizeof(safe)), sizeof(safe));
		usleep(below(20000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(fd[0], &nr, sizeof(nr)) == sizeof(nr))
			safe = nr;
		close(fd[0]);

		held = events_in(path);
		if (held < safe)
			fail_msg("killed after %ld safe ones, %ld are left", safe, held);
		check_integrity(path);
	}
}

TEST(test_unended)
{
	struct call call = some_call();
	const char *path = temp_path();
	struct writer *recording = new_recording(path, NULL);
	struct reader *replay;

	assert_int_equal(writer_call(recording, &call), 0);
	assert_int_equal(writer_commit(recording), 0);
	assert_int_equal(writer_call(recording, &call), 0);
	assert_int_equal(events_in(path), 1); /* while it is being written */
	writer_close(recording);
	replay = open_recording(path);
	assert_true(replay->run_info->end_ns == UNKNOWN_NS);
	reader_close(replay);
	assert_int_equal(events_in(path), 1);
}

/* A commit waits for readers; a later one writes its rows. */
TEST(test_reader_in_the_way)
{
	struct call call = some_call();
	const char *path = temp_path();
	struct writer *recording = new_recording(path, NULL);
	struct reader *replay = open_recording(path);

	assert_int_equal(writer_call(recording, &call), 0);
	assert_int_equal(writer_commit(recording), 0);
	assert_int_equal(writer_call(recording, &call), 0);
	reader_close(replay);
	end_recording(recording, 1);
	assert_int_equal(events_in(path), 2);
}

static sqlite3 *other;

/* Opens what has just been opened, and begins to read. */
static int read_too(sqlite3 *db, const char **message, const void *api)
{
	(void)message;
	(void)api;
	sqlite3_cancel_auto_extension((void (*)(void))read_too);
	assert_int_equal(sqlite3_open(sqlite3_db_filename(db, "main"), &other), SQLITE_OK);
	return sqlite3_exec(other, "BEGIN; SELECT * FROM sqlite_master", NULL, NULL, NULL);
}

/* Also at the first commits, before which there is nothing to read. */
TEST(test_reader_in_the_way_at_once)
{
	const struct run_info run_info = some_conditions();
	struct call call = some_call();
	const char *path = temp_path();
	struct writer *recording;

	sqlite3_auto_extension((void (*)(void))read_too);
	recording = new_recording(path, &run_info);
	assert_int_equal(writer_begin(recording, &run_info), 0);
	assert_int_equal(writer_call(recording, &call), 0);
	assert_int_equal(writer_commit(recording), 0);
	sqlite3_close(other);
	end_recording(recording, 1);
	assert_int_equal(events_in(path), 1);
}

static void end_in_vain(void *recording)
{
	assert_int_equal(writer_end(recording, &(struct moment){.ns = 1}), -EBUSY);
}

/* One that stays for the whole run costs nothing but the name. */
TEST(test_reader_in_the_way_at_the_end)
{
	const char *path = temp_path(), *message;
	struct writer *recording = new_recording(path, NULL);
	struct reader *replay = open_recording(path);
	struct call call = some_call();
	char *copy, *end_of_copy;

	assert_int_equal(writer_call(recording, &call), 0);
	message = said(end_in_vain, recording);
	assert_non_null(strstr(message, "another program has it locked\n"));
	copy = strstr(message, "complete in '");
	assert_non_null(copy);
	copy = strdup(copy + strlen("complete in '"));
	end_of_copy = strchr(copy, '\'');
	assert_non_null(end_of_copy);
	*end_of_copy = '\0';
	writer_close(recording);
	reader_close(replay);
	assert_int_equal(events_in(path), 0);
	assert_int_equal(events_in(copy), 1);
	check_integrity(copy);
	unlink(copy);
	free(copy);
}

/* A program that writes to the recording is waited for. */
TEST(test_writer_in_the_way)
{
	const char *path = temp_path();
	struct writer *recording = new_recording(path, NULL);
	struct call call = some_call();
	int ends[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		sqlite3_open(path, &other);
		sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		if (write(ends[1], "", 1) != 1)
			_exit(1);
		usleep(300000);
		_exit(0);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(writer_call(recording, &call), 0);
	end_recording(recording, 1);
	assert_int_equal(events_in(path), 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
}

static void copy_file(const char *from, const char *to, const char *suffix)
{
	char command[4 * PATH_SIZE];

	snprintf(command, sizeof(command), "cp '%s%s' '%s%s'", from, suffix, to, suffix);
	assert_int_equal(system(command), 0);
}

static void count_events(void *arg)
{
	struct creation *counted = arg;

	counted->err = (int)events_in(counted->path);
}

/* A file in the middle of a change that will not be completed, with its journal. */
static const char *make_cut_short(void)
{
	const char *path = temp_path(), *whole = temp_path();
	struct writer *recording = new_recording(whole, NULL);
	sqlite3 *db;
	int i;

	for (i = 0; i < 2000; i++) {
		struct call call = some_call();

		assert_int_equal(writer_call(recording, &call), 0);
	}
	end_recording(recording, 1);
	assert_int_equal(sqlite3_open(whole, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA cache_size = 5; BEGIN; UPDATE call SET cpu = 7; "
				      "DELETE FROM call WHERE seq % 3",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	copy_file(whole, path, "");
	copy_file(whole, path, "-journal");
	sqlite3_close(db);
	return path;
}

TEST(test_cut_short)
{
	const char *path = make_cut_short(), *journal = journal_of(path);
	struct creation counted = {.path = path};

	if (!geteuid()) {
		assert_int_equal(chmod(path, 0644), 0);
		assert_int_equal(chmod(journal, 0644), 0);
		assert_int_equal(seteuid(65534), 0);
		check_one_line(said(count_events, &counted), "permission to write");
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(counted.err, -1);
	}
	assert_string_equal(said(count_events, &counted), "");
	assert_int_equal(counted.err, 2000);
	assert_int_equal(access(journal, F_OK), -1);
	check_integrity(path);
}

struct filling {
	struct writer *recording;
	long safe;
	int err;
};

static void fill(void *arg)
{
	struct filling *filling = arg;
	int i;

	while (!filling->err) {
		for (i = 0; i < 1000 && !filling->err; i++) {
			const struct call call = some_call();

			filling->err = writer_call(filling->recording, &call);
		}
		if (!filling->err)
			filling->err = writer_commit(filling->recording);
		if (!filling->err)
			filling->safe = (long)writer_events(filling->recording);
		assert_true(filling->safe < 1000000);
	}
}

static void end_silently(void *arg)
{
	struct filling *filling = arg;
	const struct call call = some_call();

	assert_int_equal(writer_call(filling->recording, &call), filling->err);
	assert_int_equal(writer_commit(filling->recording), filling->err);
	assert_int_equal(writer_end(filling->recording, &(struct moment){.ns = 1}), filling->err);
}

TEST(test_full)
{
	struct rlimit old, limit;
	struct filling filling = {};
	const char *path = temp_path();

	signal(SIGXFSZ, SIG_IGN);
	filling.recording = new_recording(path, NULL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 2 << 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	check_one_line(said(fill, &filling), path);
	assert_int_equal(filling.err, -ENOSPC);
	assert_string_equal(said(end_silently, &filling), "");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	writer_close(filling.recording);

	assert_true(filling.safe > 0);
	assert_int_equal(events_in(path), filling.safe);
	check_integrity(path);
}

TEST_MAIN(NULL, NULL)
