/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the slowest of any number of teardowns.
 */
#ifndef MEMDESTROY_ANALYSIS_TOP_TEARDOWNS_H
#define MEMDESTROY_ANALYSIS_TOP_TEARDOWNS_H

#include <stddef.h>

#include "analysis/sort.h"
#include "model/teardown.h"

struct top_teardowns;

/*
 * Keeps at most max teardowns, those with the greatest figure by sort: a phase, SORT_TOTAL, or
 * SORT_KEY, which keeps the same as SORT_TOTAL. NULL: no memory.
 */
struct top_teardowns *top_teardowns_new(size_t max, enum sort sort);
void top_teardowns_free(struct top_teardowns *slowest);

/* Copies the teardown if it is one of the slowest so far. Returns 0 or -ENOMEM. */
int top_teardowns_add(struct top_teardowns *slowest, const struct teardown *teardown);

/*
 * The first top (0: all) of the kept teardowns, the slowest first; for SORT_KEY, in the order of
 * their starts. Valid until the object is next changed. Sets *nr to their number and *left_out to
 * the number of other teardowns that were added.
 */
const struct teardown *const *top_teardowns_sorted(struct top_teardowns *slowest, __u64 top,
						   size_t *nr, size_t *left_out);

/* The number of teardowns added and not kept. */
size_t top_teardowns_dropped(const struct top_teardowns *slowest);

/* Drops all teardowns. */
void top_teardowns_reset(struct top_teardowns *slowest);

/*
 * The figure that ranks a teardown, in ns; for an unknown total, the sum of the known phases.
 */
__u64 top_teardowns_rank(const struct teardown *teardown, enum sort sort);

#endif
