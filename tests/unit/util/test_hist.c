// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the histogram with a sorted array of the same values.
 */
#include <stdlib.h>
#include <string.h>

#include "support/chance.h"
#include "support/test.h"
#include "util/hist.h"
#include "util/macros.h"

#define MAX_VALUES 5000
#define HOUR_NS	   3600000000000ULL
#define U64_MAX	   (~0ULL)

static __u64 one(size_t i)
{
	(void)i;
	return 1;
}

static __u64 zero_or_max(size_t i)
{
	return i % 2 ? U64_MAX : 0;
}

static __u64 small(size_t i)
{
	(void)i;
	return random64() % 200;
}

static __u64 ten_hours(size_t i)
{
	(void)i;
	return 1 + random64() % (10 * HOUR_NS);
}

static __u64 all_magnitudes(size_t i)
{
	(void)i;
	return random64() >> random64() % 64;
}

static __u64 powers_of_two(size_t i)
{
	return (1ULL << i % 64) - i % 3;
}

static __u64 two_humps(size_t i)
{
	return i % 10 ? 800 + random64() % 100 : 67 * (HOUR_NS / 3600) + random64() % 1000;
}

static __u64 rising(size_t i)
{
	return i * i * i;
}

static __u64 (*const distributions[])(size_t i) = {
	one, zero_or_max, small, ten_hours, all_magnitudes, powers_of_two, two_humps, rising,
};

#define NR_DISTRIBUTIONS (ARRAY_SIZE(distributions))

static const size_t sizes[] = {1, 2, 3, 99, 100, 101, MAX_VALUES};

#define NR_SIZES (ARRAY_SIZE(sizes))

static __u64 values[MAX_VALUES];

static int compare(const void *left, const void *right)
{
	__u64 a = *(const __u64 *)left, b = *(const __u64 *)right;

	return (a > b) - (a < b);
}

static void fill(struct hist *hist, size_t distribution, size_t size)
{
	size_t i;

	state64 = 88172645463325252ULL + distribution;
	for (i = 0; i < size; i++) {
		values[i] = distributions[distribution](i);
		assert_int_equal(hist_add(hist, values[i]), 0);
	}
	qsort(values, size, sizeof(*values), compare);
}

static void check_percentiles(const struct hist *hist, size_t size)
{
	unsigned int percent;
	__u64 want, got, off;
	size_t rank;

	for (percent = 0; percent <= 100; percent++) {
		rank = (size * percent + 99) / 100;
		want = values[rank ? rank - 1 : 0];
		got = hist_percentile(hist, percent);
		off = got > want ? got - want : want - got;
		if (off > want / 125)
			fail_msg("p%u of %zu values is %llu, should be %llu", percent, size, got,
				 want);
		assert_true(got >= hist->min_ns && got <= hist->max_ns);
	}
}

static void check_ranges(const struct hist *hist, size_t size)
{
	unsigned int range;
	__u64 want, sum = 0;
	size_t i;

	for (range = 0; range < HIST_RANGES; range++) {
		want = 0;
		for (i = 0; i < size; i++)
			want += (values[i] | 1) >> range == 1;
		assert_int_equal(hist_range(hist, range), want);
		sum += want;
	}
	assert_int_equal(sum, size);
}

TEST(percentiles_match_oracle)
{
	struct hist hist = {};
	size_t i, j;

	for (i = 0; i < NR_DISTRIBUTIONS; i++) {
		for (j = 0; j < NR_SIZES; j++) {
			fill(&hist, i, sizes[j]);
			assert_int_equal(hist.count, sizes[j]);
			assert_true(hist.min_ns == values[0]);
			assert_true(hist.max_ns == values[sizes[j] - 1]);
			check_percentiles(&hist, sizes[j]);
			check_ranges(&hist, sizes[j]);
			hist_free(&hist);
		}
	}
}

