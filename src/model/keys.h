/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subject of a run (calls, teardowns or both), and the keys its rows can have.
 */
#pragma once

#include "util/macros.h"

enum view {
	VIEW_CALLS,	/* of the traced function; the default */
	VIEW_TEARDOWNS, /* of maps, from the last reference dropped to the last byte freed */
	VIEW_BOTH,	/* for recordings */
};

enum key {
	KEY_CALLER, /* this and the next ones up to KEY_CPU belong to a call */
	KEY_ALLOC,
	KEY_COMM,
	KEY_CPU,
	KEY_TYPE, /* from here on they belong to a map */
	KEY_NAME,
	KEY_ID, /* from here on they need the identity of the map and of who released it */
	KEY_RELEASED_BY,
	KEY_RELEASED_PID,
	KEY_CGROUP,
	KEY_UNIT,
	KEY_POD,
	KEY_CONTAINER,
	KEY_MEMCG, /* of teardowns only */
	KEY_HOST,  /* from here on they belong to a recording */
	KEY_SCENARIO,
	NR_KEYS,
};

static const char *const key_names[] = {
	[KEY_CALLER] = "caller",
	[KEY_ALLOC] = "alloc",
	[KEY_COMM] = "comm",
	[KEY_CPU] = "cpu",
	[KEY_TYPE] = "type",
	[KEY_NAME] = "name",
	[KEY_ID] = "id",
	[KEY_RELEASED_BY] = "released_by",
	[KEY_RELEASED_PID] = "released_pid",
	[KEY_CGROUP] = "cgroup",
	[KEY_UNIT] = "unit",
	[KEY_POD] = "pod",
	[KEY_CONTAINER] = "container",
	[KEY_MEMCG] = "memcg",
	[KEY_HOST] = "host",
	[KEY_SCENARIO] = "scenario",
};
_Static_assert(ARRAY_SIZE(key_names) == NR_KEYS, "a name for every key");
