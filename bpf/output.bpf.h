/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all probes share: the ring buffer, what they count, and who takes which call.
 */
#ifndef OUTPUT_BPF_H
#define OUTPUT_BPF_H

enum stage stage;
__u32 reader_sleeps;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct cpu_counts);
} ledger SEC(".maps");

/*
 * Which call of a function each thread is in: tells a return whether its entry's record is in the
 * ring buffer, and a program whether another one of its side has taken the call. Threads that share
 * a slot push each other out, which makes a return's record longer.
 */
enum slot_state {
	SLOT_ENTERED = 1, /* and the entry's record, which is on its way or parked, tells all */
	SLOT_UNTOLD,	  /* the entry's record is lost, or the caller could not be found */
	SLOT_RETURNED,
	SLOT_BEFORE, /* entered before the run */
};

struct slot {
	__u64 arg;
	__u64 map, caller; /* as in the entry's record; of destroy only */
	__u32 tid;
	__u16 state; /* enum slot_state; of other points, the copies that have been there */
	__u16 by;    /* program that saw to it */
};

/* NR_SLOTS for each point, in its order; sized by the loader to those that are probed. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

/*
 * Where a kernel's compiler is to put bpf_get_smp_processor_id() in place, the verifier leaves its
 * call as it is, also of programs that are not compiled: seen on riscv64's 6.12, where the
 * interpreter then called what returns 0 (bpf_jit_inlines_helper_call() in do_misc_fixups(),
 * kernel/bpf/verifier.c).
 */
static __always_inline __u32 this_cpu(void)
{
	return config.compiled ? bpf_get_smp_processor_id()
			       : bpf_get_current_task_btf()->thread_info.cpu;
}

static __always_inline struct prog_cpu_counts *counts_of(__u32 me)
{
	__u32 cpu = this_cpu();
	struct cpu_counts *counts = bpf_map_lookup_elem(&ledger, &cpu);

	if (!counts)
		return NULL;
	counts->prog[me].seen++;
	return &counts->prog[me];
}

static __always_inline __u32 this_tid(void)
{
	return bpf_get_current_task_btf()->pid;
}

static __always_inline struct slot *slot_of(enum hook hook, __u32 tid)
{
	__u32 key = hook * NR_SLOTS + tid % NR_SLOTS;

	return bpf_map_lookup_elem(&slots, &key);
}

static __always_inline bool slot_is(const struct slot *slot, __u32 tid, __u64 arg)
{
	return slot && slot->tid == tid && slot->arg == arg;
}

static __always_inline void slot_set(struct slot *slot, __u32 tid, __u64 arg, __u16 state, __u32 me)
{
	if (!slot)
		return;
	slot->tid = tid;
	slot->arg = arg;
	slot->state = state;
	slot->by = me;
}

/*
 * Did a copy of this program see this very event already? Where there is no return to tell events
 * apart, one is over when a copy runs that has been there.
 */
static __always_inline bool event_is_taken(enum hook hook, __u32 me, __u64 object)
{
	__u32 tid = this_tid();
	struct slot *slot = slot_of(hook, tid);
	__u16 copy = 1 << me % PROGS_PER_HOOK;

	if (!config.copies || !slot)
		return false;
	if (slot_is(slot, tid, object) && !(slot->state & copy)) {
		slot->state |= copy;
		return true;
	}
	slot_set(slot, tid, object, copy, me);
	return false;
}

/*
 * A reader that has found nothing for long sleeps, and the first record wakes it; after that it
 * looks by itself. Its flag is looked at once the record has its place, which a reader that goes to
 * sleep looks for.
 */
static __always_inline void submit(void *record)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (reader_sleeps) {
		reader_sleeps = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(record, flags);
}

static __always_inline bool send(const void *record, __u64 size)
{
	void *copy = bpf_ringbuf_reserve(&records, size, 0);

	if (!copy)
		return false;
	__builtin_memcpy(__builtin_assume_aligned(copy, 8), __builtin_assume_aligned(record, 8),
			 size);
	submit(copy);
	return true;
}

/* Did another program of this side take this entry? A slot left by an earlier call is its own. */
static __always_inline bool entry_is_taken(const struct slot *slot, __u32 me, __u32 tid, __u64 arg)
{
	return config.copies && slot_is(slot, tid, arg) && slot->state != SLOT_RETURNED &&
	       slot->by != me;
}

/* The same for a return. */
static __always_inline bool return_is_taken(const struct slot *slot, __u32 me, __u32 tid, __u64 arg)
{
	return config.copies && slot_is(slot, tid, arg) && slot->state == SLOT_RETURNED &&
	       slot->by != me;
}

/* An entry that is of no run; but before one, its return may come when there is one. */
static __always_inline void pass_by(enum hook hook, __u64 arg, __u32 me)
{
	__u32 tid = this_tid();

	if (stage == STAGE_ATTACHING)
		slot_set(slot_of(hook, tid), tid, arg, SLOT_BEFORE, me);
}

/* Is this the return of a call that was entered before the run? */
static __always_inline bool return_is_before(struct slot *slot, __u32 tid)
{
	if (stage == STAGE_ATTACHING)
		return true;
	if (!slot || slot->tid != tid || slot->state != SLOT_BEFORE)
		return false;
	slot->state = SLOT_RETURNED;
	return true;
}

/*
 * Does this return end a call of this run? Once it is over, entries are not taken any more, and a
 * return without one is of a later call.
 */
static __always_inline bool return_counts(struct slot *slot, __u32 me, __u32 tid, __u64 arg)
{
	if (return_is_before(slot, tid))
		return false;
	if (stage == STAGE_RUNNING || return_is_taken(slot, me, tid, arg))
		return true;
	return slot && slot->tid == tid && slot->state != SLOT_RETURNED;
}

#endif
