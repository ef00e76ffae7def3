/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the slowest teardowns, however many there are.
 */
#ifndef MEMDESTROY_ANALYSIS_TOP_TEARDOWNS_H
#define MEMDESTROY_ANALYSIS_TOP_TEARDOWNS_H

#include <stddef.h>

#include "analysis/sort.h"
#include "model/teardown.h"

struct top_teardowns;

/*
 * Keeps max teardowns at most, those for which the figure named by sort (a phase, SORT_TOTAL or
 * SORT_KEY, which keeps what SORT_TOTAL does) is greatest. NULL: no memory.
 */
struct top_teardowns *top_teardowns_new(size_t max, enum sort sort);
void top_teardowns_free(struct top_teardowns *slowest);

/* Copies the teardown if it is one of them. 0 or -ENOMEM. */
int top_teardowns_add(struct top_teardowns *slowest, const struct teardown *teardown);

/*
 * The first top (0: all) of those kept, the slowest first; of SORT_KEY, in the order in which they
 * began. Valid until the object is next changed. *nr: how many these are; *left_out: how many more
 * were added.
 */
const struct teardown *const *top_teardowns_sorted(struct top_teardowns *slowest, __u64 top,
						   size_t *nr, size_t *left_out);

/* How many were added and not kept. */
size_t top_teardowns_dropped(const struct top_teardowns *slowest);

/* Forgets them. */
void top_teardowns_reset(struct top_teardowns *slowest);

/*
 * What a teardown is ranked by: the figure in ns; of a total that is not known, the sum of what is.
 */
__u64 top_teardowns_rank(const struct teardown *teardown, enum sort sort);

#endif
