/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Matches the entry and return records of a function to calls.
 *
 * A thread is in the function once at a time, so its records alternate unless one was missed or
 * lost. Both sides must agree in what they know (argument, map, caller): an entry is not matched
 * with the return of a later call. A kretprobe knows least: of a destroy call, its map and caller.
 */
#pragma once

#include <stdbool.h>

#include "model/call.h"
#include "model/teardown.h"

struct call_matcher;

struct matched_call {
	const struct record_call *rec; /* the entry's; the return's if only that was seen */
	__u64 ts_ns;		       /* entry; UNKNOWN_NS if only the return was seen */
	__u64 latency_ns;	       /* UNKNOWN_NS if only one side was seen */
	__u64 caller;		       /* return address; 0: unknown */
	bool returned;		       /* it has, though only the entry was seen */
};

/* Gets each call once: when it is complete, or when its other side will not come any more. */
typedef void (*call_matcher_fn)(void *ctx, const struct matched_call *matched);

struct call_counts {
	__u64 completed, entry_only, return_only; /* calls that were passed on */
	__u64 waiting;				  /* for the record of their return */
	__u64 returned; /* of these, known to have: see call_matcher_set_returned() */
};

/* The call of an entry record whose return has not been seen. */
struct matched_call matched_entry(const struct record_call *rec);

/* The matched call in the terms of the model, without the map's identity and the caller's name. */
struct map_info matched_map(const struct matched_call *matched);
void matched_destroy(const struct matched_call *matched, struct call *call); /* sets all of it */
struct worker_run matched_run(const struct matched_call *matched);

/* NULL: no memory. */
struct call_matcher *call_matcher_new(call_matcher_fn fn, void *ctx);
void call_matcher_free(struct call_matcher *matcher);

/* Takes a decoded record. -ENOMEM: no memory to wait for its return, so it was passed on alone. */
int call_matcher_add(struct call_matcher *matcher, const struct record_call *rec);

/*
 * The entry of the call that a thread is in, valid until the next call of call_matcher_*(). NULL:
 * none.
 */
const struct record_call *call_matcher_waits(const struct call_matcher *matcher, __u32 tid);

/*
 * The call that a thread was in has returned. Its record may still come: until the flush, the call
 * waits for it, but is not handed over as overdue.
 */
void call_matcher_set_returned(struct call_matcher *matcher, __u32 tid);

/*
 * The call that a thread was in, if any, has returned, and the record of that will not come: passes
 * it on.
 */
void call_matcher_end(struct call_matcher *matcher, __u32 tid);

/*
 * Hands over the calls that were entered before this time and have not returned. With again, those
 * that were handed over before too, and none is marked as handed over. fn NULL: only returns
 * whether there are any.
 */
bool call_matcher_for_each_overdue(struct call_matcher *matcher, __u64 before_ns, bool again,
				   call_matcher_fn fn, void *ctx);

/* Passes on the calls that wait for their return, once. They stay counted as waiting. */
void call_matcher_flush(struct call_matcher *matcher);

const struct call_counts *call_matcher_counts(const struct call_matcher *matcher);
