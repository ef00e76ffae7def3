/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parses command lines for tests as the program does, and keeps its messages.
 */
#ifndef MEMDESTROY_SUPPORT_COMMAND_LINE_H
#define MEMDESTROY_SUPPORT_COMMAND_LINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/options.h"

#define MAX_ARGS 2100

static struct options opts;
static char said[4096]; /* on stderr, by the last parse() */

/* Splits at spaces; '~' alone is an empty argument, '%' a space, '^' a percent sign. */
static inline enum options_result parse(const char *line)
{
	static char words[8192], empty[1];
	static char *argv[MAX_ARGS + 1]; /* opts points into it */
	char *save;
	FILE *file = tmpfile();
	int argc = 1, stderr_fd = dup(STDERR_FILENO);
	enum options_result result;
	size_t len;

	memset(argv, 0, sizeof(argv));
	argv[0] = "memdestroy-trace";
	assert_non_null(file);
	assert_true(strlen(line) < sizeof(words));
	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		assert_true(argc < MAX_ARGS);
		argv[argc++] = strcmp(w, "~") ? w : empty;
	}
	for (int i = 1; i < argc; i++)
		for (char *c = argv[i]; (c = strpbrk(c, "%^")); c++)
			*c = *c == '%' ? ' ' : '%';
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	memset(&opts, 0xa5, sizeof(opts)); /* defaults must not depend on zeroed memory */
	result = options_parse(&opts, argc, argv);
	dup2(stderr_fd, STDERR_FILENO);
	close(stderr_fd);
	rewind(file);
	len = fread(said, 1, sizeof(said) - 1, file);
	said[len] = '\0';
	fclose(file);
	return result;
}

static inline void good(const char *line)
{
	if (parse(line) != OPTIONS_RUN || said[0])
		fail_msg("'%s' is refused: %s", line, said);
}

/* The line is refused with one line on stderr that contains the message. */
static inline void bad(const char *line, const char *message)
{
	if (parse(line) != OPTIONS_BAD)
		fail_msg("'%s' is taken", line);
	if (strncmp(said, "memdestroy-trace: ", 18) || !strstr(said, message) ||
	    strchr(said, '\n') != said + strlen(said) - 1)
		fail_msg("'%s' says: %s", line, said);
}

#endif
