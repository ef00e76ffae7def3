/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remembers of each map who let go of it: by its address, for as long as it is not freed.
 */
#ifndef MEMDESTROY_CORRELATE_MAP_RELEASES_H
#define MEMDESTROY_CORRELATE_MAP_RELEASES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/map_info.h"

struct map_releases;

/* A map that nobody refers to any more, but which no worker has begun to free. */
struct released {
	struct map_info map;
	bool queued; /* a worker has been asked to */
};

/*
 * At most max maps are remembered; then the one longest not heard of is forgotten. NULL: no memory.
 */
struct map_releases *map_releases_new(size_t max);
void map_releases_free(struct map_releases *releases);

/* Takes a record. -ENOMEM: forgotten at once. */
int map_releases_add(struct map_releases *releases, const struct record_release *rec);

/* A worker has been asked to free a map, at this time. */
void map_releases_queued(struct map_releases *releases, __u64 map, __u64 ts_ns);

/*
 * Fills in the map's identity, and *queued_ns (UNKNOWN_NS) if it is not NULL; also the map's type
 * and name if they are unknown. False: nothing is known of the map, and they say so.
 */
bool map_releases_identify(struct map_releases *releases, struct map_info *map, __u64 *queued_ns);

/* The map is being freed: what comes to lie at its address is another. */
void map_releases_forget(struct map_releases *releases, __u64 map);

/*
 * Hands over the maps that were let go of before and are not being freed: each once, or those
 * handed over before as well, which counts for nothing then.
 */
void map_releases_for_each_overdue(struct map_releases *releases, __u64 before_ns, bool again,
				   void (*each)(void *ctx, const struct released *released),
				   void *ctx);

/* How many maps have been let go of and are not being freed yet. */
__u64 map_releases_waiting(const struct map_releases *releases);

/* How many have been forgotten for want of room. */
__u64 map_releases_forgotten(const struct map_releases *releases);

#endif
