// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "analysis/top_teardowns.h"
#include "model/filter.h"
#include "model/glob.h"

int filter_init(struct filter *filter, const struct options *opts)
{
	memset(filter, 0, sizeof(*filter));
	filter->opts = opts;
	return opts->name ? glob_compile(opts->name, &filter->names) : 0;
}

bool filter_is_set(const struct options *opts)
{
	return opts->map_types || opts->nr_callers || opts->name || opts->min_latency_ns ||
	       opts->no_empty;
}

bool filter_wants_map(const struct filter *filter, const struct call *map)
{
	const struct options *opts = filter->opts;

	if (opts->map_types && !(call_has(map, CALL_MAP) && map->map_type < 64 &&
				 (opts->map_types & (1ULL << map->map_type))))
		return false;
	return !opts->name || (call_has(map, CALL_MAP | CALL_NAME) &&
			       glob_match(&filter->names, map->map_name, NAME_LEN));
}

static bool caller_wanted(const struct options *opts, const struct call *call)
{
	size_t i;

	for (i = 0; i < opts->nr_callers; i++)
		if (call->caller_name && !strcmp(call->caller_name, opts->callers[i]))
			return true;
	return !opts->nr_callers;
}

bool filter_wants_call(const struct filter *filter, const struct call *call)
{
	const struct options *opts = filter->opts;

	if (opts->no_empty && call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY))
		return false;
	if (call->latency_ns < opts->min_latency_ns) /* the unknown is the greatest */
		return false;
	return caller_wanted(opts, call) && filter_wants_map(filter, call);
}

bool filter_wants_teardown(const struct filter *filter, const struct teardown *teardown)
{
	return top_teardowns_rank(teardown, SORT_TOTAL) >= filter->opts->min_latency_ns &&
	       filter_wants_map(filter, &teardown->free);
}
