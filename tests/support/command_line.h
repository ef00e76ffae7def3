/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parses command lines for tests as the program does, and keeps its messages.
 */
#pragma once

#include "cmd/options.h"
#include "support/messages.h"

#define MAX_ARGS 2100

static struct options opts;
static const char *messages; /* of the last parse() */

struct command_line {
	int argc;
	char **argv;
	enum options_result result;
};

static inline void parse_arguments(void *arg)
{
	struct command_line *line = arg;

	memset(&opts, 0xa5, sizeof(opts)); /* defaults must not depend on zeroed memory */
	line->result = options_parse(&opts, line->argc, line->argv);
}

/* Splits at spaces; '~' alone is an empty argument, '%' a space, '^' a percent sign. */
static inline enum options_result parse(const char *line)
{
	static char words[8192], empty[1];
	static char *argv[MAX_ARGS + 1]; /* opts points into it */
	struct command_line parsed = {1, argv, OPTIONS_BAD};
	char *save;

	memset(argv, 0, sizeof(argv));
	argv[0] = "memdestroy-trace";
	assert_true(strlen(line) < sizeof(words));
	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		assert_true(parsed.argc < MAX_ARGS);
		argv[parsed.argc++] = strcmp(w, "~") ? w : empty;
	}
	for (int i = 1; i < parsed.argc; i++)
		for (char *c = argv[i]; (c = strpbrk(c, "%^")); c++)
			*c = *c == '%' ? ' ' : '%';
	messages = said(parse_arguments, &parsed);
	return parsed.result;
}

static inline void good(const char *line)
{
	if (parse(line) != OPTIONS_RUN || *messages)
		fail_msg("'%s' is refused: %s", line, messages);
}

/* The line is refused with one line on stderr that contains the message. */
static inline void bad(const char *line, const char *message)
{
	if (parse(line) != OPTIONS_BAD)
		fail_msg("'%s' is taken", line);
	if (strncmp(messages, "memdestroy-trace: ", 18))
		fail_msg("'%s' says: %s", line, messages);
	check_one_line(messages, message);
}

/* The line is taken with each of these words at its end. */
static inline void good_words(const char *line, const char *words)
{
	char copy[1024], whole[1024], *save;

	assert_true(strlen(words) < sizeof(copy));
	strcpy(copy, words);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		snprintf(whole, sizeof(whole), "%s %s", line, word);
		good(whole);
	}
}

/* The line is refused with each of these words at its end. %s in the message is the word, up to a
 * '='. */
static inline void bad_words(const char *line, const char *words, const char *message)
{
	char copy[1024], whole[1024], expected[512], *save;

	assert_true(strlen(words) < sizeof(copy));
	strcpy(copy, words);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		snprintf(whole, sizeof(whole), "%s %s", line, word);
		word[strcspn(word, "=")] = '\0';
		snprintf(expected, sizeof(expected), message, word);
		bad(whole, expected);
	}
}
