// SPDX-License-Identifier: GPL-2.0-only
/* Tests whether two samples differ, with exact counts wherever integers or ratios allow it. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "util/stats.h"

/* As in R: from this many values on, the normal distribution is accurate enough. */
#define EXACT_BELOW 50

/* As in R: a smaller relative difference of two probabilities is rounding. */
#define SAME_PROBABILITY 1e-7

/*
 * Counts of pairs and ties grow with the third power of the number of values; counts of
 * arrangements reach 98 over 49, 2.5e28. 128 bits hold both, so that only the last step rounds.
 * 32-bit machines have no such integer.
 */
#ifdef __SIZEOF_INT128__
typedef unsigned __int128 wide;
#else
typedef double wide;
#endif

__u64 stats_rank(__u64 nr, unsigned int percent)
{
	/* In two parts because nr * percent may not fit. */
	__u64 rank = nr / 100 * percent + (nr % 100 * percent + 99) / 100;

	return rank ? rank : 1;
}

__u64 stats_percentile(const __u64 *sample, size_t nr, unsigned int percent)
{
	return sample[stats_rank(nr, percent) - 1];
}

double stats_median(const __u64 *sample, size_t nr)
{
	if (!nr)
		return NAN;
	return (double)((wide)sample[(nr - 1) / 2] + sample[nr / 2]) / 2;
}

double stats_mean(const __u64 *sample, size_t nr)
{
	wide total = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		total += sample[i];
	return nr ? (double)total / nr : NAN;
}

/*
 * The binomial distribution of heads in nr throws of a coin. The weights of k = from ... middle are
 * probabilities times a common factor; each follows from the one before. Weights below from are
 * less than 1e-280 of the middle one.
 */
struct binomial {
	size_t from;
	size_t middle; /* the greatest k below nr / 2 */
	double total;  /* of all nr + 1 weights */
};

/* A power of two, so that sums of up to 53 bits are exact. */
#define LEAST_WEIGHT 0x1p-960

static double binomial_next(double weight, size_t nr, size_t k)
{
	return weight * (nr - k) / (k + 1);
}

static struct binomial binomial_of(size_t nr)
{
	double reach = 18 * sqrt(nr), weight = LEAST_WEIGHT, below = 0;
	struct binomial binomial = {.middle = (nr - 1) / 2};
	size_t k;

	if (binomial.middle > reach)
		binomial.from = binomial.middle - (size_t)reach;
	for (k = binomial.from; k <= binomial.middle; k++) {
		below += weight;
		weight = binomial_next(weight, nr, k);
	}
	/* The distribution is symmetric; an even nr has one weight in the middle. */
	binomial.total = 2 * below + (nr % 2 ? 0 : weight);
	return binomial;
}

bool stats_median_interval(const __u64 *sample, size_t nr, double alpha, __u64 *low, __u64 *high)
{
	double weight = LEAST_WEIGHT, below = LEAST_WEIGHT;
	struct binomial binomial;
	size_t k;

	if (!nr)
		return false;

	/*
	 * The median is below value k, counted from 0, if at most k values are below the median. By
	 * symmetry, it is as likely above the value as far from the other end.
	 */
	binomial = binomial_of(nr);
	for (k = binomial.from; k <= binomial.middle && 2 * below <= alpha * binomial.total; k++) {
		weight = binomial_next(weight, nr, k);
		below += weight;
	}
	if (k == binomial.from)
		return false;
	*low = sample[k - 1];
	*high = sample[nr - k];
	return true;
}

/* Mann-Whitney's U and the ties, from the ranks of two samples in their union. */
struct ranks {
	wide twice_u; /* of the second sample */
	wide ties;    /* the sum of t^3 - t over groups of t equal values */
};

static size_t count_equal(const __u64 *sample, size_t nr, size_t from, __u64 value)
{
	size_t i = from;

	while (i < nr && sample[i] == value)
		i++;
	return i - from;
}

static struct ranks ranks_of(const __u64 *first, size_t nr_first, const __u64 *second,
			     size_t nr_second)
{
	struct ranks ranks = {};
	size_t i = 0, j = 0, in_first, in_second;
	__u64 value;
	wide tied;

	while (i < nr_first || j < nr_second) {
		value = j == nr_second || (i < nr_first && first[i] < second[j]) ? first[i]
										 : second[j];
		in_first = count_equal(first, nr_first, i, value);
		in_second = count_equal(second, nr_second, j, value);
		ranks.twice_u += (wide)in_second * (2 * (wide)i + in_first);
		tied = in_first + in_second;
		ranks.ties += tied * tied * tied - tied;
		i += in_first;
		j += in_second;
	}
	return ranks;
}

static bool counts_exactly(size_t nr_first, size_t nr_second)
{
	return nr_first < EXACT_BELOW && nr_second < EXACT_BELOW;
}

