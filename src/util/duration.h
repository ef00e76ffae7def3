/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Durations as people write them: "250ns", "10us", "1.5ms", "2s", "3m", "1h".
 */
#pragma once

#include <stdbool.h>

#include <linux/types.h>

/*
 * Parses all of text, a decimal number with an optional fraction directly followed by a unit, into
 * *ns. A number without a unit counts seconds, or is refused. -EINVAL: not a duration, a missing
 * unit, or finer than a nanosecond; -ERANGE: more than INT64_MAX ns (292 years). An error leaves
 * *ns unchanged.
 */
int duration_parse(const char *text, bool bare_seconds, __u64 *ns);
