// SPDX-License-Identifier: GPL-2.0-only
/* Recognises stuck reports that repeat, by place, start, thread and map. */
#include <stdlib.h>

#include "output/metrics/stuck_set.h"
#include "util/hash.h"

/*
 * A thread enters one call at a time. The map of a call is not part of the key: it may have become
 * known since the first report.
 */
struct stuck_key {
	__u64 since_ns, place;
	__u32 tid, map_id;
};

struct known_stuck {
	struct stuck_key key;
	bool refused;
	UT_hash_handle hh;
};

struct stuck_set {
	struct known_stuck *known; /* the oldest first */
};

struct stuck_set *stuck_set_new(void)
{
	return calloc(1, sizeof(struct stuck_set));
}

static void drop(struct stuck_set *set, struct known_stuck *known)
{
	HASH_DEL(set->known, known);
	free(known);
}

void stuck_set_free(struct stuck_set *set)
{
	if (!set)
		return;
	while (set->known)
		drop(set, set->known);
	free(set);
}

bool stuck_set_add(struct stuck_set *set, const struct stuck *stuck, size_t place)
{
	const struct stuck_key key = {
		.since_ns = stuck->since_ns,
		.place = place,
		.tid = stuck->worker.tid,
		.map_id = stuck->in_worker ? 0 : stuck->map.identity.map_id,
	};
	struct known_stuck *known;

	HASH_FIND(hh, set->known, &key, sizeof(key), known);
	if (known)
		return false;
	if (HASH_COUNT(set->known) >= STUCK_SET_MAX)
		drop(set, set->known);
	known = calloc(1, sizeof(*known));
	if (!known)
		return true;
	known->key = key;
	HASH_ADD(hh, set->known, key, sizeof(key), known);
	if (known->refused)
		free(known);
	return true;
}
