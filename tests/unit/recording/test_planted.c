// SPDX-License-Identifier: GPL-2.0-only
/* Files that another user made beside a recording are not read, written, or waited for. */
#include <errno.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "support/files.h"
#include "support/recorded.h"
#include "util/macros.h"

#define NOBODY 65534

/* A file planted under a name. */
enum plant { FIFO, LINK, DANGLING, HARD_LINK, FOREIGN, DIRECTORY, NR_PLANTS };

static const char *const why[NR_PLANTS] = {
	[FIFO] = "is not a regular file",
	[LINK] = "is a link",
	[DANGLING] = "is a link",
	[HARD_LINK] = "is a file with other names",
	[FOREIGN] = "belongs to another user",
	[DIRECTORY] = "is not a regular file",
};

static const char victim_text[] = "precious";
static const char *victim;

static void plant(enum plant what, const char *name)
{
	victim = temp_path();
	store(victim, victim_text, sizeof(victim_text));
	switch (what) {
	case FIFO:
		assert_int_equal(mkfifo(name, 0666), 0);
		break;
	case DANGLING:
		unlink(victim);
		/* fall through */
	case LINK:
		assert_int_equal(symlink(victim, name), 0);
		break;
	case HARD_LINK:
		assert_int_equal(link(victim, name), 0);
		break;
	case FOREIGN:
		assert_int_equal(rename(victim, name), 0);
		assert_int_equal(chown(name, NOBODY, NOBODY), 0);
		victim = name;
		break;
	default:
		assert_int_equal(mkdir(name, 0777), 0);
	}
}

static void remove_plant(enum plant what, const char *name)
{
	size_t len;
	char *text;

	if (what == DANGLING) {
		assert_int_equal(access(victim, F_OK), -1);
	} else {
		text = contents(victim, &len);
		assert_int_equal(len, sizeof(victim_text));
		assert_memory_equal(text, victim_text, len);
		free(text);
	}
	assert_int_equal(what == DIRECTORY ? rmdir(name) : unlink(name), 0);
}

static const char *beside(const char *path, const char *suffix)
{
	static char name[PATH_SIZE + 16];

	snprintf(name, sizeof(name), "%.*s%s", PATH_SIZE, path, suffix);
	return name;
}

/* A test of the owner takes root. */
static bool is_possible(enum plant what)
{
	return what != FOREIGN || !geteuid();
}

struct attempt {
	const char *path;
	struct writer *writer;
	struct reader *reader;
	int err;
	bool force;
};

static void try_to_read(void *arg)
{
	struct attempt *attempt = arg;

	attempt->err = reader_open(&attempt->reader, attempt->path);
}

static void try_to_create(void *arg)
{
	struct attempt *attempt = arg;
	const struct run_info run_info = some_conditions();

	attempt->err = writer_create(&attempt->writer, attempt->path, attempt->force, &run_info);
}

static void try_to_commit(void *arg)
{
	struct attempt *attempt = arg;
	const struct call call = some_call();

	attempt->err = writer_call(attempt->writer, &call) ?: writer_commit(attempt->writer);
}

TEST(test_read_with_journal)
{
	for (enum plant what = 0; what < NR_PLANTS; what++) {
		struct attempt attempt = {.path = temp_path()};

		if (!is_possible(what))
			continue;
		end_recording(new_recording(attempt.path, NULL), 1);
		plant(what, journal_of(attempt.path));
		check_one_line(said(try_to_read, &attempt), why[what]);
		assert_int_equal(attempt.err, -EACCES);
		remove_plant(what, journal_of(attempt.path));
	}
}

/* Recordings have no write-ahead log. */
TEST(test_read_with_log)
{
	for (enum plant what = 0; what < NR_PLANTS; what++) {
		struct attempt attempt = {.path = temp_path()};

		if (!is_possible(what))
			continue;
		end_recording(new_recording(attempt.path, NULL), 1);
		plant(what, beside(attempt.path, "-wal"));
		assert_string_equal(said(try_to_read, &attempt), "");
		reader_close(attempt.reader);
		remove_plant(what, beside(attempt.path, "-wal"));
	}
}

/* A log that SQLite made, of a copy: it would change what is read. */
TEST(test_read_with_forged_log)
{
	const char *path = temp_path(), *forged = temp_path();
	char command[8 * PATH_SIZE];
	struct reader *reader;
	sqlite3 *db;

	if (geteuid())
		skip();
	end_recording(new_recording(path, NULL), 1);
	snprintf(command, sizeof(command), "cp %s %s", path, forged);
	assert_int_equal(system(command), 0);
	assert_int_equal(sqlite3_open(forged, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA journal_mode = WAL; UPDATE run SET host = 'forged'",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	snprintf(command, sizeof(command), "cp %s-wal %s-wal && chown %d %s-wal", forged, path,
		 NOBODY, path);
	assert_int_equal(system(command), 0);
	sqlite3_close(db);
	reader = open_recording(path);
	assert_string_not_equal(reader->run_info->host, "forged");
	reader_close(reader);
	unlink(beside(path, "-wal"));
	unlink(beside(path, "-shm"));
}

TEST(test_create)
{
	static const char *const suffixes[] = {"-journal", "-wal", "-shm"};

	for (int i = 0; i < NR_PLANTS * 3; i++) {
		struct attempt attempt = {.path = temp_path()};
		const char *name = beside(attempt.path, suffixes[i % 3]);
		enum plant what = i / 3;

		if (!is_possible(what))
			continue;
		plant(what, name);
		check_one_line(said(try_to_create, &attempt), why[what]);
		assert_int_equal(attempt.err, -EEXIST);
		assert_int_equal(access(attempt.path, F_OK), -1);
		remove_plant(what, name);
		plant(what, name);
		attempt.force = true;
		assert_string_equal(said(try_to_create, &attempt), "");
		writer_close(attempt.writer);
		assert_int_equal(access(name, F_OK), -1);
	}
}

/* In a directory where everybody may remove everybody's files. */
TEST(test_plant_while_recording)
{
	for (enum plant what = 0; what < NR_PLANTS; what++) {
		struct attempt attempt = {.path = temp_path()};

		if (!is_possible(what))
			continue;
		attempt.writer = new_recording(attempt.path, NULL);
		plant(what, beside(attempt.path, "-wal"));
		assert_string_equal(said(try_to_commit, &attempt), "");
		remove_plant(what, beside(attempt.path, "-wal"));
		assert_int_equal(unlink(journal_of(attempt.path)), 0);
		plant(what, journal_of(attempt.path));
		check_one_line(said(try_to_commit, &attempt), attempt.path);
		assert_true(attempt.err < 0);
		writer_close(attempt.writer);
		remove_plant(what, journal_of(attempt.path));
		reader_close(open_recording(attempt.path));
	}
}

TEST(test_removed_while_recording)
{
	struct attempt attempt = {.path = temp_path()};

	attempt.writer = new_recording(attempt.path, NULL);
	unlink(attempt.path);
	check_one_line(said(try_to_commit, &attempt), "it was removed or replaced");
	writer_close(attempt.writer);
}

TEST_MAIN(NULL, NULL)
