/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf_mem_alloc_destroy(): a record at its entry, and one at its return.
 *
 * User space joins the two. So the kernel keeps no state of a call, and a call that has not
 * returned is seen. Only filters hold the entry's record back until the return (filter.bpf.h).
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "call_record.bpf.h"
#include "caller.bpf.h"
#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "filter.bpf.h"
#include "map_info.bpf.h"
#include "output.bpf.h"
#include "slots.bpf.h"

static __always_inline bool send_entry(struct prog_cpu_counts *counts, __u64 ma, __u64 caller,
				       struct slot *slot)
{
	struct record_call *rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);

	if (!rec) {
		counts->lost++;
		return false;
	}
	counts->hashes += init_destroy_call(rec, RECORD_ENTRY, ma, caller);
	read_allocator(rec, ma);
	if (slot) {
		slot->map = rec->head.map;
		slot->caller = caller;
	}
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
	return true;
}

/* For a return whose entry was not sent: all that is still known of the call. */
static __always_inline void send_full_return(struct prog_cpu_counts *counts, __u64 ma, __u64 caller,
					     __u64 ts_ns)
{
	struct record_call rec = {};

	init_destroy_call(&rec, RECORD_RETURN_FULL, ma, caller);
	rec.head.ts_ns = ts_ns;
	if (config.park && !call_wanted(&rec))
		return;
	if (!send(&rec, sizeof(rec)))
		counts->lost++;
}

/* Are these the same, as far as both are known? */
static __always_inline bool may_be_same(__u64 at_entry, __u64 at_return)
{
	return !at_entry || !at_return || at_entry == at_return;
}

/*
 * Is this the return of a call whose entry was sent? A kretprobe has no argument to compare, so
 * this asks what correlate/call_matcher.c asks: where the return of one call and the entry of the
 * next were missed, the two differ in caller or map.
 */
static __always_inline bool entry_was_sent(const struct slot *slot, const struct record_head *ret)
{
	if (config.park || !slot || slot->tid != ret->tid || slot->state != SLOT_ENTRY_SENT)
		return false;
	if (ret->arg)
		return slot->arg == ret->arg;
	return may_be_same(slot->map, ret->map) && may_be_same(slot->caller, ret->caller);
}

/* by_kprobe: ctx is that of a kprobe or kretprobe, which are one program each. */
static __always_inline __u64 destroy_arg(void *ctx, bool by_kprobe)
{
	return by_kprobe ? (__u64)PT_REGS_PARM1((struct pt_regs *)ctx) : *(__u64 *)ctx;
}

static __always_inline int handle_destroy_entry(void *ctx, bool by_kprobe, __u32 prog)
{
	__u32 tid = this_tid();
	struct prog_cpu_counts *counts;
	struct slot *slot;
	__u64 ma, caller;
	bool kept;

	if (stage != STAGE_RUNNING) {
		skip_entry(HOOK_DESTROY, destroy_arg(ctx, by_kprobe), prog);
		return 0;
	}
	counts = count_run(prog);
	if (!counts)
		return 0;
	slot = slot_of(HOOK_DESTROY, tid);
	ma = destroy_arg(ctx, by_kprobe);
	if (!by_kprobe && is_handled(slot, false, prog, tid, ma))
		return 0;
	caller = by_kprobe ? caller_of_kprobe(ctx) : caller_of_fentry(ctx, &ma);
	counts->handled++;
	kept = config.park ? park(counts, ma, caller) : send_entry(counts, ma, caller, slot);
	slot_set(slot, tid, ma, kept && caller ? SLOT_ENTRY_SENT : SLOT_ENTRY_LACKING, prog);
	return 0;
}

static __always_inline int handle_destroy_return(void *ctx, bool by_kprobe, __u32 prog)
{
	const __u64 arg = by_kprobe ? 0 : destroy_arg(ctx, false); /* gone in a kretprobe */
	struct record_head head = {.ts_ns = bpf_ktime_get_ns(), .tid = this_tid(), .arg = arg};
	struct slot *slot = slot_of(HOOK_DESTROY, head.tid);
	struct prog_cpu_counts *counts;

	if (!return_is_of_run(slot, prog, head.tid, head.arg))
		return 0;
	counts = count_run(prog);
	if (!counts || (!by_kprobe && is_handled(slot, true, prog, head.tid, head.arg)))
		return 0;
	counts->handled++;
	if (by_kprobe) {
		head.caller = caller_of_kretprobe(ctx);
		head.map = map_of_worker(0);
	}
	if (entry_was_sent(slot, &head)) {
		send_return(counts, &head);
	} else {
		if (!by_kprobe)
			head.caller = caller_of_fentry(ctx, &head.arg);
		if (!config.park || !unpark(counts, &head))
			send_full_return(counts, head.arg, head.caller, head.ts_ns);
	}
	slot_set(slot, head.tid, arg, SLOT_RETURNED, prog);
	return 0;
}
