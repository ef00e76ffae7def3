// SPDX-License-Identifier: GPL-2.0-only
/* The slowest of many teardowns are kept, in any order of arrival. */
#include "support/test.h"
#include "analysis/top_teardowns.h"
#include "support/chance.h"
#include "util/macros.h"

static const enum sort sorts[] = {SORT_TOTAL,	SORT_WAIT,     SORT_FREE,
				  SORT_DESTROY, SORT_DEFERRED, SORT_KEY};

/* A teardown with all phases known; id distinguishes it. */
static struct teardown known(__u32 id, __u64 wait, __u64 free_ns, __u64 destroy, __u64 deferred)
{
	return (struct teardown){
		.run.start_ns = 1000 + id,
		.map.identity = {.map_id = id, .released_ns = 1000 + id},
		.phase = {wait, free_ns, destroy, deferred, wait + free_ns + deferred},
	};
}

static struct teardown by_total(__u32 id, __u64 total)
{
	return known(id, total, 0, 0, 0);
}

static void add(struct top_teardowns *slowest, const struct teardown *teardown)
{
	assert_int_equal(top_teardowns_add(slowest, teardown), 0);
}

/* The ids of the kept teardowns, as letters from 'a' on. */
static const char *order_of(struct top_teardowns *slowest, __u64 top, size_t left_out)
{
	static char order[64];
	size_t nr, out, i;
	const struct teardown *const *list = top_teardowns_sorted(slowest, top, &nr, &out);

	assert_true(nr < sizeof(order));
	for (i = 0; i < nr; i++)
		order[i] = 'a' + list[i]->map.identity.map_id;
	order[nr] = '\0';
	assert_int_equal(out, left_out);
	return order;
}

TEST(each_sort)
{
	/* wait, free, destroy, deferred */
	static const __u64 phases[][4] = {
		{10, 400, 30, 0},
		{300, 10, 20, 100},
		{20, 50, 50, 900},
		{5, 100, 0, 1},
	};
	static const struct {
		enum sort sort;
		const char *order;
	} wanted[] = {
		{SORT_TOTAL, "cabd"},	{SORT_WAIT, "bcad"},	 {SORT_FREE, "adcb"},
		{SORT_DESTROY, "cabd"}, {SORT_DEFERRED, "cbda"}, {SORT_KEY, "abcd"},
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct top_teardowns *slowest = top_teardowns_new(10, wanted[i].sort);

		for (j = 0; j < 4; j++) {
			struct teardown teardown = known(3 - j, phases[3 - j][0], phases[3 - j][1],
							 phases[3 - j][2], phases[3 - j][3]);

			add(slowest, &teardown);
			assert_int_equal(top_teardowns_rank(&teardown, SORT_WAIT),
					 phases[3 - j][0]);
			assert_int_equal(top_teardowns_rank(&teardown, SORT_FREE),
					 phases[3 - j][1]);
			assert_int_equal(top_teardowns_rank(&teardown, SORT_DESTROY),
					 phases[3 - j][2]);
			assert_int_equal(top_teardowns_rank(&teardown, SORT_DEFERRED),
					 phases[3 - j][3]);
			assert_int_equal(top_teardowns_rank(&teardown, SORT_KEY),
					 teardown.phase[PHASE_TOTAL]);
		}
		assert_string_equal(order_of(slowest, 0, 0), wanted[i].order);
		top_teardowns_free(slowest);
	}
}

TEST(parts_of_frees)
{
	struct teardown teardown = known(0, 1000, 200, 50, 300);

	teardown.run.time =
		(struct worker_time){100, 20, 30, TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN, 0, {}};
	assert_int_equal(top_teardowns_rank(&teardown, SORT_CPU), 100);
	assert_int_equal(top_teardowns_rank(&teardown, SORT_RUNQUEUE), 20);
	assert_int_equal(top_teardowns_rank(&teardown, SORT_GRACE), 0); /* unknown */
}

/* A teardown with unknown phases ranks by its known ones: it took at least that long. */
TEST(unknown_figures)
{
	struct top_teardowns *slowest = top_teardowns_new(10, SORT_TOTAL);
	struct teardown teardown = known(0, 100, 200, 50, 300);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sorts); i++) {
		memset(teardown.phase, 0xff, sizeof(teardown.phase));
		assert_int_equal(top_teardowns_rank(&teardown, sorts[i]), 0);
	}
	add(slowest, &teardown); /* nothing known */
	teardown = known(1, 100, 200, 50, UNKNOWN_NS);
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	/* DESTROY is part of FREE. */
	assert_int_equal(top_teardowns_rank(&teardown, SORT_TOTAL), 300);
	assert_int_equal(top_teardowns_rank(&teardown, SORT_KEY), 300);
	assert_int_equal(top_teardowns_rank(&teardown, SORT_DEFERRED), 0);
	assert_int_equal(top_teardowns_rank(&teardown, SORT_DESTROY), 50);
	add(slowest, &teardown);
	teardown = known(2, UNKNOWN_NS, 200, 50, 300);
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	assert_int_equal(top_teardowns_rank(&teardown, SORT_TOTAL), 500);
	add(slowest, &teardown);
	teardown = by_total(3, 400);
	add(slowest, &teardown);
	teardown = known(4, 7, UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS);
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	assert_int_equal(top_teardowns_rank(&teardown, SORT_TOTAL), 7);
	add(slowest, &teardown);
	assert_string_equal(order_of(slowest, 0, 0), "cdbea");
	top_teardowns_free(slowest);
}

