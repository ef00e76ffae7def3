// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suggestions for mistyped words.
 */
#include <string.h>

#include "support/test.h"
#include "util/macros.h"
#include "util/suggest.h"

static const char *nearest(const char *word, const char *const *known, size_t nr)
{
	struct suggestion suggestion = SUGGEST(word, strlen(word));

	for (size_t i = 0; i < nr; i++)
		suggest_offer(&suggestion, known[i]);
	return suggestion.nearest;
}

static const char *const words[] = {"record", "report", "diff", "teardowns", "type",
				    "name",   "id",	"p50",	"p99",	     "percpu_hash"};

TEST(test_near)
{
	static const struct {
		const char *word, *meant;
	} cases[] = {
		{"recrod", "record"},  /* exchanged */
		{"recor", "record"},   /* missing */
		{"reccord", "record"}, /* surplus */
		{"rekord", "record"},  /* wrong */
		{"rec", "record"},     /* the beginning */
		{"teardown", "teardowns"},
		{"taerdwons", "teardowns"},
		{"Diff", "diff"},
		{"dif", "diff"},
		{"map_type", "type"},
		{"map_id", "id"},
		{"p9", "p99"},
		{"percpu-hash", "percpu_hash"},
		{"percpuhash", "percpu_hash"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *found = nearest(cases[i].word, words, ARRAY_SIZE(words));

		if (!found || strcmp(found, cases[i].meant))
			fail_msg("'%s': '%s'", cases[i].word, found ? found : "nothing");
	}
}

TEST(test_nothing_near)
{
	static const char *const far[] = {
		"",
		"x",
		"xx",
		"foo",
		"r",
		"list",
		"version",
		"p95",
		"recipe" /* 3 of 6 */,
		"tearup",
		"a word that is longer than any that anybody could have meant",
	};

	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		if (nearest(far[i], words, ARRAY_SIZE(words)))
			fail_msg("'%s': '%s'", far[i], nearest(far[i], words, ARRAY_SIZE(words)));
	assert_null(nearest("", (const char *const[]){""}, 1));
}

/* The nearest word wins, and of several the first. */
TEST(test_nearest)
{
	static const char *const near[] = {"count", "mount", "amount"};

	assert_string_equal(nearest("mountt", near, 3), "mount");
	assert_string_equal(nearest("xount", near, 3), "count");
}

TEST(test_text)
{
	struct suggestion suggestion = SUGGEST("formatx=json", strlen("formatx"));
	char text[SUGGESTION_SIZE];

	assert_string_equal(suggest_text(&suggestion, "--", text), "");
	suggest_offer(&suggestion, "format");
	assert_string_equal(suggest_text(&suggestion, "--", text), ": did you mean '--format'?");
}

TEST_MAIN(NULL, NULL)
