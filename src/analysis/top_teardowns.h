/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the slowest teardowns, however many there are.
 */
#pragma once

#include <stddef.h>

#include "analysis/sort.h"
#include "model/teardown.h"

struct top_teardowns;

/*
 * Keeps up to max teardowns with the greatest figure: a phase, the total or the bytes, by sort; for
 * SORT_KEY, the total. NULL: no memory.
 */
struct top_teardowns *top_teardowns_new(size_t max, enum sort sort);
void top_teardowns_free(struct top_teardowns *slowest);

/* Copies the teardown. Returns 0 or -ENOMEM. */
int top_teardowns_add(struct top_teardowns *slowest, const struct teardown *teardown);

/*
 * The first top (0: all) of those kept, the slowest first; for SORT_KEY, by start. Ties are in the
 * order of their starts, then in that of the heap. Valid until the object is next changed. *nr:
 * their number; *left_out: how many more were added.
 */
const struct teardown *const *top_teardowns_sorted(struct top_teardowns *slowest, __u64 top,
						   size_t *nr, size_t *left_out);

/* How many were added and not kept. */
size_t top_teardowns_dropped(const struct top_teardowns *slowest);

/* Drops all of them. */
void top_teardowns_reset(struct top_teardowns *slowest);

/* The figure of a teardown in ns, or in bytes; for an unknown total, the sum of the known phases.
 */
__u64 top_teardowns_rank(const struct teardown *teardown, enum sort sort);
