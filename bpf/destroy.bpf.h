/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf_mem_alloc_destroy(): one record for each call, sent at its return.
 *
 * Until then the entry's record is in a slot (call_slots.bpf.h). If one side is missed, or the slot
 * is lost to other threads, each side is sent alone and user space joins them.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "call_record.bpf.h"
#include "call_slots.bpf.h"
#include "caller.bpf.h"
#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "filter.bpf.h"
#include "map_info.bpf.h"
#include "output.bpf.h"

/* by_kprobe: ctx is that of a kprobe or kretprobe, which are one program each. */
static __always_inline __u64 destroy_arg(void *ctx, bool by_kprobe)
{
	return by_kprobe ? (__u64)PT_REGS_PARM1((struct pt_regs *)ctx) : *(__u64 *)ctx;
}

/* Has another program of this side handled this entry or return? */
static __always_inline bool destroy_is_handled(void *ctx, bool at_return, __u32 prog)
{
	return call_is_handled(find_call_slot(this_tid(), false), at_return, prog,
			       destroy_arg(ctx, false));
}

static __always_inline __u64 destroy_caller(void *ctx, bool by_kprobe)
{
	return by_kprobe ? caller_of_kprobe(ctx) : caller_of_fentry(ctx);
}

/*
 * True: the call is wanted, as far as its entry shows. Map and caller take most of the time. A
 * worker's map is read of unwanted calls too, because the hash maps are counted, and a kretprobe
 * needs their caller (is_return_of()).
 */
static __always_inline bool fill_entry(struct record_call *rec, struct prog_cpu_counts *counts,
				       struct task_struct *task, __u64 ma, void *ctx,
				       bool by_kprobe)
{
	const bool filters = config.filters;
	const bool caller_first = by_kprobe || !filters || config.nr_callers;
	bool by_worker;

	if (caller_first)
		rec->head.caller = destroy_caller(ctx, by_kprobe);
	read_allocator(rec, ma);
	by_worker = add_map_of_worker(rec, task);
	counts->hashes += by_worker && rec->alloc == ALLOC_MA && is_htab(rec->map_type);
	if (filters && !wanted_without_map(rec))
		return false;
	if (!by_worker && ma)
		find_owner(rec);
	if (filters && !map_wanted(rec))
		return false;
	if (!caller_first)
		rec->head.caller = destroy_caller(ctx, by_kprobe);
	add_task(rec, task);
	rec->head.ts_ns = bpf_ktime_get_ns();
	return true;
}

/* The argument is perhaps a pointer to the verifier, and becomes a number in memory. */
static __always_inline __u64 note_arg(struct call_slot *slot, __u64 arg)
{
	*(volatile __u64 *)&slot->rec.head.arg = arg;
	return *(volatile __u64 *)&slot->rec.head.arg;
}

static __always_inline void enter_call(struct prog_cpu_counts *counts, struct task_struct *task,
				       __u32 tid, void *ctx, bool by_kprobe, __u32 prog)
{
	struct call_slot *slot = find_call_slot(tid, true);
	enum call_state was;
	__u64 ma;

	/* Once more: user space may have taken the call that this thread left there. */
	if (!take_slot(slot, tid, prog, &was) && !take_slot(slot, tid, prog, &was)) {
		counts->lost++; /* another thread writes to it just now */
		return;
	}
	if (was == CALL_RUNS)
		send_stale(slot, counts);
	ma = note_arg(slot, destroy_arg(ctx, by_kprobe));
	init_call(&slot->rec, RECORD_ENTRY, HOOK_DESTROY, tid, ma);
	if (!fill_entry(&slot->rec, counts, task, ma, ctx, by_kprobe)) {
		counts->filtered++;
		set_state(slot, CALL_UNWANTED);
		return;
	}
	set_state(slot, CALL_RUNS);
	if (reader_sleeps)
		wake_reader();
}

