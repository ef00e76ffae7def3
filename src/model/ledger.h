/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledgers of a trace: how many calls and teardowns there were, and what was missed or lost.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <linux/types.h>

#include "event.h"

/*
 * Unknown figures, never shown as numbers. LEDGER_UNKNOWN: the kernel does not provide the figure,
 * or mixes it with others. LEDGER_ABSENT: the recording lacks it. Without kprobes, probe_missed_*
 * are 0: no kprobe can miss.
 */
#define LEDGER_UNKNOWN (~0ULL)
#define LEDGER_ABSENT  (~0ULL - 1)

/* No count reaches 2^63. */
static inline bool figure_known(__u64 figure)
{
	return figure <= INT64_MAX;
}

/*
 * The figures of the ledgers, FIGURE(struct, member, kind less "FIGURE_") for each: the members,
 * the columns of the output and the rows of a recording follow from these lists, in this order.
 *
 * Calls add up:
 *
 *   calls made = entered + missed_entry + probe_missed_entry
 *   entered    = completed + filtered + still_running + entry_only + lost_entry + parked_lost
 *
 * A call whose entry was missed or lost counts as return_only if its return was seen. A recording
 * holds completed + still_running + entry_only + return_only - shed; without its end, it does not
 * hold those still_running.
 */
#define LEDGER_FIGURES(FIGURE)                                                                     \
	FIGURE(ledger, entered, COUNT)	    /* entries that a program saw */                       \
	FIGURE(ledger, completed, COUNT)    /* both records arrived */                             \
	FIGURE(ledger, filtered, COUNT)	    /* completed, but not wanted by a filter */            \
	FIGURE(ledger, still_running, LEFT) /* not returned at the end; LEDGER_UNKNOWN */          \
	FIGURE(ledger, entry_only, COUNT)   /* the return was missed or lost */                    \
	FIGURE(ledger, return_only, COUNT)  /* the entry was missed or lost */                     \
	FIGURE(ledger, lost_entry, NOTED)   /* entry records dropped: ring buffer full */          \
	FIGURE(ledger, lost_return, NOTED)  /* return records dropped: ring buffer full */         \
	FIGURE(ledger, parked_lost, NOTED)  /* entries dropped: of earlier versions' recordings */ \
	FIGURE(ledger, missed_entry, COUNT) /* entries at which the kernel skipped the program */  \
	FIGURE(ledger, missed_return, COUNT) /* returns at which the kernel skipped the program */ \
	/* entries at which the kernel skipped the kprobe */                                       \
	FIGURE(ledger, probe_missed_entry, COUNT)                                                  \
	/* the same for returns, or no kretprobe instance was free */                              \
	FIGURE(ledger, probe_missed_return, COUNT)                                                 \
	FIGURE(ledger, rows_full, NOTED) /* calls put into the row "(other: row limit)" */         \
	FIGURE(ledger, stuck, NOTED) /* reports of what took longer than --stuck, teardowns too */ \
	FIGURE(ledger, still_stuck, NOTED) /* of these, not ended when the trace did */            \
	FIGURE(ledger, bad_records, NOTED) /* records of unknown kind or size */                   \
	FIGURE(ledger, shed, SHED)	   /* not recorded, so that the recorder keeps up */

/*
 * Teardowns add up:
 *
 *   started = completed + running + start_only + lost
 *   completed + running + start_only + end_only = shown + before + filtered
 *   deferred = reclaimed + pending
 *
 * A recording holds shown - shed.
 */