/* The number of ways to choose k of n + k; for sizes that pass counts_exactly(). */
static wide choose(size_t n, size_t k)
{
	wide ways = 1;
	size_t i;

	for (i = 1; i <= k; i++)
		ways = ways * (n + i) / i;
	return ways;
}

/*
 * Counts the arrangements, of choose(n, k), with a U of at most u. The number of arrangements for
 * each U is a coefficient of the Gaussian binomial, a polynomial in x: the product of
 * (1 - x^(n+i)) / (1 - x^i) over i = 1 ... k. The loop multiplies one factor at a time into the
 * first u + 1 coefficients. Negative intermediate values wrap around, and back.
 */
static int count_up_to(size_t n, size_t k, size_t u, wide *count)
{
	wide *coefficient = calloc(u + 1, sizeof(*coefficient));
	size_t i, j;

	if (!coefficient)
		return -ENOMEM;

	coefficient[0] = 1;
	for (i = 1; i <= k; i++) {
		for (j = u; j >= n + i; j--)
			coefficient[j] -= coefficient[j - n - i];
		for (j = i; j <= u; j++)
			coefficient[j] += coefficient[j - i];
	}
	*count = 0;
	for (j = 0; j <= u; j++)
		*count += coefficient[j];
	free(coefficient);
	return 0;
}

static int p_exact(const struct ranks *ranks, size_t nr_first, size_t nr_second, double *p)
{
	size_t u = ranks->twice_u / 2, other = nr_first * nr_second - u;
	wide count;
	int err = count_up_to(nr_first, nr_second, u < other ? u : other, &count);

	if (err)
		return err;
	*p = fmin(1, 2 * (double)count / (double)choose(nr_first, nr_second));
	return 0;
}

static double p_normal(const struct ranks *ranks, size_t nr_first, size_t nr_second)
{
	wide pairs = (wide)nr_first * nr_second, nr = (wide)nr_first + nr_second;
	wide off = ranks->twice_u > pairs ? ranks->twice_u - pairs : pairs - ranks->twice_u;
	wide spread = nr * nr * nr - nr - ranks->ties;
	double variance;

	/* U has its expected value; the variance is 0 if all values are equal. */
	if (!off)
		return 1;
	variance = (double)pairs / 12 * (double)spread / ((double)nr * (double)(nr - 1));
	/* Continuity correction, as in R: U has steps of 1, so subtract half a step. */
	return fmin(1, erfc((double)(off - 1) / 2 / sqrt(2 * variance)));
}

/* That of samples which are apart, by counting. Ties have fewer arrangements that differ. */
static double least_exact(size_t nr_first, size_t nr_second)
{
	double n = (double)nr_first, k = (double)nr_second;

	if (counts_exactly(nr_first, nr_second))
		return 2 / (double)choose(nr_first, nr_second);
	return 2 * exp(lgamma(n + 1) + lgamma(k + 1) - lgamma(n + k + 1));
}

int stats_compare(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		  struct stats_difference *difference)
{
	struct ranks ranks;

	*difference = (struct stats_difference){.u = NAN, .p = NAN, .effect = NAN};
	if (!nr_first || !nr_second)
		return 0;

	ranks = ranks_of(first, nr_first, second, nr_second);
	difference->u = (double)ranks.twice_u / 2;
	difference->effect = (double)ranks.twice_u / (double)((wide)nr_first * nr_second) - 1;
	difference->exact = !ranks.ties && counts_exactly(nr_first, nr_second);
	if (difference->exact)
		return p_exact(&ranks, nr_first, nr_second, &difference->p);
	/* With many ties, the normal distribution is far below what so few values can give. */
	difference->p =
		fmax(p_normal(&ranks, nr_first, nr_second), least_exact(nr_first, nr_second));
	return 0;
}

double stats_least_p(size_t nr_first, size_t nr_second)
{
	static const struct ranks apart;

	if (!nr_first || !nr_second)
		return NAN;
	if (counts_exactly(nr_first, nr_second))
		return least_exact(nr_first, nr_second);
	return fmax(p_normal(&apart, nr_first, nr_second), least_exact(nr_first, nr_second));
}

/* The value of a rank, from 1, in the union of two samples. */
static __u64 joint_value(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
			 __u64 rank)
{
	size_t i = 0, j = 0;
	__u64 value = 0;

	while (rank--)
		if (j == nr_second || (i < nr_first && first[i] < second[j]))
			value = first[i++];
		else
			value = second[j++];
	return value;
}

static size_t count_above(const __u64 *sample, size_t nr, __u64 value)
{
	size_t above = 0;

	while (above < nr && sample[nr - 1 - above] > value)
		above++;
	return above;
}

/* Draws without replacement from two samples; the outcome is the number from the first. */
struct hypergeometric {
	double nr_first, nr_second, drawn;
};

