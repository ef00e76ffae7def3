/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a scenario's entries into a map, and deletes them again.
 */
#pragma once

#include "bench/scenario.h"

struct filler {
	const struct map_limits *limits;
	enum key_order order;
	__u32 entries;
	__u32 batch; /* entries of one operation */
	char *keys;
	char *values;	 /* the same for all batches */
	bool one_by_one; /* the kernel has no batches for this map type */
};

/* inner_fd: the map that maps of maps hold; -1: none. 0 or -ENOMEM. Free with fill_free(). */
int fill_init(struct filler *filler, const struct scenario *scenario,
	      const struct map_limits *limits, int inner_fd);
void fill_free(struct filler *filler); /* takes zeroes too */

/*
 * Adds all entries, or deletes them. 0 or the kernel's -errno, not reported. The owners of local
 * storage must exist already.
 */
int fill_map(struct filler *filler, int map_fd, bool delete);

/* The index-th key; no two are the same. */
void fill_key(const struct map_limits *limits, enum key_order order, __u32 index, __u32 key[2]);
