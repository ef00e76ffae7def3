// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates comparisons of several runs a side, with differences between runs as real ones have
 * them, and counts false alarms and differences found: by the permutation of runs that diff uses,
 * and by the methods it does not use.
 *
 * The random numbers are always the same, so that each test passes always or never. With
 * SIMULATED_PAIRS=1000 in the environment, it prints the tables of docs/comparing.md instead, from
 * as many pairs of sides.
 */
#include <math.h>
#include <stdlib.h>

#include "support/chance.h"
#include "support/compared.h"
#include "util/permute.h"

#define PAIRS	  100 /* of sides, in a test */
#define FEW_PAIRS 20  /* the same, where each takes long */
#define KEYS	  10  /* each with its median and its 99th percentile in the family */
#define VALUES	  20  /* of a key in a run */
#define RESAMPLES 401 /* so that 10 p of the least are below 0.05 */

/* Within a run: the logarithms of values; one in fifty takes exp(SLOW) as long. */
#define MEDIAN_NS 1e6
#define SIGMA	  0.05
#define SLOW	  1

/* P(more than this many of 100 at 12 of 252) is 0.0009. */
#define MOST_ALARMS 12

/* The amount that a run adds to the logarithms of all of its values of a key. */
struct model {
	const char *name;
	double own;    /* standard deviation, drawn for each key */
	double shared; /* standard deviation, drawn for all keys of the run */
	double layout; /* this or nothing, evenly, for each key: as by the luck of its layout */
	double lacks[NR_DIFF_SIDES]; /* the share of keys that a run lacks, each by chance */
};

static const struct model models[] = {
	{.name = "no difference of runs"},
	{.name = "5 % for each key", .own = 0.05},
	{.name = "10 % for each key", .own = 0.10},
	{.name = "15 % for each key", .own = 0.15},
	{.name = "7 %, mostly of the run", .own = 0.03, .shared = 0.06},
	{.name = "0 or 10 % by layout", .layout = 0.10},
};

/* The new side lacks more, as if some scenarios often failed there. */
static const struct {
	struct model model;
	size_t nr_runs;
} lacking[] = {
	{{.name = "5 %, lacking keys", .own = 0.05, .lacks = {0.1, 0.5}}, 10},
	{{.name = "7 % of run, lacking", .own = 0.03, .shared = 0.06, .lacks = {0.1, 0.5}}, 10},
	{{.name = "5 %, hardly a key", .own = 0.05, .lacks = {0, 0.93}}, 20},
};

static __u64 values[NR_DIFF_SIDES][MAX_RUNS][KEYS][VALUES];

