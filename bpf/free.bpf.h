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
#include "map_info.bpf.h"
#include "output.bpf.h"
#include "slots.bpf.h"

static __always_inline void send_free_entry(struct prog_cpu_counts *counts, enum hook hook,
					    __u64 work)
{
	struct record_call *rec = bpf_ringbuf_reserve(&records, sizeof(*rec), 0);

	if (!rec) {
		counts->lost++;
		return;
	}
	init_call(rec, RECORD_ENTRY, hook, this_tid(), work);
	add_task(rec);
	if (hook == HOOK_FREE) {
		read_map(rec, map_of_work(work));
		rec->entries = rec->flags & CALL_MAP ? count_elements(rec) : ENTRIES_UNKNOWN;
		rec->extra = rec->flags & CALL_MAP ? extra_of(rec) : 0;
	} else {
		rec->key = alloc_key_of_work(work);
	}
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
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
	return 0;
}

/* work is 0 in a kretprobe, where the argument is gone. */
static __always_inline int handle_free_return(__u64 work, enum hook hook, __u32 prog)
{
	struct record_head head = {
		.type = RECORD_RETURN,
		.hook = hook,
		.size = sizeof(head),
		.tid = (__u32)bpf_get_current_pid_tgid(),
		.ts_ns = bpf_ktime_get_ns(),
		.arg = work,
	};
	struct slot *slot = slot_of(hook, head.tid);
	struct prog_cpu_counts *counts;
	__u64 func;

	if (hook == HOOK_FREE ? !return_is_of_run(slot, prog, head.tid, work)
			      : return_is_before_run(slot, prog, head.tid))
		return 0;
	counts = count_run(prog);
	if (!counts || (work && is_handled(slot, true, prog, head.tid, work)))
		return 0;
	counts->handled++;
	if (!work) /* only workers run these functions */
		head.arg = work_of_worker(&func);
	if (head.arg && hook == HOOK_FREE)
		head.map = map_of_work(head.arg);
	if (hook == HOOK_FREE) /* the worker is in no destroy call any more */
		send_unreturned(head.tid, counts);
	if (!send(&head, sizeof(head)))
		counts->lost++;
	slot_set(slot, head.tid, work, SLOT_RETURNED, prog);
	return 0;
}

/*
 * Work is queued. A map's wait for a grace period ends here, and its wait for a worker begins; and
 * a destroy call shows here that it deferred its free, before that runs.
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
	else
		head.arg = alloc_key_of_work(addr);
	head.ts_ns = bpf_ktime_get_ns();
	if (!send(&head, sizeof(head)))
		counts->lost++;
	return 0;
}
