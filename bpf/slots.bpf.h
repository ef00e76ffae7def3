/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The call of each function that each thread is in, except destroy calls (call_slots.bpf.h). A
 * program learns here whether another one of its hook side has handled the call already.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"

enum slot_state {
	SLOT_ENTERED = 1,
	SLOT_RETURNED,
	SLOT_BEFORE_RUN, /* entered before the run */
};

struct slot {
	__u64 arg;
	__u32 tid;
	__u16 state; /* enum slot_state; of hooks without a return: bit N: program N has run */
	__u16 prog;  /* the program that wrote this */
};

/*
 * NR_SLOTS for each hook, in order; sized by the loader to the hooks in use. Threads that share a
 * slot overwrite each other.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

static __always_inline struct slot *slot_of(enum hook hook, __u32 tid)
{
	__u32 key = hook * NR_SLOTS + tid % NR_SLOTS;

	return bpf_map_lookup_elem(&slots, &key);
}

static __always_inline bool slot_is(const struct slot *slot, __u32 tid, __u64 arg)
{
	return slot && slot->tid == tid && slot->arg == arg;
}

static __always_inline void slot_set(struct slot *slot, __u32 tid, __u64 arg, __u16 state,
				     __u32 prog)
{
	if (!slot)
		return;
	slot->tid = tid;
	slot->arg = arg;
	slot->state = state;
	slot->prog = prog;
}

/*
 * Has another program of this hook handled this very event? Without a return to separate events,
 * the next one begins when a program runs for the second time. An interrupt between two programs
 * may have an event of its own on the same thread, so objects have different slots.
 */
static __always_inline bool event_is_handled(enum hook hook, __u32 prog, __u64 object)
{
	__u32 tid = this_tid();
	struct slot *slot = slot_of(hook, tid + (__u32)(object >> 6));
	__u16 nth = 1 << prog % PROGS_PER_HOOK;

	if (!config.all_progs || !slot)
		return false;
	if (slot_is(slot, tid, object) && !(slot->state & nth)) {
		slot->state |= nth;
		return true;
	}
	slot_set(slot, tid, object, nth, prog);
	return false;
}

/*
 * Has another program of this side handled this entry or return? At an entry, the program's own
 * slot is of an earlier call.
 */
static __always_inline bool is_handled(const struct slot *slot, bool at_return, __u32 prog,
				       __u32 tid, __u64 arg)
{
	return config.all_progs && slot_is(slot, tid, arg) &&
	       (slot->state == SLOT_RETURNED) == at_return && slot->prog != prog;
}

/* Ignores an entry outside the run. The return of one before the run may come during the run. */
static __always_inline void skip_entry(enum hook hook, __u64 arg, __u32 prog)
{
	__u32 tid = this_tid();

	note_fired(prog);
	if (stage == STAGE_ATTACHING)
		slot_set(slot_of(hook, tid), tid, arg, SLOT_BEFORE_RUN, prog);
}

/* Is this the return of a call that was entered before the run? */
static __always_inline bool return_is_before_run(struct slot *slot, __u32 prog, __u32 tid)
{
	note_fired(prog);
	if (stage == STAGE_ATTACHING)
		return true;
	if (!slot || slot->tid != tid || slot->state != SLOT_BEFORE_RUN)
		return false;
	slot->state = SLOT_RETURNED;
	return true;
}

/*
 * Does this return end a call of this run? Entries after the run are not handled, so a return
 * without an entry then is of a later call.
 */
static __always_inline bool return_is_of_run(struct slot *slot, __u32 prog, __u32 tid, __u64 arg)
{
	if (return_is_before_run(slot, prog, tid))
		return false;
	if (stage == STAGE_RUNNING || is_handled(slot, true, prog, tid, arg))
		return true;
	return slot && slot->tid == tid && slot->state != SLOT_RETURNED;
}
