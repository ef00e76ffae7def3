// SPDX-License-Identifier: GPL-2.0-only
/* Remembers who released a map, by its address, until the map is freed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/holders.h"
#include "correlate/map_releases.h"
#include "util/hash.h"

/* Each of some hundred bytes; of further ones only the ids are known, or others are forgotten. */
#define MAX_CGROUPS	   65536
#define MAX_CGROUPS_IN_USE 8192

/*
 * A task's stack and its release come one right after the other, except for records of other
 * tasks. Those in the same place make the stack unknown.
 */
#define NR_STACKS 1024

struct sent_stack {
	__u32 tid;
	__u64 map;
	const char *text;
};

/* Programs, links and pins each, from their end until their maps are released. */
#define MAX_GONE 4096

/* The last close of a file descriptor of a map, and what was seen of its users since. */
struct last_close {
	__u64 ns; /* UNKNOWN_NS: none was seen */
	__u32 tid;
	__u32 users;   /* file descriptors and pins that are left */
	bool released; /* it dropped the last reference */
	bool unsure;   /* a later one may have been missed */
};

/* What drops a reference next, in this thread. */
struct dropping {
	struct map_holder holder;
	__u32 tid; /* 0: nothing does */
};

struct known_map {
	struct map_info map;
	struct map_release release;
	struct last_close close;
	struct dropping pin, outer;
	bool last;    /* the last reference was dropped */
	bool overdue; /* handed over as such */
	bool refused;
	UT_hash_handle hh;
};

struct map_releases {
	struct known_map *maps; /* by address; the one without a record for longest first */
	size_t max;
	__u64 forgotten;
	struct cgroups *cgroups;
	struct sent_stack stacks[NR_STACKS]; /* by tid */
	struct holders *holders;
};

static const struct map_release no_release = {
	.queued_ns = UNKNOWN_NS,
	.held_ns = UNKNOWN_NS,
};

struct map_releases *map_releases_new(size_t max)
{
	struct map_releases *releases = calloc(1, sizeof(*releases));

	if (!releases)
		return NULL;
	releases->max = max;
	releases->cgroups = cgroups_new(MAX_CGROUPS);
	releases->holders = holders_new(MAX_GONE);
	if (releases->cgroups && releases->holders)
		return releases;
	map_releases_free(releases);
	return NULL;
}

static struct known_map *find_map(const struct map_releases *releases, __u64 map)
{
	struct known_map *known;

	HASH_FIND(hh, releases->maps, &map, sizeof(map), known);
	return known;
}

static void set_releaser(struct releaser *to, const struct releaser *releaser)
{
	cgroup_hold(releaser->cgroup);
	cgroup_release(to->cgroup);
	*to = *releaser;
}

static void free_map(struct known_map *known)
{
	cgroup_release(known->map.identity.released_by.cgroup);
	cgroup_release(known->map.identity.closed_by.cgroup);
	free(known);
}

static void drop_map(struct map_releases *releases, struct known_map *known)
{
	HASH_DEL(releases->maps, known);
	free_map(known);
}

void map_releases_free(struct map_releases *releases)
{
	struct known_map *known, *next;

	if (!releases)
		return;
	HASH_ITER (hh, releases->maps, known, next)
		drop_map(releases, known);
	cgroups_free(releases->cgroups);
	holders_free(releases->holders);
	free(releases);
}

int map_releases_add_cgroup(struct map_releases *releases, __u64 id, const char *path)
{
	int err = cgroups_add(releases->cgroups, id, path);

	return err == -ENOSPC ? 0 : err;
}

void map_releases_add_stack(struct map_releases *releases, const struct record_head *head,
			    const char *text)
{
	releases->stacks[head->tid % NR_STACKS] = (struct sent_stack){head->tid, head->map, text};
}

/* NULL: unknown. */
static const char *user_stack_of(const struct map_releases *releases,
				 const struct record_release *rec)
{
	const struct sent_stack *sent = &releases->stacks[rec->head.tid % NR_STACKS];

	return rec->flags & RELEASE_STACK && sent->tid == rec->head.tid &&
			       sent->map == rec->head.map
		       ? sent->text
		       : NULL;
}

