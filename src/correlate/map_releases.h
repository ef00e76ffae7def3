/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remembers who released a map, by its address, until the map is freed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/holder.h"
#include "model/map_info.h"

struct map_releases;

/* What is known of a release beside the map's identity. */
struct map_release {
	__u64 queued_ns; /* when the work that frees the map was queued; UNKNOWN_NS */
	__u64 held_ns;	 /* from the last close to the release; 0: not held; UNKNOWN_NS */
	struct map_holders holders;
};

/*
 * At most max maps are remembered; then the one without a record for longest is forgotten. NULL: no
 * memory.
 */
struct map_releases *map_releases_new(size_t max);
void map_releases_free(struct map_releases *releases);

/*
 * Takes the path of a cgroup, for the releases that follow. Events refer to it until
 * map_releases_free(). -ENOMEM: it stays unknown.
 */
int map_releases_add_cgroup(struct map_releases *releases, __u64 id, const char *path);

/*
 * Takes the user stack of the release that this thread sends next. text: as in struct identity; it
 * must outlive the events. NULL: unknown.
 */
void map_releases_add_stack(struct map_releases *releases, const struct record_head *head,
			    const char *text);

/*
 * Forgets cgroups that no map here and no holder refers to (cgroup_hold()), if there are many. Only
 * if the sink keeps no events, which would refer to them.
 */
void map_releases_forget_cgroups(struct map_releases *releases);

/* Takes a record. -ENOMEM: its map is forgotten at once. */
int map_releases_add(struct map_releases *releases, const struct record_release *rec);

/* A cgroup whose path was taken, for a map here or one that is being freed. NULL: not known. */
const struct cgroup *map_releases_cgroup(struct map_releases *releases, __u64 id);

/* The same of a holder's record. -ENOMEM: it was left out. */
int map_releases_add_holder(struct map_releases *releases, const struct record_holder *rec);

/* The work that frees a program was queued at this time. */
void map_releases_prog_queued(struct map_releases *releases, __u64 work, __u64 ts_ns);

/* The work that frees a map was queued at this time. */
void map_releases_queued(struct map_releases *releases, __u64 map, __u64 ts_ns);

/*
 * Fills in the map's identity, and *release if it is not NULL; also the map's type and name if they
 * are unknown. False: nothing is known of the map, and they say so.
 */
bool map_releases_identify(struct map_releases *releases, struct map_info *map,
			   struct map_release *release);

/* When the map was released; UNKNOWN_NS: not known, or it is being freed. */
__u64 map_releases_time(const struct map_releases *releases, __u64 map);

/* The map is being freed: the next map at its address is another one. */
void map_releases_forget(struct map_releases *releases, __u64 map);

/*
 * Hands over the maps that were released before this time and are not being freed. With again,
 * those that were handed over before too, and none is marked as handed over. each NULL: only
 * returns whether there are any.
 */
bool map_releases_for_each_overdue(struct map_releases *releases, __u64 before_ns, bool again,
				   void (*each)(void *ctx, const struct map_info *map), void *ctx);

/* How many maps are released and not being freed yet. */
__u64 map_releases_waiting(const struct map_releases *releases);

/* How many have been forgotten because there were too many. */
__u64 map_releases_forgotten(const struct map_releases *releases);
