/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Matches a map's name against the pattern of --name; BPF programs and user space share this code.
 */
#pragma once

#include "event.h"

/*
 * Returns 1 if the name matches. The name ends at a NUL, or after max_len or NAME_LEN bytes. BPF
 * programs pass a constant max_len, so that the verifier sees a bound; nothing here may call or
 * backtrack. volatile: the compiler would take read-only data of BPF programs for all zeroes.
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
