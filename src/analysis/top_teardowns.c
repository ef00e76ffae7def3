// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the slowest teardowns: gathers some more than these, and now and then drops the fastest.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis/top_teardowns.h"

struct node {
	struct teardown teardown; /* first: top_teardowns_sorted() returns pointers to it */
	size_t nth;
};

struct top_teardowns {
	struct node **kept;
	size_t nr, max, room;
	size_t added;
	enum sort sort;
};

struct top_teardowns *top_teardowns_new(size_t max, enum sort sort)
{
	struct top_teardowns *slowest = calloc(1, sizeof(*slowest));

	if (slowest) {
		slowest->max = max;
		slowest->sort = sort;
	}
	return slowest;
}

static void cut(struct top_teardowns *slowest, size_t nr)
{
	while (slowest->nr > nr)
		free(slowest->kept[--slowest->nr]);
}

void top_teardowns_reset(struct top_teardowns *slowest)
{
	cut(slowest, 0);
	slowest->added = 0;
}

void top_teardowns_free(struct top_teardowns *slowest)
{
	if (!slowest)
		return;
	cut(slowest, 0);
	free(slowest->kept);
	free(slowest);
}

__u64 top_teardowns_rank(const struct teardown *teardown, enum sort sort)
{
	__u64 ns;

	if (sort < SORT_WAIT || sort > SORT_DEFERRED)
		return teardown_known_ns(teardown);
	ns = teardown->phase[PHASE_WAIT + (sort - SORT_WAIT)];
	return ns == UNKNOWN_NS ? 0 : ns;
}

static __u64 start_of(const struct teardown *teardown)
{
	__u64 released = teardown->map.identity.released_ns;

	return released != UNKNOWN_NS ? released : teardown->run.start_ns;
}

static int by_start(const void *left, const void *right)
{
	__u64 a = start_of(*(const struct teardown *const *)left),
	      b = start_of(*(const struct teardown *const *)right);

	return (a > b) - (a < b);
}

static int by_rank(const void *left, const void *right, const struct top_teardowns *slowest)
{
	__u64 a = top_teardowns_rank(*(const struct teardown *const *)left, slowest->sort),
	      b = top_teardowns_rank(*(const struct teardown *const *)right, slowest->sort);

	return (a < b) - (a > b);
}

static int to_keep(const void *left, const void *right, void *ctx)
{
	size_t a = (*(const struct node *const *)left)->nth,
	       b = (*(const struct node *const *)right)->nth;

	return by_rank(left, right, ctx) ?: (a > b) - (a < b);
}

static int to_show(const void *left, const void *right, void *ctx)
{
	const struct top_teardowns *slowest = ctx;
	int order = slowest->sort == SORT_KEY ? 0 : by_rank(left, right, slowest);

	return order ?: by_start(left, right);
}

/* Those added first stay if not all of the same rank can. */
static void drop_fastest(struct top_teardowns *slowest)
{
	if (slowest->nr <= slowest->max)
		return;
	qsort_r(slowest->kept, slowest->nr, sizeof(*slowest->kept), to_keep, slowest);
	cut(slowest, slowest->max);
}

static int make_room(struct top_teardowns *slowest)
{
	size_t room = slowest->room ? 2 * slowest->room : 64,
	       most = slowest->max + slowest->max / 4 + 64;
	struct node **kept;

	if (slowest->nr == most)
		drop_fastest(slowest);
	if (slowest->nr < slowest->room)
		return 0;
	room = room < most ? room : most;
	kept = reallocarray(slowest->kept, room, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	slowest->kept = kept;
	slowest->room = room;
	return 0;
}

int top_teardowns_add(struct top_teardowns *slowest, const struct teardown *teardown)
{
	struct node *node = malloc(sizeof(*node));

	if (!node || make_room(slowest)) {
		free(node);
		return -ENOMEM;
	}
	node->teardown = *teardown;
	node->nth = slowest->added++;
	slowest->kept[slowest->nr++] = node;
	return 0;
}

size_t top_teardowns_dropped(const struct top_teardowns *slowest)
{
	return slowest->added > slowest->max ? slowest->added - slowest->max : 0;
}

const struct teardown *const *top_teardowns_sorted(struct top_teardowns *slowest, __u64 top,
						   size_t *nr, size_t *left_out)
{
	drop_fastest(slowest);
	if (slowest->nr)
		qsort_r(slowest->kept, slowest->nr, sizeof(*slowest->kept), to_show, slowest);
	*nr = top && top < slowest->nr ? top : slowest->nr;
	*left_out = slowest->added - *nr;
	return (const struct teardown *const *)slowest->kept;
}
