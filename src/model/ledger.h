/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger of a run: what became of every call. It adds up:
 *
 *   calls made = entered + missed_entry + probe_missed_entry
 *   entered    = completed + filtered + still_running + entry_only + lost_entry + parked_lost
 *
 * where a call whose entry was missed or lost shows up in return_only if its return was seen.
 */
#ifndef MEMDESTROY_MODEL_LEDGER_H
#define MEMDESTROY_MODEL_LEDGER_H

#include <stdbool.h>

#include <linux/types.h>

#include "event.h"

/*
 * A figure this kernel does not give. Never shown as a number. Where no kprobe is in use,
 * probe_missed_* are 0: there is nothing to be missed.
 */
#define LEDGER_UNKNOWN (~0ULL)

struct ledger {
	__u64 entered;	     /* calls whose entry a program saw */
	__u64 completed;     /* of these, their return was seen too, and both records arrived */
	__u64 filtered;	     /* of these, not wanted by a filter */
	__u64 still_running; /* of these, not returned when the run ended */
	__u64 entry_only;    /* only the entry was seen */
	__u64 return_only;   /* only the return was seen */
	__u64 lost_entry;    /* entry records the ring buffer had no room for */
	__u64 lost_return;   /* return records, likewise */
	__u64 parked_lost;   /* entries the table of parked entries had no room for */
	__u64 missed_entry;  /* entries at which the kernel skipped the program */
	__u64 missed_return; /* returns, likewise */
	__u64 probe_missed_entry;  /* entries at which the kernel skipped the kprobe itself */
	__u64 probe_missed_return; /* returns, likewise, or for want of a kretprobe instance */
	__u64 rows_full;	   /* calls put into the row "(other: row limit)" */
	__u64 stuck;	   /* calls, and what else of teardowns, that took longer than --stuck */
	__u64 still_stuck; /* of these, what had not ended when the run did */
	__u64 bad_records; /* records of a kind or size this loader does not know */
};

/*
 * What became of every teardown. It adds up:
 *
 *   started = completed + running + start_only + lost
 *
 * where "started" is what the worker's probe saw; and each that was completed, is running,
 * start_only or end_only is shown, but for those of before the run and those not wanted:
 *
 *   completed + running + start_only + end_only = shown + before + filtered
 */
struct teardown_ledger {
	__u64 started;	  /* maps that a worker began to free */
	__u64 completed;  /* of these, seen to end */
	__u64 running;	  /* of these, being freed when the run ended; LEDGER_UNKNOWN */
	__u64 start_only; /* of these, the end was missed or lost */
	__u64 lost;	  /* of these, the ring buffer had no room for the record */
	__u64 end_only;	  /* maps of which only the end was seen */
	__u64 missed;	  /* starts at which the kernel skipped the probe; LEDGER_UNKNOWN */
	__u64 shown;
	__u64 before;	  /* let go of before the run began: not shown */
	__u64 filtered;	  /* not wanted by a filter */
	__u64 waiting;	  /* let go of, and not begun to be freed by the end; LEDGER_UNKNOWN, also
			     if more were let go of unseen than turned up without a release */
	__u64 no_release; /* of those but for "before", the last put was not seen */
	__u64 forgotten;  /* maps of which this has been forgotten for want of room */
	__u64 deferred;	  /* destroy calls of the same that left memory to be freed later */
	__u64 reclaimed;  /* of these, it was seen to be freed */
	__u64 pending;	  /* of these, it was not by the end of the run */
	__u64 undecided;  /* destroy calls of the same of which it is not known if they did */
	__u64 strays;	  /* frees of what no destroy call was seen to leave */
	__u64 rows_full;  /* teardowns put into the row "(other: row limit)", or dropped from the
			     list of the slowest */
};

/* What became of what happened at one point that is probed. */
struct hook_counts {
	const char *function;
	bool attached; /* if not, the rest means nothing */
	bool returns;  /* its return is probed too; if not, the *_return mean nothing */
	__u64 seen;    /* times a program ran, copies counted once */
	__u64 taken;   /* of these, ones that were worth a record */
	__u64 lost;    /* records the ring buffer had no room for */
	__u64 missed;  /* times the kernel skipped the program or the probe; LEDGER_UNKNOWN */
	__u64 seen_return;
	__u64 lost_return;
	__u64 missed_return;
};

struct teardown_counts {
	struct teardown_ledger ledger;
	struct hook_counts hooks[NR_HOOKS];
};

#endif
