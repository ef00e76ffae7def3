// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formats unusual names, and durations at the limits, as text.
 */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "util/macros.h"
#include "util/text.h"

#define LEN(literal) (sizeof(literal) - 1)

struct sample {
	const char *src;
	size_t len;
	const char *utf8;
	const char *printable;
};

#define SAMPLE(src, utf8, printable)                                                               \
	{                                                                                          \
		src, LEN(src), utf8, printable                                                     \
	}
#define KEPT(src)	     SAMPLE(src, src, src)
#define ESCAPED(src, as)     SAMPLE(src, as, as)
#define UNPRINTABLE(src, as) SAMPLE(src, src, as)

static const struct sample samples[] = {
	KEPT(""),
	KEPT("events_map.2"),
	KEPT("a b\"c\\d,'"),
	KEPT("gr\xc3\xbc\xc3\x9f"),
	KEPT("\xe5\x90\x8d\xf0\x9f\x98\x80"),
	UNPRINTABLE("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
	UNPRINTABLE("\033[31mred\x7f", "\\x1b[31mred\\x7f"),
	/* An accent behind its letter, vowels of a word. */
	KEPT("e\xcc\x81"),
	KEPT("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\x82\xe0\xa4\xa6\xe0\xa5\x80"),
	/* A C1 control, overrides of the writing direction, a joiner, a lonely accent; fillers. */
	UNPRINTABLE("\xc2\x9b", "\\xc2\\x9b"),
	UNPRINTABLE("\xe2\x80\xae", "\\xe2\\x80\\xae"),
	UNPRINTABLE("\xe2\x81\xa6", "\\xe2\\x81\\xa6"),
	UNPRINTABLE("\xe2\x80\x8d", "\\xe2\\x80\\x8d"),
	UNPRINTABLE("\xcc\x81"
		    "e",
		    "\\xcc\\x81e"),
	UNPRINTABLE("a\xc2\xad\xe3\x85\xa4", "a\\xc2\\xad\\xe3\\x85\\xa4"),
	UNPRINTABLE("a\xe2\x80\x8d\xcc\x81", "a\\xe2\\x80\\x8d\\xcc\\x81"),
	UNPRINTABLE("\xe2\x80\xa8", "\\xe2\\x80\\xa8"),
	ESCAPED("a\0b", "a\\x00b"),
	ESCAPED("\xff\xfe", "\\xff\\xfe"),
	ESCAPED("x\x80y", "x\\x80y"),
	/* Truncated, by the end and by another character. */
	ESCAPED("\xc3", "\\xc3"),
	ESCAPED("\xe2\x82", "\\xe2\\x82"),
	ESCAPED("\xe2\x82z", "\\xe2\\x82z"),
	ESCAPED("\xf0\x9f\x98", "\\xf0\\x9f\\x98"),
	/* Overlong, a surrogate, beyond the last character, five bytes. */
	ESCAPED("\xc0\xaf", "\\xc0\\xaf"),
	ESCAPED("\xe0\x80\xaf", "\\xe0\\x80\\xaf"),
	ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80"),
	ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
	ESCAPED("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"),
};

#define NR_SAMPLES (ARRAY_SIZE(samples))

TEST(samples_come_out_right)
{
	const struct sample *sample;
	char dst[64], *src;
	size_t i;

	for (i = 0; i < NR_SAMPLES; i++) {
		sample = &samples[i];
		/* On the heap, where the sanitizer detects a read beyond the end. */
		src = malloc(sample->len + !sample->len);
		assert_non_null(src);
		memcpy(src, sample->src, sample->len);

		assert_int_equal(text_utf8(dst, sizeof(dst), src, sample->len),
				 strlen(sample->utf8));
		assert_string_equal(dst, sample->utf8);
		assert_int_equal(text_printable(dst, sizeof(dst), src, sample->len),
				 strlen(sample->printable));
		assert_string_equal(dst, sample->printable);
		free(src);
	}
}

TEST(every_byte_is_safe)
{
	char src[256], dst[TEXT_SIZE(256)];
	size_t i, len;

	for (i = 0; i < 256; i++)
		src[i] = (char)i;
	len = text_printable(dst, sizeof(dst), src, sizeof(src));
	assert_int_equal(len, 95 + 4 * (256 - 95));
	for (i = 0; i < len; i++)
		assert_in_range(dst[i], ' ', '~');
}

/* In any room, no character is cut in two and nothing is written beyond the end. */
TEST(short_of_room)
{
	static const char src[] = "a\xc3\xbc\n\xe5\x90\x8d\xffz";
	static const char whole[] = "a\xc3\xbc\\x0a\xe5\x90\x8d\\xffz";
	static const size_t ends[] = {0, 1, 3, 7, 10, 14, 15};
	char dst[32];
	size_t size, len, i;

	for (size = 1; size < sizeof(dst); size++) {
		memset(dst, '#', sizeof(dst));
		len = text_printable(dst, size, src, LEN(src));
		for (i = 6; ends[i] >= size; i--)
			;
		assert_int_equal(len, ends[i]);
		assert_memory_equal(dst, whole, len);
		assert_int_equal(dst[len], '\0');
		assert_int_equal(dst[size], '#');
	}
}

TEST(widths)
{
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc\\x1b"), 7);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	assert_int_equal(text_width("gr\xc3\xbc\xc3\x9f"), 4);
	assert_int_equal(text_width("\xe5\x90\x8d\xe5\x89\x8d"), 4);
}

static const struct {
	__u64 ns;
	const char *text;
} durations[] = {
	{0, "0ns"},
	{1, "1ns"},
	{812, "812ns"},
	{999, "999ns"},
	{1000, "1.00us"},
	{1234, "1.23us"},
	{1235, "1.24us"},
	{9994, "9.99us"},
	{9995, "10.0us"},
	{99949, "99.9us"},
	{99950, "100us"},
	{999499, "999us"},
	{999500, "1.00ms"},
	{45600000, "45.6ms"},
	{999499999, "999ms"},
	{999500000, "1.00s"},
	{67200000000ULL, "67.2s"},
	{99949999999ULL, "99.9s"},
	{99950000000ULL, "1m40s"},
	{3599499999999ULL, "59m59s"},
	{3599500000000ULL, "1h00m"},
	{7380000000000ULL, "2h03m"},
	{36000000000000ULL, "10h00m"},
	{359969999999999ULL, "99h59m"},
	{359970000000000ULL, "4d04h"},
	{86398199999999999ULL, "999d23h"},
	{86398200000000000ULL, "1000d"},
	{~0ULL, "213504d"},
};

TEST(durations_have_three_digits)
{
	char text[DURATION_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(durations); i++)
		assert_string_equal(text_duration(text, durations[i].ns), durations[i].text);
}

TEST(bytes)
{
	static const struct {
		__u64 bytes;
		const char *text;
	} wanted[] = {
		{0, "0B"},
		{1023, "1023B"},
		{1024, "1.00KiB"},
		{10234, "9.99KiB"},
		{10236, "10.0KiB"},
		{102348, "99.9KiB"},
		{102349, "100KiB"},
		{1048063, "1023KiB"},
		{1048064, "1.00MiB"},
		{5ULL << 40, "5.00TiB"},
		{~0ULL, "16.0EiB"},
	};
	char text[BYTES_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_string_equal(text_bytes(text, wanted[i].bytes), wanted[i].text);
}

TEST(counts)
{
	static const struct {
		__u64 count;
		const char *text;
	} wanted[] = {
		{0, "0"},	    {999, "999"},	   {1000, "1.00k"},
		{1234567, "1.23M"}, {12345, "12.3k"},	   {999499, "999k"},
		{999500, "1.00M"},  {1000000000, "1.00G"}, {~0ULL, "18.4E"},
	};
	char text[DURATION_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_string_equal(text_count(text, wanted[i].count), wanted[i].text);
}

TEST(durations_are_short)
{
	char text[DURATION_SIZE];
	unsigned int bit;
	__u64 ns;
	int off;

	for (bit = 0; bit < 64; bit++) {
		for (off = -1; off <= 1; off++) {
			ns = (1ULL << bit) + off;
			assert_in_range(strlen(text_duration(text, ns)), 3, 7);
		}
	}
}

static const struct {
	const char *name;
	size_t columns;
} letters[] = {
	{"gr\xc3\xbc\xc3\x9f", 4},
	{"\xe5\x90\x8d\xe5\x89\x8d", 4},
	{"\xed\x95\x9c", 2},
	{"\xf0\x9f\x98\x80", 2},
	{"e\xcc\x81", 1},
	{"\xd0\xb8\xd0\xbc\xd1\x8f", 3},
	{"\xe0\xa4\xb9\xe0\xa4\x82\xe0\xa4\xa6", 2},
	{"\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\x82\xe0\xa4\xa6", 3},
};

/* Also in an initramfs, where the C library has no locale that decodes UTF-8. */
TEST(letters_are_shown)
{
	char dst[64];

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		text_printable(dst, sizeof(dst), letters[i].name, strlen(letters[i].name));
		assert_string_equal(dst, letters[i].name);
		assert_int_equal(text_width(dst), letters[i].columns);
		text_utf8(dst, sizeof(dst), letters[i].name, strlen(letters[i].name));
		assert_string_equal(dst, letters[i].name);
	}
}

/* Controls, marks of direction, a noncharacter, and bytes that are no UTF-8. */
TEST(what_shows_nothing_is_escaped)
{
	static const char *const bad[] = {"\xc2\x9b",	  "\xe2\x80\xae",     "\xe2\x80\xa8",
					  "\xef\xbf\xbe", "\xf3\xa0\x80\xa1", "\xff",
					  "\xef\xbf\xb9", "\xd8\x9c",	      "\xcd\xb8",
					  "\xed\xa0\x80", "\xc0\xaf",	      "\xf4\x90\x80\x80"};
	char dst[64];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		size_t len = text_printable(dst, sizeof(dst), bad[i], strlen(bad[i]));

		assert_int_equal(len, 4 * strlen(bad[i]));
		assert_int_equal(*dst, '\\');
	}
}

/* The middle goes; characters stay whole, and accents at their letters. */
TEST(shortened_text)
{
	static const struct {
		const char *text;
		size_t width;
		const char *dots, *want;
	} cases[] = {
		{"htab_map_free", 13, "..", "htab_map_free"},
		{"htab_map_free", 12, "..", "htab_.._free"},
		{"abcdefgh", 7, "..", "abc..gh"},
		{"abcdefgh", 6, "\u2026", "abc\u2026gh"},
		{"abcdefgh", 2, "..", ".."},
		{"abcdefgh", 1, "..", "."},
		{"abcdefgh", 0, "..", ""},
		{"\u540d\u540d\u540d\u540d", 6, "\u2026", "\u540d\u2026\u540d"},
		{"abcde\u0301f", 5, "\u2026", "ab\u2026e\u0301f"},
	};
	char dst[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t width = text_shorten(dst, sizeof(dst), cases[i].text, cases[i].width,
					    cases[i].dots);

		assert_string_equal(dst, cases[i].want);
		assert_int_equal(width, text_width(dst));
		assert_true(width <= cases[i].width);
	}
}

TEST(colors_have_no_width)
{
	assert_int_equal(text_width("\033[1;31mFAIL\033[0m"), 4);
	assert_int_equal(text_width("\033[x"), 2);
}

TEST_MAIN(NULL, NULL)
