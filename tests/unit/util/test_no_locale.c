// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names on a machine without any locale, as in an initramfs: letters are letters there, too.
 */
#include <locale.h>

#include "support/test.h"
#include "util/macros.h"
#include "util/text.h"

/* In place of the C library's. */
locale_t newlocale(int mask, const char *name, locale_t base)
{
	(void)mask;
	(void)name;
	(void)base;
	return (locale_t)0;
}

static const struct {
	const char *name;
	size_t columns;
} names[] = {
	{"gr\xc3\xbc\xc3\x9f", 4},
	{"\xe5\x90\x8d\xe5\x89\x8d", 4},
	{"\xed\x95\x9c", 2},
	{"\xf0\x9f\x98\x80", 2},
	{"e\xcc\x81", 1},
	{"\xd0\xb8\xd0\xbc\xd1\x8f", 3},
	{"\xe0\xa4\xb9\xe0\xa4\x82\xe0\xa4\xa6", 2},
};

TEST(letters)
{
	char dst[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		text_printable(dst, sizeof(dst), names[i].name, strlen(names[i].name));
		assert_string_equal(dst, names[i].name);
		assert_int_equal(text_width(dst), names[i].columns);
		text_utf8(dst, sizeof(dst), names[i].name, strlen(names[i].name));
		assert_string_equal(dst, names[i].name);
	}
}

/* Controls, marks of direction, a noncharacter, and bytes that are no UTF-8. */
TEST(no_letters)
{
	static const char *const bad[] = {"\xc2\x9b",	  "\xe2\x80\xae",     "\xe2\x80\xa8",
					  "\xef\xbf\xbe", "\xf3\xa0\x80\xa1", "\xff",
					  "\xed\xa0\x80", "\xc0\xaf",	      "\xf4\x90\x80\x80"};
	char dst[64];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		size_t len = text_printable(dst, sizeof(dst), bad[i], strlen(bad[i]));

		assert_int_equal(len, 4 * strlen(bad[i]));
		assert_int_equal(*dst, '\\');
	}
}

TEST_MAIN(NULL, NULL)
