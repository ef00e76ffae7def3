// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares random samples with a fixed seed, and counts alarms by chance and real changes found.
 */
#include "support/chance.h"
#include "support/compared.h"

#define NR_DIFFS	200
#define NR_KEYS_OF_EACH 5

/* A number from 0 to 1 */
static double uniform(void)
{
	return (double)(random64() >> 11) * 0x1p-53;
}

/* A latency of 10 us and up, mostly little more, at times far more; multiplied by factor. */
static __u64 latency_ns(double factor)
{
	double x = uniform();

	return (__u64)(factor * 10000 / (1 - 0.99 * x * x));
}

static void put_random(struct sides *sides, int key, size_t nr, double factor)
{
	char name[] = {(char)('a' + key), '\0'};

	for (; nr; nr--) {
		put(sides, DIFF_BASE, name, latency_ns(1));
		put(sides, DIFF_NEW, name, latency_ns(factor));
	}
}

/*
 * Of 200 comparisons without a difference, at most 10 are expected to give an alarm; more than 21
 * have a probability of 0.001. Without a correction, 45 would be expected.
 */
TEST(few_false_alarms)
{
	int alarms = 0, uncorrected = 0, failed = 0, i, key;
	struct sides sides = sides_new();

	limit(&sides, METRIC_P50, 0);
	for (i = 0; i < NR_DIFFS; i++) {
		bool any = false, any_uncorrected = false;
		const struct diff *diff;

		aggregate_reset(sides.of[DIFF_BASE]);
		aggregate_reset(sides.of[DIFF_NEW]);
		for (key = 0; key < NR_KEYS_OF_EACH; key++)
			put_random(&sides, key, 60, 1);
		diff = compare(&sides);
		assert_int_equal(diff->nr, NR_KEYS_OF_EACH);
		for (key = 0; key < NR_KEYS_OF_EACH; key++) {
			any |= diff->line[key].verdict != VERDICT_SAME;
			any_uncorrected |= diff->line[key].difference.p < sides.opts.alpha;
		}
		alarms += any;
		uncorrected += any_uncorrected;
		failed += !!diff->tally.failed;
	}
	print_message("%d of %d with a false alarm, %d failed; uncorrected: %d\n", alarms, NR_DIFFS,
		      failed, uncorrected);
	assert_in_range(alarms, 1, 21);
	assert_in_range(failed, 0, alarms);
	/* Otherwise this test would not notice a missing correction. */
	assert_in_range(uncorrected, 22, NR_DIFFS);
	sides_free(&sides);
}

/* One key of five, with 200 values on each side, is slower by 20 %. */
TEST(finds_what_is_there)
{
	struct sides sides = sides_new();
	int found = 0, i, key;

	limit(&sides, METRIC_P50, 5);
	for (i = 0; i < 100; i++) {
		const struct diff *diff;

		aggregate_reset(sides.of[DIFF_BASE]);
		aggregate_reset(sides.of[DIFF_NEW]);
		for (key = 0; key < NR_KEYS_OF_EACH; key++)
			put_random(&sides, key, 200, key == 2 ? 1.2 : 1);
		diff = compare(&sides);
		found += diff->line[0].failed && !strcmp(diff->line[0].row->key.map.name, "c");
	}
	print_message("found %d of 100\n", found);
	assert_in_range(found, 80, 100);
	sides_free(&sides);
}

TEST_MAIN(NULL, NULL)
