/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records in, events out: turns the records of the BPF programs into calls, teardowns, deferred
 * frees and stuck reports. Knows no kernel, no clock and no files: the caller passes times and
 * counts in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/event_sink.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "model/pending.h"
#include "model/unfinished.h"

struct correlator;

struct correlator_options {
	enum view view;	      /* VIEW_CALLS: records of calls only */
	bool identity;	      /* also of calls: which map it was, and who released it */
	__u64 start_ns;	      /* of the trace, CLOCK_MONOTONIC */
	bool forgets_cgroups; /* long unused ones, if there are many: the sink keeps no events */
	size_t max_releases;  /* released maps to remember until they are freed */
	struct kernel_memory kernel; /* for the memory of maps; all zero: not known */
};

struct correlator_ops {
	/* Sets *counts to what has been counted at this hook so far. */
	void (*count_hook)(void *ctx, enum hook hook, struct hook_counts *counts);
	/* Fills in name and offset of a caller's address. NULL: callers have no names. */
	void (*name_caller)(void *ctx, struct caller *caller);
	/* Looks at a thread as it is now. False: it cannot be seen. NULL: no thread can. */
	bool (*look_at)(void *ctx, __u32 tid, struct task_stack *thread);
	/* Fills in the stack; false: the report is not wanted. NULL: it is, without a stack. */
	bool (*complete_stuck)(void *ctx, struct stuck *stuck);
	/*
	 * The text of a user stack as in struct identity, which must outlive the events; it may
	 * return NULL. NULL: all are unknown.
	 */
	const char *(*name_stack)(void *ctx, const struct record_user_stack *stack);
};

/* sink and ops must outlive the correlator. NULL: no memory. */
struct correlator *correlator_new(const struct correlator_options *opts,
				  const struct event_sink *sink, const struct correlator_ops *ops,
				  void *ctx);
void correlator_free(struct correlator *correlator); /* takes NULL */

/*
 * Takes a record as it is in the ring buffer. -EBADMSG: of a kind or size unknown here, which is
 * counted. -ENOMEM: part of what happened is missing in the events.
 */
int correlator_add(struct correlator *correlator, const void *data, size_t size);

/* No more records come: hands over incomplete events as they are. */
void correlator_flush(struct correlator *correlator);

/* The first error of the sink, after which it gets no more events. 0: there was none. */
int correlator_error(const struct correlator *correlator);

/* Sets an error of the sink's owner, after which the sink gets no more events. 0: no error. */
void correlator_set_error(struct correlator *correlator, int err);

/* A search for what takes longer than limit_ns, at now_ns. */
struct correlator_search {
	__u64 now_ns, limit_ns;
	bool at_end; /* of the trace: also report what has been reported before */
};

/*
 * Looks at the threads that have been in a call since before this time, where the record of its
 * return may be missing. A call that has returned is not stuck, and is not waited for.
 */
void correlator_find_returned(struct correlator *correlator, __u64 before_ns);

/* Hands over a report of each stuck call and teardown. */
void correlator_find_stuck(struct correlator *correlator, const struct correlator_search *search);

/* The same, with the destroy calls in progress, and the times until now. */
void correlator_for_each_unfinished(const struct correlator *correlator, __u64 now_ns,
				    void (*each)(void *ctx, const struct unfinished *unfinished),
				    void *ctx);

/* Is anything of before that time known not to be complete: a call, a release, a deferred free? */
bool correlator_waits(struct correlator *correlator, __u64 before_ns);

/*
 * Hands over the maps that have been released and are not all given back, if teardowns are traced.
 * Returns whether it is known which of them wait for a worker; if not, none of these is.
 */
bool correlator_for_each_pending(const struct correlator *correlator, pending_fn *each, void *ctx);

/*
 * Fills in the figures counted here, and sets *counts. ledger must have the figures of the kernel
 * and the programs.
 */
void correlator_count(const struct correlator *correlator, struct ledger *ledger,
		      struct teardown_counts *counts);
