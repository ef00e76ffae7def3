/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shell patterns for map names, compiled for name_filter_match().
 *
 * '*' any bytes, '?' one byte, [abc] [a-z] [!a] [^a] one byte of (or not of) a set, '\' takes the
 * next byte literally, in a set too. Like fnmatch(3) without flags in the C locale, except that
 * malformed patterns are refused: a '[' or '\' without an end, a range from high to low, and the
 * forms [:class:], [.x.] and [=x=].
 */
#pragma once

#include "event.h"

/*
 * Fills *filter. -EINVAL: malformed; -E2BIG: more than 63 tokens ('*' not counted). *filter is
 * undefined after an error.
 */
int glob_compile(const char *pattern, struct name_filter *filter);

/* Bytes of the shortest name that matches a compiled pattern. */
unsigned int glob_min_len(const struct name_filter *filter);
