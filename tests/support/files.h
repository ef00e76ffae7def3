/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes, reads and compares files of tests.
 */
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

static inline void store(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Text of len bytes, to be freed. */
static inline char *contents(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	struct stat st;
	char *text;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	text = malloc(st.st_size + 1);
	assert_non_null(text);
	*len = fread(text, 1, st.st_size, file);
	assert_int_equal(*len, st.st_size);
	text[*len] = '\0';
	fclose(file);
	return text;
}

/* Checks that both hold the same, and removes them. Returns the number of bytes. */
static inline size_t check_same_files(const char *line, const char *live_file,
				      const char *recorded_file)
{
	size_t live_len, recorded_len, at = 0, begin;
	char *live = contents(live_file, &live_len), *recorded;

	recorded = contents(recorded_file, &recorded_len);
	while (at < live_len && live[at] == recorded[at])
		at++;
	for (begin = at; begin && live[begin - 1] != '\n';)
		begin--;
	if (live_len != recorded_len || at < live_len)
		fail_msg("'%s' shows, live:\n%.400s\nrecorded:\n%.400s", line, live + begin,
			 recorded + begin);
	free(live);
	free(recorded);
	unlink(live_file);
	unlink(recorded_file);
	return live_len;
}