/* Ties are in the order of their starts; the first ones to arrive are kept. */
TEST(ties)
{
	struct top_teardowns *slowest = top_teardowns_new(3, SORT_TOTAL);
	struct teardown teardown;
	__u32 i;

	for (i = 0; i < 6; i++) {
		teardown = by_total(5 - i, 100);
		add(slowest, &teardown);
	}
	assert_string_equal(order_of(slowest, 0, 3), "def");
	assert_int_equal(top_teardowns_dropped(slowest), 3);
	top_teardowns_free(slowest);

	/* SORT_KEY: by the release, or if unknown by the worker's start, or unknown. */
	slowest = top_teardowns_new(5, SORT_KEY);
	teardown = by_total(0, 100);
	teardown.run.start_ns = teardown.map.identity.released_ns = UNKNOWN_NS;
	add(slowest, &teardown);
	teardown = by_total(1, 500);
	teardown.map.identity.released_ns = 300;
	teardown.run.start_ns = 2000;
	add(slowest, &teardown);
	teardown = by_total(2, 900);
	teardown.map.identity.released_ns = UNKNOWN_NS;
	teardown.run.start_ns = 200;
	add(slowest, &teardown);
	teardown = by_total(3, 0);
	teardown.map.identity.released_ns = 250;
	teardown.run.start_ns = 5000;
	add(slowest, &teardown);
	assert_string_equal(order_of(slowest, 0, 0), "cdba");
	top_teardowns_free(slowest);
}

/*
 * The same rank and start: in the order that the heap gives them, which recordings have always been
 * shown in.
 */
TEST(ties_with_the_same_start)
{
	static const __u64 totals[] = {5, 3, 5, 3, 9, 5, 1, 5, 9, 3};
	struct top_teardowns *slowest = top_teardowns_new(6, SORT_TOTAL);

	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		struct teardown teardown = by_total(i, totals[i]);

		teardown.map.identity.released_ns = 1;
		add(slowest, &teardown);
	}
	assert_string_equal(order_of(slowest, 0, 4), "iehacf");
	top_teardowns_free(slowest);
}

TEST(top_and_left_out)
{
	struct top_teardowns *slowest = top_teardowns_new(4, SORT_TOTAL);
	struct teardown teardown;
	size_t nr, left_out;
	__u32 i;

	top_teardowns_sorted(slowest, 0, &nr, &left_out);
	assert_int_equal(nr, 0);
	assert_int_equal(left_out, 0);
	top_teardowns_sorted(slowest, 3, &nr, &left_out);
	assert_int_equal(nr, 0);
	for (i = 0; i < 6; i++) {
		teardown = by_total(i, 10 * i);
		add(slowest, &teardown);
	}
	assert_int_equal(top_teardowns_dropped(slowest), 2);
	assert_string_equal(order_of(slowest, 0, 2), "fedc");
	assert_string_equal(order_of(slowest, 4, 2), "fedc");
	assert_string_equal(order_of(slowest, ~0ULL, 2), "fedc");
	assert_string_equal(order_of(slowest, 1, 5), "f");

	/* Additions after reading the top count against all kept teardowns. */
	teardown = by_total(6, 35);
	add(slowest, &teardown);
	assert_string_equal(order_of(slowest, 0, 3), "fegd");
	teardown = by_total(7, 1);
	add(slowest, &teardown);
	assert_string_equal(order_of(slowest, 2, 6), "fe");
	assert_int_equal(top_teardowns_dropped(slowest), 4);
	top_teardowns_free(slowest);
	top_teardowns_free(NULL);
}

/* Complete copies are kept. */
TEST(copies_are_kept)
{
	struct top_teardowns *slowest = top_teardowns_new(1, SORT_TOTAL);
	struct teardown teardown = by_total(1, 10), copy;
	size_t nr, left_out;

	add(slowest, &teardown);
	teardown = by_total(2, 20);
	strcpy(teardown.map.name, "events");
	teardown.nr_destroys = 3;
	copy = teardown;
	add(slowest, &teardown);
	memset(&teardown, 0xa5, sizeof(teardown));
	assert_memory_equal(top_teardowns_sorted(slowest, 0, &nr, &left_out)[0], &copy,
			    sizeof(copy));
	top_teardowns_free(slowest);
}

