// SPDX-License-Identifier: GPL-2.0-only
/* Splits series of medians where their parts differ more than chance explains. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/trend_splits.h"

#define LEAST_PART 2 /* points: one alone may be an outlier */

/* Of values in all orders of all parts: tables beyond it have fewer arrangements. */
#define MOST_WORK	   400000000.0
#define LEAST_ARRANGEMENTS 199

/* F is not larger, so that parts without any noise can be compared. */
#define MOST_F 1e12

/* The sum of squares of equal values, except for rounding */
#define SAME_VALUES 1e-20

/* Sums of the same values in another order differ by rounding. */
#define SAME_F (1 - 1e-9)

/* Consecutive known points of a series. */
struct part {
	const struct trend_series *series;
	size_t from, to; /* points */
	size_t nr;	 /* those of them that are known */
	double f;	 /* of its best split */
	size_t at;	 /* the first point behind the split */
	size_t as_large; /* arrangements whose greatest F of this and lesser parts is as large */
};

struct parts {
	struct part *part;
	size_t nr, room;
};

static double least_p(size_t nr)
{
	double ways = 1;

	for (size_t i = 1; i <= nr / 2; i++)
		ways = ways * (double)(nr - nr / 2 + i) / (double)i;
	return fmin(1, 2 / ways);
}

