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
	int direction;	/* this sign */
	size_t nth;	/* in the order of the caller */
	size_t known;	/* in struct family */
	double least;	/* possible p */
	size_t as_far;	/* arrangements with such a sum, */
	size_t any_far; /* and with such a sum of this test or of one behind it */
};

/* The runs that have a figure. Each group and block has always as many as were found there. */
struct known {
	bool *is;	/* of each run */
	size_t *chosen; /* those in the second group of an arrangement */
	size_t nr_chosen;
};

/* Figures that are tested together. Runs without any of them are left out. */
struct family {
	struct permute_runs runs;
	size_t *at; /* of each run: its place in the caller's order */
	struct test *tests;
	size_t nr_tests;
	struct known *known; /* all are different */
	size_t nr_known;
	/* What these point to. */
	bool *second, *is;
	size_t *block, *chosen;
	double *scores;
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

static void mix(size_t *order, size_t nr, uint64_t *state)
{
	for (size_t i = nr; i > 1; i--) {
		size_t other = random_below(state, i), is = order[i - 1];

		order[i - 1] = order[other];
		order[other] = is;
	}
}

/* Lists the runs of each block, those of the second group first. state: in random order; or NULL */
static void set_order(size_t *order, const bool *second, const struct permute_runs *runs,
		      uint64_t *state)
{
	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to)) {
		size_t front = block.from, back = block.to;

		for (size_t i = block.from; i < block.to; i++)
			order[second[i] ? front++ : --back] = i;
		if (!state)
			continue;
		mix(order + block.from, front - block.from, state);
		mix(order + front, block.to - front, state);
	}
}

/* Chooses the first known runs of each block. All choices are equally likely. */
static void choose(struct known *known, const struct permute_runs *runs, const size_t *order)
{
	known->nr_chosen = 0;
	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to)) {
		size_t wanted = 0;

		for (size_t i = block.from; i < block.to; i++)
			wanted += known->is[i] && runs->second[i];
		for (size_t i = block.from; wanted; i++) {
			if (!known->is[order[i]])
				continue;
			known->chosen[known->nr_chosen++] = order[i];
			wanted--;
		}
	}
}

static double sum_of(const struct test *test, const struct known *known)
{
	double sum = 0;

	for (size_t i = 0; i < known->nr_chosen; i++)
		sum += test->score[known->chosen[i]];
	return fabs(sum);
}

/* Tests are in the order of what was found, the farthest first. */
static void count(struct family *family, const size_t *order)
{
	double farthest = 0;

	for (size_t i = 0; i < family->nr_known; i++)
		choose(&family->known[i], &family->runs, order);
	for (size_t i = family->nr_tests; i-- > 0;) {
		struct test *test = &family->tests[i];
		double sum = sum_of(test, &family->known[test->known]);

		farthest = fmax(farthest, sum);
		test->as_far += sum >= test->found - SAME_SUM;
		test->any_far += farthest >= test->found - SAME_SUM;
	}
}

/*
 * Values are taken from the first one of their block, so that equal ones have a score of 0 and not
 * one of what rounding leaves. A block that has the figure in one group only has no difference.
 */
static void set_scores(struct test *test, const double *value, const struct family *family)
{
	const struct permute_runs *runs = &family->runs;
	double squares = 0, found = 0;

	for (struct block block = block_at(runs, 0); block.from < runs->nr;
	     block = block_at(runs, block.to)) {
		double first = NAN, sum = 0;
		size_t nr[2] = {};

		for (size_t i = block.from; i < block.to; i++) {
			if (isnan(value[family->at[i]]))
				continue;
			first = nr[0] + nr[1] ? first : value[family->at[i]];
			sum += value[family->at[i]] - first;
			nr[runs->second[i]]++;
		}
		for (size_t i = block.from; i < block.to && nr[0] && nr[1]; i++) {
			if (isnan(value[family->at[i]]))
				continue;
			test->score[i] = value[family->at[i]] - first - sum / (nr[0] + nr[1]);
			squares += test->score[i] * test->score[i];
		}
	}
	for (size_t i = 0; i < runs->nr; i++) {
		if (squares > 0)
			test->score[i] /= sqrt(squares);
		found += runs->second[i] ? test->score[i] : 0;
	}
	test->found = fabs(found);
	test->direction = (found > SAME_SUM) - (found < -SAME_SUM);
}

/* The number of the known runs of a figure; those of the same runs share it. */
static size_t add_known(struct family *family, const double *value)
{
	struct known *known = &family->known[family->nr_known];
	size_t nr = family->runs.nr, nth = 0;

	known->is = family->is + family->nr_known * nr;
	known->chosen = family->chosen + family->nr_known * nr;
	for (size_t i = 0; i < nr; i++)
		known->is[i] = !isnan(value[family->at[i]]);
	while (memcmp(family->known[nth].is, known->is, nr * sizeof(*known->is)) != 0)
		nth++;
	family->nr_known += nth == family->nr_known;
	return nth;
}

