// SPDX-License-Identifier: GPL-2.0-only
/* Decides which maps, calls and teardowns the user wants to see. */
#include <string.h>

#include "model/filter.h"
#include "model/symbol.h"

bool filter_is_set(const struct filter *filter)
{
	return filter->map_types || filter->nr_callers || filter->by_name ||
	       filter->min_latency_ns || filter->no_empty;
}

bool filter_wants_map(const struct filter *filter, const struct map_info *map)
{
	if (filter->map_types &&
	    !(map_has_type(map) && map->type < 64 && (filter->map_types & (1ULL << map->type))))
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
