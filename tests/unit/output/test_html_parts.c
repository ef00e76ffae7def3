// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts values in bins and events in slots, and draws bars: nothing is lost or counted twice.
 */
#include "output/html/bars.h"
#include "output/html/bins.h"
#include "output/html/rate.h"
#include "support/chance.h"
#include "support/rendered_teardowns.h"
#include "util/macros.h"

static __u64 sum_of_bins(const struct bins *bins)
{
	__u64 sum = 0;

	for (unsigned int i = 0; i < bins->nr; i++)
		sum += bins->count[i];
	return sum;
}

TEST(bins_count_all)
{
	static const __u64 values[] = {0, 1, 2, 3, 127, 128, 1000000, 1ULL << 62, ~0ULL - 1};
	struct samples samples = {};
	struct hist hist = {};
	struct bins bins;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		assert_int_equal(hist_add(&hist, values[i]), 0);
		assert_int_equal(samples_add(&samples, values[i]), 0);
	}
	bins = bins_new(hist_least(&hist), hist.max_ns, MAX_BINS, 1.0 / 16);
	bins_add_hist(&bins, &hist);
	assert_int_equal(bins.zeros, 1);
	assert_int_equal(sum_of_bins(&bins), ARRAY_SIZE(values) - 1);
	assert_int_equal(bins.count[0], 1);
	assert_int_equal(bins.count[bins.nr - 1], 1);
	bins = bins_new(hist_least(&hist), hist.max_ns, MAX_BINS, 1.0 / 16);
	bins_add_samples(&bins, &samples);
	assert_int_equal(bins.zeros, 1);
	assert_int_equal(sum_of_bins(&bins), ARRAY_SIZE(values) - 1);
	hist_free(&hist);
	samples_free(&samples);
}

TEST(bins_of_one_value)
{
	struct bins bins = bins_new(1234, 1234, 80, 0.001);

	assert_int_equal(bins.nr, 1);
	assert_true(bins.step > 0);
	bins_add_samples(&bins, &(struct samples){.ns = (__u64[]){1234}, .nr = 1});
	assert_int_equal(bins.count[0], 1);
}

TEST(least_values)
{
	const struct samples zeros = {.ns = (__u64[]){0, 0}, .nr = 2};
	const struct samples some = {.ns = (__u64[]){0, 7}, .nr = 2};
	struct hist hist = {};

	assert_true(samples_least(&zeros) == UINT64_MAX);
	assert_int_equal(samples_least(&some), 7);
	assert_int_equal(hist_add(&hist, 0), 0);
	assert_true(hist_least(&hist) == UINT64_MAX);
	assert_int_equal(hist_add(&hist, 9), 0);
	assert_int_equal(hist_add(&hist, 7), 0);
	assert_int_equal(hist_least(&hist), 7);
	hist_free(&hist);
}

TEST(rate_grows)
{
	struct rate rate = {.slot_ns = RATE_FIRST_NS};
	__u64 sum = 0;

	for (int i = 0; i < 1000; i++)
		rate_add(&rate, below(1ULL << 40));
	rate_add(&rate, 0);
	rate_add(&rate, ~0ULL - 1);
	for (int i = 0; i < RATE_SLOTS; i++)
		sum += rate.count[i];
	assert_int_equal(sum, 1002);
	assert_int_equal(rate.count[0], 1001);
	assert_int_equal(rate.count[RATE_SLOTS - 1], 1);
}

TEST(rate_keeps_times)
{
	struct rate rate = {.slot_ns = RATE_FIRST_NS};

	for (__u64 i = 0; i < 2 * RATE_SLOTS; i++)
		rate_add(&rate, i * RATE_FIRST_NS);
	assert_int_equal(rate.slot_ns, 2 * RATE_FIRST_NS);
	for (int i = 0; i < RATE_SLOTS; i++)
		assert_int_equal(rate.count[i], 2);
}

TEST(bar_parts)
{
	struct teardown teardown = known_teardown();
	struct bar bar = bar_of_teardown(&teardown);

	assert_true(bar.part_ns[PART_WAIT] == 1000000123);
	assert_true(bar.part_ns[PART_FREE] == 1700);
	assert_true(bar.part_ns[PART_DESTROY] == 300);
	assert_true(bar.part_ns[PART_DEFERRED] == 40);
	assert_false(bar.unknown);
	teardown = unknown_teardown();
	bar = bar_of_teardown(&teardown);
	for (int i = 0; i < NR_PARTS; i++)
		assert_true(bar.part_ns[i] == 0);
	assert_true(bar.unknown);
}

/* Longer labels are cut between characters. */
TEST(bar_labels)
{
	struct bar bar = {.part_ns = {1, 2, 3, 4}};
	FILE *out = out_open();
	const char *page;

	for (int i = 0; i < 30; i++)
		strcat(bar.label, "\u540d");
	bars_draw(out, "x", &bar, 1, true);
	page = out_close(out);
	check_has(page, "\u540d\u2026</text>");
	assert_int_equal(occurrences(page, "data-ns=\"3\""), 2);
}

TEST_MAIN(NULL, NULL)
