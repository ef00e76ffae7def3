// SPDX-License-Identifier: GPL-2.0-only
/* Ledgers of several recordings become one. */
#include "support/test.h"
#include "model/ledger_figures.h"
#include "util/macros.h"

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

/* The files of a run add up to the run. */
TEST(files_of_a_run)
{
	static const struct figure some[] = {{"count", 0, FIGURE_COUNT, false},
					     {"left", sizeof(__u64), FIGURE_LEFT, false},
					     {"shed", 2 * sizeof(__u64), FIGURE_SHED, false},
					     {}};
	/* What was counted by the end of each file; a figure may fall. */
	static const __u64 runs[][3][4] = {
		{{3, 3, 7, 9}, {2, 1, 0, 4}, {0, 5, 5, 6}},
		{{0, 8, 7, 8}, {0, 0, 0, 0}, {1, 1, 1, 1}},
		{{3, LEDGER_UNKNOWN, 9, 9}, {1, LEDGER_UNKNOWN, 1, 1}, {0, 0, 0, 0}},
	};

	for (size_t run = 0; run < ARRAY_SIZE(runs); run++) {
		__u64 sum[3] = {}, before[3] = {}, one[3];

		for (int file = 0; file < 4; file++) {
			for (int i = 0; i < 3; i++)
				one[i] = runs[run][i][file];
			figures_since(some, one, before, file < 3);
			figures_merge(some, sum, one);
		}
		assert_true(sum[0] == (run == 2 ? LEDGER_UNKNOWN : runs[run][0][3]));
		assert_true(sum[1] == runs[run][1][3] && sum[2] == runs[run][2][3]);
	}
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