static int add_part(struct parts *parts, const struct trend_series *series, size_t from, size_t to)
{
	struct part part = {.series = series, .from = from, .to = to};

	for (size_t i = from; i < to; i++)
		part.nr += !isnan(series->median[i]);
	if (parts->nr == parts->room) {
		size_t room = 2 * parts->room + 64;
		struct part *more = realloc(parts->part, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		parts->part = more;
		parts->room = room;
	}
	parts->part[parts->nr++] = part;
	return 0;
}

/* The greatest F of a split of nr values; *split: the values before it. */
static double best_split(const double *value, size_t nr, size_t *split)
{
	double sum = 0, mean = 0, squares = 0, best = 0;

	for (size_t i = 0; i < nr; i++)
		mean += value[i] / (double)nr;
	for (size_t i = 0; i < nr; i++)
		squares += (value[i] - mean) * (value[i] - mean);
	*split = LEAST_PART;
	for (size_t i = 1; i <= nr - LEAST_PART && squares > SAME_VALUES; i++) {
		double between, within, f;

		sum += value[i - 1] - mean;
		if (i < LEAST_PART)
			continue;
		between = sum * sum * (double)nr / ((double)i * (double)(nr - i));
		within = squares - between;
		f = within > 0 ? between * (double)(nr - 2) / within : MOST_F;
		if (fmin(f, MOST_F) <= best)
			continue;
		best = fmin(f, MOST_F);
		*split = i;
	}
	return best;
}

/* A median of 0 has a logarithm, too. */
static double log_of(double median)
{
	return log(fmax(median, 1));
}

/* The values of a part in this order of all points. Returns how many. */
static size_t take_values(const struct part *part, const size_t *order, size_t nr_points,
			  double *value)
{
	size_t nr = 0;

	for (size_t i = 0; i < nr_points; i++) {
		size_t point = order[i];

		if (point >= part->from && point < part->to && !isnan(part->series->median[point]))
			value[nr++] = log_of(part->series->median[point]);
	}
	return nr;
}

static void find_split(struct part *part, const size_t *order, size_t nr_points, double *value)
{
	size_t nr = take_values(part, order, nr_points, value), split;

	part->f = best_split(value, nr, &split);
	for (part->at = part->from; split || isnan(part->series->median[part->at]); part->at++)
		split -= !isnan(part->series->median[part->at]);
}

static int compare_parts(const void *left, const void *right)
{
	const struct part *a = left, *b = right;

	if (a->f != b->f)
		return a->f > b->f ? -1 : 1;
	if (a->series != b->series)
		return a->series < b->series ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

/* The same numbers each time */
static __u64 next_random(__u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void shuffle(size_t *order, size_t nr, __u64 *state)
{
	for (size_t i = nr; i > 1; i--) {
		size_t other = next_random(state) % i, was = order[i - 1];

		order[i - 1] = order[other];
		order[other] = was;
	}
}

/* How many arrangements are tried of this much. */
static size_t arrangements_of(const struct parts *parts, const struct trend_options *opts)
{
	size_t wanted = opts->arrangements ?: TREND_ARRANGEMENTS;
	double work = 1, most;

	for (size_t i = 0; i < parts->nr; i++)
		work += (double)(parts->part[i].to - parts->part[i].from);
	most = MOST_WORK / work;
	if (most >= (double)wanted)
		return wanted;
	return most > LEAST_ARRANGEMENTS ? (size_t)most : LEAST_ARRANGEMENTS;
}

/* Sorts the parts by F, and counts as_large. order: of the points; room: for a value of each. */
static size_t arrange(struct parts *parts, size_t *order, size_t nr_points, double *room,
		      const struct trend_options *opts)
{
	size_t nr = arrangements_of(parts, opts), split;
	__u64 state = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < parts->nr; i++)
		find_split(&parts->part[i], order, nr_points, room);
	qsort(parts->part, parts->nr, sizeof(*parts->part), compare_parts);
	for (size_t n = 0; n < nr; n++) {
		double most = 0;

		shuffle(order, nr_points, &state);
		for (size_t i = parts->nr; i--;) {
			struct part *part = &parts->part[i];
			size_t values = take_values(part, order, nr_points, room);

			most = fmax(most, best_split(room, values, &split));
			part->as_large += most >= part->f * SAME_F;
		}
	}
	return nr;
}

static int add_change(struct trend *trend, const struct part *part, double p)
{
	struct trend_change *more;

	/* Each power of two */
	if (!(trend->nr_changes & (trend->nr_changes - 1))) {
		more = realloc(trend->change, (2 * trend->nr_changes + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		trend->change = more;
	}
	trend->change[trend->nr_changes++] =
		(struct trend_change){.series = part->series, .at = part->at, .p_corrected = p};
	return 0;
}

/* Tests parts that can have a change; adds those of the next level. factor: of p at this level */
static int test_level(struct trend *trend, struct parts *parts, struct parts *next, double factor,
		      const struct trend_options *opts)
{
	size_t *order = calloc(trend->nr_points + 1, sizeof(*order)), nr;
	double *room = calloc(trend->nr_points + 1, sizeof(*room)), p = 0;
	int err = order && room ? 0 : -ENOMEM;

	for (size_t i = 0; i < trend->nr_points && !err; i++)
		order[i] = i;
	nr = err ? 0 : arrange(parts, order, trend->nr_points, room, opts);
	trend->orders = trend->orders ?: nr;
	for (size_t i = 0; i < parts->nr && !err; i++) {
		const struct part *part = &parts->part[i];

		p = fmax(p, factor * (double)(part->as_large + 1) / (double)(nr + 1));
		if (p >= opts->alpha || part->f <= 0)
			break;
		err = add_change(trend, part, p);
		if (!err)
			err = add_part(next, part->series, part->from, part->at);
		if (!err)
			err = add_part(next, part->series, part->at, part->to);
	}
	free(order);
	free(room);
	return err;
}

/* Removes parts with so few points that no change can be significant. Returns how many. */
static size_t drop_few(struct parts *parts, double alpha)
{
	size_t kept = 0, nr = parts->nr;

	for (size_t i = 0; i < nr; i++)
		if (parts->part[i].nr >= 2 * LEAST_PART && least_p(parts->part[i].nr) < alpha)
			parts->part[kept++] = parts->part[i];
	parts->nr = kept;
	return nr - kept;
}

int trend_find_splits(struct trend *trend, const struct trend_options *opts)
{
	struct parts parts = {}, next = {};
	double factor = 1;
	int err = 0;

	for (trend->enough = 2 * LEAST_PART; least_p(trend->enough) >= opts->alpha;)
		trend->enough++;
	for (size_t i = 0; i < trend->nr_series && !err; i++)
		err = add_part(&parts, &trend->series[i], 0, trend->nr_points);
	trend->nr_few = drop_few(&parts, opts->alpha);
	while (parts.nr && !err) {
		struct parts done = parts;

		err = test_level(trend, &parts, &next, factor, opts);
		factor *= 2;
		drop_few(&next, opts->alpha / factor);
		parts = next;
		next = done;
		next.nr = 0;
	}
	trend->few_orders = trend->orders && 1.0 / (double)(trend->orders + 1) >= opts->alpha;
	free(parts.part);
	free(next.part);
	return err;
}
