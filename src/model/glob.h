/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shell patterns for map names, compiled into the automaton that the BPF programs run.
 *
 * '*' any bytes, '?' one byte, [abc] [a-z] [!a] [^a] one byte of (or not of) a set, '\' takes the
 * next byte literally, in a set too. Like fnmatch(3) without flags in the C locale, except that
 * malformed patterns are refused: a '[' or '\' without an end, a range from high to low, and the
 * forms [:class:], [.x.] and [=x=].
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

/*
 * Fills *filter. -EINVAL: malformed; -E2BIG: more than 63 tokens ('*' not counted). *filter is
 * undefined after an error.
 */
int glob_compile(const char *pattern, struct name_filter *filter);

/* Bytes of the shortest name that matches a compiled pattern. */
unsigned int glob_min_len(const struct name_filter *filter);

/* Matches like the BPF programs. Reads at most max_len, and at most NAME_LEN bytes of the name. */
bool glob_match(const struct name_filter *filter, const char *name, size_t max_len);
