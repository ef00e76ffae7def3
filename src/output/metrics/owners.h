/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Teardowns by labels that can have any number of values, such as names of maps and cgroups. Memory
 * and series are bounded: the owners with the most teardowns have a series each, the rest share
 * one.
 *
 * An owner that is not shown takes over the series' place of the one with the fewest teardowns once
 * it has at least twice as many. Its counters then begin at 0: what it had is in the shared series,
 * because a counter must not go back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct owner_counts {
	__u64 teardowns;
	__u64 bytes;	/* of their maps, where known */
	__u64 total_ns; /* of all phases, where known */
};

/* A series. */
struct owner_series {
	const char *labels; /* as labels_add() makes them; owned by the owners */
	struct owner_counts counts;
};

struct owners;

/* limit: series besides the shared one, at least 1; other: the labels of that. NULL: no memory. */
struct owners *owners_new(size_t limit, const char *other);
void owners_free(struct owners *owners); /* takes NULL */

/* Adds a teardown. Returns 0, or -ENOMEM with the teardown in the shared series. */
int owners_add(struct owners *owners, const char *labels, const struct owner_counts *counts);

/* Makes earlier teardowns weigh half: what was long ago is no reason to have a series. */
void owners_age(struct owners *owners);

/*
 * The shared series. An owner that lost its series takes its counts along, because a counter must
 * not jump. At the end they are in the shared series, so that all series add up.
 */
struct owner_series owners_other(const struct owners *owners);
struct owner_series owners_other_at_end(const struct owners *owners);

/* Teardowns in the shared series that are not folded: their owner has the name of that series. */
__u64 owners_called_other(const struct owners *owners);

size_t owners_nr(const struct owners *owners);
/* Fills in owners_nr() series, the ones added first at the beginning. */
void owners_list(const struct owners *owners, struct owner_series *list);