/* The ratio of the probabilities of x + 1 and x; 0: x is the maximum. */
static double hypergeometric_next(const struct hypergeometric *draws, double x)
{
	return (draws->nr_first - x) * (draws->drawn - x) /
	       ((x + 1) * (draws->nr_second - draws->drawn + x + 1));
}

/* The ratio of the probabilities of x - 1 and x; 0: x is the minimum. */
static double hypergeometric_previous(const struct hypergeometric *draws, double x)
{
	return x * (draws->nr_second - draws->drawn + x) /
	       ((draws->nr_first - x + 1) * (draws->drawn - x + 1));
}

struct fisher_sum {
	double total;
	double unlikely; /* weights not above that of the observed number */
};

static void fisher_add(struct fisher_sum *sum, double weight, double observed)
{
	sum->total += weight;
	if (weight <= observed * (1 + SAME_PROBABILITY))
		sum->unlikely += weight;
}

/*
 * Fisher's exact test. Weights are probabilities times a common factor: 1 at the mode,
 * falling to both sides until they underflow to 0.
 */
static double fisher_p(const struct hypergeometric *draws, double observed)
{
	double mode = floor((draws->nr_first + 1) * (draws->drawn + 1) /
			    (draws->nr_first + draws->nr_second + 2));
	double weight = 1, weight_observed = 1, x;
	struct fisher_sum sum = {};

	for (x = mode; x < observed && weight_observed > 0; x++)
		weight_observed *= hypergeometric_next(draws, x);
	for (x = mode; x > observed && weight_observed > 0; x--)
		weight_observed *= hypergeometric_previous(draws, x);

	for (x = mode; weight > 0; x++) {
		fisher_add(&sum, weight, weight_observed);
		weight *= hypergeometric_next(draws, x);
	}
	weight = hypergeometric_previous(draws, mode);
	for (x = mode - 1; weight > 0; x--) {
		fisher_add(&sum, weight, weight_observed);
		weight *= hypergeometric_previous(draws, x);
	}
	return fmin(1, sum.unlikely / sum.total);
}

/* Draws the values above the joint percentile. *observed: those of the first sample. */
static struct hypergeometric draw_tail(const __u64 *first, size_t nr_first, const __u64 *second,
				       size_t nr_second, unsigned int percent, size_t *observed)
{
	__u64 value = joint_value(first, nr_first, second, nr_second,
				  stats_rank(nr_first + nr_second, percent));

	*observed = count_above(first, nr_first, value);
	return (struct hypergeometric){nr_first, nr_second,
				       *observed + count_above(second, nr_second, value)};
}

int stats_compare_tail(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
		       unsigned int percent, double *p)
{
	struct hypergeometric draws;
	size_t observed;

	*p = NAN;
	if (percent > 100)
		return -EINVAL;
	if (!nr_first || !nr_second)
		return 0;

	draws = draw_tail(first, nr_first, second, nr_second, percent, &observed);
	*p = fisher_p(&draws, observed);
	return 0;
}

int stats_tail_direction(const __u64 *first, size_t nr_first, const __u64 *second, size_t nr_second,
			 unsigned int percent)
{
	struct hypergeometric draws;
	double expected;
	size_t observed;

	if (!nr_first || !nr_second || percent > 100)
		return 0;
	draws = draw_tail(first, nr_first, second, nr_second, percent, &observed);
	expected = draws.drawn * draws.nr_first / (draws.nr_first + draws.nr_second);
	return ((double)observed < expected) - ((double)observed > expected);
}

double stats_least_tail_p(const __u64 *first, size_t nr_first, const __u64 *second,
			  size_t nr_second, unsigned int percent)
{
	struct hypergeometric draws;
	size_t observed;

	if (!nr_first || !nr_second)
		return NAN;
	draws = draw_tail(first, nr_first, second, nr_second, percent, &observed);
	return fisher_p(&draws, fmax(0, draws.drawn - draws.nr_second));
}

static int compare_p(const void *left, const void *right, void *ctx)
{
	const double *p = ctx;
	double a = p[*(const size_t *)left], b = p[*(const size_t *)right];

	return (a > b) - (a < b);
}

int stats_correct(const double *p, double *corrected, size_t nr)
{
	size_t *order, known = 0, i;
	double least = 0;

	if (!nr)
		return 0;
	order = calloc(nr, sizeof(*order));
	if (!order)
		return -ENOMEM;

	for (i = 0; i < nr; i++)
		if (isnan(p[i]))
			corrected[i] = NAN;
		else
			order[known++] = i;
	qsort_r(order, known, sizeof(*order), compare_p, (void *)p);
	/* Corrected values keep the order of the originals. */
	for (i = 0; i < known; i++) {
		least = fmax(least, fmin(1, p[order[i]] * (known - i)));
		corrected[order[i]] = least;
	}
	free(order);
	return 0;
}
