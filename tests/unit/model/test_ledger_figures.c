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
	struct three unknown = {};

	check_merged(&none, &none, &none);
	check_merged(&small, &great, &(struct three){6, 70, 70});
	check_merged(&great, &small, &(struct three){6, 70, 70});
	check_merged(&no_longest, &great, &(struct three){6, LEDGER_UNKNOWN, LEDGER_UNKNOWN});
	figures_clear(figures, &unknown);
	check_merged(&great, &unknown, &unknown);
}

TEST_MAIN(NULL, NULL)
