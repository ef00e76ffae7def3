/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values as they are, for what a histogram is too coarse for.
 */
#ifndef MEMDESTROY_UTIL_SAMPLES_H
#define MEMDESTROY_UTIL_SAMPLES_H

#include <stddef.h>

#include <linux/types.h>

/* All zero is none. */
struct samples {
	__u64 *ns;
	size_t nr;
	size_t room;
};

/* 0, or -ENOMEM with *samples as it was. */
int samples_add(struct samples *samples, __u64 ns);

/* In ascending order from here on, until one is added. */
void samples_sort(struct samples *samples);

/* Frees what there is and leaves none. */
void samples_free(struct samples *samples);

#endif