static int compare_found(const void *left, const void *right)
{
	const struct test *a = left, *b = right;

	return (a->found < b->found) - (a->found > b->found);
}

static bool is_known(const double *value, size_t nr)
{
	size_t i = 0;

	while (i < nr && isnan(value[i]))
		i++;
	return i < nr;
}

/* Keeps the runs that have any figure. */
static void set_runs(struct family *family, const double *value, size_t nr_figures,
		     const struct permute_runs *runs)
{
	size_t nr = 0;

	for (size_t i = 0; i < runs->nr; i++) {
		size_t nth = 0;

		while (nth < nr_figures && isnan(value[nth * runs->nr + i]))
			nth++;
		if (nth == nr_figures)
			continue;
		family->second[nr] = runs->second[i];
		family->block[nr] = runs->block[i];
		family->at[nr++] = i;
	}
	family->runs = (struct permute_runs){family->second, family->block, nr};
}

/* To be freed with family_free() in any case. Returns 0 or -ENOMEM. */
static int family_make(struct family *family, const double *value, size_t nr_figures,
		       const struct permute_runs *runs)
{
	size_t room = nr_figures * runs->nr + 1;

	*family = (struct family){
		.at = calloc(runs->nr + 1, sizeof(*family->at)),
		.tests = calloc(nr_figures + 1, sizeof(*family->tests)),
		.known = calloc(nr_figures + 1, sizeof(*family->known)),
		.second = calloc(runs->nr + 1, sizeof(*family->second)),
		.is = calloc(room, sizeof(*family->is)),
		.block = calloc(runs->nr + 1, sizeof(*family->block)),
		.chosen = calloc(room, sizeof(*family->chosen)),
		.scores = calloc(room, sizeof(*family->scores)),
	};
	if (!family->at || !family->tests || !family->known || !family->second || !family->is ||
	    !family->block || !family->chosen || !family->scores)
		return -ENOMEM;
	set_runs(family, value, nr_figures, runs);
	for (size_t i = 0; i < nr_figures; i++, value += runs->nr) {
		struct test *test = &family->tests[family->nr_tests];

		if (!is_known(value, runs->nr))
			continue;
		*test = (struct test){.score = family->scores + i * runs->nr, .nth = i};
		test->known = add_known(family, value);
		test->least = permute_least_p_known(runs, value);
		set_scores(test, value, family);
		family->nr_tests++;
	}
	qsort(family->tests, family->nr_tests, sizeof(*family->tests), compare_found);
	return 0;
}

static void family_free(struct family *family)
{
	free(family->at);
	free(family->tests);
	free(family->known);
	free(family->second);
	free(family->is);
	free(family->block);
	free(family->chosen);
	free(family->scores);
}

/*
 * Counts all arrangements, or random ones and the one that was found. If figures are known of
 * different runs, all arrangements are counted as often as there is time for, each time with others
 * of these runs. Returns the number, or -ENOMEM.
 */
static int count_all(struct family *family, bool all)
{
	const struct permute_runs *runs = &family->runs;
	bool *second = malloc(runs->nr + 1), random = family->nr_known > 1;
	size_t *order = calloc(runs->nr + 1, sizeof(*order));
	int ways = all ? (int)(nr_arrangements(runs) + 0.5) : MOST_ARRANGEMENTS;
	int nr = second && order ? ways : -ENOMEM;
	uint64_t state = 88172645463325252ULL;

	if (nr > 0 && random)
		nr = MOST_ARRANGEMENTS / ways * ways;
	if (nr > 0)
		memcpy(second, runs->second, runs->nr);
	for (int i = 0; i < nr; i++) {
		set_order(order, second, runs, random ? &state : NULL);
		count(family, order);
		if (all)
			next(second, runs);
		else
			shuffle(second, runs, &state);
	}
	free(second);
	free(order);
	return nr;
}

/* Whether all runs of the family have the figure. */
static bool is_complete(const struct family *family, const struct test *test)
{
	return !memchr(family->known[test->known].is, false, family->runs.nr);
}

int permute_compare(const double *value, size_t nr_figures, const struct permute_runs *runs,
		    struct permute_result *result)
{
	struct family family;
	int err = family_make(&family, value, nr_figures, runs), nr = 0;
	bool all = !err && nr_arrangements(&family.runs) <= MOST_ARRANGEMENTS;
	double least = 0;

	if (!err)
		nr = count_all(&family, all);
	for (size_t i = 0; i < nr_figures; i++)
		result[i] = (struct permute_result){.p = NAN, .corrected = NAN};
	for (size_t i = 0; i < family.nr_tests && nr > 0; i++) {
		struct test *test = &family.tests[i];
		double p = fmax(test->least, (double)test->as_far / nr);

		least = fmax(least, (double)test->any_far / nr);
		result[test->nth] = (struct permute_result){p, fmax(p, least), test->direction,
							    all && is_complete(&family, test)};
	}
	family_free(&family);
	return err ? err : nr < 0 ? nr : 0;
}
