// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes on bpf_mem_alloc_destroy(). What they do is kept short, and nothing in here wakes the
 * reader up while there is something to do: a program that is preempted makes the kernel skip the
 * same program for every other call on that CPU (see enum prog in event.h). The loader polls.
 *
 * A call makes two records, one per side, which the loader joins: no state has to be kept in the
 * kernel, and a call that has not returned is seen. Only filters that need both sides (see
 * config.park) hold the entry's record back until the return.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "event.h"
#include "config.bpf.h"
#include "head.bpf.h"
#include "output.bpf.h"
#include "caller.bpf.h"
#include "call.bpf.h"
#include "filter.bpf.h"
#include "teardown.bpf.h"
#include "stack.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Entries held back until their return, by thread. Sized by the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record_call);
} parked SEC(".maps");

/* Keeps an entry, wanted or not: at the return it must be known either way. */
static __always_inline bool park(struct prog_cpu_counts *counts, __u64 ma, __u64 caller)
{
	struct record_call rec = {}, *left;
	__u32 tid;

	call_init(&rec, RECORD_ENTRY, ma, caller);
	call_read_allocator(&rec, ma);
	if (!call_wanted(&rec)) {
		rec.flags |= CALL_UNWANTED;
		counts->unwanted++;
	}
	tid = rec.head.tid;
	rec.head.ts_ns = bpf_ktime_get_ns();
	if (!bpf_map_update_elem(&parked, &tid, &rec, BPF_NOEXIST))
		return true;
	/* Left over from a call of this thread of which the return was missed? It is news. */
	left = bpf_map_lookup_elem(&parked, &tid);
	if (left) {
		if (!(left->flags & CALL_UNWANTED) && !send(left, sizeof(*left)))
			counts->lost++;
		if (!bpf_map_update_elem(&parked, &tid, &rec, BPF_ANY))
			return true;
	}
	if (!(rec.flags & CALL_UNWANTED))
		counts->lost_parked++;
	return false;
}

static __always_inline bool send_entry(struct prog_cpu_counts *counts, __u64 ma, __u64 caller,
				       struct slot *slot)
{
	struct record_call *rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);

	if (!rec) {
		counts->lost++;
		return false;
	}
	call_init(rec, RECORD_ENTRY, ma, caller);
	call_read_allocator(rec, ma);
	if (slot) {
		slot->map = rec->head.map;
		slot->caller = caller;
	}
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
	return true;
}

static __always_inline void on_entry(struct prog_cpu_counts *counts, __u32 me, struct slot *slot,
				     __u32 tid, __u64 ma, __u64 caller)
{
	bool kept;

	counts->taken++;
	kept = config.park ? park(counts, ma, caller) : send_entry(counts, ma, caller, slot);
	slot_set(slot, tid, ma, kept && caller ? SLOT_ENTERED : SLOT_UNTOLD, me);
}

static __always_inline void send_return(struct prog_cpu_counts *counts, struct record_head *head)
{
	head->type = RECORD_RETURN;
	head->size = sizeof(*head);
	if (!send(head, sizeof(*head)))
		counts->lost++;
}

static __always_inline void send_full_return(struct prog_cpu_counts *counts, __u64 ma, __u64 caller,
					     __u64 ts_ns)
{
	struct record_call rec = {};

	call_init(&rec, RECORD_RETURN_FULL, ma, caller);
	rec.head.ts_ns = ts_ns;
	if (config.park && !call_wanted(&rec))
		return;
	if (!send(&rec, sizeof(rec)))
		counts->lost++;
}

/* Is this the return of the call whose entry was parked, or was that one's return missed? */
static __always_inline bool same_call(const struct record_call *entry, __u64 ma, __u64 caller)
{
	if (ma)
		return entry->head.arg == ma;
	return !caller || !entry->head.caller || entry->head.caller == caller;
}

/* Sees off a call whose entry was parked. False: there was none. */
static __always_inline bool unpark(struct prog_cpu_counts *counts, struct record_head *head)
{
	__u32 tid = head->tid;
	struct record_call *entry = bpf_map_lookup_elem(&parked, &tid);

	if (!entry || !same_call(entry, head->arg, head->caller))
		return false;
	if (entry->flags & CALL_UNWANTED) {
		/* counted at its entry */
	} else if (head->ts_ns - entry->head.ts_ns < config.min_latency_ns) {
		counts->unwanted++;
	} else if (send(entry, sizeof(*entry))) {
		send_return(counts, head);
	} else {
		counts->lost_parked++;
	}
	bpf_map_delete_elem(&parked, &tid);
	return true;
}

/* What both sides know must be the same. */
static __always_inline bool may_be_same(__u64 at_entry, __u64 at_return)
{
	return !at_entry || !at_return || at_entry == at_return;
}

