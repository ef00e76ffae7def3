// SPDX-License-Identifier: GPL-2.0-only
/* Numbers the files of a run, and removes the oldest ones. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/file_set.h"
#include "recording/sql.h"
#include "util/diag.h"

#define DIGITS 6 /* more, if the number has more */

/* A path without its number: "dir/run" and ".mdt". */
struct parts {
	size_t dir_len; /* with the last slash */
	size_t stem_len;
	const char *suffix;
};

static struct parts parts_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	if (!dot || dot == name)
		dot = name + strlen(name);
	return (struct parts){name - path, dot - path, dot};
}

char *file_set_path(const char *path, unsigned int nr)
{
	const struct parts parts = parts_of(path);
	char *file;

	if (asprintf(&file, "%.*s-%0*u%s", (int)parts.stem_len, path, DIGITS, nr, parts.suffix) < 0)
		return NULL;
	return file;
}

/* The number of a file in the directory. 0: it has none of this set. */
static unsigned int number_of(const char *path, const char *name)
{
	const struct parts parts = parts_of(path);
	size_t stem_len = parts.stem_len - parts.dir_len, digits;

	if (strncmp(name, path + parts.dir_len, stem_len) || name[stem_len] != '-')
		return 0;
	name += stem_len + 1;
	digits = strspn(name, "0123456789");
	if (digits < DIGITS || digits > 9 || (digits > DIGITS && *name == '0') ||
	    strcmp(name + digits, parts.suffix))
		return 0;
	return strtoul(name, NULL, 10);
}

static int cannot_list(const char *path, int err)
{
	diag_error("cannot list the files of '%s': %s", path, strerror(-err));
	return err;
}

static DIR *open_directory(const char *path)
{
	const struct parts parts = parts_of(path);
	char *directory = parts.dir_len ? strndup(path, parts.dir_len) : strdup(".");
	DIR *dir = directory ? opendir(directory) : NULL;

	free(directory);
	return dir;
}

/* Calls each for every file of the set. Returns 0 or -errno, already reported. */
static int for_each(const char *path, void (*each)(void *ctx, unsigned int nr), void *ctx)
{
	DIR *dir = open_directory(path);
	const struct dirent *entry;
	int err;

	if (!dir)
		return cannot_list(path, -errno);
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		unsigned int nr = number_of(path, entry->d_name);

		if (nr)
			each(ctx, nr);
	}
	err = -errno;
	closedir(dir);
	return err ? cannot_list(path, err) : 0;
}

static void find_highest(void *ctx, unsigned int nr)
{
	unsigned int *highest = ctx;

	if (nr > *highest)
		*highest = nr;
}

int file_set_next(const char *path, unsigned int *nr)
{
	unsigned int highest = 0;
	int err = for_each(path, find_highest, &highest);

	if (!err && highest == FILE_SET_MAX) {
		diag_error("'%s': no number is left for another file", path);
		err = -EEXIST;
	}
	if (!err)
		*nr = highest + 1;
	return err;
}

struct numbers {
	unsigned int *nr;
	size_t len, room;
	bool failed;
};

static void add_number(void *ctx, unsigned int nr)
{
	struct numbers *numbers = ctx;

	if (numbers->len == numbers->room) {
		size_t room = numbers->room ? 2 * numbers->room : 64;
		unsigned int *more = reallocarray(numbers->nr, room, sizeof(*more));

		numbers->failed |= !more;
		if (!more)
			return;
		numbers->nr = more;
		numbers->room = room;
	}
	numbers->nr[numbers->len++] = nr;
}

static int higher_first(const void *left, const void *right)
{
	const unsigned int *a = left, *b = right;

	return (*a < *b) - (*a > *b);
}

int file_set_trim(const char *path, size_t keep)
{
	struct numbers numbers = {};
	int err = for_each(path, add_number, &numbers);

	if (!err && numbers.failed)
		err = cannot_list(path, -ENOMEM);
	if (!err && numbers.len)
		qsort(numbers.nr, numbers.len, sizeof(*numbers.nr), higher_first);
	for (size_t i = keep; i < numbers.len && !err; i++) {
		char *file = file_set_path(path, numbers.nr[i]);

		if (file)
			sql_remove(file);
		else
			err = cannot_list(path, -ENOMEM);
		free(file);
	}
	free(numbers.nr);
	return err;
}
