// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts how often differences are found in samples without and with differences.
 *
 * The samples are always the same, so that each test passes always or never. A correct test stays
 * within the bounds of false alarms with a probability of more than 0.998; a test that never finds
 * anything does not.
 */
#include <math.h>
#include <stdlib.h>

#include "support/chance.h"
#include "support/test.h"
#include "util/samples.h"
#include "util/stats.h"

#define ALPHA  0.05
#define TRIALS 200
#define KEYS   20

/* Latencies: the logarithms of real ones have about this spread. */
#define MEDIAN_NS 1e6
#define SIGMA	  0.3

/* P(more than this many of TRIALS at a probability of ALPHA) is 0.0012. */
#define MOST_ALARMS 20

/* Between 0 and 1, both excluded. */
static double uniform(void)
{
	return ((random64() >> 11) + 0.5) * 0x1p-53;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

/* "slow" of them take "times" as long. */
struct source {
	double factor;
	double slow, times;
};

static const struct source usual = {.factor = 1};

static void draw(struct samples *samples, size_t nr, const struct source *source)
{
	double ns;

	samples->nr = 0;
	while (nr--) {
		ns = MEDIAN_NS * source->factor * exp(SIGMA * normal());
		if (source->slow > 0 && uniform() < source->slow)
			ns *= source->times;
		assert_int_equal(samples_add(samples, (__u64)ns), 0);
	}
	samples_sort(samples);
}

struct trial {
	struct samples base, other;
};

static void trial_free(struct trial *trial)
{
	samples_free(&trial->base);
	samples_free(&trial->other);
}

static double trial_p(struct trial *trial, size_t nr, const struct source *source)
{
	struct stats_difference difference;

	draw(&trial->base, nr, &usual);
	draw(&trial->other, nr, source);
	assert_int_equal(stats_compare(trial->base.ns, trial->base.nr, trial->other.ns,
				       trial->other.nr, &difference),
			 0);
	return difference.p;
}

static double trial_tail_p(struct trial *trial, size_t nr, const struct source *source)
{
	double p;

	draw(&trial->base, nr, &usual);
	draw(&trial->other, nr, source);
	assert_int_equal(stats_compare_tail(trial->base.ns, trial->base.nr, trial->other.ns,
					    trial->other.nr, 99, &p),
			 0);
	return p;
}

/* The number of trials with a difference found. */
static int found(double (*p)(struct trial *trial, size_t nr, const struct source *source),
		 size_t nr, const struct source *source)
{
	struct trial trial = {};
	int i, nr_found = 0;

	state64 = 0x9e3779b97f4a7c15;
	for (i = 0; i < TRIALS; i++)
		nr_found += p(&trial, nr, source) < ALPHA;
	trial_free(&trial);
	print_message("%d of %d\n", nr_found, TRIALS);
	return nr_found;
}

TEST(test_false_alarms)
{
	assert_in_range(found(trial_p, 200, &usual), 2, MOST_ALARMS);
	/* The exact test. */
	assert_in_range(found(trial_p, 20, &usual), 2, MOST_ALARMS);
	/* Four and four values differ only if they do not overlap: p is at least 2 of 70. */
	assert_in_range(found(trial_p, 4, &usual), 1, MOST_ALARMS);
}

/*
 * Families of 20 keys, whose last one is from another source. Without correction, 1 - 0.95^19 of
 * the families with 19 equal keys have a false alarm: 62 %; with correction at most 5 %.
 */
static void families(const struct source *of_last, int *alarms, int *corrected_alarms,
		     int *last_found)
{
	double p[KEYS], corrected[KEYS];
	struct trial trial = {};
	int i, j, any, any_corrected;

	state64 = 0x9e3779b97f4a7c15;
	*alarms = *corrected_alarms = *last_found = 0;
	for (i = 0; i < TRIALS; i++) {
		for (j = 0; j < KEYS; j++)
			p[j] = trial_p(&trial, 200, j == KEYS - 1 ? of_last : &usual);
		assert_int_equal(stats_correct(p, corrected, KEYS), 0);
		any = any_corrected = 0;
		for (j = 0; j < KEYS - 1; j++) {
			any |= p[j] < ALPHA;
			any_corrected |= corrected[j] < ALPHA;
		}
		*alarms += any;
		*corrected_alarms += any_corrected;
		*last_found += corrected[KEYS - 1] < ALPHA;
	}
	trial_free(&trial);
	print_message("families: %d uncorrected, %d corrected, %d last ones of %d\n", *alarms,
		      *corrected_alarms, *last_found, TRIALS);
}

TEST(test_false_alarms_of_families)
{
	static const struct source slower = {.factor = 1.2};
	int alarms, corrected, last;

	families(&usual, &alarms, &corrected, &last);
	assert_in_range(alarms, 100, 150);
	assert_in_range(corrected, 1, MOST_ALARMS);
	assert_in_range(last, 0, 5);

	families(&slower, &alarms, &corrected, &last);
	assert_in_range(corrected, 1, MOST_ALARMS);
	assert_in_range(last, 190, TRIALS);
}

/*
 * By theory, a factor f moves 200 and 200 values by 9.77 ln f / SIGMA standard deviations: 5.9 for
 * 1.2, which is missed once in 30,000 times, 3.1 for 1.1 (found in 87 %), 1.6 for 1.05 (35 %).
 */
TEST(test_power)
{
	static const struct source slower = {.factor = 1.2}, faster = {.factor = 1 / 1.2};
	static const struct source little = {.factor = 1.1}, least = {.factor = 1.05};

	assert_in_range(found(trial_p, 200, &slower), 198, TRIALS);
	assert_in_range(found(trial_p, 200, &faster), 198, TRIALS);
	assert_in_range(found(trial_p, 200, &little), 155, 190);
	assert_in_range(found(trial_p, 200, &least), 45, 95);
}

/* Fisher's test stays below alpha, further below with fewer values: 40 here. */
TEST(test_false_alarms_of_tails)
{
	assert_in_range(found(trial_tail_p, 2000, &usual), 1, MOST_ALARMS);
}

/*
 * The 99th percentile is usually exp(2.33 SIGMA) = 2.01 times the median. With 2 % of the values
 * six times as long, it is about their median: 5.97 times, three times its former value. With 0.5 %
 * it grows little, and 10 among the 40 greatest are missed more often than not.
 */
TEST(test_power_of_tails)
{
	static const struct source tail = {.factor = 1, .slow = 0.02, .times = 6};
	static const struct source faint = {.factor = 1, .slow = 0.005, .times = 6};
	struct samples samples = {};
	__u64 usual_p99, tail_p99;

	state64 = 1;
	draw(&samples, 100000, &usual);
	usual_p99 = stats_percentile(samples.ns, samples.nr, 99);
	draw(&samples, 100000, &tail);
	tail_p99 = stats_percentile(samples.ns, samples.nr, 99);
	samples_free(&samples);
	assert_in_range(100 * tail_p99 / usual_p99, 290, 305);

	assert_in_range(found(trial_tail_p, 2000, &tail), 198, TRIALS);
	assert_in_range(found(trial_tail_p, 2000, &faint), 20, 100);
}

/*
 * Of 20 values, the 6th from either end bound the median with a probability of 0.9586, the 7th only
 * with 0.885.
 */
TEST(test_coverage)
{
	struct samples samples = {};
	int i, covered = 0;
	__u64 low, high;

	state64 = 0x9e3779b97f4a7c15;
	for (i = 0; i < 5000; i++) {
		draw(&samples, 20, &usual);
		assert_true(stats_median_interval(samples.ns, samples.nr, ALPHA, &low, &high));
		covered += low < MEDIAN_NS && high >= MEDIAN_NS;
	}
	samples_free(&samples);
	print_message("%d of 5000 intervals\n", covered);
	assert_in_range(covered, 4793 - 45, 4793 + 45);
}

TEST_MAIN(NULL, NULL)
