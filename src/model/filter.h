/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which calls and teardowns are wanted. The BPF programs filter calls of a live run by the same
 * rules (bpf/filter.bpf.h); the functions here filter teardowns and recordings.
 */
#pragma once

#include "event.h"
#include "model/call.h"
#include "model/teardown.h"

#define MAX_WANTED 16 /* values of one option */

/* One of several values; none: any. */
struct wanted_numbers {
	__u32 number[MAX_WANTED];
	size_t nr;
};

struct wanted_texts {
	const char *text[MAX_WANTED]; /* patterns; not owned */
	size_t nr;
};

/* The id of the map, and who released it. Unknown ones are not wanted if anything is given. */
struct releaser_filter {
	struct wanted_numbers ids, pids;
	struct wanted_texts comms, cgroups, units, pods, containers;
};

/* All zero: everything is wanted. */
struct filter {
	__u64 map_types;		  /* bit N: type N is wanted; 0: all */
	const char *callers[MAX_CALLERS]; /* not owned */
	size_t nr_callers;
	bool by_name;
	struct name_filter names; /* if by_name */
	__u64 min_latency_ns;
	bool no_empty;
	struct releaser_filter releaser;
};

/* Is there anything to filter by? */
bool filter_is_set(const struct filter *filter);

/* Does the filter need the id of the map, or who released it? */
bool filter_by_releaser(const struct filter *filter);

/* Is this a wanted map? Unknown types and names never match. */
bool filter_wants_map(const struct filter *filter, const struct map_info *map);

/* Is this a wanted call? One that may be empty or short, but is not known to be, is wanted. */
bool filter_wants_call(const struct filter *filter, const struct call *call);

/* Is this a wanted teardown? If its total is unknown, the sum of the known phases counts. */
bool filter_wants_teardown(const struct filter *filter, const struct teardown *teardown);
