/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledgers of a trace: how many calls and teardowns there were, and what was missed or lost.
 */
#pragma once

#include <stdbool.h>

#include <linux/types.h>

#include "event.h"

/*
 * The kernel does not provide the figure, or it is mixed with others. Never shown as a number.
 * Without kprobes, probe_missed_* are 0: there is nothing to miss.
 */
#define LEDGER_UNKNOWN (~0ULL)

/*
 * The ledger of calls. The figures add up:
 *
 *   calls made = entered + missed_entry + probe_missed_entry
 *   entered    = completed + filtered + still_running + entry_only + lost_entry + parked_lost
 *
 * A call whose entry was missed or lost counts as return_only if its return was seen.
 */
struct ledger {
	__u64 entered;		   /* entries that a program saw */
	__u64 completed;	   /* both records arrived */
	__u64 filtered;		   /* completed, but not wanted by a filter */
	__u64 still_running;	   /* not returned at the end; LEDGER_UNKNOWN */
	__u64 entry_only;	   /* the return was missed or lost */
	__u64 return_only;	   /* the entry was missed or lost */
	__u64 lost_entry;	   /* entry records dropped: ring buffer full */
	__u64 lost_return;	   /* return records dropped: ring buffer full */
	__u64 parked_lost;	   /* entries dropped: table of parked entries full */
	__u64 missed_entry;	   /* entries at which the kernel skipped the program */
	__u64 missed_return;	   /* returns at which the kernel skipped the program */
	__u64 probe_missed_entry;  /* entries at which the kernel skipped the kprobe */
	__u64 probe_missed_return; /* the same for returns, or no kretprobe instance was free */
	__u64 rows_full;	   /* calls put into the row "(other: row limit)" */
	__u64 stuck;		   /* reports of what took longer than --stuck, teardowns too */
	__u64 still_stuck;	   /* of these, not ended when the trace did */
	__u64 bad_records;	   /* records of unknown kind or size */
};

/*
 * The ledger of teardowns. The figures add up:
 *
 *   started = completed + running + start_only + lost
 *   completed + running + start_only + end_only = shown + before + filtered
 *   deferred = reclaimed + pending
 */
struct teardown_ledger {
	__u64 started;	  /* worker runs whose start a program saw */
	__u64 completed;  /* the end was seen, too */
	__u64 running;	  /* the worker ran when the trace ended; LEDGER_UNKNOWN */
	__u64 start_only; /* the end was missed or lost */
	__u64 lost;	  /* start records dropped: ring buffer full */
	__u64 end_only;	  /* the start was missed or lost */
	__u64 missed;	  /* starts at which the kernel skipped the program; LEDGER_UNKNOWN */
	__u64 shown;
	__u64 before;	  /* released before the trace started: not shown */
	__u64 filtered;	  /* not wanted by a filter: not shown */
	__u64 waiting;	  /* maps released, and not being freed at the end; LEDGER_UNKNOWN if a
			     release or a start may have been missed */
	__u64 no_release; /* shown, but the release was not seen */
	__u64 forgotten;  /* released maps that were forgotten: too many at a time */
	__u64 deferred;	  /* destroy calls of shown teardowns that deferred a free */
	__u64 reclaimed;  /* of these, the deferred free was seen */
	__u64 pending;	  /* of these, it was not */
	__u64 undecided;  /* destroy calls that may have deferred a free */
	__u64 strays;	  /* deferred frees without a known destroy call */
	__u64 rows_full;  /* teardowns put into the row "(other: row limit)", or dropped from the
			     list of the slowest */
};

/* The counts of a hook. */
struct hook_counts {
	const char *function;
	bool attached; /* if not, the rest means nothing */
	bool returns;  /* the return is hooked too; if not, the *_return mean nothing */
	__u64 seen;    /* events a program ran for */
	__u64 taken;   /* of these, events that were worth a record */
	__u64 lost;    /* records dropped: ring buffer full */
	__u64 missed;  /* events at which the kernel skipped the program; LEDGER_UNKNOWN */
	__u64 seen_return;
	__u64 lost_return;
	__u64 missed_return;
};

struct teardown_counts {
	struct teardown_ledger ledger;
	struct hook_counts hooks[NR_HOOKS];
};