/*
 * Is this the return of a call whose entry has its record in the ring buffer? Then the rest is
 * known. Where the argument is gone it is told as in pair.c: an entry of which the return was
 * missed, followed by a return of which the entry was, differ in caller or map.
 */
static __always_inline bool is_told(const struct slot *slot, const struct record_head *ret)
{
	if (config.park || !slot || slot->tid != ret->tid || slot->state != SLOT_ENTERED)
		return false;
	if (ret->arg)
		return slot->arg == ret->arg;
	return may_be_same(slot->map, ret->map) && may_be_same(slot->caller, ret->caller);
}

static __always_inline void other_return(struct prog_cpu_counts *counts, struct record_head *head)
{
	if (!config.park || !unpark(counts, head))
		send_full_return(counts, head->arg, head->caller, head->ts_ns);
}

static __always_inline int on_fentry(__u64 *ctx, __u32 me)
{
	__u32 tid = this_tid();
	struct slot *slot = slot_of(HOOK_DESTROY, tid);
	struct prog_cpu_counts *counts;
	__u64 ma, caller;

	if (stage != STAGE_RUNNING) {
		pass_by(HOOK_DESTROY, ctx[0], me);
		return 0;
	}
	counts = counts_of(me);
	if (!counts || entry_is_taken(slot, me, tid, ctx[0]))
		return 0;
	caller = caller_of_fentry(ctx, &ma);
	on_entry(counts, me, slot, tid, ma, caller);
	return 0;
}

static __always_inline int on_fexit(__u64 *ctx, __u32 me)
{
	struct record_head head = {
		.ts_ns = bpf_ktime_get_ns(),
		.tid = this_tid(),
		.arg = ctx[0],
	};
	struct slot *slot = slot_of(HOOK_DESTROY, head.tid);
	struct prog_cpu_counts *counts;

	if (!return_counts(slot, me, head.tid, head.arg))
		return 0;
	counts = counts_of(me);
	if (!counts || return_is_taken(slot, me, head.tid, head.arg))
		return 0;
	counts->taken++;
	if (is_told(slot, &head)) {
		send_return(counts, &head);
	} else {
		head.caller = caller_of_fentry(ctx, &head.arg);
		other_return(counts, &head);
	}
	slot_set(slot, head.tid, ctx[0], SLOT_RETURNED, me);
	return 0;
}

#define FENTRY(name, nth)                                                                          \
	SEC("fentry/bpf_mem_alloc_destroy")                                                        \
	int name(__u64 *ctx)                                                                       \
	{                                                                                          \
		return on_fentry(ctx, PROG(HOOK_DESTROY, HOOK_ENTRY, nth));                        \
	}

#define FEXIT(name, nth)                                                                           \
	SEC("fexit/bpf_mem_alloc_destroy")                                                         \
	int name(__u64 *ctx)                                                                       \
	{                                                                                          \
		return on_fexit(ctx, PROG(HOOK_DESTROY, HOOK_RETURN, nth));                        \
	}

FENTRY(fentry_destroy, 0)
FENTRY(fentry_destroy_2, 1)
FENTRY(fentry_destroy_3, 2)
FEXIT(fexit_destroy, 0)
FEXIT(fexit_destroy_2, 1)
FEXIT(fexit_destroy_3, 2)

SEC("kprobe/bpf_mem_alloc_destroy")
int kprobe_destroy(struct pt_regs *ctx)
{
	const __u32 me = PROG(HOOK_DESTROY, HOOK_ENTRY, 0);
	__u32 tid = this_tid();
	struct prog_cpu_counts *counts;

	if (stage != STAGE_RUNNING) {
		pass_by(HOOK_DESTROY, PT_REGS_PARM1(ctx), me);
		return 0;
	}
	counts = counts_of(me);
	if (counts)
		on_entry(counts, me, slot_of(HOOK_DESTROY, tid), tid, PT_REGS_PARM1(ctx),
			 caller_of_kprobe(ctx));
	return 0;
}

SEC("kretprobe/bpf_mem_alloc_destroy")
int kretprobe_destroy(struct pt_regs *ctx)
{
	const __u32 me = PROG(HOOK_DESTROY, HOOK_RETURN, 0);
	struct record_head head = {
		.ts_ns = bpf_ktime_get_ns(),
		.tid = this_tid(),
	};
	struct slot *slot = slot_of(HOOK_DESTROY, head.tid);
	struct prog_cpu_counts *counts;

	if (!return_counts(slot, me, head.tid, 0))
		return 0;
	counts = counts_of(me);
	if (!counts)
		return 0;
	counts->taken++;
	head.caller = caller_of_kretprobe(ctx);
	head.map = map_of_worker(0);
	if (is_told(slot, &head))
		send_return(counts, &head);
	else
		other_return(counts, &head);
	slot_set(slot, head.tid, 0, SLOT_RETURNED, me);
	return 0;
}
