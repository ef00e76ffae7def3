/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which calls the filters let through, and their entries, held back until the return: only then it
 * is known whether a call is wanted (config.park).
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "call_record.bpf.h"
#include "caller.bpf.h"
#include "config.bpf.h"
#include "event.h"
#include "output.bpf.h"

static __always_inline bool type_wanted(const struct record_call *rec)
{
	return !config.map_types || ((rec->flags & CALL_MAP) && rec->map_type < 64 &&
				     (config.map_types & (1ULL << rec->map_type)));
}

static __always_inline bool name_wanted(const struct record_call *rec)
{
	return !config.by_name || ((rec->flags & CALL_NAME) &&
				   name_filter_match(&name_filter, rec->map_name, NAME_LEN));
}

static __always_inline bool caller_wanted(const struct record_call *rec)
{
	__u32 i;

	if (!config.nr_callers)
		return true;
	for (i = 0; i < MAX_CALLER_RANGES; i++)
		if (i < config.nr_callers &&
		    within(rec->head.caller, config.callers[i][0], config.callers[i][1]))
			return true;
	return false;
}

/*
 * Cheapest test first. An unknown value matches no filter, except that a call passes --no-empty
 * unless it is known to be empty.
 */
static __always_inline bool call_wanted(const struct record_call *rec)
{
	if (config.no_empty && (rec->flags & CALL_EMPTY))
		return false;
	return type_wanted(rec) && name_wanted(rec) && caller_wanted(rec);
}

/* By thread. Sized by the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record_call);
} parked SEC(".maps");

/* Parks an unwanted entry too, so that its return is recognized. False: there is no room. */
static __always_inline bool park(struct prog_cpu_counts *counts, __u64 ma, __u64 caller)
{
	struct record_call rec = {}, *stale;
	__u32 tid;

	counts->hashes += init_destroy_call(&rec, RECORD_ENTRY, ma, caller);
	read_allocator(&rec, ma);
	if (!call_wanted(&rec)) {
		rec.flags |= CALL_UNWANTED;
		counts->filtered++;
	}
	tid = rec.head.tid;
	rec.head.ts_ns = bpf_ktime_get_ns();
	if (!bpf_map_update_elem(&parked, &tid, &rec, BPF_NOEXIST))
		return true;
	/* A stale entry whose return was missed: send it now. */
	stale = bpf_map_lookup_elem(&parked, &tid);
	if (stale) {
		if (!(stale->flags & CALL_UNWANTED) && !send(stale, sizeof(*stale)))
			counts->lost++;
		if (!bpf_map_update_elem(&parked, &tid, &rec, BPF_ANY))
			return true;
	}
	if (!(rec.flags & CALL_UNWANTED))
		counts->lost_parked++;
	return false;
}

static __always_inline void send_return(struct prog_cpu_counts *counts, struct record_head *head)
{
	head->type = RECORD_RETURN;
	head->size = sizeof(*head);
	if (!send(head, sizeof(*head)))
		counts->lost++;
}

/* Is this the return of the call whose entry was parked, or was that call's return missed? */
static __always_inline bool same_call(const struct record_call *entry, __u64 ma, __u64 caller)
{
	if (ma)
		return entry->head.arg == ma;
	return !caller || !entry->head.caller || entry->head.caller == caller;
}

/* Sends the parked entry and its return if the call is wanted. False: its entry was not parked. */
static __always_inline bool unpark(struct prog_cpu_counts *counts, struct record_head *head)
{
	__u32 tid = head->tid;
	struct record_call *entry = bpf_map_lookup_elem(&parked, &tid);

	if (!entry || !same_call(entry, head->arg, head->caller))
		return false;
	if (entry->flags & CALL_UNWANTED) {
		/* counted at its entry */
	} else if (head->ts_ns - entry->head.ts_ns < config.min_latency_ns) {
		counts->filtered++;
	} else if (send(entry, sizeof(*entry))) {
		send_return(counts, head);
	} else {
		counts->lost_parked++;
	}
	bpf_map_delete_elem(&parked, &tid);
	return true;
}
