// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks what the JSON writer writes, byte for byte.
 */
#include <float.h>
#include <limits.h>
#include <math.h>

#include "support/json.h"
#include "util/json_writer.h"
#include "util/macros.h"

static char *written;
static size_t written_len;

static struct json_writer writer(bool utf8)
{
	return (struct json_writer){.out = open_memstream(&written, &written_len), .utf8 = utf8};
}

static void check(struct json_writer *json, const char *want)
{
	json_flush(json);
	assert_int_equal(fclose(json->out), 0);
	assert_string_equal(written, want);
	assert_ptr_equal(json_end(written), written + written_len);
	free(written);
}

TEST(test_structure)
{
	struct json_writer json = writer(false);

	json_begin_object(&json);
	json_key(&json, "a.b", 1);
	json_begin_array(&json);
	json_begin_array(&json);
	json_end_array(&json);
	json_begin_object(&json);
	json_end_object(&json);
	json_bool(&json, true);
	json_bool(&json, false);
	json_end_array(&json);
	json_key(&json, "n", 1);
	json_null(&json);
	json_key(&json, "raw", 3);
	json_printf(&json, "%d.%03d", 1, 2);
	json_end_object(&json);
	check(&json, "{\"a\":[[],{},true,false],\"n\":null,\"raw\":1.002}");
}

TEST(test_integers)
{
	struct json_writer json = writer(false);

	json_begin_array(&json);
	json_u64(&json, 0);
	json_u64(&json, 1234567890);
	json_u64(&json, INT64_MAX);
	json_u64(&json, 1ULL << 63);
	json_u64(&json, UINT64_MAX);
	json_i64(&json, -1);
	json_i64(&json, INT64_MIN);
	json_end_array(&json);
	check(&json, "[0,1234567890,9223372036854775807,9223372036854775808,18446744073709551615,"
		     "-1,-9223372036854775808]");
}

/* Numbers beside each power of ten and of two */
TEST(test_digits)
{
	char want[32];

	for (__u64 power = 1, bit = 1; bit; power *= power < UINT64_MAX / 10 ? 10 : 1, bit *= 2)
		for (int i = -1; i <= 2; i++) {
			struct json_writer json = writer(false);
			__u64 number = (i < 2 ? power : bit) + (i < 2 ? i : 0);

			json_u64(&json, number);
			snprintf(want, sizeof(want), "%llu", number);
			check(&json, want);
		}
}

TEST(test_made_keys)
{
	static const char *const too_long = "name_of_twenty-nine_character";
	struct json_writer json = writer(false);
	struct json_key a, longest, none;

	json_make_key(&a, "a");
	json_make_key(&longest, too_long + 1);
	json_begin_object(&json);
	json_made_key(&json, &a);
	json_u64(&json, 1);
	json_made_key(&json, &longest);
	json_null(&json);
	json_make_key(&a, "b");
	json_made_key(&json, &a);
	json_bool(&json, true);
	json_end_object(&json);
	check(&json, "{\"a\":1,\"ame_of_twenty-nine_character\":null,\"b\":true}");
	json_make_key(&none, "");
	assert_int_equal(none.len, 0);
	json_make_key(&none, too_long);
	assert_int_equal(none.len, 0);
}

