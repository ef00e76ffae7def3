// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares patterns for map names with fnmatch(3).
 */
#include <errno.h>
#include <fnmatch.h>

#include "support/test.h"
#include "model/glob.h"
#include "support/chance.h"
#include "util/macros.h"

static bool matches(const char *pattern, const char *name)
{
	struct name_filter filter;

	if (glob_compile(pattern, &filter))
		fail_msg("'%s' does not compile", pattern);
	return name_filter_match(&filter, name, NAME_LEN);
}

static void expect(const char *pattern, const char *name, bool want)
{
	if (matches(pattern, name) != want)
		fail_msg("'%s' %s '%s'", pattern, want ? "does not match" : "matches", name);
}

TEST(test_known_answers)
{
	expect("my_map", "my_map", true);
	expect("my_map", "my_ma", false);
	expect("my_map", "my_map2", false);
	expect("my_map", "", false);
	expect("", "", true);
	expect("", "a", false);
	expect("*", "", true);
	expect("*", "anything", true);
	expect("***", "anything", true);
	expect("cali_*", "cali_v4_ct", true);
	expect("cali_*", "cali", false);
	expect("*_ct", "cali_v4_ct", true);
	expect("*_ct", "cali_v4_ct2", false);
	expect("*a*a*a*", "aa", false);
	expect("*a*a*a*", "bababab", true);
	expect("?", "", false);
	expect("a?c", "abc", true);
	expect("a?c", "ac", false);
	expect("[abc]x", "bx", true);
	expect("[abc]x", "dx", false);
	expect("[!abc]x", "dx", true);
	expect("[!abc]x", "ax", false);
	expect("[!abc]x", "x", false);
	expect("[a-c]", "b", true);
	expect("[a-c]", "-", false);
	expect("[a-]", "-", true);
	expect("[]]", "]", true);
	expect("[!]]", "]", false);
	expect("\\*", "*", true);
	expect("\\*", "a", false);
	expect("[\\]]", "]", true);
	expect("[\\]]", "\\", false);
	expect("]", "]", true);
	expect("\xe9?", "\xe9\xff", true);
	expect("[\xe0-\xff]", "\xe9", true);
	expect("[\xe0-\xff]", "e", false);
}

TEST(test_names_without_end)
{
	struct name_filter filter;
	char name[NAME_LEN + 8];

	memset(name, 'a', sizeof(name));
	assert_int_equal(glob_compile("aaaaaaaaaaaaaaaa", &filter), 0);
	assert_true(name_filter_match(&filter, name, NAME_LEN));
	assert_false(name_filter_match(&filter, name, NAME_LEN - 1));
	assert_int_equal(glob_compile("", &filter), 0);
	assert_true(name_filter_match(&filter, name, 0));
	name[3] = '\0'; /* bytes behind it are ignored */
	assert_int_equal(glob_compile("a?a", &filter), 0);
	assert_true(name_filter_match(&filter, name, NAME_LEN));
}

TEST(test_refused)
{
	static const char *const malformed[] = {
		"[",   "[a",	"[]",	       "[!",	  "[!]",     "[^]",
		"a[",  "\\",	"a\\",	       "[\\",	  "[\\]",    "[z-a]",
		"[a-", "[a-\\", "[[:alpha:]]", "[[.a.]]", "[[=a=]]", "[a-[.b.]]",
	};
	struct name_filter filter;

	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
		if (glob_compile(malformed[i], &filter) != -EINVAL)
			fail_msg("'%s' is not refused", malformed[i]);
}

TEST(test_longest)
{
	struct name_filter filter;
	char pattern[200];

	memset(pattern, '?', sizeof(pattern));
	pattern[63] = '\0';
	assert_int_equal(glob_compile(pattern, &filter), 0);
	assert_int_equal(glob_min_len(&filter), 63);
	assert_false(name_filter_match(&filter, "a", NAME_LEN));
	pattern[63] = '*';
	pattern[64] = '\0';
	assert_int_equal(glob_compile(pattern, &filter), 0);
	pattern[64] = '?';
	pattern[65] = '\0';
	assert_int_equal(glob_compile(pattern, &filter), -E2BIG);
	memset(pattern, '*', sizeof(pattern));
	pattern[sizeof(pattern) - 1] = '\0';
	assert_int_equal(glob_compile(pattern, &filter), 0);
	assert_int_equal(glob_min_len(&filter), 0);
	assert_true(name_filter_match(&filter, "a", NAME_LEN));
	assert_int_equal(glob_compile("*[abc]?\\*d*", &filter), 0);
	assert_int_equal(glob_min_len(&filter), 4);
}

/* Few letters make matches frequent; much syntax makes odd combinations frequent. */
static void random_text(char *text, size_t max_len, const char *alphabet)
{
	size_t len = below(max_len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = alphabet[below(strlen(alphabet))];
	text[len] = '\0';
}

TEST(test_agrees_with_fnmatch)
{
	static const char *const alphabets[] = {"ab*?", "ab*?[]!^-\\", "abc[]!-", "a*b_.\\\xe9[-]"};
	unsigned int compared = 0, matched = 0;

	for (int i = 0; i < 400000; i++) {
		const char *alphabet = alphabets[i % 4];
		struct name_filter filter;
		char pattern[16], name[NAME_LEN];
		bool want;

		random_text(pattern, sizeof(pattern) - 1, alphabet);
		/* Long names seldom match: most are kept short. */
		random_text(name, below(2) ? 5 : sizeof(name) - 1,
			    below(8) ? "aabb" : "abc]!-\\_.[*?\xe9");
		if (glob_compile(pattern, &filter))
			continue;
		want = fnmatch(pattern, name, 0) == 0;
		if (name_filter_match(&filter, name, NAME_LEN) != want)
			fail_msg("'%s' %s '%s'", pattern, want ? "does not match" : "matches",
				 name);
		compared++;
		matched += want;
	}
	/* Both results must have occurred. */
	assert_true(compared > 200000);
	assert_true(matched > 10000);
}

TEST_MAIN(NULL, NULL)
