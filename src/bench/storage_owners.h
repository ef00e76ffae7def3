/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes and sockets that own entries of local storage.
 */
#pragma once

#include "bench/map_limits.h"

/*
 * Makes owners until there are nr of a sort; they are kept until the process ends. Processes are
 * forked, inherit no open file and die with the calling thread. 0 or -errno, not reported.
 */
int storage_owners_make(enum owner sort, __u32 nr);

/* Owners of all sorts; each is an open file. */
__u32 storage_owners_count(void);

/* The file descriptor of an owner, from 0. */
int storage_owners_fd(enum owner sort, __u32 index);
