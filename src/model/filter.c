// SPDX-License-Identifier: GPL-2.0-only
/* Decides which maps, calls and teardowns the user wants to see. */
#include <fnmatch.h>
#include <string.h>

#include "model/filter.h"
#include "model/symbol.h"

bool filter_is_set(const struct filter *filter)
{
	return filter->map_types || filter->nr_callers || filter->by_name ||
	       filter->min_latency_ns || filter->no_empty || filter_by_releaser(filter);
}

bool filter_by_releaser(const struct filter *filter)
{
	const struct releaser_filter *by = &filter->releaser;

	return by->ids.nr || by->pids.nr || by->comms.nr || by->cgroups.nr || by->units.nr ||
	       by->pods.nr || by->containers.nr;
}

/* 0: unknown. */
static bool number_wanted(const struct wanted_numbers *wanted, __u32 number)
{
	for (size_t i = 0; i < wanted->nr; i++)
		if (number && wanted->number[i] == number)
			return true;
	return !wanted->nr;
}

/* Names may have characters of patterns in them, and then match themselves. */
static bool name_matches(const char *pattern, const char *name)
{
	return !strcmp(pattern, name) || !fnmatch(pattern, name, 0);
}

/* NULL: unknown, or there is none. */
static bool text_wanted(const struct wanted_texts *wanted, const char *text,
			bool (*matches)(const char *pattern, const char *text))
{
	for (size_t i = 0; i < wanted->nr; i++)
		if (text && matches(wanted->text[i], text))
			return true;
	return !wanted->nr;
}

static bool identity_wanted(const struct releaser_filter *wanted, const struct identity *identity)
{
	static const struct releaser nobody;
	static const struct cgroup no_cgroup;
	const struct releaser *releaser = identity_releaser(identity) ?: &nobody;
	const struct cgroup *cgroup = releaser->cgroup ?: &no_cgroup;

	return number_wanted(&wanted->ids, identity->map_id) &&
	       number_wanted(&wanted->pids, releaser->task.pid) &&
	       text_wanted(&wanted->comms, releaser->known ? releaser->task.comm : NULL,
			   name_matches) &&
	       text_wanted(&wanted->cgroups, cgroup->path, cgroup_matches) &&
	       text_wanted(&wanted->units, cgroup->unit, name_matches) &&
	       text_wanted(&wanted->pods, cgroup->pod_uid, name_matches) &&
	       text_wanted(&wanted->containers, cgroup->container_id, name_matches);
}

bool filter_wants_map(const struct filter *filter, const struct map_info *map)
{
	if (filter->map_types &&
	    !(map_has_type(map) && map->type < 64 && (filter->map_types & (1ULL << map->type))))
		return false;
	if (filter_by_releaser(filter) && !identity_wanted(&filter->releaser, &map->identity))
		return false;
	return !filter->by_name ||
	       (map_has_name(map) && name_filter_match(&filter->names, map->name, NAME_LEN));
}

static bool caller_wanted(const struct filter *filter, const struct call *call)
{
	size_t i;

	for (i = 0; i < filter->nr_callers; i++)
		if (call->caller.name &&
		    symbol_same_function(call->caller.name, filter->callers[i]))
			return true;
	return !filter->nr_callers;
}

bool filter_wants_call(const struct filter *filter, const struct call *call)
{
	if (filter->no_empty && call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY))
		return false;
	if (call->latency_ns < filter->min_latency_ns) /* UNKNOWN_NS is the greatest */
		return false;
	return caller_wanted(filter, call) && filter_wants_map(filter, &call->map);
}

bool filter_wants_teardown(const struct filter *filter, const struct teardown *teardown)
{
	return teardown_known_ns(teardown) >= filter->min_latency_ns &&
	       filter_wants_map(filter, &teardown->map);
}
