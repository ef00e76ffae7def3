/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Catches the messages on stderr.
 */
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include "support/test.h"

/* Runs a function and returns its messages, valid until the next call. */
static inline const char *said(void (*function)(void *), void *arg)
{
	static char text[4096];
	FILE *file = fdopen(memfd_create("stderr", 0), "w+");
	int saved = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	function(arg);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

/* The text is one line, and contains this. */
static inline void check_one_line(const char *text, const char *has)
{
	size_t len = strlen(text);

	if (!len || strchr(text, '\n') != text + len - 1 || !strstr(text, has))
		fail_msg("not one line with \"%s\": %s", has, text);
}
