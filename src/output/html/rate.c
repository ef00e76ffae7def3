// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts events over time in slots. When the last slot is full, each two become one.
 */
#include "output/html/rate.h"

static void halve(struct rate *rate)
{
	for (int i = 0; i < RATE_SLOTS; i++)
		rate->count[i] =
			i < RATE_SLOTS / 2 ? rate->count[2 * i] + rate->count[2 * i + 1] : 0;
	rate->slot_ns *= 2;
}

void rate_add(struct rate *rate, __u64 ns)
{
	while (ns / rate->slot_ns >= RATE_SLOTS)
		halve(rate);
	rate->count[ns / rate->slot_ns]++;
}
