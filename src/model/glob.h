/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shell patterns for map names, compiled into the automaton that the BPF programs run.
 *
 * '*' any bytes, '?' one byte, [abc] [a-z] [!a] [^a] one byte of (or not of) a set, '\' takes the
 * next byte literally, in a set too. As fnmatch(3) has it with no flags in the C locale, except
 * that what fnmatch reads as best it can is refused here: a '[' or '\' with no end, a range from
 * high to low, and the [:class:], [.x.] and [=x=] forms.
 */
#ifndef MEMDESTROY_MODEL_GLOB_H
#define MEMDESTROY_MODEL_GLOB_H

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

/* What the BPF programs answer for a name of up to max_len bytes, of which NAME_LEN are read. */
bool glob_match(const struct name_filter *filter, const char *name, size_t max_len);

#endif
