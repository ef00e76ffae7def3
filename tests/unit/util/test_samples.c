// SPDX-License-Identifier: GPL-2.0-only
/*
 * All added values are kept, and ordered after sorting.
 */

#include "support/chance.h"
#include "support/test.h"
#include "util/macros.h"
#include "util/samples.h"

#define MANY 100000

TEST(test_none)
{
	struct samples samples = {};

	samples_sort(&samples);
	assert_int_equal(samples.nr, 0);
	samples_free(&samples);
	assert_null(samples.ns);
}

TEST(test_kept_as_added)
{
	struct samples samples = {};
	__u64 i;

	state64 = 7;
	for (i = 0; i < MANY; i++) {
		assert_int_equal(samples_add(&samples, random64()), 0);
		assert_int_equal(samples.nr, i + 1);
		assert_true(samples.room >= samples.nr);
	}
	/* The array grows by factors: at most half of it is unused. */
	assert_true(samples.room < 2 * MANY);

	state64 = 7;
	for (i = 0; i < MANY; i++)
		assert_int_equal(samples.ns[i], random64());
	samples_free(&samples);
}

TEST(test_sorted)
{
	/* Differences between these overflow signed numbers, or ints. */
	static const __u64 added[] = {5, ~0ULL, 0, 1ULL << 63, 1ULL << 32, 5, (1ULL << 63) - 1, 1};
	static const __u64 sorted[] = {0, 1, 5, 5, 1ULL << 32, (1ULL << 63) - 1, 1ULL << 63, ~0ULL};
	struct samples samples = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(added); i++)
		assert_int_equal(samples_add(&samples, added[i]), 0);
	samples_sort(&samples);
	assert_int_equal(samples.nr, ARRAY_SIZE(sorted));
	assert_memory_equal(samples.ns, sorted, sizeof(sorted));

	/* More can be added, and sorted again. */
	assert_int_equal(samples_add(&samples, 2), 0);
	samples_sort(&samples);
	assert_int_equal(samples.ns[2], 2);
	assert_int_equal(samples.ns[8], ~0ULL);
	samples_free(&samples);
}

TEST(test_used_again)
{
	struct samples samples = {};

	assert_int_equal(samples_add(&samples, 1), 0);
	samples_free(&samples);
	assert_null(samples.ns);
	assert_int_equal(samples.nr, 0);
	assert_int_equal(samples.room, 0);
	assert_int_equal(samples_add(&samples, 2), 0);
	assert_int_equal(samples.nr, 1);
	assert_int_equal(samples.ns[0], 2);
	samples_free(&samples);
}

TEST_MAIN(NULL, NULL)
