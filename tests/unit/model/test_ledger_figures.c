// SPDX-License-Identifier: GPL-2.0-only
/* Ledgers of several recordings become one. */
#include "support/test.h"
#include "model/ledger_figures.h"

struct three {
	__u64 count, duration, longest;
};

static const struct figure figures[] = {
	{"count", offsetof(struct three, count), FIGURE_COUNT, false},
	{"duration", offsetof(struct three, duration), FIGURE_DURATION, false},
	{"longest", offsetof(struct three, longest), FIGURE_LONGEST, false},
	{},
};

static void check_merged(const struct three *a, const struct three *b, const struct three *want)
{
	struct three merged = {};

	figures_merge(figures, &merged, a);
	figures_merge(figures, &merged, b);
	assert_memory_equal(&merged, want, sizeof(merged));
}

TEST(test_merge)
{
	const struct three none = {}, small = {1, 20, 30}, great = {5, 50, 70};
	const struct three no_longest = {1, LEDGER_UNKNOWN, LEDGER_UNKNOWN};
	const struct three vast = {INT64_MAX, INT64_MAX, INT64_MAX};
	struct three absent;

	check_merged(&none, &none, &none);
	check_merged(&small, &great, &(struct three){6, 70, 70});
	check_merged(&great, &small, &(struct three){6, 70, 70});
	check_merged(&no_longest, &great, &(struct three){6, LEDGER_UNKNOWN, LEDGER_UNKNOWN});
	check_merged(&vast, &great, &(struct three){LEDGER_UNKNOWN, LEDGER_UNKNOWN, INT64_MAX});
	figures_clear(figures, &absent);
	check_merged(&great, &absent, &absent);
	check_merged(&absent, &no_longest, &absent);
}

/* An unknown figure stays unknown, and none is below 0. */
TEST(test_arithmetics)
{
	__u64 known = 5, unknown = LEDGER_UNKNOWN, absent = LEDGER_ABSENT;

	figure_add(&known, 3);
	figure_subtract(&known, 8);
	assert_int_equal(known, 0);
	figure_subtract(&known, 1);
	assert_true(known == LEDGER_UNKNOWN);
	figure_add(&unknown, 3);
	figure_subtract(&absent, 3);
	assert_true(unknown == LEDGER_UNKNOWN && absent == LEDGER_ABSENT);
}

TEST_MAIN(NULL, NULL)
