// SPDX-License-Identifier: GPL-2.0-only
/* Permutation of runs: against R, and by hand. */
#include <math.h>

#include "support/permute_reference.h"
#include "support/test.h"
#include "util/macros.h"
#include "util/permute.h"

static bool is_p(double got, double want)
{
	return isnan(want) ? isnan(got) : fabs(got - want) < 1e-12;
}

TEST(as_r)
{
	for (size_t i = 0; i < ARRAY_SIZE(permute_cases); i++) {
		const typeof(permute_cases[0]) *want = &permute_cases[i];
		const struct permute_runs runs = {want->second, want->block, want->nr_runs};
		double p[5], corrected[5];
		bool exact;

		assert_int_equal(
			permute_compare(want->value, want->nr_figures, &runs, p, corrected, &exact),
			0);
		assert_true(exact);
		for (size_t j = 0; j < want->nr_figures; j++)
			if (!is_p(p[j], want->p[j]) || !is_p(corrected[j], want->corrected[j]))
				fail_msg("case %zu, figure %zu: p %.17g, corrected %.17g", i, j,
					 p[j], corrected[j]);
	}
}

/* The groups of a block are as many as can be; a group of another size has no opposite. */
TEST(least_p)
{
	static const bool second[] = {false, false, false, true, true, true, true, false, true};
	static const size_t one[9], two[] = {0, 0, 0, 0, 0, 0, 0, 1, 1};

	assert_true(is_p(permute_least_p(&(struct permute_runs){second, one, 6}), 2 / 20.0));
	assert_true(is_p(permute_least_p(&(struct permute_runs){second, one, 5}), 1 / 10.0));
	assert_true(is_p(permute_least_p(&(struct permute_runs){second, one, 3}), 1));
	assert_true(is_p(permute_least_p(&(struct permute_runs){second, one, 0}), 1));
	assert_true(is_p(permute_least_p(&(struct permute_runs){second, two, 9}), 1 / 70.0));
}

/* Of 20,000 random arrangements, one is always as far: the one that was found. */
TEST(least_p_of_random)
{
	bool second[40] = {};
	size_t block[40] = {};

	for (int i = 20; i < 40; i++)
		second[i] = true;
	assert_true(is_p(permute_least_p(&(struct permute_runs){second, block, 40}), 1 / 20000.0));
	assert_true(is_p(permute_least_p_of(20, 20), 1 / 20000.0));
}

/* Runs without a value do not count, nor do blocks with values in one group alone. */
TEST(least_p_of_known)
{
	static const bool second[] = {false, true,  false, true, false,
				      true,  false, false, true, true};
	static const size_t block[] = {0, 0, 1, 1, 2, 2, 3, 3, 3, 3};
	const struct permute_runs pairs = {second, block, 6}, all = {second, block, 10};
	double value[10] = {};

	assert_true(is_p(permute_least_p_known(&pairs, value), 2 / 8.0));
	assert_true(is_p(permute_least_p_known(&all, value), 2 / 48.0));
	value[9] = NAN;
	assert_true(is_p(permute_least_p_known(&all, value), 1 / 24.0));
	value[8] = value[5] = NAN;
	assert_true(is_p(permute_least_p_known(&all, value), 2 / 4.0));
	value[4] = NAN;
	assert_true(is_p(permute_least_p_known(&pairs, value), 2 / 4.0));
	value[0] = value[3] = NAN;
	assert_true(is_p(permute_least_p_known(&all, value), 1));
}

/* Ten times 0.1 is not 1: what rounding leaves is no difference, and hides none of another figure.
 */
TEST(equal_values)
{
	static const bool second[10] = {[5] = true, true, true, true, true};
	static const size_t block[10];
	double value[20], p[2], corrected[2];
	bool exact;

	for (int i = 0; i < 10; i++) {
		value[i] = 0.1;
		value[10 + i] = 13 + i / 10.0;
	}
	assert_int_equal(permute_compare(value, 2, &(struct permute_runs){second, block, 10}, p,
					 corrected, &exact),
			 0);
	assert_true(is_p(p[0], 1) && is_p(corrected[0], 1));
	assert_true(is_p(p[1], 2 / 252.0) && is_p(corrected[1], 2 / 252.0));
}

/* 184,756 arrangements of 10 and 10: by chance, and the same each time. */
TEST(random_arrangements)
{
	double value[2 * 20], p[2], again[2], corrected[2];
	bool second[20], exact;
	size_t block[20] = {0};
	const struct permute_runs runs = {second, block, 20};

	for (int i = 0; i < 20; i++) {
		second[i] = i >= 10;
		value[i] = i;
		value[20 + i] = i % 2;
	}
	assert_int_equal(permute_compare(value, 2, &runs, p, corrected, &exact), 0);
	assert_false(exact);
	assert_true(p[0] > 0 && p[0] < 0.001 && corrected[0] < 0.001);
	assert_true(p[1] > 0.99);
	assert_int_equal(permute_compare(value, 2, &runs, again, corrected, &exact), 0);
	assert_true(again[0] == p[0] && again[1] == p[1]);
	assert_int_equal(permute_compare(value, 0, &runs, p, corrected, &exact), 0);
}

TEST_MAIN(NULL, NULL)
