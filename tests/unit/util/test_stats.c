// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the results for samples with R's and with published tables.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/stats_reference.h"
#include "support/test.h"
#include "util/macros.h"
#include "util/samples.h"
#include "util/stats.h"

/* Allowed difference between two ways to compute the same number, relative and absolute. */
#define NEAR  1e-9
#define LEAST 1e-300

static void expect_near(const char *name, const char *what, double got, double want)
{
	if (isnan(want) ? !isnan(got) : !(fabs(got - want) <= NEAR * fabs(want) + LEAST))
		fail_msg("%s: %s is %.17g, not %.17g", name, what, got, want);
}

static struct stats_difference compare(const __u64 *first, size_t nr_first, const __u64 *second,
				       size_t nr_second)
{
	struct stats_difference difference;

	assert_int_equal(stats_compare(first, nr_first, second, nr_second, &difference), 0);
	return difference;
}

static double tail_p(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		     unsigned int percent)
{
	double p;

	assert_int_equal(stats_compare_tail(first, nr_first, second, nr_second, percent, &p), 0);
	return p;
}

TEST(test_compare_as_r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reference_cases); i++) {
		const typeof(reference_cases[0]) *want = &reference_cases[i];
		double pairs = (double)want->nr_first * want->nr_second;
		struct stats_difference got =
			compare(want->first, want->nr_first, want->second, want->nr_second);

		expect_near(want->name, "U", got.u, want->u);
		expect_near(want->name, "p", got.p, want->p);
		assert_true(got.p <= 1);
		assert_int_equal(got.exact, want->exact);
		assert_true(fabs(got.effect - (2 * want->u / pairs - 1)) < 1e-15);

		/* With the samples swapped, U counts the other pairs, and p is the same. */
		got = compare(want->second, want->nr_second, want->first, want->nr_first);
		expect_near(want->name, "U swapped", got.u, pairs - want->u);
		expect_near(want->name, "p swapped", got.p, want->p);
	}
}

TEST(test_tail_as_r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reference_cases); i++) {
		const typeof(reference_cases[0]) *want = &reference_cases[i];

		expect_near(want->name, "p above 75 %",
			    tail_p(want->first, want->nr_first, want->second, want->nr_second, 75),
			    want->p_above_75);
		expect_near(want->name, "p above 99 %",
			    tail_p(want->first, want->nr_first, want->second, want->nr_second, 99),
			    want->p_above_99);
		expect_near(want->name, "p above 99 % swapped",
			    tail_p(want->second, want->nr_second, want->first, want->nr_first, 99),
			    want->p_above_99);
	}
}

static void expect_median(const char *name, const __u64 *sample, size_t nr, double median,
			  bool bounded, const __u64 ends[2])
{
	__u64 low = 1, high = 2;

	assert_true(stats_median(sample, nr) == median);
	if (stats_median_interval(sample, nr, 0.05, &low, &high) != bounded)
		fail_msg("%s: bounded or not", name);
	if (!bounded)
		return;
	assert_int_equal(low, ends[0]);
	assert_int_equal(high, ends[1]);
}

TEST(test_median_as_r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reference_cases); i++) {
		const typeof(reference_cases[0]) *want = &reference_cases[i];
		const __u64 first[] = {want->low_first, want->high_first};
		const __u64 second[] = {want->low_second, want->high_second};

		expect_median(want->name, want->first, want->nr_first, want->median_first,
			      want->bounded_first, first);
		expect_median(want->name, want->second, want->nr_second, want->median_second,
			      want->bounded_second, second);
	}
}

