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

/* Of figures of different runs, from random arrangements: six standard deviations. */
static bool is_near(double got, double want)
{
	return isnan(want) ? isnan(got) : fabs(got - want) < 6 * 0.5 / sqrt(19900);
}

TEST(as_r)
{
	for (size_t i = 0; i < ARRAY_SIZE(permute_cases); i++) {
		const typeof(permute_cases[0]) *want = &permute_cases[i];
		const struct permute_runs runs = {want->second, want->block, want->nr_runs};
		bool (*is)(double got, double want) = want->exact ? is_p : is_near;
		struct permute_result got[5];

		assert_int_equal(permute_compare(want->value, want->nr_figures, &runs, got), 0);
		for (size_t j = 0; j < want->nr_figures; j++)
			if (!is(got[j].p, want->p[j]) ||
			    !is(got[j].corrected, want->corrected[j]) ||
			    got[j].direction != want->direction[j] ||
			    (want->exact && got[j].exact == isnan(want->p[j])))
				fail_msg("case %zu, figure %zu: p %.17g, corrected %.17g, %d", i, j,
					 got[j].p, got[j].corrected, got[j].direction);
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
	struct permute_result got[2];
	double value[20];

	for (int i = 0; i < 10; i++) {
		value[i] = 0.1;
		value[10 + i] = 13 + i / 10.0;
	}
	assert_int_equal(permute_compare(value, 2, &(struct permute_runs){second, block, 10}, got),
			 0);
	assert_true(is_p(got[0].p, 1) && is_p(got[0].corrected, 1));
	assert_int_equal(got[0].direction, 0);
	assert_true(is_p(got[1].p, 2 / 252.0) && is_p(got[1].corrected, 2 / 252.0));
}

/* One run of the second group has the figure: it is the farthest of six by chance. */
TEST(missing_is_no_evidence)
{
	static const bool second[10] = {[5] = true, true, true, true, true};
	static const size_t block[10];
	const struct permute_runs runs = {second, block, 10};
	struct permute_result got[2];
	double value[20];

	for (int i = 0; i < 10; i++) {
		value[i] = i > 5 ? NAN : i + 10 * (i == 5);
		value[10 + i] = i > 5 ? NAN : i % 3;
	}
	assert_int_equal(permute_compare(value, 2, &runs, got), 0);
	assert_true(is_p(got[0].p, 1 / 6.0) && got[0].exact);
	/* The same beside a figure that all runs have, which is exact nevertheless. */
	for (int i = 0; i < 10; i++)
		value[10 + i] = i;
	assert_int_equal(permute_compare(value, 2, &runs, got), 0);
	assert_true(is_near(got[0].p, 1 / 6.0) && got[0].corrected >= got[0].p);
	assert_false(got[0].exact);
	assert_true(is_p(got[1].p, 2 / 252.0) && is_p(got[1].corrected, 2 / 252.0));
	assert_true(got[1].exact);
}

/* The mean decides on the direction, whatever most values do. */
TEST(direction_of_the_sum)
{
	static const bool second[8] = {[4] = true, true, true, true};
	static const size_t block[8];
	static const double value[16] = {5, 6, 7, 8, 1, 2, 3, 90, 5, 6, 7, 8, 1, 2, 3, -90};
	struct permute_result got[2];

	assert_int_equal(permute_compare(value, 2, &(struct permute_runs){second, block, 8}, got),
			 0);
	assert_true(got[0].direction == 1 && got[1].direction == -1);
}

/* 184,756 arrangements of 10 and 10: by chance, and the same each time. */
TEST(random_arrangements)
{
	struct permute_result got[2], again[2];
	double value[2 * 20];
	bool second[20];
	size_t block[20] = {0};
	const struct permute_runs runs = {second, block, 20};

	for (int i = 0; i < 20; i++) {
		second[i] = i >= 10;
		value[i] = i;
		value[20 + i] = i % 2;
	}
	assert_int_equal(permute_compare(value, 2, &runs, got), 0);
	assert_false(got[0].exact);
	assert_true(got[0].p > 0 && got[0].p < 0.001 && got[0].corrected < 0.001);
	assert_true(got[1].p > 0.99);
	assert_int_equal(permute_compare(value, 2, &runs, again), 0);
	assert_true(again[0].p == got[0].p && again[1].p == got[1].p);
	assert_int_equal(permute_compare(value, 0, &runs, got), 0);
}

TEST_MAIN(NULL, NULL)