TEST(test_doubles)
{
	static const struct {
		double number;
		int digits;
		const char *want;
	} cases[] = {
		{0, 0, "0.0"},
		{-0.0, 0, "-0.0"},
		{1, 0, "1.0"},
		{0.1, 0, "0.1"},
		{0.1, 17, "0.10000000000000001"},
		{1234567.25, 0, "1234567.25"},
		{1e15, 0, "1e15"},
		{1e-5, 0, "1e-5"},
		{-2.5e-300, 0, "-2.5e-300"},
		{DBL_MAX, 17, "1.7976931348623157e308"},
		{NAN, 0, "null"},
		{INFINITY, 0, "null"},
		{-INFINITY, 0, "null"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_writer json = writer(false);

		json.digits = cases[i].digits;
		json_double(&json, cases[i].number);
		check(&json, cases[i].want);
	}
}

TEST(test_strings)
{
	static const struct {
		const char *text, *ascii, *utf8; /* NULL: the same */
	} cases[] = {
		{"", "\"\"", NULL},
		{"plain ~ text", "\"plain ~ text\"", NULL},
		{"\"\\/'", "\"\\\"\\\\/'\"", NULL},
		{"\b\f\n\r\t\x01\x1b\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001B\x7f\"", NULL},
		{"\xff-\xc3", "\"\\\\xff-\\\\xc3\"", NULL},
		{"\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\"", NULL}, /* a surrogate */
		{"\xc3\xbc", "\"\\u00FC\"", "\"\xc3\xbc\""},
		{"\xef\xbf\xbf", "\"\\uFFFF\"", "\"\xef\xbf\xbf\""},
		{"\xf0\x9f\x98\x80", "\"\\uD83D\\uDE00\"", "\"\xf0\x9f\x98\x80\""},
		{"\xf4\x8f\xbf\xbf", "\"\\uDBFF\\uDFFF\"", "\"\xf4\x8f\xbf\xbf\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_writer json = writer(false);

		json_string(&json, cases[i].text, strlen(cases[i].text));
		check(&json, cases[i].ascii);
		json = writer(true);
		json_string(&json, cases[i].text, strlen(cases[i].text));
		check(&json, cases[i].utf8 ? cases[i].utf8 : cases[i].ascii);
	}
}

/* Each byte of ASCII, at each place of texts of up to three words */
TEST(test_bytes)
{
	char text[25], want[64];

	for (size_t len = 1; len < sizeof(text); len++)
		for (size_t at = 0; at < len; at++)
			for (int byte = 1; byte < 128; byte++) {
				static const char escaped[] = "\"\\\b\f\n\r\t",
						  letters[] = "\"\\bfnrt";
				const char *found = strchr(escaped, byte);
				struct json_writer json = {.out = stdout};
				char shown[8];

				memset(text, 'x', len);
				text[at] = (char)byte;
				if (found)
					snprintf(shown, sizeof(shown), "\\%c",
						 letters[found - escaped]);
				else
					snprintf(shown, sizeof(shown),
						 byte < ' ' ? "\\u%04X" : "%c", byte);
				snprintf(want, sizeof(want), "\"%.*s%s%.*s\"", (int)at,
					 "xxxxxxxxxxxxxxxxxxxxxxxx", shown, (int)(len - at - 1),
					 "xxxxxxxxxxxxxxxxxxxxxxxx");
				json_string(&json, text, len);
				assert_int_equal(json.used, strlen(want));
				assert_memory_equal(json.buffer, want, json.used);
			}
}

/* Every kind of value, at every place around the end of the writer's buffer. */
TEST(test_buffer_end)
{
	static const char rest[] =
		"\",12345678901234567,-42,0.5,true,null,{\"name\":\"\\u0001\\u00FC\",\"made\":null}]";
	char pad[2 * sizeof(((struct json_writer *)0)->buffer)],
		want[sizeof(pad) + sizeof(rest) + 2];
	struct json_key key;

	json_make_key(&key, "made");
	memset(pad, 'x', sizeof(pad));
	for (size_t len = 0; len < sizeof(pad); len++) {
		struct json_writer json = writer(false);

		json_begin_array(&json);
		json_string(&json, pad, len);
		json_u64(&json, 12345678901234567);
		json_i64(&json, -42);
		json_double(&json, 0.5);
		json_bool(&json, true);
		json_null(&json);
		json_begin_object(&json);
		json_key(&json, "name", 4);
		json_string(&json, "\x01\xc3\xbc", 3);
		json_made_key(&json, &key);
		json_null(&json);
		json_end_object(&json);
		json_end_array(&json);
		snprintf(want, sizeof(want), "[\"%.*s%s", (int)len, pad, rest);
		check(&json, want);
	}
}

TEST_MAIN(NULL, NULL)