#define TEARDOWN_LEDGER_FIGURES(FIGURE)                                                            \
	FIGURE(teardown_ledger, started, COUNT)	   /* worker runs whose start a program saw */     \
	FIGURE(teardown_ledger, completed, COUNT)  /* the end was seen, too */                     \
	FIGURE(teardown_ledger, running, LEFT)	   /* the worker ran at the end; LEDGER_UNKNOWN */ \
	FIGURE(teardown_ledger, start_only, COUNT) /* the end was missed or lost */                \
	FIGURE(teardown_ledger, lost, NOTED)	   /* start records dropped: ring buffer full */   \
	FIGURE(teardown_ledger, end_only, COUNT)   /* the start was missed or lost */              \
	/* starts at which the kernel skipped the program; LEDGER_UNKNOWN */                       \
	FIGURE(teardown_ledger, missed, COUNT)                                                     \
	FIGURE(teardown_ledger, shown, COUNT)                                                      \
	FIGURE(teardown_ledger, before, COUNT) /* released before the trace started: not shown */  \
	FIGURE(teardown_ledger, filtered, COUNT) /* not wanted by a filter: not shown */           \
	/* released, not being freed at the end; LEDGER_UNKNOWN: a release or start is missed */   \
	FIGURE(teardown_ledger, waiting, LEFT)                                                     \
	FIGURE(teardown_ledger, no_release, COUNT) /* shown, but the release was not seen */       \
	FIGURE(teardown_ledger, forgotten, NOTED)  /* released maps: too many at a time */         \
	FIGURE(teardown_ledger, deferred, COUNT)   /* shown destroy calls that deferred a free */  \
	FIGURE(teardown_ledger, reclaimed, COUNT)  /* of these, the deferred free was seen */      \
	FIGURE(teardown_ledger, pending, COUNT)	   /* of these, it was not */                      \
	FIGURE(teardown_ledger, undecided, COUNT)  /* destroy calls: perhaps they did */           \
	FIGURE(teardown_ledger, freed_by_rcu,                                                      \
	       LATER)			       /* shown; the end of RCU's free is not seen */      \
	FIGURE(teardown_ledger, strays, COUNT) /* deferred frees without a known destroy call */   \
	/* put into the row "(other: row limit)", or dropped from the list of the slowest */       \
	FIGURE(teardown_ledger, rows_full, NOTED)                                                  \
	FIGURE(teardown_ledger, bytes, AMOUNT) /* memory of the shown maps, where known */         \
	/* of these, of maps that were not yet freed, or not to the end */                         \
	FIGURE(teardown_ledger, bytes_pending, AMOUNT)                                             \
	FIGURE(teardown_ledger, shed, SHED)	  /* of those shown, not recorded: see above */    \
	FIGURE(teardown_ledger, shed_frees, SHED) /* deferred frees not recorded with them */

/* Of a hook that is attached; then, of one whose return is probed too. */
#define HOOK_ENTRY_FIGURES(FIGURE)                                                                 \
	FIGURE(hook_counts, seen, COUNT)  /* events a program ran for */                           \
	FIGURE(hook_counts, taken, COUNT) /* of these, events that were worth a record */          \
	FIGURE(hook_counts, lost, NOTED)  /* records dropped: ring buffer full */                  \
	/* events at which the kernel skipped the program; LEDGER_UNKNOWN */                       \
	FIGURE(hook_counts, missed, COUNT)
#define HOOK_RETURN_FIGURES(FIGURE)                                                                \
	FIGURE(hook_counts, seen_return, COUNT)                                                    \
	FIGURE(hook_counts, lost_return, NOTED)                                                    \
	FIGURE(hook_counts, missed_return, COUNT)

#define FIGURE_MEMBER(object, member, kind) __u64 member;

struct ledger {
	LEDGER_FIGURES(FIGURE_MEMBER)
	/* Of a live run only. */
	__u64 buffer_bytes;  /* size of the ring buffer; 0: unknown */
	__u64 maps_freed;    /* of all types, by an independent count; LEDGER_UNKNOWN */
	__u64 not_passed_on; /* of entry_only: not events yet, because their returns may come */
};

struct teardown_ledger {
	TEARDOWN_LEDGER_FIGURES(FIGURE_MEMBER)
};

/* The counts of a hook. */
struct hook_counts {
	const char *function;
	bool attached; /* if not, the rest means nothing */
	bool returns;  /* the return is hooked too; if not, the *_return mean nothing */
	HOOK_ENTRY_FIGURES(FIGURE_MEMBER)
	HOOK_RETURN_FIGURES(FIGURE_MEMBER)
};

struct teardown_counts {
	struct teardown_ledger ledger;
	struct hook_counts hooks[NR_HOOKS];
};