void map_releases_forget_cgroups(struct map_releases *releases)
{
	cgroups_forget_beyond(releases->cgroups, MAX_CGROUPS_IN_USE);
}

static struct releaser releaser_of(const struct map_releases *releases,
				   const struct record_release *rec)
{
	struct releaser releaser = {
		.known = true,
		.cgroup_id = rec->cgroup_id,
		.cgroup = cgroups_use(releases->cgroups, rec->cgroup_id),
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
	set_releaser(&identity->released_by, &(struct releaser){});
	known->release = no_release;
	known->overdue = false;
}

/* Did another hook, which knows the task for sure, report this release? */
static bool is_reported(const struct known_map *known, const struct record_release *rec)
{
	const struct releaser *by = &known->map.identity.released_by;

	return known->last && by->known && by->task.tid == rec->head.tid;
}

/* Holders */

static struct dropping dropping_of(const struct record_holder *rec, enum holder_kind kind)
{
	struct dropping dropping = {
		.tid = rec->head.tid,
		.holder = {.kind = kind,
			   .id = rec->id,
			   .type = rec->kind,
			   .until_ns = rec->head.ts_ns,
			   .grace_ns = UNKNOWN_NS,
			   .worker_ns = UNKNOWN_NS},
	};

	memcpy(dropping.holder.name, rec->name, sizeof(dropping.holder.name));
	return dropping;
}

int map_releases_add_holder(struct map_releases *releases, const struct record_holder *rec)
{
	bool inner = rec->head.hook == HOOK_INNER_PUT;
	struct known_map *known = find_map(releases, inner ? rec->head.map : rec->head.arg);

	if (inner) {
		if (known)
			known->outer = dropping_of(rec, HOLDER_MAP);
		return 0;
	}
	if (rec->head.hook != HOOK_PIN_FREE || !known)
		return holders_add(releases->holders, rec);
	known->pin = dropping_of(rec, HOLDER_PIN);
	return 0;
}

/*
 * A reference of a user is dropped. The close of a file descriptor is seen first by itself, and on
 * some kernels again by the function that it calls.
 */
static void update_close(struct known_map *known, const struct record_release *rec)
{
	struct last_close *close = &known->close;
	bool pin = known->pin.tid == rec->head.tid ||
		   rec->flags & (RELEASE_KERNEL | RELEASE_INTERRUPT);

	if (rec->head.hook == HOOK_RELEASE) {
		*close = (struct last_close){
			.ns = rec->head.ts_ns,
			.tid = rec->head.tid,
			.users = rec->users - 1,
			.released = rec->flags & RELEASE_LAST,
			.unsure = !rec->users,
		};
		known->pin = known->outer = (struct dropping){};
		return;
	}
	if (close->tid == rec->head.tid && rec->users == close->users + 1)
		return;
	if (!pin || rec->users != close->users)
		close->unsure = true;
	if (pin && !known->pin.tid)
		known->pin.holder = (struct map_holder){
			.kind = HOLDER_PIN,
			.until_ns = rec->head.ts_ns,
			.grace_ns = UNKNOWN_NS,
			.worker_ns = UNKNOWN_NS,
		};
	known->pin.tid = rec->head.tid;
	close->users = rec->users - 1;
}

/* What dropped the last reference, and then what else held the map after the last close. */
static void find_holders(const struct map_releases *releases, const struct known_map *known,
			 const struct record_release *rec, struct map_holders *held)
{
	const struct dropping *pin = &known->pin, *outer = &known->outer;

	held->nr = holders_of_work(releases->holders, rec->work, known->close.ns, rec->head.ts_ns,
				   held->by);
	if (!held->nr && outer->tid == rec->head.tid)
		held->by[held->nr++] = outer->holder;
	if (pin->tid && (held->nr || pin->tid == rec->head.tid) && held->nr < MAX_HOLDERS)
		held->by[held->nr++] = pin->holder;
}

static void update_held(const struct map_releases *releases, struct known_map *known,
			const struct record_release *rec)
{
	const struct last_close *close = &known->close;
	struct map_release *release = &known->release;

	release->held_ns = UNKNOWN_NS;
	release->holders.nr = 0;
	if (close->ns == UNKNOWN_NS || close->users || close->unsure || rec->head.ts_ns < close->ns)
		return;
	if (close->released && close->tid == rec->head.tid) {
		release->held_ns = 0;
		return;
	}
	release->held_ns = rec->head.ts_ns - close->ns;
	find_holders(releases, known, rec, &release->holders);
}

static void update_release(const struct map_releases *releases, struct known_map *known,
			   const struct record_release *rec)
{
	struct identity *identity = &known->map.identity;
	bool interrupt = rec->flags & RELEASE_INTERRUPT, unsure = rec->flags & RELEASE_UNSURE;
	bool nobody = interrupt || unsure, kernel = !nobody && rec->flags & RELEASE_KERNEL;
	const struct releaser by = releaser_of(releases, rec);

	if (unsure && is_reported(known, rec))
		return;
	if (!nobody && !kernel) {
		set_releaser(&identity->closed_by, &by);
		identity->close_flags =
			CLOSE_KNOWN | (rec->flags & RELEASE_EXIT ? CLOSE_AT_EXIT : 0);
		identity->user_stack = user_stack_of(releases, rec);
	}
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
	set_releaser(&identity->released_by, nobody ? &(struct releaser){} : &by);
	update_held(releases, known, rec);
}

/* Forgets what was known of another map at this address. */
static void init_map(struct known_map *known, const struct record_release *rec)
{
	cgroup_release(known->map.identity.released_by.cgroup);
	cgroup_release(known->map.identity.closed_by.cgroup);
	known->map = (struct map_info){
		.address = rec->head.map,
		.type = rec->map_type,
		.known = CALL_MAP | CALL_NAME,
		.identity = {.map_id = rec->map_id, .released_ns = UNKNOWN_NS},
	};
	memcpy(known->map.name, rec->map_name, sizeof(known->map.name));
	known->release = no_release;
	known->close = (struct last_close){.ns = UNKNOWN_NS};
	known->pin = known->outer = (struct dropping){};
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
	if (rec->head.hook != HOOK_PUT)
		update_close(known, rec);
	update_release(releases, known, rec);
	HASH_ADD(hh, releases->maps, map.address, sizeof(known->map.address), known);
	if (known->refused) {
		free_map(known);
		releases->forgotten++;
		return -ENOMEM;
	}
	return 0;
}

void map_releases_queued(struct map_releases *releases, __u64 map, __u64 ts_ns)
{
	struct known_map *known = find_map(releases, map);

	if (known && known->last && known->release.queued_ns == UNKNOWN_NS)
		known->release.queued_ns = ts_ns;
}

void map_releases_prog_queued(struct map_releases *releases, __u64 work, __u64 ts_ns)
{
	holders_queued(releases->holders, work, ts_ns);
}

/* Neither type nor name changes: then a later map has this address, whose release was missed. */
static bool is_other_map(const struct map_info *known, const struct map_info *map)
{
	return known->type && map_has_type(map) &&
	       (known->type != map->type || (map_has_name(map) && strcmp(known->name, map->name)));
}

bool map_releases_identify(struct map_releases *releases, struct map_info *map,
			   struct map_release *release)
{
	const struct known_map *known = find_map(releases, map->address);

	if (known && is_other_map(&known->map, map))
		known = NULL;
	if (release)
		*release = known ? known->release : no_release;
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

__u64 map_releases_time(const struct map_releases *releases, __u64 map)
{
	const struct known_map *known = find_map(releases, map);

	return known ? known->map.identity.released_ns : UNKNOWN_NS;
}

const struct cgroup *map_releases_cgroup(struct map_releases *releases, __u64 id)
{
	return id ? cgroups_use(releases->cgroups, id) : NULL;
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