/* Between 0 and 1, both excluded. */
static double uniform(void)
{
	return ((double)(random64() >> 11) + 0.5) * 0x1p-53;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static int compare_ns(const void *left, const void *right)
{
	const __u64 *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void draw_run(const struct model *model, __u64 run[KEYS][VALUES], double factor)
{
	double shared = model->shared * normal();

	for (int key = 0; key < KEYS; key++) {
		double of_run = shared + model->own * normal() +
				(model->layout > 0 && uniform() < 0.5 ? model->layout : 0);

		for (int i = 0; i < VALUES; i++)
			run[key][i] = (__u64)(MEDIAN_NS * (key ? 1 : factor) *
					      exp(of_run + SIGMA * normal() +
						  (uniform() < 0.02 ? SLOW : 0)));
	}
}

/* Key "a" takes factor times as long on the new side. Each run is of its own boot. */
static struct sides draw_pair(const struct model *model, size_t nr_runs, double factor)
{
	static char boots[NR_DIFF_SIDES][MAX_RUNS][48];
	struct sides sides = sides_new();

	for (int side = 0; side < NR_DIFF_SIDES; side++) {
		for (size_t run = 0; run < nr_runs; run++) {
			snprintf(boots[side][run], sizeof(boots[side][run]), "%d %zu", side, run);
			begin_run(&sides, side, "", boots[side][run]);
			draw_run(model, values[side][run], side == DIFF_NEW ? factor : 1);
			for (int key = 0; key < KEYS; key++) {
				if (model->lacks[side] > 0 && uniform() < model->lacks[side])
					continue;
				for (int i = 0; i < VALUES; i++)
					put(&sides, side, (char[]){(char)('a' + key), '\0'},
					    values[side][run][key][i]);
			}
		}
	}
	return sides;
}

struct found {
	int alarms; /* comparisons with a key found that does not differ, or its tail */
	int hits;   /* with key "a" found */
};

static void count_found(struct found *found, const struct diff *diff, bool differs)
{
	bool alarm = false, hit = false;

	for (size_t i = 0; i < diff->nr; i++) {
		const struct diff_line *line = &diff->line[i];
		bool is_a = *line->row->key.map.name == 'a';
		bool differ = line->side[DIFF_BASE].n && line->side[DIFF_NEW].n &&
			      line->verdict != VERDICT_FEW_RUNS && line->verdict != VERDICT_SAME;

		hit |= is_a && differ;
		if (!is_a || !differs)
			alarm |= differ || line->p_tail_corrected < 0.05;
	}
	found->alarms += alarm;
	found->hits += hit;
}

static struct found simulate(const struct model *model, size_t nr_runs, double factor,
			     bool within_run, int nr_pairs)
{
	struct found found = {};

	state64 = 0x9e3779b97f4a7c15;
	for (int i = 0; i < nr_pairs; i++) {
		struct sides sides = draw_pair(model, nr_runs, factor);

		sides.opts.within_run = within_run;
		if (nr_runs < 4 && !within_run)
			assert_true(compare(&sides)->few_runs);
		else
			count_found(&found, compare(&sides), factor != 1);
		sides_free(&sides);
	}
	print_message("%-22s %2zu runs a side, a %.2f times: %3d with a false alarm, a found in %d"
		      " of %d%s\n",
		      model->name, nr_runs, factor, found.alarms, found.hits, nr_pairs,
		      within_run ? " (by values)" : "");
	return found;
}

TEST(few_false_alarms)
{
	int all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		int alarms = simulate(&models[i], 5, 1, false, PAIRS).alarms;

		assert_in_range(alarms, 0, MOST_ALARMS);
		all += alarms;
	}
	/* 29 are expected; more than 45 or less than 14 have a probability of 0.003. */
	assert_in_range(all, 14, 45);
}

/* Runs that lack a key are no evidence, nor do they hide that of others. */
TEST(few_false_alarms_of_lacking)
{
	int all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++) {
		int alarms =
			simulate(&lacking[i].model, lacking[i].nr_runs, 1, false, PAIRS).alarms;

		assert_in_range(alarms, 0, MOST_ALARMS);
		all += alarms;
	}
	/* 15 are the most to expect; more than 26 have a probability of 0.003. */
	assert_in_range(all, 0, 26);
	assert_in_range(simulate(&lacking[0].model, 10, 1.25, false, FEW_PAIRS).hits, 10,
			FEW_PAIRS);
}

/* Tests of all values together give false alarms as soon as runs differ. */
TEST(values_are_no_runs)
{
	assert_in_range(simulate(&models[0], 5, 1, true, PAIRS).alarms, 0, MOST_ALARMS);
	for (size_t i = 1; i < ARRAY_SIZE(models); i++)
		assert_in_range(simulate(&models[i], 5, 1, true, FEW_PAIRS).alarms, 14, FEW_PAIRS);
	/* Nor is one run a side more. */
	assert_in_range(simulate(&models[2], 1, 1, true, PAIRS).alarms, 70, PAIRS);
}

