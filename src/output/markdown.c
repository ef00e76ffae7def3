// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes text and figures into Markdown, so that they stay text wherever it is read.
 */
#include <ctype.h>
#include <string.h>

#include "output/markdown.h"

#define MIN_COMMIT_DIGITS 7

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || (c & 0x80);
}

/* Of a commit: deadbeef. */
static bool is_commit(const char *word, size_t len)
{
	return len >= MIN_COMMIT_DIGITS && strspn(word, "0123456789abcdefABCDEF") >= len;
}

/* Of an issue: GH-12, or the key of a tracker. */
static bool is_issue(const char *word, size_t len)
{
	bool key = isupper((unsigned char)*word) || (len == 2 && !strncmp(word, "gh", len));

	return key && word[len] == '-' && isdigit((unsigned char)word[len + 1]);
}

static bool has_reference(const char *text)
{
	size_t len;

	for (; *text; text += len + !len) {
		for (len = 0; is_word_char(text[len]);)
			len++;
		if (is_commit(text, len) || is_issue(text, len) ||
		    (len == 3 && !strncasecmp(text, "www", 3) && text[3] == '.'))
			return true;
	}
	return false;
}

static bool is_trimmed(char c)
{
	return c == ' ' || c == '`';
}

/* Emphasis can begin only where no word goes on; ":tada:" is a picture; outer blanks are lost. */
static bool has_markup(const char *text)
{
	const char *colon = strchr(text, ':');

	for (const char *at = text; *at; at++)
		if ((!is_word_char(*at) && !strchr(" _-./:()+,?'\"", *at)) ||
		    (*at == '_' && (at == text || !is_word_char(at[-1]))))
			return true;
	return strstr(text, "//") || (colon && strchr(colon + 1, ':')) ||
	       (*text && (is_trimmed(*text) || is_trimmed(text[strlen(text) - 1])));
}

/*
 * The fence is longer than any in the text. Of the blanks at both ends, one is lost, unless there
 * is nothing else. Tables look for pipes first, also in code.
 */
static void put_code(FILE *out, const char *text, bool in_table)
{
	size_t len = strlen(text), fence = 1, run;
	bool blank = strspn(text, " ") == len;
	const char *pad = !blank && (is_trimmed(text[0]) || is_trimmed(text[len - 1])) ? " " : "";
	const char *at;

	for (at = text; *at; at += run + !run) {
		run = strspn(at, "`");
		if (run >= fence)
			fence = run + 1;
	}
	for (size_t i = 0; i < fence; i++)
		putc('`', out);
	fputs(pad, out);
	for (at = text; *at; at++)
		fprintf(out, *at == '|' && in_table ? "\\%c" : "%c", *at);
	fputs(pad, out);
	for (size_t i = 0; i < fence; i++)
		putc('`', out);
}

void markdown_text(FILE *out, const char *text, bool in_table)
{
	if (has_markup(text) || has_reference(text))
		put_code(out, text, in_table);
	else
		fputs(text, out);
}

void markdown_figure(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\|`*<[&~$", *text))
			putc('\\', out);
		putc(*text, out);
	}
}