static __always_inline void send_return(struct prog_cpu_counts *counts, struct record_head *head)
{
	head->type = RECORD_RETURN;
	head->size = sizeof(*head);
	if (!send(head, sizeof(*head)))
		counts->lost++;
}

/*
 * A function of its own: the frames of the return, send_full_return() and the next have to fit in
 * 512 bytes, in units of 32 where the kernel has no compiler.
 */
static __noinline bool map_of_worker_added(struct record_call *rec)
{
	return add_map_of_worker(rec, bpf_get_current_task_btf());
}

/*
 * For a return whose entry is not known here: all that is still known of the call. A global
 * function, which the verifier follows once and not in every state that leads to it; it does not
 * know that counts is not NULL. Returns 0.
 */
__noinline int send_full_return(struct prog_cpu_counts *counts, __u64 ma, __u64 caller, __u64 ts_ns)
{
	struct record_call *rec;

	if (!counts)
		return 0;
	rec = reserve(sizeof(*rec));
	if (!rec) {
		counts->lost++;
		return 0;
	}
	init_call(rec, RECORD_RETURN_FULL, HOOK_DESTROY, this_tid(), ma);
	rec->head.caller = caller;
	add_task(rec, bpf_get_current_task_btf());
	if (!map_of_worker_added(rec) && ma)
		find_owner(rec);
	rec->head.ts_ns = ts_ns;
	if (config.filters && !(wanted_without_map(rec) && map_wanted(rec)))
		discard(rec);
	else
		submit(rec);
	return 0;
}

/* Are these the same, as far as both are known? */
static __always_inline bool may_be_same(__u64 at_entry, __u64 at_return)
{
	return !at_entry || !at_return || at_entry == at_return;
}

/*
 * Is this the return of the call in the thread's slot? A kretprobe has no argument to compare, so
 * this asks what correlate/call_matcher.c asks: where the return of one call and the entry of the
 * next were missed, the two differ in caller or map.
 */
static __always_inline bool is_return_of(const struct call_slot *slot,
					 const struct record_head *ret)
{
	const struct record_head *entry = &slot->rec.head;

	if (ret->arg)
		return entry->arg == ret->arg;
	return may_be_same(entry->map, ret->map) && may_be_same(entry->caller, ret->caller);
}

/* The call in the slot has returned. False: the owner has changed meanwhile. */
static __always_inline bool end_call(struct call_slot *slot, __u64 owner, __u32 prog)
{
	return change_owner(
		slot, owner,
		CALL_OWNER(CALL_OWNER_TID(owner), CALL_OWNER_NTH(owner), prog, CALL_RETURNED));
}

/* A kretprobe knows where the call returns to, whatever is on the stack at entry. */
static __always_inline void fill_return(struct record_call *rec, const struct record_head *ret)
{
	rec->head.type = RECORD_CALL;
	rec->returned_ns = ret->ts_ns;
	if (ret->caller)
		rec->head.caller = ret->caller;
}

/* Sends the call in the slot, if it is wanted. False: others have sent its entry meanwhile. */
static __always_inline bool send_call(struct prog_cpu_counts *counts, struct call_slot *slot,
				      __u64 owner, const struct record_head *ret, __u32 prog)
{
	struct record_call *rec;

	if (config.min_latency_ns && ret->ts_ns - slot->rec.head.ts_ns < config.min_latency_ns) {
		if (!end_call(slot, owner, prog))
			return false;
		counts->filtered++;
		return true;
	}
	rec = reserve(sizeof(*rec));
	if (!rec) {
		if (!end_call(slot, owner, prog))
			return false;
		counts->lost_call++;
		return true;
	}
	__builtin_memcpy(rec, &slot->rec, sizeof(*rec));
	fill_return(rec, ret);
	if (!end_call(slot, owner, prog)) {
		discard(rec);
		return false;
	}
	submit(rec);
	return true;
}

/*
 * The return does not send the call. state: of the thread's slot, as it was; CALL_NONE if there is
 * none, or it has another call.
 */
