/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which maps a recording leaves out while its recorder cannot keep up. Knows no clock and no files.
 *
 * At level L, one map of 2^L is recorded, chosen by a hash of its id. The level at the time of its
 * release applies to the teardown, its calls and its deferred frees: all or none are recorded. A
 * call of no teardown is chosen alone, by its thread and time. Events of a map whose id or release
 * is unknown are recorded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/call.h"

#define SHED_MAX_LEVEL 10
#define SHED_CHANGES   4096 /* that are remembered; earlier maps are decided by the oldest */

struct shed_change {
	__u64 since_ns; /* CLOCK_MONOTONIC */
	__u32 level;
};

/* All zero at the start. */
struct shed {
	struct shed_change change[SHED_CHANGES]; /* the nth is at n % SHED_CHANGES */
	size_t nr;
	__u64 latest_ns;   /* the latest time that was decided for */
	__u64 adjusted_ns; /* when the level was last looked at */
	size_t pending;	   /* then */
};

/* Whether to record the events of this map; and this call. */
bool shed_keeps_map(struct shed *shed, const struct map_info *map);
bool shed_keeps_call(struct shed *shed, const struct call *call);

/* The level for what comes next. 0: all is recorded. */
__u32 shed_level(const struct shed *shed);

/* The last change. NULL: there was none. */
const struct shed_change *shed_last(const struct shed *shed);

/*
 * Sets the level by how many bytes of records wait, of at most limit: from a quarter on, it rises
 * ten times a second while they do not become fewer, the faster the more wait; below a sixteenth,
 * it falls by one every two seconds. Holds for maps released later than any that was decided on. On
 * a change, returns it, valid until the next call; else NULL.
 */
const struct shed_change *shed_adjust(struct shed *shed, size_t pending, size_t limit,
				      __u64 now_ns);
