/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Durations as people write them: "250ns", "10us", "1.5ms", "2s", "3m", "1h".
 */
#ifndef MEMDESTROY_UTIL_DURATION_H
#define MEMDESTROY_UTIL_DURATION_H

#include <linux/types.h>

/* The meaning of a number without a unit. */
enum duration_bare { DURATION_BARE_REFUSED, DURATION_BARE_SECONDS };

/*
 * Parses all of text, a decimal number with an optional fraction directly followed by a unit, into
 * *ns. -EINVAL: not a duration, a missing unit, or finer than a nanosecond; -ERANGE: more than
 * INT64_MAX ns (292 years). An error leaves *ns unchanged.
 */
int duration_parse(const char *text, enum duration_bare bare, __u64 *ns);

#endif