/* Each bucket alone: the middle of none is off by 0.8 % or more. */
TEST(every_value_alone)
{
	struct hist hist;
	__u64 ns, got, off;
	unsigned int bit;
	int i;

	state64 = 1;
	for (bit = 0; bit < 64; bit++) {
		for (i = 0; i < 200; i++) {
			ns = 1ULL << bit;
			if (bit && i)
				ns |= random64() & (ns - 1);
			hist = (struct hist){};
			/* Distant neighbours, so that min and max do not help. */
			assert_int_equal(hist_add(&hist, 0), 0);
			assert_int_equal(hist_add(&hist, ns), 0);
			assert_int_equal(hist_add(&hist, U64_MAX), 0);
			got = hist_percentile(&hist, 50);
			off = got > ns ? got - ns : ns - got;
			if (ns < 128)
				assert_int_equal(off, 0);
			assert_true(off <= ns / 128);
			hist_free(&hist);
		}
	}
}

TEST(figures_are_exact)
{
	static const __u64 some[] = {1000000007, 3, 999999999989ULL, 3};
	struct hist hist = {};
	size_t i;

	assert_int_equal(hist_mean(&hist), 0);
	assert_int_equal(hist_percentile(&hist, 50), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(hist_add(&hist, some[i]), 0);
	assert_int_equal(hist.count, 4);
	assert_true(hist.total_ns == 1001000000002ULL);
	assert_true(hist.min_ns == 3 && hist.max_ns == 999999999989ULL);
	/* .5 is rounded up */
	assert_true(hist_mean(&hist) == 250250000001ULL);
	hist_free(&hist);
	assert_int_equal(hist.count, 0);
}

TEST(total_does_not_wrap)
{
	struct hist hist = {};

	assert_int_equal(hist_add(&hist, U64_MAX), 0);
	assert_true(hist.total_ns == U64_MAX && hist_mean(&hist) == U64_MAX);
	assert_int_equal(hist_add(&hist, 2), 0);
	assert_true(hist.total_ns == U64_MAX);
	/* The least and the greatest values are exact. */
	assert_true(hist_percentile(&hist, 50) == 2);
	assert_true(hist_percentile(&hist, 99) == U64_MAX);
	hist_free(&hist);
}

TEST(merging_equals_adding)
{
	struct hist all = {}, parts[3] = {}, merged = {}, empty = {};
	unsigned int percent;
	size_t i, j;

	for (i = 0; i < NR_DISTRIBUTIONS; i++) {
		fill(&all, i, 1000);
		for (j = 0; j < 1000; j++)
			assert_int_equal(hist_add(&parts[j * 7 % 3], values[j]), 0);
		assert_int_equal(hist_merge(&merged, &empty), 0);
		assert_int_equal(merged.count, 0);
		for (j = 0; j < 3; j++)
			assert_int_equal(hist_merge(&merged, &parts[j]), 0);
		assert_int_equal(hist_merge(&merged, &empty), 0);

		assert_memory_equal(&merged, &all, offsetof(struct hist, octave));
		for (percent = 0; percent <= 100; percent++)
			assert_true(hist_percentile(&merged, percent) ==
				    hist_percentile(&all, percent));
		hist_free(&all);
		hist_free(&merged);
		for (j = 0; j < 3; j++)
			hist_free(&parts[j]);
	}
}

static size_t octaves(const struct hist *hist)
{
	size_t i, n = 0;

	for (i = 0; i < HIST_OCTAVES; i++)
		n += !!hist->octave[i];
	return n;
}

/* 100,000 calls from 100 us to 10 ms take seven or eight octaves, and more calls take no more. */
TEST(memory_is_bounded)
{
	struct hist hist = {};
	int i;

	state64 = 2;
	assert_true(sizeof(hist) <= 512);
	assert_int_equal(HIST_BUCKETS * sizeof(*hist.octave[0]), 512);
	for (i = 0; i < 100000; i++)
		assert_int_equal(hist_add(&hist, 100000 + random64() % 9900000), 0);
	assert_in_range(octaves(&hist), 7, 8);
	hist_free(&hist);
	hist_free(NULL);
}

TEST_MAIN(NULL, NULL)
