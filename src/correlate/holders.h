/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remembers the programs, links and pins that have gone, until the maps that they held are
 * released: a program drops its maps only after grace periods, in a worker.
 */
#pragma once

#include <stddef.h>

#include "event.h"
#include "model/holder.h"

struct holders;

/* At most max of each kind are remembered; then the oldest is forgotten. NULL: no memory. */
struct holders *holders_new(size_t max);
void holders_free(struct holders *holders); /* takes NULL */

/* Takes a record of a program, a link or a pin. -ENOMEM: it was left out. */
int holders_add(struct holders *holders, const struct record_holder *rec);

/* The work that frees a program was queued at this time. */
void holders_queued(struct holders *holders, __u64 work, __u64 ts_ns);

/*
 * Puts the program that this work frees, its link and its pin into by[], as far as they are known
 * and went after since_ns. The program dropped a map at ts_ns. Returns how many.
 */
__u32 holders_of_work(const struct holders *holders, __u64 work, __u64 since_ns, __u64 ts_ns,
		      struct map_holder by[MAX_HOLDERS]);
