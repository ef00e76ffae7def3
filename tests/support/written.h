/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text that functions write to a stream, and its lines.
 */
#pragma once

#include "support/test.h"

static char *written_text;
static size_t written_len;

static inline FILE *out_open(void)
{
	FILE *out = open_memstream(&written_text, &written_len);

	assert_non_null(out);
	return out;
}

/* The output since, valid until the next call. */
static inline const char *out_close(FILE *out)
{
	static char *last;

	assert_int_equal(fclose(out), 0);
	free(last);
	last = written_text;
	return last;
}

/* The nth line from 0 on, without its end, valid until the next call. */
static inline const char *line_of(const char *text, int nth)
{
	static char line[2048];

	while (nth--) {
		text = strchr(text, '\n');
		assert_non_null(text);
		text++;
	}
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return line;
}

static inline size_t occurrences(const char *text, const char *what)
{
	size_t nr = 0;

	for (; (text = strstr(text, what)); text++)
		nr++;
	return nr;
}

/* The number of lines, all of printable ASCII. */
static inline size_t printable_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++) {
		lines += *text == '\n';
		if (*text != '\n')
			assert_in_range(*text, ' ', '~');
	}
	return lines;
}

static inline FILE *full_disk(void)
{
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	return full;
}

static inline void check_begins(const char *text, const char *want)
{
	if (strncmp(text, want, strlen(want)))
		fail_msg("does not begin with '%s': %s", want, text);
}

static inline void check_has(const char *text, const char *want)
{
	if (!strstr(text, want))
		fail_msg("no '%s' in: %s", want, text);
}
