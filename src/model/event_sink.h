/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who takes what was seen, live or in a recording: a report, a recording, the two sides of a
 * comparison.
 *
 * Functions that return an int return 0, or -errno, and then nothing more is handed over.
 */
#ifndef MEMDESTROY_MODEL_EVENT_SINK_H
#define MEMDESTROY_MODEL_EVENT_SINK_H

#include "model/call.h"
#include "model/ledger.h"
#include "model/stuck.h"
#include "model/teardown.h"

/* What was counted of teardowns. */
struct teardown_counts {
	struct teardown_ledger ledger;
	struct hook_counts hooks[NR_HOOKS];
};

struct sink_ops {
	/* These may be NULL: not asked for. */
	int (*call)(void *ctx, const struct call *call);
	int (*teardown)(void *ctx, const struct teardown *teardown);
	int (*reclaim)(void *ctx, const struct deferred_free *reclaim);
	int (*stuck)(void *ctx, const struct stuck *stuck);
	/* Is it asked for to be told of what hangs of this map? Goes with hang(). */
	bool (*wants_stuck)(void *ctx, const struct map_info *map);
	/*
	 * The time (CLOCK_MONOTONIC) is now_ns: before what happens later is handed over, and at
	 * *next_ns or soon after. Leaves there when it wants to be called again; 0: not any more.
	 */
	int (*tick)(void *ctx, __u64 now_ns, __u64 *next_ns);
	/* All that there was has been handed over, and more may take its time. NULL: so what. */
	int (*drained)(void *ctx);
	/* Is nothing more wanted? */
	bool (*done)(void *ctx);
	/*
	 * A file descriptor: as long as it has no error, done() need not be asked while nothing
	 * happens. NULL: it has to be, all the time.
	 */
	int (*outlet)(void *ctx);
	/*
	 * A signal came that ends a run. to_group: it was the terminal's, so that all processes
	 * there have got it. True: the run shall go on. NULL: it shall not.
	 */
	bool (*signalled)(void *ctx, int signal, bool to_group);
};

struct sink {
	const struct sink_ops *ops;
	void *ctx;
};

#endif
