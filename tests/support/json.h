/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks that text is JSON, and finds values in it.
 */
#pragma once

#include "support/test.h"
#include "util/text.h"

#define JSON_MAX_NAMES 128

/* Where the string at this place ends, or the number or word. */
static inline const char *json_string_end(const char *at)
{
	const char *begin = at;
	__s32 c;
	size_t n;

	if (*at++ != '"')
		fail_msg("no string: %s", begin);
	for (; *at != '"'; at += n) {
		n = text_char(at, strnlen(at, 4), &c);
		if (!n || c < ' ' || (c == '\\' && (!at[1] || !strchr("\"\\/bfnrtu", at[1]))) ||
		    (!strncmp(at, "\\u", 2) && strspn(at + 2, "0123456789abcdefABCDEF") < 4))
			fail_msg("no character: %s in %s", at, begin);
		n += c == '\\';
	}
	return at + 1;
}

static inline const char *json_scalar_end(const char *at)
{
	const char *word = strchr("ntf", *at) ? *at == 'n'   ? "null"
						: *at == 't' ? "true"
							     : "false"
					      : "";
	size_t len = strspn(at, "-.0123456789e");
	char *end;

	if (*at == '"')
		return json_string_end(at);
	if (*word && !strncmp(at, word, strlen(word)))
		return at + strlen(word);
	strtod(at, &end);
	if (!len || end != at + len || strchr("-.e", end[-1]) || *at == '.')
		fail_msg("no value: %s", at);
	return end;
}

/* The same of any value. The names of an object's members differ. */
static inline const char *json_end(const char *at)
{
	const char *names[JSON_MAX_NAMES], *begin = at, *end;
	size_t nr = 0, i;

	if (*at != '{' && *at != '[')
		return json_scalar_end(at);
	for (at += 1 + (at[1] == '\n'); *at != *begin + 2; at += *at == ',', at += *at == '\n') {
		if (*begin == '{') {
			end = json_string_end(at);
			for (i = 0; i < nr; i++)
				if (!strncmp(names[i], at, end - at))
					fail_msg("twice: %s", at);
			assert_true(nr < JSON_MAX_NAMES);
			names[nr++] = at;
			if (*end != ':')
				fail_msg("no member: %s", at);
			at = end + 1;
		}
		at = json_end(at);
		if (*at == ',' ? strchr("]}", at[1]) != NULL : at[*at == '\n'] != *begin + 2)
			fail_msg("no end: %s of %s", at, begin);
	}
	return at + 1;
}

/* All of it is lines of JSON. */
static inline void json_check_lines(const char *text)
{
	do {
		text = json_end(text);
		if (*text++ != '\n')
			fail_msg("no end of line: %s", text);
	} while (*text);
}

/* In the line, the value of the first member of this name, of whatever object; NULL: none. */
static inline const char *json_find(const char *line, const char *name)
{
	char key[64];
	size_t len = snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = line ? memmem(line, strchrnul(line, '\n') - line, key, len) : NULL;

	return at ? at + len : NULL;
}

/* Whether such a value is this, as it is written. */
static inline bool json_is(const char *line, const char *name, const char *want)
{
	const char *value = json_find(line, name);

	return value && !strncmp(value, want, strlen(want)) && strchr(",}]", value[strlen(want)]);
}
