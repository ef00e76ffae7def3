// SPDX-License-Identifier: GPL-2.0-only
/* Permutation test of runs, with a correction for the number of figures that are tested. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/macros.h"
#include "util/permute.h"

#define MOST_ARRANGEMENTS 20000

/* Sums of the same values in another order differ by rounding. */
#define SAME_SUM 1e-9

struct test {
	double *score;	/* of each run: its value from the mean of its block; all have length 1 */
	double found;	/* the sum over the second group, without its sign */
	size_t nth;	/* in the order of the caller */
	size_t as_far;	/* arrangements with such a sum, */
	size_t any_far; /* and with such a sum of this test or of one behind it */
};

struct block {
	size_t from, to, nr_second;
};

static struct block block_at(const struct permute_runs *runs, size_t from)
{
	struct block block = {from, from, 0};

	while (block.to < runs->nr && runs->block[block.to] == runs->block[from])
		block.nr_second += runs->second[block.to++];
	return block;
}

static double ways_of(size_t first, size_t second)
{
	double ways = 1;

	for (size_t i = 1; i <= second; i++)
		ways = ways * (first + i) / i;
	return ways;
}

static double nr_arrangements(const struct permute_runs *runs)
{
	double ways = 1;

	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to))
		ways *= ways_of(block.to - block.from - block.nr_second, block.nr_second);
	return ways;
}

/* opposite: that arrangement is as far. Of random arrangements, one is the one that was found. */
static double least_of(double ways, bool opposite)
{
	return fmax(1.0 / MOST_ARRANGEMENTS, fmin(1, (opposite ? 2 : 1) / ways));
}

/*
 * With groups of one size in each block, the opposite arrangement is as far. A block with only one
 * group has only one arrangement. value: NULL: no run lacks it.
 */
static double least_p(const struct permute_runs *runs, const double *value)
{
	bool balanced = true;
	double ways = 1;

	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to)) {
		size_t nr[2] = {};

		for (size_t i = block.from; i < block.to; i++)
			nr[runs->second[i]] += !value || !isnan(value[i]);
		ways *= ways_of(nr[0], nr[1]);
		balanced = balanced && (nr[0] == nr[1] || !nr[0] || !nr[1]);
	}
	return least_of(ways, balanced);
}

double permute_least_p(const struct permute_runs *runs)
{
	return least_p(runs, NULL);
}

double permute_least_p_known(const struct permute_runs *runs, const double *value)
{
	return least_p(runs, value);
}

double permute_least_p_of(size_t first, size_t second)
{
	return least_of(ways_of(first, second), first == second);
}

/* The next arrangement of a block, by value; false: it is the first one again. */
static bool next_of_block(bool *second, const struct block *block)
{
	size_t at = block->to, last = block->to - 1, swap;

	/* Find the last false before a true: "0111000" becomes "1000011". */
	while (last > block->from && !(second[last] && !second[last - 1]))
		last--;
	if (last == block->from) {
		for (size_t i = block->from; i < block->to; i++)
			second[i] = i >= block->to - block->nr_second;
		return false;
	}
	for (swap = block->to - 1; !second[swap]; swap--)
		;
	second[swap] = false;
	second[last - 1] = true;
	for (size_t i = last; i < --at; i++) {
		bool other = second[i];

		second[i] = second[at];
		second[at] = other;
	}
	return true;
}

static void next(bool *second, const struct permute_runs *runs)
{
	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to))
		if (next_of_block(second, &block))
			return;
}

/* xorshift64: the same figures give the same result. */
static uint64_t random_below(uint64_t *state, uint64_t limit)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state % limit;
}

static void shuffle(bool *second, const struct permute_runs *runs, uint64_t *state)
{
	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to)) {
		for (size_t i = block.to - 1; i > block.from; i--) {
			size_t other = block.from + random_below(state, i - block.from + 1);
			bool is = second[i];

			second[i] = second[other];
			second[other] = is;
		}
	}
}

static double sum_of(const struct test *test, const size_t *chosen, size_t nr_chosen)
{
	double sum = 0;

	for (size_t i = 0; i < nr_chosen; i++)
		sum += test->score[chosen[i]];
	return fabs(sum);
}

