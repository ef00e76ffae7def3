// SPDX-License-Identifier: GPL-2.0-only
/* Remembers who released a map, by its address, until the map is freed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/map_releases.h"
#include "util/hash.h"

struct known_map {
	struct map_info map;
	__u64 queued_ns; /* UNKNOWN_NS */
	bool last;	 /* the last reference was dropped */
	bool overdue;	 /* handed over as such */
	bool refused;
	UT_hash_handle hh;
};

struct map_releases {
	struct known_map *maps; /* by address; the one without a record for longest first */
	size_t max;
	__u64 forgotten;
};

struct map_releases *map_releases_new(size_t max)
{
	struct map_releases *releases = calloc(1, sizeof(*releases));

	if (releases)
		releases->max = max;
	return releases;
}

static struct known_map *find_map(struct map_releases *releases, __u64 map)
{
	struct known_map *known;

	HASH_FIND(hh, releases->maps, &map, sizeof(map), known);
	return known;
}

static void drop_map(struct map_releases *releases, struct known_map *known)
{
	HASH_DEL(releases->maps, known);
	free(known);
}

void map_releases_free(struct map_releases *releases)
{
	struct known_map *known, *next;

	if (!releases)
		return;
	HASH_ITER (hh, releases->maps, known, next)
		drop_map(releases, known);
	free(releases);
}

static struct releaser releaser_of(const struct record_release *rec)
{
	struct releaser releaser = {
		.known = true,
		.cgroup_id = rec->cgroup_id,
		.task = {.pid = rec->pid, .tid = rec->head.tid},
	};

	memcpy(releaser.task.comm, rec->comm, sizeof(releaser.task.comm));
	return releaser;
}

/* It was not the last reference after all: another was taken before it was dropped. */
static void clear_release(struct known_map *known)
{
	struct identity *identity = &known->map.identity;

	identity->released_ns = UNKNOWN_NS;
	identity->by_kernel = false;
	identity->by_interrupt = false;
	identity->unsure = false;
	identity->released_by = (struct releaser){};
	known->queued_ns = UNKNOWN_NS;
	known->overdue = false;
}

/* Did another hook, which knows the task for sure, report this release? */
static bool is_reported(const struct known_map *known, const struct record_release *rec)
{
	const struct releaser *by = &known->map.identity.released_by;

	return known->last && by->known && by->task.tid == rec->head.tid;
}

static void update_release(struct known_map *known, const struct record_release *rec)
{
	struct identity *identity = &known->map.identity;
	bool interrupt = rec->flags & RELEASE_INTERRUPT, unsure = rec->flags & RELEASE_UNSURE;
	bool nobody = interrupt || unsure, kernel = !nobody && rec->flags & RELEASE_KERNEL;

	if (unsure && is_reported(known, rec))
		return;
	if (!nobody && !kernel)
		identity->closed_by = releaser_of(rec);
	if (!(rec->flags & RELEASE_LAST)) {
		if (known->last)
			clear_release(known);
		known->last = false;
		return;
	}
	known->last = true;
	identity->released_ns = rec->head.ts_ns;
	identity->by_interrupt = interrupt;
	identity->by_kernel = kernel;
	identity->unsure = unsure;
	identity->released_by = nobody ? (struct releaser){} : releaser_of(rec);
}

/* Forgets what was known of another map at this address. */
static void init_map(struct known_map *known, const struct record_release *rec)
{
	known->map = (struct map_info){
		.address = rec->head.map,
		.type = rec->map_type,
		.known = CALL_MAP | CALL_NAME,
		.identity = {.map_id = rec->map_id, .released_ns = UNKNOWN_NS},
	};
	memcpy(known->map.name, rec->map_name, sizeof(known->map.name));
	known->queued_ns = UNKNOWN_NS;
	known->last = false;
	known->overdue = false;
}

int map_releases_add(struct map_releases *releases, const struct record_release *rec)
{
	struct known_map *known = find_map(releases, rec->head.map);

	if (known) {
		/* Moves it to the end. */
		HASH_DEL(releases->maps, known);
		/* The id is 0 once the kernel has taken it from the map. */
		if (rec->map_id && known->map.identity.map_id != rec->map_id)
			init_map(known, rec);
	} else {
		if (HASH_COUNT(releases->maps) >= releases->max) {
			drop_map(releases, releases->maps);
			releases->forgotten++;
		}
		known = calloc(1, sizeof(*known));
		if (!known) {
			releases->forgotten++;
			return -ENOMEM;
		}
		init_map(known, rec);
	}
	update_release(known, rec);
	HASH_ADD(hh, releases->maps, map.address, sizeof(known->map.address), known);
	if (known->refused) {
		free(known);
		releases->forgotten++;
		return -ENOMEM;
	}
	return 0;
}

void map_releases_queued(struct map_releases *releases, __u64 map, __u64 ts_ns)
{
	struct known_map *known = find_map(releases, map);

	if (known && known->last && known->queued_ns == UNKNOWN_NS)
		known->queued_ns = ts_ns;
}

bool map_releases_identify(struct map_releases *releases, struct map_info *map, __u64 *queued_ns)
{
	const struct known_map *known = find_map(releases, map->address);

	if (queued_ns)
		*queued_ns = known ? known->queued_ns : UNKNOWN_NS;
	if (!known) {
		map->identity = (struct identity){.released_ns = UNKNOWN_NS};
		return false;
	}
	map->identity = known->map.identity;
	if (known->map.type && !map_has_type(map)) {
		map->known |= CALL_MAP | CALL_NAME;
		map->type = known->map.type;
		memcpy(map->name, known->map.name, sizeof(map->name));
	}
	return true;
}

void map_releases_forget(struct map_releases *releases, __u64 map)
{
	struct known_map *known = find_map(releases, map);

	if (known)
		drop_map(releases, known);
}

bool map_releases_for_each_overdue(struct map_releases *releases, __u64 before_ns, bool again,
				   void (*each)(void *ctx, const struct map_info *map), void *ctx)
{
	struct known_map *known, *next;
	bool any = false;

	HASH_ITER (hh, releases->maps, known, next) {
		if (!known->last || (known->overdue && !again) ||
		    known->map.identity.released_ns > before_ns)
			continue;
		known->overdue = known->overdue || !again;
		any = true;
		if (each)
			each(ctx, &known->map);
	}
	return any;
}

__u64 map_releases_waiting(const struct map_releases *releases)
{
	struct known_map *known, *next;
	__u64 nr = 0;

	HASH_ITER (hh, releases->maps, known, next)
		nr += known->last;
	return nr;
}

__u64 map_releases_forgotten(const struct map_releases *releases)
{
	return releases->forgotten;
}
