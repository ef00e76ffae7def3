// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/map_releases.h"
#include "util/hash.h"

struct entry {
	struct released released;
	__u64 queued_ns;
	bool last;    /* the last reference was dropped */
	bool overdue; /* has been told of */
	bool refused;
	UT_hash_handle hh;
};

struct map_releases {
	struct entry *entries; /* the one longest not heard of first */
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

static struct entry *find(struct map_releases *releases, __u64 map)
{
	struct entry *entry;

	HASH_FIND(hh, releases->entries, &map, sizeof(map), entry);
	return entry;
}

static void drop(struct map_releases *releases, struct entry *entry)
{
	HASH_DEL(releases->entries, entry);
	free(entry);
}

void map_releases_free(struct map_releases *releases)
{
	struct entry *entry, *next;

	if (!releases)
		return;
	HASH_ITER (hh, releases->entries, entry, next)
		drop(releases, entry);
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

/* What was taken for the last reference was not: somebody took another before it was dropped. */
static void live_on(struct entry *entry)
{
	struct identity *identity = &entry->released.map.identity;

	identity->released_ns = UNKNOWN_NS;
	identity->by_kernel = false;
	identity->by_interrupt = false;
	identity->unsure = false;
	identity->released_by = (struct releaser){};
	entry->released.queued = false;
	entry->queued_ns = UNKNOWN_NS;
	entry->overdue = false;
}

/* Has this task been seen to drop the last reference at another point, where it is known? */
static bool told_already(const struct entry *entry, const struct record_release *rec)
{
	const struct releaser *by = &entry->released.map.identity.released_by;

	return entry->last && by->known && by->task.tid == rec->head.tid;
}

static void hear(struct entry *entry, const struct record_release *rec)
{
	struct identity *identity = &entry->released.map.identity;
	bool interrupt = rec->flags & RELEASE_INTERRUPT, unsure = rec->flags & RELEASE_UNSURE;
	bool nobody = interrupt || unsure, kernel = !nobody && rec->flags & RELEASE_KERNEL;

	if (unsure && told_already(entry, rec))
		return;
	if (!nobody && !kernel)
		identity->closed_by = releaser_of(rec);
	if (!(rec->flags & RELEASE_LAST)) {
		if (entry->last)
			live_on(entry);
		entry->last = false;
		return;
	}
	entry->last = true;
	identity->released_ns = rec->head.ts_ns;
	identity->by_interrupt = interrupt;
	identity->by_kernel = kernel;
	identity->unsure = unsure;
	identity->released_by = nobody ? (struct releaser){} : releaser_of(rec);
}

/* Whatever was known of another map at this address is gone. */
static void begin(struct entry *entry, const struct record_release *rec)
{
	struct released *released = &entry->released;

	*released = (struct released){
		.map =
			{
				.address = rec->head.map,
				.type = rec->map_type,
				.known = CALL_MAP | CALL_NAME,
				.identity = {.map_id = rec->map_id, .released_ns = UNKNOWN_NS},
			},
	};
	memcpy(released->map.name, rec->map_name, sizeof(released->map.name));
	entry->queued_ns = UNKNOWN_NS;
	entry->last = false;
	entry->overdue = false;
}

int map_releases_add(struct map_releases *releases, const struct record_release *rec)
{
	struct entry *entry = find(releases, rec->head.map);

	if (entry) {
		/* To the end: it has been heard of. */
		HASH_DEL(releases->entries, entry);
		/* Once the id is taken from a map, it is 0. */
		if (rec->map_id && entry->released.map.identity.map_id != rec->map_id)
			begin(entry, rec);
	} else {
		if (HASH_COUNT(releases->entries) >= releases->max) {
			drop(releases, releases->entries);
			releases->forgotten++;
		}
		entry = calloc(1, sizeof(*entry));
		if (!entry) {
			releases->forgotten++;
			return -ENOMEM;
		}
		begin(entry, rec);
	}
	hear(entry, rec);
	HASH_ADD(hh, releases->entries, released.map.address, sizeof(entry->released.map.address),
		 entry);
	if (entry->refused) {
		free(entry);
		releases->forgotten++;
		return -ENOMEM;
	}
	return 0;
}

void map_releases_queued(struct map_releases *releases, __u64 map, __u64 ts_ns)
{
	struct entry *entry = find(releases, map);

	if (!entry || !entry->last || entry->released.queued)
		return;
	entry->released.queued = true;
	entry->queued_ns = ts_ns;
}

bool map_releases_identify(struct map_releases *releases, struct map_info *map, __u64 *queued_ns)
{
	const struct entry *entry = find(releases, map->address);

	if (queued_ns)
		*queued_ns = entry ? entry->queued_ns : UNKNOWN_NS;
	if (!entry) {
		map->identity = (struct identity){.released_ns = UNKNOWN_NS};
		return false;
	}
	map->identity = entry->released.map.identity;
	if (entry->released.map.type && !map_has_type(map)) {
		map->known |= CALL_MAP | CALL_NAME;
		map->type = entry->released.map.type;
		memcpy(map->name, entry->released.map.name, sizeof(map->name));
	}
	return true;
}

void map_releases_forget(struct map_releases *releases, __u64 map)
{
	struct entry *entry = find(releases, map);

	if (entry)
		drop(releases, entry);
}

void map_releases_for_each_overdue(struct map_releases *releases, __u64 before_ns, bool again,
				   void (*each)(void *ctx, const struct released *released),
				   void *ctx)
{
	struct entry *entry, *next;

	HASH_ITER (hh, releases->entries, entry, next) {
		if (!entry->last || (entry->overdue && !again) ||
		    entry->released.map.identity.released_ns > before_ns)
			continue;
		entry->overdue = entry->overdue || !again;
		each(ctx, &entry->released);
	}
}

__u64 map_releases_waiting(const struct map_releases *releases)
{
	struct entry *entry, *next;
	__u64 nr = 0;

	HASH_ITER (hh, releases->entries, entry, next)
		nr += entry->last;
	return nr;
}

__u64 map_releases_forgotten(const struct map_releases *releases)
{
	return releases->forgotten;
}
