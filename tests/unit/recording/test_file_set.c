// SPDX-License-Identifier: GPL-2.0-only
/* The names of the files of a run. */
#include "support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/file_set.h"
#include "util/macros.h"

static char folder[] = "/tmp/file_set.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return chdir("/") || rmdir(folder);
}

static void touch(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fclose(file);
}

static bool exists(const char *name)
{
	return !access(name, F_OK);
}

static void names(const char *path, unsigned int nr, const char *expected)
{
	char *file = file_set_path(path, nr);

	assert_string_equal(file, expected);
	free(file);
}

TEST(names_of_files)
{
	names("run.mdt", 1, "run-000001.mdt");
	names("/a.b/run", 12, "/a.b/run-000012");
	names("a/.hidden", 7, "a/.hidden-000007");
	names("x.y.mdt", 1234567, "x.y-1234567.mdt");
}

static unsigned int next_of(const char *path)
{
	unsigned int nr = 0;

	assert_int_equal(file_set_next(path, &nr), 0);
	return nr;
}

/* Other files, also those with names that this tool would not make, are none of the set. */
TEST(numbers)
{
	static const char *const others[] = {
		"run.mdt",	    "run-1.mdt",
		"run-00007.mdt",    "run-0000008.mdt",
		"run-000009.mdt~",  "xrun-000010.mdt",
		"run-000011.db",    "run-000012.mdt-journal",
		"run-0000013x.mdt", "run-99999999999.mdt",
		"run-x-000014.mdt", "run--000015.mdt",
		"RUN-000016.mdt",   "run-000000.mdt",
	};

	assert_int_equal(next_of("run.mdt"), 1);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		touch(others[i]);
	assert_int_equal(next_of("run.mdt"), 1);
	touch("run-000041.mdt");
	touch("run-000007.mdt");
	assert_int_equal(next_of("run.mdt"), 42);
	assert_int_equal(next_of("./run.mdt"), 42);
	assert_int_equal(next_of("other.mdt"), 1);
	touch("run-1000000.mdt");
	assert_int_equal(next_of("run.mdt"), 1000001);

	touch("run-000007.mdt-journal");
	assert_int_equal(file_set_trim("run.mdt", 2), 0);
	assert_true(exists("run-1000000.mdt") && exists("run-000041.mdt"));
	assert_false(exists("run-000007.mdt") || exists("run-000007.mdt-journal"));
	assert_int_equal(file_set_trim("run.mdt", 1), 0);
	assert_true(exists("run-1000000.mdt") && !exists("run-000041.mdt"));
	assert_int_equal(file_set_trim("run.mdt", 5), 0);
	assert_int_equal(unlink("run-1000000.mdt"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(unlink(others[i]), 0); /* trim has left it */
}

TEST(no_numbers)
{
	unsigned int nr;

	assert_int_equal(file_set_next("missing/run.mdt", &nr), -ENOENT);
	assert_int_equal(file_set_trim("missing/run.mdt", 1), -ENOENT);
	touch("run-999999999.mdt");
	assert_int_equal(file_set_next("run.mdt", &nr), -EEXIST);
	assert_int_equal(unlink("run-999999999.mdt"), 0);
}

TEST_MAIN(make_folder, remove_folder)
