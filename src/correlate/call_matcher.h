/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Joins the records of both sides of a call.
 *
 * A thread is in the function once at a time, so its records alternate unless one was missed or
 * lost. Which call a return belongs to is checked all the same: an entry is not joined to the
 * return of a later call that differs in what both sides know. A kretprobe knows the least: of a
 * destroy call its map and caller. How many may be joined wrongly is told (see render_ledger.c).
 */
#ifndef MEMDESTROY_CORRELATE_CALL_MATCHER_H
#define MEMDESTROY_CORRELATE_CALL_MATCHER_H

#include "model/call.h"

struct pair;

/* Gets each call once: when it is complete, or when its other side will not come any more. */
typedef void (*pair_call_fn)(void *ctx, struct call *call);

/* A call as one record tells it, but for its times. */
struct call pair_call_of(const struct record_call *rec);

/* NULL: out of memory. */
struct pair *pair_new(pair_call_fn call_fn, void *ctx);
void pair_free(struct pair *pair);

/* Takes a decoded record. -ENOMEM: no room to wait for its return, so it was passed on alone. */
int pair_add(struct pair *pair, const struct record_call *rec);

/* The entry of the call that a thread is in, or NULL; valid until the next call of pair_*(). */
const struct record_call *pair_waits(struct pair *pair, __u32 tid);

/*
 * Hands over the calls that were entered before and have not returned: each once, or those handed
 * over before as well, which counts for nothing then.
 */
void pair_for_each_overdue(struct pair *pair, __u64 before_ns, bool again, pair_call_fn call_fn,
			   void *ctx);

/* Passes on the calls that still wait for their return, which stay counted as waiting. */
void pair_flush(struct pair *pair);

__u64 pair_completed(const struct pair *pair);
__u64 pair_entry_only(const struct pair *pair);
__u64 pair_return_only(const struct pair *pair);
__u64 pair_waiting(const struct pair *pair);

#endif