TEST(test_interval_ranks_as_r)
{
	size_t i, nr, rank, most = 0;
	__u64 *sample, low, high;

	for (i = 0; i < ARRAY_SIZE(reference_intervals); i++)
		most = reference_intervals[i].nr > most ? reference_intervals[i].nr : most;
	sample = calloc(most, sizeof(*sample));
	assert_non_null(sample);
	for (i = 0; i < most; i++)
		sample[i] = i + 1;

	for (i = 0; i < ARRAY_SIZE(reference_intervals); i++) {
		nr = reference_intervals[i].nr;
		low = high = 0;
		rank = 0;
		if (stats_median_interval(sample, nr, reference_intervals[i].alpha, &low, &high)) {
			rank = low;
			assert_int_equal(high, nr + 1 - low);
		}
		if (rank != reference_intervals[i].rank)
			fail_msg("%zu values, %g: %zu, not %zu", nr, reference_intervals[i].alpha,
				 rank, reference_intervals[i].rank);
	}
	/* No interval covers the median with certainty. */
	assert_false(stats_median_interval(sample, most, 0, &low, &high));
	free(sample);
}

static struct samples make_large(size_t which, int side)
{
	const typeof(reference_large[0]) *of = &reference_large[which];
	struct samples samples = {};
	__u64 i;

	for (i = 0; i < of->nr[side]; i++)
		assert_int_equal(samples_add(&samples, i * i % of->modulo[side] / of->divide +
							       of->plus[side]),
				 0);
	samples_sort(&samples);
	return samples;
}

TEST(test_large_as_r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reference_large); i++) {
		const typeof(reference_large[0]) *want = &reference_large[i];
		struct samples a = make_large(i, 0), b = make_large(i, 1);
		struct stats_difference got = compare(a.ns, a.nr, b.ns, b.nr);

		assert_true(got.u == want->u);
		assert_false(got.exact);
		expect_near("large", "p", got.p, want->p);
		expect_near("large", "p above 99 %", tail_p(a.ns, a.nr, b.ns, b.nr, 99),
			    want->p_above_99);
		samples_free(&a);
		samples_free(&b);
	}
}

/* Ones, and a number of twos. */
static __u64 *ones_and_twos(size_t nr, size_t twos)
{
	__u64 *sample = calloc(nr, sizeof(*sample));
	size_t i;

	assert_non_null(sample);
	for (i = 0; i < nr; i++)
		sample[i] = 1 + (i >= nr - twos);
	return sample;
}

TEST(test_tables_as_r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reference_tables); i++) {
		const typeof(reference_tables[0]) *want = &reference_tables[i];
		__u64 *first = ones_and_twos(want->nr_first, want->above_first);
		__u64 *second = ones_and_twos(want->nr_second, want->above_second);

		expect_near("table", "p", tail_p(first, want->nr_first, second, want->nr_second, 0),
			    want->p);
		free(first);
		free(second);
	}
}

TEST(test_least_as_r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reference_least); i++)
		expect_near(
			"least p", "p",
			stats_least_p(reference_least[i].nr_first, reference_least[i].nr_second),
			reference_least[i].p);
	assert_true(isnan(stats_least_p(0, 5)));
	assert_true(isnan(stats_least_p(5, 0)));
}

static double p_of_apart(size_t nr_first, size_t nr_second)
{
	__u64 *first = calloc(nr_first, sizeof(*first)),
	      *second = calloc(nr_second, sizeof(*first));
	double p;

	assert_true(first && second);
	for (size_t i = 0; i < nr_second; i++)
		second[i] = 1;
	p = compare(first, nr_first, second, nr_second).p;
	free(first);
	free(second);
	return p;
}

/*
 * Each side has one value, over and over. The normal distribution alone gives 0.013, 8.6e-05 and
 * less; of 60 and 60 values, it is the greater one.
 */
TEST(test_least_of_ties)
{
	expect_near("4 and 4", "p", p_of_apart(4, 4), 2 / 70.0);
	expect_near("1 and 20", "p", p_of_apart(1, 20), 2 / 21.0);
	expect_near("20 and 1", "p", p_of_apart(20, 1), 2 / 21.0);
	expect_near("1 and 100", "p", p_of_apart(1, 100), 2 / 101.0);
	expect_near("100 and 2", "p", p_of_apart(100, 2), 4 / (102.0 * 101));
	assert_true(p_of_apart(60, 60) > 1e-28 && p_of_apart(60, 60) < 1e-20);
	assert_true(p_of_apart(1, 1) == 1);
}

