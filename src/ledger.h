/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger of a run: what became of every call. It adds up:
 *
 *   calls made = entered + missed_entry + probe_missed_entry
 *   entered    = completed + filtered + still_running + entry_only + lost_entry + parked_lost
 *
 * where a call whose entry was missed or lost shows up in return_only if its return was seen.
 */
#ifndef MEMDESTROY_LEDGER_H
#define MEMDESTROY_LEDGER_H

#include <linux/types.h>

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
	__u64 bad_records;	   /* records of a kind or size this loader does not know */
};

#endif
