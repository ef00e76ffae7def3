/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes, sockets, inodes and cgroups that own entries of local storage.
 */
#pragma once

#include "bench/scenario.h"

/*
 * Makes owners until there are nr of a sort; they are kept until the process ends. Processes are
 * forked, inherit no open file and die with the calling thread. Cgroups are made below the root of
 * cgroup2, and removed once the process has ended, however it ends. 0 or -errno, not reported.
 */
int owners_make(enum owner sort, __u32 nr);

/* Owners of all sorts; each is an open file. */
__u32 owners_count(void);

/* The index-th of a sort; it must have been made. */
int owner_fd(enum owner sort, __u32 index);
