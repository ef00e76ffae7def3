// SPDX-License-Identifier: GPL-2.0-only
/* Checks a scenario of a recording, which may hold anything, before it is measured. */
#include <errno.h>

#include "bench/scenario.h"
#include "util/diag.h"

/* Of words, the highest. */
static __u32 max_of(const struct setting *setting)
{
	__u32 nr = 0;

	if (!setting->words)
		return setting->max;
	while (setting->words[nr])
		nr++;
	return nr - 1;
}

static bool is_name(const char *name)
{
	const char *c = name;

	while ((unsigned char)*c >= ' ' && *c != '\x7f')
		c++;
	return *name && !*c;
}

int scenario_check(const struct scenario *scenario)
{
	if (!map_limits_find(scenario->map_type))
		return diag_invalid("scenario: type %u cannot be measured", scenario->map_type);
	for (const struct setting *setting = scenario_settings; setting->name; setting++) {
		__u32 value = scenario_get(scenario, setting);

		if (setting->column && (value > max_of(setting) || (!setting->words && !value)))
			return diag_invalid("scenario: %s %u cannot be measured", setting->name,
					    value);
	}
	if (!is_name(scenario->name))
		return diag_invalid("scenario: the name is empty, or has control characters");
	return scenario_check_limits(scenario);
}
