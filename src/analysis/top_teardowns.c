// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the slowest teardowns in a heap. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/top_teardowns.h"

/*
 * A heap with the fastest at its root, which is replaced first. Reading sorts it in place, slowest
 * first; the next addition makes it a heap again.
 */
struct top_teardowns {
	struct teardown **kept;
	size_t nr, max, room;
	size_t added;
	enum sort sort;
	bool sorted;
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

void top_teardowns_reset(struct top_teardowns *slowest)
{
	while (slowest->nr)
		free(slowest->kept[--slowest->nr]);
	slowest->added = 0;
	slowest->sorted = false;
}

void top_teardowns_free(struct top_teardowns *slowest)
{
	if (!slowest)
		return;
	top_teardowns_reset(slowest);
	free(slowest->kept);
	free(slowest);
}

__u64 top_teardowns_rank(const struct teardown *teardown, enum sort sort)
{
	__u64 ns;

	if (sort == SORT_BYTES)
		return map_memory_known(&teardown->memory) ? teardown->memory.bytes : 0;
	if (sort_time_part(sort))
		return worker_time_part(&teardown->run.time, sort_time_part(sort));
	if (sort < SORT_WAIT || sort > SORT_HELD)
		return teardown_known_ns(teardown);
	ns = teardown->phase[sort_phase(sort)];
	return ns == UNKNOWN_NS ? 0 : ns;
}

static __u64 start_of(const struct teardown *teardown)
{
	__u64 released = teardown->map.identity.released_ns;

	return released != UNKNOWN_NS ? released : teardown->run.start_ns;
}

static bool is_faster(const struct top_teardowns *slowest, size_t a, size_t b)
{
	return top_teardowns_rank(slowest->kept[a], slowest->sort) <
	       top_teardowns_rank(slowest->kept[b], slowest->sort);
}

static void swap(struct top_teardowns *slowest, size_t a, size_t b)
{
	struct teardown *kept = slowest->kept[a];

	slowest->kept[a] = slowest->kept[b];
	slowest->kept[b] = kept;
}

static void sift_up(struct top_teardowns *slowest, size_t i)
{
	for (; i && is_faster(slowest, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(slowest, i, (i - 1) / 2);
}

static void sift_down(struct top_teardowns *slowest, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < slowest->nr; child++)
			if (is_faster(slowest, child, least))
				least = child;
		if (least == i)
			return;
		swap(slowest, i, least);
		i = least;
	}
}

static int make_room(struct top_teardowns *slowest)
{
	size_t room = slowest->room ? 2 * slowest->room : 64;
	struct teardown **kept;

	if (slowest->nr < slowest->room)
		return 0;
	kept = reallocarray(slowest->kept, room, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	slowest->kept = kept;
	slowest->room = room;
	return 0;
}

/* Teardowns with the same rank: those added first stay. */
int top_teardowns_add(struct top_teardowns *slowest, const struct teardown *teardown)
{
	struct teardown *kept;

	for (size_t i = slowest->nr; slowest->sorted && i; i--)
		sift_down(slowest, i - 1);
	slowest->sorted = false;
	if (slowest->nr < slowest->max) {
		kept = make_room(slowest) ? NULL : malloc(sizeof(*kept));
		if (!kept)
			return -ENOMEM;
		*kept = *teardown;
		slowest->kept[slowest->nr] = kept;
		sift_up(slowest, slowest->nr++);
	} else if (top_teardowns_rank(teardown, slowest->sort) >
		   top_teardowns_rank(slowest->kept[0], slowest->sort)) {
		*slowest->kept[0] = *teardown;
		sift_down(slowest, 0);
	}
	slowest->added++;
	return 0;
}

size_t top_teardowns_dropped(const struct top_teardowns *slowest)
{
	return slowest->added - slowest->nr;
}

static int compare(const void *left, const void *right, void *ctx)
{
	const struct teardown *a = *(const struct teardown *const *)left;
	const struct teardown *b = *(const struct teardown *const *)right;
	enum sort sort = ((const struct top_teardowns *)ctx)->sort;
	__u64 rank_a = top_teardowns_rank(a, sort), rank_b = top_teardowns_rank(b, sort);

	if (sort != SORT_KEY && rank_a != rank_b)
		return rank_a > rank_b ? -1 : 1;
	return (start_of(a) > start_of(b)) - (start_of(a) < start_of(b));
}

const struct teardown *const *top_teardowns_sorted(struct top_teardowns *slowest, __u64 top,
						   size_t *nr, size_t *left_out)
{
	if (slowest->nr)
		qsort_r(slowest->kept, slowest->nr, sizeof(*slowest->kept), compare, slowest);
	slowest->sorted = true;
	*nr = top && top < slowest->nr ? top : slowest->nr;
	*left_out = slowest->added - *nr;
	return (const struct teardown *const *)slowest->kept;
}