/* Two of 200 values are above the joint percentile: C(100, 2) / C(200, 2) on each side. */
TEST(test_tail_direction)
{
	static const __u64 low[4] = {1, 1, 1, 1}, high[4] = {1, 1, 1, 5};

	assert_int_equal(stats_tail_direction(low, 4, high, 4, 75), 1);
	assert_int_equal(stats_tail_direction(high, 4, low, 4, 75), -1);
	assert_int_equal(stats_tail_direction(high, 4, high, 4, 50), 0);
	assert_int_equal(stats_tail_direction(low, 4, low, 4, 50), 0);
	/* One of two is more than one of four. */
	assert_int_equal(stats_tail_direction(high, 4, high + 2, 2, 50), 1);
	assert_int_equal(stats_tail_direction(high, 4, high, 0, 50), 0);
	assert_int_equal(stats_tail_direction(high, 0, high, 4, 50), 0);
}

TEST(test_least_of_tail)
{
	__u64 few[100], many[400];

	for (size_t i = 0; i < ARRAY_SIZE(few); i++)
		few[i] = 2 * i;
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = 2 * i + 1;
	expect_near("tail", "least p", stats_least_tail_p(few, 100, many, 100, 99),
		    2 * 4950 / 19900.0);
	expect_near("nothing above", "least p", stats_least_tail_p(few, 20, many, 20, 99), 1);
	/* Five of 401: one sample has one value. */
	expect_near("no room", "least p", stats_least_tail_p(many, 400, few, 1, 99), 4 / 401.0);
	assert_true(isnan(stats_least_tail_p(few, 0, many, 5, 99)));
	assert_true(isnan(stats_least_tail_p(few, 5, many, 0, 99)));
}

TEST(test_correction_as_r)
{
	double corrected[20];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(reference_corrections); i++) {
		const typeof(reference_corrections[0]) *want = &reference_corrections[i];

		assert_int_equal(stats_correct(want->p, corrected, want->nr), 0);
		for (j = 0; j < want->nr; j++)
			expect_near("corrected", "p", corrected[j], want->corrected[j]);

		/* Also in place. */
		memcpy(corrected, want->p, sizeof(corrected));
		assert_int_equal(stats_correct(corrected, corrected, want->nr), 0);
		for (j = 0; j < want->nr; j++)
			expect_near("corrected in place", "p", corrected[j], want->corrected[j]);
	}
	assert_int_equal(stats_correct(NULL, NULL, 0), 0);
}

/* Distinct values; in "u" pairs the second sample has the greater one. */
static double p_of_u(size_t nr_first, size_t nr_second, size_t u)
{
	__u64 first[20], second[20];
	size_t i, above = u / nr_first, rest = u % nr_first;
	struct stats_difference got;

	for (i = 0; i < nr_first; i++)
		first[i] = 100 * (i + 1);
	for (i = 0; i < nr_second; i++)
		if (i + above >= nr_second)
			second[i] = 10000 + i;
		else if (i + above + 1 == nr_second)
			second[i] = 100 * rest + 50;
		else
			second[i] = i;
	got = compare(first, nr_first, second, nr_second);
	assert_true(got.exact);
	assert_true(got.u == u);
	return got.p;
}

#define NONE -1

/*
 * The usual table of critical values, alpha = 0.05, two-sided, except for two misprints that many
 * copies of it share: 13 for 4 and 20 values, and 67 for 14 and 17.
 */
