/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a scenario's entries into a map, and takes them out again.
 */
#ifndef MEMDESTROY_BENCH_FILL_H
#define MEMDESTROY_BENCH_FILL_H

#include "bench/map_limits.h"
#include "bench/scenario.h"

struct filler;

/* inner_fd: the map that maps of maps hold; -1. -ENOMEM. To be freed with filler_free(). */
int filler_new(struct filler **out, const struct scenario *scenario, const struct bench_type *type,
	       int inner_fd);
void filler_free(struct filler *filler);

/* 0, or -errno of the kernel. The owners of local storage are there already. */
int filler_fill(struct filler *filler, int map_fd);
int filler_empty(struct filler *filler, int map_fd);

/* The index-th of the scenario's keys, of which no two are the same. */
void filler_key(const struct bench_type *type, __u32 index, __u32 key[2]);

#endif
