/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes and sockets that own the entries of maps of local storage.
 */
#ifndef MEMDESTROY_BENCH_STORAGE_OWNERS_H
#define MEMDESTROY_BENCH_STORAGE_OWNERS_H

#include "bench/map_limits.h"

/*
 * Sees to it that there are nr owners of a sort; kept until the process ends. Processes are forked
 * and inherit nothing that is open; they die with the thread that calls this. 0 or -errno.
 */
int owners_make(enum owner sort, __u32 nr);

/* How many there are of all sorts; each is an open file. */
__u32 owners_open(void);

/* The file descriptor that stands for one of those made. */
int owner_fd(enum owner sort, __u32 index);

#endif
