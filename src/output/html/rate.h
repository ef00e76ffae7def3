/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts events over the time of a run whose length is not known before.
 */
#pragma once

#include <linux/types.h>

#define RATE_SLOTS    256
#define RATE_FIRST_NS (1ULL << 14)

/* Start from {.slot_ns = RATE_FIRST_NS}. */
struct rate {
	__u64 slot_ns; /* doubles when the run outgrows the slots */
	__u64 count[RATE_SLOTS];
};

/* ns: since the start of the run. */
void rate_add(struct rate *rate, __u64 ns);
