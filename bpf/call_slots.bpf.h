/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The destroy call that each thread is in: its entry's record, until the return sends it.
 *
 * The owner of a slot changes by atomic exchange. So a slot has one writer, and a reader of its
 * record, on another CPU or in user space, learns from the owner whether the record was whole.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "event.h"
#include "output.bpf.h"

struct call_slot call_slots[NR_CALL_SLOTS]; /* no map: to find one takes no search */

static __always_inline __u64 slot_owner(const struct call_slot *slot)
{
	return *(const volatile __u64 *)&slot->owner;
}

static __always_inline bool slot_is_free(const struct call_slot *slot)
{
	return CALL_OWNER_STATE(slot_owner(slot)) <= CALL_RETURNED;
}

/* The thread's slot, or with "any" one that it may take: always one. NULL: it has none. */
static __always_inline struct call_slot *find_call_slot(__u32 tid, bool any)
{
	__u64 nth = tid % NR_CALL_SLOTS;
	struct call_slot *slot = &call_slots[nth], *other;

	if (CALL_OWNER_TID(slot_owner(slot)) == tid)
		return slot;
	/* From the number, not from the address: of that the verifier would only know a range. */
	nth = (__u64)tid % NR_CALL_SLOTS ^ 1;
	other = &call_slots[nth];
	if (CALL_OWNER_TID(slot_owner(other)) == tid)
		return other;
	if (!any)
		return NULL;
	return slot_is_free(slot) || !slot_is_free(other) ? slot : other;
}

/* The call in this slot will not be sent by its return. */
static __noinline void send_stale(struct call_slot *slot, struct prog_cpu_counts *counts)
{
	if (!send(&slot->rec, sizeof(slot->rec)))
		counts->lost_stale++;
}

/* Changes the owner, unless it has changed meanwhile. False: it has. */
static __always_inline bool change_owner(struct call_slot *slot, __u64 owner, __u64 to)
{
	__u64 was = __sync_val_compare_and_swap(&slot->owner, owner, to);

	barrier_var(was); /* or the compiler makes a bool of it first */
	return was == owner;
}

/*
 * Takes a slot, whose record may then be written. *was: its state before. False: another thread
 * writes it just now.
 */
static __always_inline bool take_slot(struct call_slot *slot, __u32 tid, __u32 prog,
				      enum call_state *was)
{
	__u64 owner = slot_owner(slot);

	*was = CALL_OWNER_STATE(owner);
	return *was != CALL_ENTERING &&
	       change_owner(slot, owner,
			    CALL_OWNER(tid, CALL_OWNER_NTH(owner) + 1, prog, CALL_ENTERING));
}

/* The end of what take_slot() began. */
static __always_inline void set_state(struct call_slot *slot, enum call_state state)
{
	__u64 owner = slot_owner(slot);

	__sync_lock_test_and_set(&slot->owner, owner - CALL_ENTERING + state);
}

/* Notes an entry before the run, whose return may come during the run. */
static __always_inline void note_before_run(__u32 tid, __u64 arg, __u32 prog)
{
	struct call_slot *slot = find_call_slot(tid, true);
	enum call_state was;

	if (!take_slot(slot, tid, prog, &was))
		return;
	slot->rec.head.arg = arg;
	set_state(slot, CALL_BEFORE_RUN);
}

/* Has another program of this side handled this entry or return? slot: the thread's, or NULL */
static __always_inline bool call_is_handled(const struct call_slot *slot, bool at_return,
					    __u32 prog, __u64 arg)
{
	__u64 owner;

	if (!config.all_progs || !slot || slot->rec.head.arg != arg)
		return false;
	owner = slot_owner(slot);
	return (CALL_OWNER_STATE(owner) == CALL_RETURNED) == at_return &&
	       CALL_OWNER_PROG(owner) != prog;
}

/* A thread that has left all destroy calls: the return of the last one was missed. */
static __always_inline void send_unreturned(__u32 tid, struct prog_cpu_counts *counts)
{
	struct call_slot *slot = find_call_slot(tid, false);
	__u64 owner;

	if (!slot)
		return;
	owner = slot_owner(slot);
	if (CALL_OWNER_STATE(owner) != CALL_RUNS ||
	    !change_owner(slot, owner, owner - CALL_RUNS + CALL_ENTERING))
		return;
	send_stale(slot, counts); /* until then no other thread may write to it */
	set_state(slot, CALL_RETURNED);
}
