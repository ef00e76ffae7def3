/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Durations as people write them: "250ns", "10us", "1.5ms", "2s", "1h30m", "1d".
 */
#pragma once

#include <stdbool.h>

#include <linux/types.h>

/*
 * Parses all of text into *ns: numbers, each directly followed by its unit, from the largest unit
 * to the smallest; the last number may have a fraction. A single number without a unit counts
 * seconds, or is refused. An error leaves *ns unchanged:
 * -EINVAL	not a duration, a missing unit, or finer than a nanosecond
 * -EDOM	a larger unit behind a smaller one
 * -EEXIST	a unit twice
 * -ERANGE	more than INT64_MAX ns (292 years)
 */
int duration_parse(const char *text, bool bare_seconds, __u64 *ns);