TEST(reset)
{
	struct top_teardowns *slowest = top_teardowns_new(2, SORT_TOTAL);
	struct teardown teardown;
	__u32 i, pass;

	top_teardowns_reset(slowest);
	for (pass = 0; pass < 3; pass++) {
		for (i = 0; i < 4; i++) {
			teardown = by_total(i, 10 * i);
			add(slowest, &teardown);
		}
		assert_int_equal(top_teardowns_dropped(slowest), 2);
		if (pass) /* sorted, and unsorted */
			assert_string_equal(order_of(slowest, 0, 2), "dc");
		top_teardowns_reset(slowest);
		assert_int_equal(top_teardowns_dropped(slowest), 0);
		assert_string_equal(order_of(slowest, 0, 0), "");
	}
	top_teardowns_free(slowest);
}

/* Any of its phases may be unknown. */
static struct teardown random_teardown(__u32 id)
{
	struct teardown teardown =
		known(id, random64() % 50, random64() % 50, random64() % 50, random64() % 50);
	int i;

	for (i = 0; i < PHASE_TOTAL; i++) {
		if (random64() % 8)
			continue;
		teardown.phase[i] = UNKNOWN_NS;
		if (i != PHASE_DESTROY)
			teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	}
	return teardown;
}

/* The rank by its specification, independent of the implementation. */
static __u64 model_rank(const struct teardown *teardown, enum sort sort)
{
	const __u64 *phase = teardown->phase;

	switch (sort) {
	case SORT_WAIT:
		return phase[PHASE_WAIT] == UNKNOWN_NS ? 0 : phase[PHASE_WAIT];
	case SORT_FREE:
		return phase[PHASE_FREE] == UNKNOWN_NS ? 0 : phase[PHASE_FREE];
	case SORT_DESTROY:
		return phase[PHASE_DESTROY] == UNKNOWN_NS ? 0 : phase[PHASE_DESTROY];
	case SORT_DEFERRED:
		return phase[PHASE_DEFERRED] == UNKNOWN_NS ? 0 : phase[PHASE_DEFERRED];
	default:
		return model_rank(teardown, SORT_WAIT) + model_rank(teardown, SORT_FREE) +
		       model_rank(teardown, SORT_DEFERRED);
	}
}

static int descending(const void *left, const void *right)
{
	__u64 a = *(const __u64 *)left, b = *(const __u64 *)right;

	return (a < b) - (a > b);
}

/* The kept teardowns have the greatest ranks. */
static void check_against_model(struct top_teardowns *slowest, enum sort sort, __u64 *ranks,
				size_t nr_ranks, size_t max)
{
	size_t want = nr_ranks < max ? nr_ranks : max, nr, left_out, i;
	const struct teardown *const *list = top_teardowns_sorted(slowest, 0, &nr, &left_out);
	__u64 *kept = calloc(nr + 1, sizeof(*kept));

	assert_non_null(kept);
	assert_int_equal(nr, want);
	assert_int_equal(left_out, nr_ranks - want);
	assert_int_equal(top_teardowns_dropped(slowest), nr_ranks - want);
	for (i = 0; i < nr; i++) {
		kept[i] = model_rank(list[i], sort);
		if (i && sort != SORT_KEY)
			assert_true(kept[i] <= kept[i - 1]);
		if (i && (sort == SORT_KEY || kept[i] == kept[i - 1]))
			assert_true(list[i]->run.start_ns > list[i - 1]->run.start_ns);
	}
	qsort(ranks, nr_ranks, sizeof(*ranks), descending);
	qsort(kept, nr, sizeof(*kept), descending);
	for (i = 0; i < nr; i++)
		assert_int_equal(kept[i], ranks[i]);
	free(kept);
}

TEST(the_slowest_of_many)
{
	static const size_t maxima[] = {1, 2, 3, 7, 64, 100, 1000};
	__u64 ranks[600];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(sorts); i++) {
		for (j = 0; j < ARRAY_SIZE(maxima); j++) {
			struct top_teardowns *slowest = top_teardowns_new(maxima[j], sorts[i]);
			size_t nr = 0;

			while (nr < ARRAY_SIZE(ranks)) {
				struct teardown teardown = random_teardown(nr);

				ranks[nr++] = model_rank(&teardown, sorts[i]);
				add(slowest, &teardown);
				/* Read now and then in between, as at each interval. */
				if (!(random64() % 40))
					check_against_model(slowest, sorts[i], ranks, nr,
							    maxima[j]);
			}
			check_against_model(slowest, sorts[i], ranks, nr, maxima[j]);
			top_teardowns_free(slowest);
		}
	}
}

TEST_MAIN(NULL, NULL)
