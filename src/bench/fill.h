/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a scenario's entries into a map, and deletes them again.
 */
#pragma once

#include "bench/map_limits.h"
#include "bench/scenario.h"

struct filler;

/* inner_fd: the map that maps of maps hold; -1: none. 0 or -ENOMEM. Free with fill_free(). */
int fill_new(struct filler **out, const struct scenario *scenario, const struct map_limits *limits,
	     int inner_fd);
void fill_free(struct filler *filler); /* takes NULL */

/*
 * Adds all entries, or deletes them. 0 or the kernel's -errno, not reported. The owners of local
 * storage must exist already.
 */
int fill_map(struct filler *filler, int map_fd, bool delete);

/* The index-th key; no two are the same. */
void fill_key(const struct map_limits *limits, __u32 index, __u32 key[2]);
