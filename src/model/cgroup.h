/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cgroups by their id: the path, and what systemd and Kubernetes call what runs there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define CGROUP_PATH_SIZE (CGROUP_NAMES + CGROUP_NAME + 1) /* with its NUL */

/* Names in a path, each of any bytes but '/'. Empty: the path has none. */
struct cgroup_names {
	char unit[256];		/* of systemd: a service or a scope */
	char pod_uid[40];	/* with dashes */
	char container_id[128]; /* 64 hex digits */
};

/* Never changes; of a struct cgroups. NULL: the path has no such name. */
struct cgroup {
	__u64 id;	  /* in the unified hierarchy */
	const char *path; /* from the root of the hierarchy: "/", "/system.slice/cron.service" */
	const char *unit, *pod_uid, *container_id;
};

/* Finds the names in a path. The innermost one of each kind counts. */
void cgroup_parse(const char *path, struct cgroup_names *names);

/*
 * Whether the pattern, a path with *, ? and [abc] in its parts, matches the path or one of the
 * cgroups above it. /sys/fs/cgroup in front of the pattern and slashes at its end do not count.
 */
bool cgroup_matches(const char *pattern, const char *path);

struct cgroups;

/*
 * Keeps at most max cgroups, and none of others, until cgroups_free(). NULL: no memory.
 */
struct cgroups *cgroups_new(size_t max);
void cgroups_free(struct cgroups *cgroups); /* takes NULL */

/* Keeps a copy of the path, unless the id has one. -ENOMEM; -ENOSPC: there are too many. */
int cgroups_add(struct cgroups *cgroups, __u64 id, const char *path);

/* NULL: not known. */
const struct cgroup *cgroups_find(const struct cgroups *cgroups, __u64 id);

/*
 * From now on at most max cgroups, to make room for each further one by forgetting that for which
 * cgroups_use() was called least recently, unless it is held.
 */
void cgroups_forget_beyond(struct cgroups *cgroups, size_t max);
const struct cgroup *cgroups_use(struct cgroups *cgroups, __u64 id); /* as cgroups_find() */

/* A cgroup is not forgotten until each hold is released. Both take NULL. */
void cgroup_hold(const struct cgroup *cgroup);
void cgroup_release(const struct cgroup *cgroup);
