/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exact values, for uses that a histogram is too coarse for.
 */
#pragma once

#include <stddef.h>

#include <linux/types.h>

/* All zero: empty. */
struct samples {
	__u64 *ns; /* or counts */
	size_t nr;
	size_t room;
};

/* Returns 0, or -ENOMEM with *samples unchanged. */
int samples_add(struct samples *samples, __u64 ns);

/* Sorts in ascending order; the next samples_add() ends that. */
void samples_sort(struct samples *samples);

/* Frees the values and leaves *samples empty. */
void samples_free(struct samples *samples);
