// SPDX-License-Identifier: GPL-2.0-only
/* Each value gets one number, as long as there is room. */
#include <string.h>

#include "support/test.h"
#include "util/intern.h"

static void check(struct intern *intern, const char *value, int known, __s64 want)
{
	__s64 id = -1;

	assert_int_equal(intern_id(intern, value, strlen(value), &id), known);
	assert_int_equal(id, want);
}

TEST(test_numbers)
{
	struct intern *intern = intern_new(100);

	check(intern, "a", 1, 1);
	check(intern, "b", 1, 2);
	check(intern, "a", 0, 1);
	check(intern, "ab", 1, 3);
	check(intern, "", 1, 4);
	check(intern, "b", 0, 2);
	check(intern, "", 0, 4);
	intern_free(intern);
	intern_free(NULL);
}

/* A forgotten value gets a new number, never another value's. */
TEST(test_forgets)
{
	struct intern *intern = intern_new(2);

	check(intern, "a", 1, 1);
	check(intern, "b", 1, 2);
	check(intern, "a", 0, 1);
	check(intern, "c", 1, 3);
	check(intern, "a", 1, 4);
	check(intern, "c", 0, 3);
	check(intern, "b", 1, 5);
	intern_free(intern);
}

TEST_MAIN(NULL, NULL)
