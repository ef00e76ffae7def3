/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lengths of time as people write them: "250ns", "10us", "1.5ms", "2s", "3m", "1h".
 */
#ifndef MEMDESTROY_UTIL_DURATION_H
#define MEMDESTROY_UTIL_DURATION_H

#include <linux/types.h>

/* What a number without a unit means. */
enum duration_bare { DURATION_BARE_REFUSED, DURATION_BARE_SECONDS };

/*
 * Reads all of text, a decimal number with an optional fraction and a unit right behind it, into
 * *ns. -EINVAL: not a length of time, no unit where one is needed, or finer than a nanosecond;
 * -ERANGE: more than INT64_MAX ns (292 years). *ns is left alone on an error.
 */
int duration_parse(const char *text, enum duration_bare bare, __u64 *ns);

#endif