/* 3 and 3 runs can be arranged in 20 ways: p is 0.1 at least. */
TEST(power_of_runs)
{
	assert_int_equal(simulate(&models[0], 3, 1.25, false, FEW_PAIRS).hits, 0);
	assert_in_range(simulate(&models[0], 5, 1.10, false, PAIRS).hits, 95, PAIRS);
	assert_in_range(simulate(&models[1], 5, 1.25, false, PAIRS).hits, 80, PAIRS);
	assert_in_range(simulate(&models[1], 5, 1.10, false, PAIRS).hits, 10, 40);
	assert_in_range(simulate(&models[2], 10, 1.25, false, FEW_PAIRS).hits, 14, FEW_PAIRS);
}

/* The mean over runs of the logarithm of the median; runs and their values are drawn again. */
static double resampled(__u64 (*runs)[KEYS][VALUES], size_t nr_runs, int key)
{
	double sum = 0;

	for (size_t i = 0; i < nr_runs; i++) {
		const __u64 *run = runs[below(nr_runs)][key];
		__u64 drawn[VALUES];

		for (int j = 0; j < VALUES; j++)
			drawn[j] = run[below(VALUES)];
		qsort(drawn, VALUES, sizeof(*drawn), compare_ns);
		sum += log(stats_median(drawn, VALUES));
	}
	return sum / (double)nr_runs;
}

/* Two-sided: how rarely the resampled difference is on the other side of 0. */
static double bootstrap_p(size_t nr_runs, int key)
{
	int above = 0;

	for (int i = 0; i < RESAMPLES; i++)
		above += resampled(values[DIFF_NEW], nr_runs, key) >
			 resampled(values[DIFF_BASE], nr_runs, key);
	if (above > RESAMPLES / 2)
		above = RESAMPLES - above;
	return 2.0 * (above + 1) / (RESAMPLES + 1);
}

/* Five runs are too few to stand for all that there may be. Only medians are tested here. */
static int bootstrap_alarms(int nr_pairs)
{
	int alarms = 0;

	state64 = 0x9e3779b97f4a7c15;
	for (int i = 0; i < nr_pairs; i++) {
		struct sides sides = draw_pair(&models[2], 5, 1);
		double p[KEYS];
		bool alarm = false;

		for (int key = 0; key < KEYS; key++)
			p[key] = bootstrap_p(5, key);
		assert_int_equal(stats_correct(p, p, KEYS), 0);
		for (int key = 0; key < KEYS; key++)
			alarm |= p[key] < 0.05;
		alarms += alarm;
		sides_free(&sides);
	}
	print_message("two-level bootstrap: %d of %d with a false alarm\n", alarms, nr_pairs);
	return alarms;
}

/* Even if all runs of key "a" are apart, Holm's correction of 20 single p is above 0.05. */
TEST(holm_of_permutations)
{
	static const bool second[10] = {[5] = true, true, true, true, true};
	static const size_t block[10];

	assert_true(permute_least_p(&(struct permute_runs){second, block, 10}) * 2 * KEYS > 0.05);
}

/* All that docs/comparing.md shows, on request. */
TEST(tables_of_the_document)
{
	static const size_t nr_runs[] = {3, 5, 10};
	static const double factors[] = {1, 1.10, 1.25};
	const char *wanted = getenv("SIMULATED_PAIRS");
	int nr_pairs = wanted ? atoi(wanted) : 0;

	if (nr_pairs <= 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		simulate(&models[i], 1, 1, true, nr_pairs);
		simulate(&models[i], 5, 1, true, nr_pairs);
		for (size_t j = 0; j < ARRAY_SIZE(nr_runs); j++)
			for (size_t k = 0; k < ARRAY_SIZE(factors); k++)
				simulate(&models[i], nr_runs[j], factors[k], false, nr_pairs);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++)
		for (size_t k = 0; k < ARRAY_SIZE(factors); k++)
			simulate(&lacking[i].model, lacking[i].nr_runs, factors[k], false,
				 nr_pairs);
	bootstrap_alarms(nr_pairs);
}

TEST_MAIN(NULL, NULL)
