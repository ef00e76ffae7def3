/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Matches a map's name against the user's pattern, in the BPF programs and in user space alike.
 */
#ifndef MEMDESTROY_NAME_FILTER_H
#define MEMDESTROY_NAME_FILTER_H

#include "event.h"

/*
 * 1 if the name, which ends at a NUL or after max_len or NAME_LEN bytes, whichever comes first,
 * matches. One shift and one table look-up a character, whatever the pattern, and a bound the
 * verifier can see: nothing here may call or backtrack. max_len should be a constant in BPF.
 * The filter is volatile for BPF's read-only data, which the compiler would take for all zeroes.
 */
static inline __attribute__((always_inline)) int
name_filter_match(const volatile struct name_filter *filter, const char *name, __u32 max_len)
{
	__u64 states = filter->start;
	__u32 i;

	for (i = 0; i < NAME_LEN; i++) {
		__u8 c;

		if (i >= max_len)
			break;
		c = name[i];
		if (!c)
			break;
		states = (states & filter->step[c]) << 1 | (states & filter->stay);
	}
	return !!(states & filter->accept);
}

#endif