static __always_inline void return_alone(struct prog_cpu_counts *counts, struct call_slot *slot,
					 enum call_state state, struct record_head *head, __u64 arg,
					 __u32 prog)
{
	enum call_state was = CALL_NONE;
	bool taken;

	if (!slot && config.all_progs)
		slot = find_call_slot(head->tid, true);
	taken = slot && take_slot(slot, head->tid, prog, &was);
	if (was == CALL_RUNS && taken)
		send_stale(slot, counts);
	if (state == CALL_TAKEN || state == CALL_RUNS) /* the entry has been sent */
		send_return(counts, head);
	else if (state != CALL_UNWANTED)
		send_full_return(counts, head->arg, head->caller, head->ts_ns);
	if (!taken)
		return;
	slot->rec.head.arg = arg;
	set_state(slot, CALL_RETURNED);
}

static __always_inline int handle_destroy_entry(void *ctx, bool by_kprobe, __u32 prog)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct prog_cpu_counts *counts;
	__u32 tid = task->pid;

	if (stage != STAGE_RUNNING) {
		note_fired(prog);
		if (stage == STAGE_ATTACHING)
			note_before_run(tid, destroy_arg(ctx, by_kprobe), prog);
		return 0;
	}
	counts = count_run(prog);
	if (!counts)
		return 0;
	if (!by_kprobe && config.all_progs &&
	    call_is_handled(find_call_slot(tid, false), false, prog, destroy_arg(ctx, false)))
		return 0;
	counts->handled++;
	enter_call(counts, task, tid, ctx, by_kprobe, prog);
	return 0;
}

/* Does this return end a call of this run, or one that another program has handled? */
static __always_inline bool destroy_is_of_run(struct call_slot *slot, __u32 prog, __u64 arg)
{
	__u64 owner = slot ? slot_owner(slot) : 0;
	enum call_state state = CALL_OWNER_STATE(owner);

	note_fired(prog);
	if (stage == STAGE_ATTACHING)
		return false;
	if (state == CALL_BEFORE_RUN) {
		change_owner(slot, owner, owner - CALL_BEFORE_RUN + CALL_RETURNED);
		return false;
	}
	return stage == STAGE_RUNNING || state > CALL_RETURNED ||
	       call_is_handled(slot, true, prog, arg);
}

static __always_inline int handle_destroy_return(void *ctx, bool by_kprobe, __u32 prog)
{
	const __u64 arg = by_kprobe ? 0 : destroy_arg(ctx, false); /* gone in a kretprobe */
	struct record_head head = {
		.hook = HOOK_DESTROY, .ts_ns = bpf_ktime_get_ns(), .tid = this_tid(), .arg = arg};
	struct call_slot *slot = find_call_slot(head.tid, false);
	enum call_state state = CALL_NONE;
	struct prog_cpu_counts *counts;
	__u64 owner = 0;

	if (!destroy_is_of_run(slot, prog, arg))
		return 0;
	counts = count_run(prog);
	if (!counts || (!by_kprobe && call_is_handled(slot, true, prog, arg)))
		return 0;
	counts->handled++;
	if (by_kprobe) {
		head.caller = caller_of_kretprobe(ctx);
		head.map = map_of_worker(0, bpf_get_current_task_btf());
	}
	if (slot && is_return_of(slot, &head)) {
		owner = slot_owner(slot);
		state = CALL_OWNER_STATE(owner);
	}
	if (state == CALL_UNWANTED && end_call(slot, owner, prog))
		return 0;
	if (!by_kprobe && state != CALL_UNWANTED &&
	    (state != CALL_RUNS || !slot->rec.head.caller)) {
		head.arg = number_of_arg(ctx, 0);
		head.caller = caller_of_fentry(ctx);
	}
	if (state == CALL_RUNS && send_call(counts, slot, owner, &head, prog))
		return 0;
	return_alone(counts, slot, state, &head, arg, prog);
	return 0;
}
