/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads HTML pages as far as tests need it: whether elements are nested, and text is only text.
 */
#pragma once

#include "support/written.h"
#include "util/text.h"

#define MAX_DEPTH 32
#define TAG_LEN	  16

static inline bool is_void(const char *tag)
{
	return !strcmp(tag, "meta") || !strcmp(tag, "link") || !strcmp(tag, "br");
}

/* The end of a tag's attributes: each is name="value" or a name. */
static inline const char *check_attributes(const char *at)
{
	while (*at != '>' && strncmp(at, "/>", 2)) {
		assert_int_equal(*at, ' ');
		at++;
		at += strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789");
		if (*at != '=')
			continue;
		assert_int_equal(at[1], '"');
		at += 2;
		at += strcspn(at, "\"<>");
		assert_int_equal(*at, '"');
		at++;
	}
	return at;
}

/* Checks a text without markup: each "&" begins a reference that pages use. */
static inline const char *check_text(const char *at)
{
	static const char *const references[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (; *at && *at != '<'; at++) {
		size_t i = 0;

		assert_int_not_equal(*at, '>');
		if (*at != '&')
			continue;
		while (i < 5 && strncmp(at, references[i], strlen(references[i])))
			i++;
		assert_in_range(i, 0, 4);
	}
	return at;
}

/* Fails unless each element ends where it may, and the only script is the tool's own. */
static inline void check_page(const char *page)
{
	static char open[MAX_DEPTH][TAG_LEN];
	int depth = 0;
	__s32 c;

	for (const char *at = page; *at; at += text_char(at, strlen(at) > 4 ? 4 : strlen(at), &c)) {
		assert_true(text_char(at, strlen(at) > 4 ? 4 : strlen(at), &c));
		assert_true((c >= ' ' && c != 0x7f && c != 0x2028 && c != 0x2029) || c == '\n' ||
			    c == '\t');
	}
	check_begins(page, "<!DOCTYPE html>\n");
	page = strchr(page, '\n');
	while (*(page = check_text(page))) {
		bool end = page[1] == '/';
		char tag[TAG_LEN];
		size_t len;

		page += 1 + end;
		len = strspn(page, "abcdefghijklmnopqrstuvwxyz0123456789");
		assert_in_range(len, 1, TAG_LEN - 1);
		snprintf(tag, sizeof(tag), "%.*s", (int)len, page);
		page = end ? page + len : check_attributes(page + len);
		if (end)
			assert_string_equal(open[--depth], tag);
		else if (*page == '>' && !is_void(tag))
			strcpy(open[depth++], tag);
		assert_in_range(depth, 0, MAX_DEPTH - 1);
		page += *page == '/' ? 2 : 1;
		if (end || (strcmp(tag, "style") && strcmp(tag, "script")))
			continue;
		page = strstr(page, "</");
		assert_non_null(page);
	}
	assert_int_equal(depth, 0);
}
