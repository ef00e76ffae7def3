/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A BPF map as far as it is known: what it is, and who released it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "model/cgroup.h"

#define UNKNOWN_NS (~0ULL)

/* A task. Unknown members are 0 or empty. */
struct task {
	__u32 pid; /* thread group */
	__u32 tid;
	char comm[NAME_LEN]; /* NUL-terminated, any bytes otherwise */
};

/* A task that dropped a reference to a map. */
struct releaser {
	bool known;	 /* if not, the rest means nothing */
	__u64 cgroup_id; /* in the unified hierarchy */
	struct task task;
	const struct cgroup *cgroup; /* of cgroup_id; not owned; NULL: only the id is known */
};

/* How a user task dropped its reference. */
enum close_flags {
	CLOSE_KNOWN = 1 << 0,	/* CLOSE_AT_EXIT is valid */
	CLOSE_AT_EXIT = 1 << 1, /* by its exit, when it had no user stack any more */
};

/* Bytes of a user stack as text, with its NUL. */
#define USER_STACK_TEXT (USER_STACK_DEPTH * 64)

/* Which map it was, and who released it. */
struct identity {
	__u32 map_id;		     /* 0: unknown */
	__u64 released_ns;	     /* when the last reference was dropped; UNKNOWN_NS */
	bool by_kernel;		     /* by a kernel thread */
	bool by_interrupt;	     /* in an interrupt: no task can be named */
	bool unsure;		     /* perhaps in an interrupt: no task can be named either */
	struct releaser released_by; /* dropped the last reference */
	struct releaser closed_by;   /* the last user task that dropped one or closed the map */
	__u8 close_flags;	     /* of closed_by: enum close_flags */
	/* Of closed_by: frames of its user stack, innermost first, a line each. Not owned. NULL:
	 * unknown. */
	const char *user_stack;
};

struct map_info {
	__u64 address; /* only ever compared; 0: unknown. Of a recording: a number in its place */
	__u32 type;    /* enum bpf_map_type of the traced kernel */
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 flags;
	__u8 known;	     /* bits of enum call_flags: CALL_MAP, CALL_NAME, CALL_SIZES */
	char name[NAME_LEN]; /* NUL-terminated, any bytes otherwise */
	struct identity identity;
	/* Set by readers of recordings, which own both; NULL: unknown. */
	const char *host;
	const char *scenario; /* of "bench" */
};

static inline bool map_has_type(const struct map_info *map)
{
	return map->known & CALL_MAP;
}

static inline bool map_has_name(const struct map_info *map)
{
	return map_has_type(map) && map->known & CALL_NAME;
}

/* Also its flags. */
static inline bool map_has_sizes(const struct map_info *map)
{
	return map_has_type(map) && map->known & CALL_SIZES;
}

/* The task that caused the release: a user's if one is known. NULL: none is known. */
static inline const struct releaser *identity_releaser(const struct identity *identity)
{
	if (identity->released_by.known && !identity->by_kernel)
		return &identity->released_by;
	if (identity->closed_by.known)
		return &identity->closed_by;
	return identity->released_by.known ? &identity->released_by : NULL;
}

/* The cgroup of that task. NULL: not known. */
static inline const struct cgroup *identity_cgroup(const struct identity *identity)
{
	const struct releaser *releaser = identity_releaser(identity);

	return releaser ? releaser->cgroup : NULL;
}
