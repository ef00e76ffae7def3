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

struct call_matcher;

/* Gets each call once: when it is complete, or when its other side will not come any more. */
typedef void (*call_matcher_call_fn)(void *ctx, struct call *call);

/* A call as one record tells it, but for its times. */
struct call call_matcher_call_of(const struct record_call *rec);

/* NULL: out of memory. */
struct call_matcher *call_matcher_new(call_matcher_call_fn call_fn, void *ctx);
void call_matcher_free(struct call_matcher *matcher);

/* Takes a decoded record. -ENOMEM: no room to wait for its return, so it was passed on alone. */
int call_matcher_add(struct call_matcher *matcher, const struct record_call *rec);

/* The entry of the call that a thread is in, or NULL; valid until the next call of
 * call_matcher_*(). */
const struct record_call *call_matcher_waits(struct call_matcher *matcher, __u32 tid);

/*
 * Hands over the calls that were entered before and have not returned: each once, or those handed
 * over before as well, which counts for nothing then.
 */
void call_matcher_for_each_overdue(struct call_matcher *matcher, __u64 before_ns, bool again,
				   call_matcher_call_fn call_fn, void *ctx);

/* Passes on the calls that still wait for their return, which stay counted as waiting. */
void call_matcher_flush(struct call_matcher *matcher);

__u64 call_matcher_completed(const struct call_matcher *matcher);
__u64 call_matcher_entry_only(const struct call_matcher *matcher);
__u64 call_matcher_return_only(const struct call_matcher *matcher);
__u64 call_matcher_waiting(const struct call_matcher *matcher);

#endif