/* Lists the runs of the second group in chosen. Returns their number. */
static size_t choose(const bool *second, size_t nr, size_t *chosen)
{
	size_t nr_chosen = 0;

	for (size_t i = 0; i < nr; i++)
		if (second[i])
			chosen[nr_chosen++] = i;
	return nr_chosen;
}

/* Tests are in the order of what was found, the farthest first. */
static void count(struct test *tests, size_t nr_tests, const size_t *chosen, size_t nr_chosen)
{
	double farthest = 0;

	for (size_t i = nr_tests; i-- > 0;) {
		double sum = sum_of(&tests[i], chosen, nr_chosen);

		farthest = fmax(farthest, sum);
		tests[i].as_far += sum >= tests[i].found - SAME_SUM;
		tests[i].any_far += farthest >= tests[i].found - SAME_SUM;
	}
}

/*
 * False: there is nothing to test. Values are taken from the first one of their block, so that
 * equal ones have a score of 0 and not one of what rounding leaves.
 */
static bool set_scores(struct test *test, const double *value, const struct permute_runs *runs)
{
	double squares = 0;
	bool known = false;

	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to)) {
		double first = NAN, sum = 0;
		size_t n = 0;

		for (size_t i = block.from; i < block.to; i++) {
			if (isnan(value[i]))
				continue;
			first = n++ ? first : value[i];
			sum += value[i] - first;
		}
		for (size_t i = block.from; i < block.to; i++) {
			test->score[i] = isnan(value[i]) ? 0 : value[i] - first - sum / n;
			squares += test->score[i] * test->score[i];
		}
		known = known || n;
	}
	for (size_t i = 0; i < runs->nr; i++) {
		if (squares > 0)
			test->score[i] /= sqrt(squares);
		test->found += runs->second[i] ? test->score[i] : 0;
	}
	test->found = fabs(test->found);
	return known;
}

static int compare_found(const void *left, const void *right)
{
	const struct test *a = left, *b = right;

	return (a->found < b->found) - (a->found > b->found);
}

/* Counts all arrangements, or random ones and the one that was found. */
static int count_all(struct test *tests, size_t nr_tests, const struct permute_runs *runs,
		     size_t *nr, bool *exact)
{
	bool *second = malloc(runs->nr + 1);
	size_t *chosen = calloc(runs->nr + 1, sizeof(*chosen));
	uint64_t state = 88172645463325252ULL;
	double ways = nr_arrangements(runs);
	int err = second && chosen ? 0 : -ENOMEM;

	if (!err)
		memcpy(second, runs->second, runs->nr);
	*exact = ways <= MOST_ARRANGEMENTS;
	*nr = *exact ? (size_t)(ways + 0.5) : MOST_ARRANGEMENTS;
	for (size_t i = 0; i < *nr && !err; i++) {
		count(tests, nr_tests, chosen, choose(second, runs->nr, chosen));
		if (*exact)
			next(second, runs);
		else
			shuffle(second, runs, &state);
	}
	free(second);
	free(chosen);
	return err;
}

int permute_compare(const double *value, size_t nr_figures, const struct permute_runs *runs,
		    double *p, double *corrected, bool *exact)
{
	struct test *tests = calloc(nr_figures + 1, sizeof(*tests));
	double *scores = calloc(nr_figures * runs->nr + 1, sizeof(*scores)), least = 0;
	size_t nr_tests = 0, nr = 0;
	int err = tests && scores ? 0 : -ENOMEM;

	for (size_t i = 0; i < nr_figures && !err; i++) {
		p[i] = corrected[i] = NAN;
		tests[nr_tests] = (struct test){.score = scores + nr_tests * runs->nr, .nth = i};
		nr_tests += set_scores(&tests[nr_tests], value + i * runs->nr, runs);
	}
	if (!err) {
		qsort(tests, nr_tests, sizeof(*tests), compare_found);
		err = count_all(tests, nr_tests, runs, &nr, exact);
	}
	for (size_t i = 0; i < nr_tests && !err; i++) {
		p[tests[i].nth] = (double)tests[i].as_far / nr;
		least = fmax(least, (double)tests[i].any_far / nr);
		corrected[tests[i].nth] = least;
	}
	free(scores);
	free(tests);
	return err;
}
