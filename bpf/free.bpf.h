/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frees by workers: of maps (bpf_map_free_deferred) and of deferred allocators
 * (free_mem_alloc_deferred). A record when such work is queued, when it starts and when it ends.
 * For teardowns only.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "call_record.bpf.h"
#include "call_slots.bpf.h"
#include "config.bpf.h"
#include "current.bpf.h"
#include "elements.bpf.h"
#include "event.h"
#include "free_lists.bpf.h"
#include "map_info.bpf.h"
#include "memcg.bpf.h"
#include "output.bpf.h"
#include "rcu_left.bpf.h"
#include "slots.bpf.h"
#include "worker_counters.bpf.h"
#include "worker_time.bpf.h"

static __always_inline void send_free_entry(struct prog_cpu_counts *counts, enum hook hook,
					    __u64 work)
{
	__u64 memcg_id = hook == HOOK_FREE ? memcg_of(map_of_work(work)) : 0;
	struct record_call *rec = reserve(sizeof(*rec));

	if (!rec) {
		counts->lost++;
		return;
	}
	init_call(rec, RECORD_ENTRY, hook, this_tid(), work);
	add_task(rec, bpf_get_current_task_btf());
	if (hook == HOOK_FREE) {
		read_map(rec, map_of_work(work));
		rec->entries = rec->flags & CALL_MAP ? count_elements(rec) : ENTRIES_UNKNOWN;
		rec->extra = rec->flags & CALL_MAP ? extra_of(rec) : 0;
		rec->rcu_left = rec->flags & CALL_MAP ? rcu_left_of(rec) : RCU_LEFT_UNKNOWN;
		rec->bytes_cached = rec->flags & CALL_MAP ? bytes_cached_of(rec) : CACHED_UNKNOWN;
		rec->head.memcg_id = rec->flags & CALL_MAP ? memcg_id : 0;
	} else {
		rec->key = alloc_key_of_work(work);
	}
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
}

/* Has another program of this side handled this entry or return? */
static __always_inline bool free_is_handled(__u64 work, enum hook hook, bool at_return, __u32 prog)
{
	__u32 tid = this_tid();

	return is_handled(slot_of(hook, tid), at_return, prog, tid, work);
}

static __always_inline int handle_free_entry(__u64 work, enum hook hook, __u32 prog)
{
	__u32 tid = this_tid();
	struct slot *slot = slot_of(hook, tid);
	struct prog_cpu_counts *counts;

	/* Deferred frees of this run may start after its end. */
	if (stage == STAGE_ATTACHING || (stage == STAGE_ENDING && hook == HOOK_FREE)) {
		skip_entry(hook, work, prog);
		return 0;
	}
	counts = count_run(prog);
	if (!counts || is_handled(slot, false, prog, tid, work))
		return 0;
	counts->handled++;
	send_free_entry(counts, hook, work);
	slot_set(slot, tid, work, SLOT_ENTERED, prog);
	start_times(tid);
	if (hook == HOOK_FREE)
		start_counters(tid);
	return 0;
}

static __always_inline bool send_free_return(__u64 work, enum hook hook, __u64 ts_ns)
{
	struct record_freed *rec;
	struct cpu_counters end;

	if (hook == HOOK_FREE)
		end_counters(this_tid(), &end);
	rec = reserve(sizeof(*rec));
	if (!rec)
		return false;
	rec->head.type = RECORD_FREED;
	rec->head.hook = hook;
	rec->head.size = sizeof(*rec);
	rec->head.tid = this_tid();
	rec->head.ts_ns = ts_ns;
	rec->head.arg = work;
	rec->head.map = work && hook == HOOK_FREE ? map_of_work(work) : 0;
	rec->head.caller = 0;
	end_times(this_tid(), rec);
	rec->counted = rec->pad = 0;
	if (hook == HOOK_FREE)
		put_counts(rec, &end);
	submit(rec);
	return true;
}

/* work is 0 in a kretprobe, where the argument is gone. */
static __always_inline int handle_free_return(__u64 work, enum hook hook, __u32 prog)
{
	__u64 ts_ns = bpf_ktime_get_ns(), func;
	__u32 tid = this_tid();
	struct slot *slot = slot_of(hook, tid);
	struct prog_cpu_counts *counts;

	if (hook == HOOK_FREE ? !return_is_of_run(slot, prog, tid, work)
			      : return_is_before_run(slot, prog, tid))
		return 0;
	counts = count_run(prog);
	if (!counts || (work && is_handled(slot, true, prog, tid, work)))
		return 0;
	counts->handled++;
	if (hook == HOOK_FREE) /* the worker is in no destroy call any more */
		send_unreturned(tid, counts);
	/* Only workers run these functions. */
	if (!send_free_return(work ?: work_of_worker(&func), hook, ts_ns))
		counts->lost++;
	slot_set(slot, tid, work, SLOT_RETURNED, prog);
	return 0;
}

/*
 * Work is queued. A map's wait for a grace period ends here, and its wait for a worker begins; and
 * a destroy call shows here that it deferred its free, before that runs. Programs are freed in the
 * same way, and drop their maps then.
 */
static __always_inline int handle_queue(struct work_struct *work, __u32 prog)
{
	__u64 func = (__u64)work->func, addr = (__u64)work;
	struct record_head head = {
		.type = RECORD_QUEUE,
		.size = sizeof(head),
	};
	struct prog_cpu_counts *counts;

	if (func == config.map_free_deferred)
		head.hook = HOOK_FREE;
	else if (func == config.free_mem_alloc_deferred)
		head.hook = HOOK_DEFERRED_FREE;
	else if (config.prog_free_deferred && func == config.prog_free_deferred)
		head.hook = HOOK_PROG_PUT;
	else if (!config.all_progs) /* else all are counted, to know what all programs missed */
		return 0;
	note_fired(prog);
	if (stage == STAGE_ATTACHING)
		return 0;
	counts = count_run(prog);
	if (!counts || event_is_handled(HOOK_QUEUE, prog, addr))
		return 0;
	counts->handled++;
	if (!head.hook) {
		counts->filtered++;
		return 0;
	}
	head.tid = (__u32)bpf_get_current_pid_tgid();
	if (head.hook == HOOK_FREE)
		head.map = map_of_work(addr);
	else if (head.hook == HOOK_DEFERRED_FREE)
		head.arg = alloc_key_of_work(addr);
	else
		head.arg = addr;
	head.ts_ns = bpf_ktime_get_ns();
	if (!send(&head, sizeof(head)))
		counts->lost++;
	return 0;
}
