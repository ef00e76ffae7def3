/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers for tests: the same sequence on every machine (xorshift64).
 */
#pragma once

#include <linux/types.h>

/* The seed; any number but 0. */
static __u64 state64 = 88172645463325252ULL;

static inline __u64 random64(void)
{
	state64 ^= state64 << 13;
	state64 ^= state64 >> 7;
	state64 ^= state64 << 17;
	return state64;
}

static inline __u64 below(__u64 n)
{
	return random64() % n;
}