static const int critical[][21] = {
	[3] = {[3] = NONE, NONE, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8},
	[4] = {[4] = 0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 11, 12, 13, 14},
	[5] = {[5] = 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 17, 18, 19, 20},
	[6] = {[6] = 5, 6, 8, 10, 11, 13, 14, 16, 17, 19, 21, 22, 24, 25, 27},
	[7] = {[7] = 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34},
	[8] = {[8] = 13, 15, 17, 19, 22, 24, 26, 29, 31, 34, 36, 38, 41},
	[9] = {[9] = 17, 20, 23, 26, 28, 31, 34, 37, 39, 42, 45, 48},
	[10] = {[10] = 23, 26, 29, 33, 36, 39, 42, 45, 48, 52, 55},
	[11] = {[11] = 30, 33, 37, 40, 44, 47, 51, 55, 58, 62},
	[12] = {[12] = 37, 41, 45, 49, 53, 57, 61, 65, 69},
	[13] = {[13] = 45, 50, 54, 59, 63, 67, 72, 76},
	[14] = {[14] = 55, 59, 64, 69, 74, 78, 83},
	[15] = {[15] = 64, 70, 75, 80, 85, 90},
	[16] = {[16] = 75, 81, 86, 92, 98},
	[17] = {[17] = 87, 93, 99, 105},
	[18] = {[18] = 99, 106, 112},
	[19] = {[19] = 113, 119},
	[20] = {[20] = 127},
};

TEST(test_published_table)
{
	size_t n, m;
	int u;

	for (n = 3; n < ARRAY_SIZE(critical); n++)
		for (m = n; m < ARRAY_SIZE(critical[0]); m++) {
			u = critical[n][m];
			if ((u != NONE && p_of_u(n, m, u) > 0.05) || p_of_u(n, m, u + 1) <= 0.05)
				fail_msg("%zu and %zu values: %d", n, m, u);
			/* The other end is symmetric. */
			if (u != NONE && p_of_u(n, m, n * m - u) > 0.05)
				fail_msg("%zu and %zu values: %zu", n, m, n * m - u);
			assert_true(p_of_u(n, m, n * m - u - 1) > 0.05);
		}
}

TEST(test_empty)
{
	static const __u64 some[] = {1, 2, 3};
	struct stats_difference got;
	__u64 low, high;

	for (size_t i = 0; i < 3; i++) {
		got = compare(some, i == 1 ? 3 : 0, some, i == 2 ? 3 : 0);
		assert_true(isnan(got.u) && isnan(got.p) && isnan(got.effect));
		assert_false(got.exact);
		assert_true(isnan(tail_p(some, i == 1 ? 3 : 0, some, i == 2 ? 3 : 0, 99)));
	}
	assert_true(isnan(stats_median(NULL, 0)));
	assert_true(isnan(stats_mean(NULL, 0)));
	assert_false(stats_median_interval(NULL, 0, 0.05, &low, &high));
}

TEST(test_percentile)
{
	__u64 sample[200];
	double p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sample); i++)
		sample[i] = i + 1;
	assert_int_equal(stats_percentile(sample, 1, 0), 1);
	assert_int_equal(stats_percentile(sample, 1, 100), 1);
	assert_int_equal(stats_percentile(sample, 3, 50), 2);
	assert_int_equal(stats_percentile(sample, 4, 50), 2);
	assert_int_equal(stats_percentile(sample, 4, 51), 3);
	assert_int_equal(stats_percentile(sample, 200, 0), 1);
	assert_int_equal(stats_percentile(sample, 200, 99), 198);
	assert_int_equal(stats_percentile(sample, 99, 99), 99);
	assert_int_equal(stats_percentile(sample, 200, 100), 200);
	assert_int_equal(stats_rank(~0ULL, 100), ~0ULL);

	/* No value is above the greatest. */
	assert_true(tail_p(sample, 100, sample + 100, 100, 100) == 1);
	assert_int_equal(stats_compare_tail(sample, 100, sample + 100, 100, 101, &p), -EINVAL);
	assert_true(isnan(p));
}

TEST(test_mean)
{
	static const __u64 great[] = {~0ULL - 4096, ~0ULL, ~0ULL};
	static const __u64 few[] = {1, 2, 4, 6};

	assert_true(stats_mean(few, 4) == 3.25);
	assert_true(stats_mean(few, 1) == 1);
	assert_true(stats_median(few, 4) == 3);
	assert_true(stats_median(few, 2) == 1.5);
	/* Sums that overflow __u64. */
	expect_near("great", "mean", stats_mean(great, 3), 0x1p64);
	assert_true(stats_median(great, 2) == 0x1p64 - 2048);
}

TEST_MAIN(NULL, NULL)
