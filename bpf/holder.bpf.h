/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What held a map after its last file descriptor was closed: programs, links, pins, maps of maps. A
 * record when one of them goes. For teardowns only.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "output.bpf.h"
#include "slots.bpf.h"

/* include/uapi/linux/bpf.h */
#define IS_OF_MAPS(type)                                                                           \
	((type) == BPF_MAP_TYPE_ARRAY_OF_MAPS || (type) == BPF_MAP_TYPE_HASH_OF_MAPS)

/* Counts the event; NULL: it is not of the run, or another program has handled it. */
static __always_inline struct prog_cpu_counts *count_holder(enum hook hook, __u32 prog,
							    __u64 holder)
{
	struct prog_cpu_counts *counts;

	note_fired(prog);
	if (stage != STAGE_RUNNING)
		return NULL;
	counts = count_run(prog);
	if (!counts || event_is_handled(hook, prog, holder))
		return NULL;
	counts->handled++;
	return counts;
}

/* A zeroed record. NULL: the ring buffer is full. */
static __always_inline struct record_holder *reserve_holder(struct prog_cpu_counts *counts,
							    enum hook hook, __u64 holder)
{
	struct record_holder *rec = reserve(sizeof(*rec));

	if (!rec) {
		counts->lost++;
		return NULL;
	}
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->head.type = RECORD_HOLDER;
	rec->head.hook = hook;
	rec->head.size = sizeof(*rec);
	rec->head.tid = this_tid();
	rec->head.arg = holder;
	return rec;
}

static __always_inline void submit_holder(struct record_holder *rec)
{
	rec->head.ts_ns = bpf_ktime_get_ns();
	submit(rec);
}

/* The id is taken from the program next. */
static __always_inline int handle_prog_put(__u64 work, __u32 prog)
{
	struct bpf_prog_aux *aux =
		(void *)(work - bpf_core_field_offset(struct bpf_prog_aux, work));
	struct prog_cpu_counts *counts = count_holder(HOOK_PROG_PUT, prog, work);
	struct record_holder *rec = counts ? reserve_holder(counts, HOOK_PROG_PUT, work) : NULL;

	if (!rec)
		return 0;
	rec->prog = (__u64)BPF_CORE_READ(aux, prog);
	rec->id = BPF_CORE_READ(aux, id);
	rec->kind = BPF_CORE_READ(aux, prog, type);
	bpf_probe_read_kernel(rec->name, sizeof(rec->name), &aux->name);
	submit_holder(rec);
	return 0;
}

/*
 * A link without an id is the kernel's own, between a program and what calls it: operations of a
 * struct_ops map (bpf_struct_ops_map_update_elem(), kernel/bpf/bpf_struct_ops.c).
 */
static __always_inline int handle_link_free(__u64 addr, __u32 prog)
{
	struct bpf_link *link = (struct bpf_link *)addr;
	struct prog_cpu_counts *counts = count_holder(HOOK_LINK_FREE, prog, addr);
	__u32 id = BPF_CORE_READ(link, id);
	struct record_holder *rec;

	if (!counts)
		return 0;
	if (!id) {
		counts->filtered++;
		return 0;
	}
	rec = reserve_holder(counts, HOOK_LINK_FREE, addr);
	if (!rec)
		return 0;
	rec->prog = (__u64)BPF_CORE_READ(link, prog);
	rec->id = id;
	rec->kind = BPF_CORE_READ(link, type);
	submit_holder(rec);
	return 0;
}

/* The inode of a directory or of a link to a file refers to nothing. */
static __always_inline int handle_pin_free(__u64 inode, __u32 prog)
{
	__u64 object = (__u64)BPF_CORE_READ((struct inode *)inode, i_private);
	struct prog_cpu_counts *counts = count_holder(HOOK_PIN_FREE, prog, inode);
	struct record_holder *rec;

	if (!counts)
		return 0;
	if (!object) {
		counts->filtered++;
		return 0;
	}
	rec = reserve_holder(counts, HOOK_PIN_FREE, object);
	if (rec)
		submit_holder(rec);
	return 0;
}

/* Older kernels have the inner map as the only argument: the outer one is unknown there. */
static __always_inline int handle_inner_put(__u64 outer, __u64 inner, __u32 prog)
{
	struct bpf_map *holder = (struct bpf_map *)outer, *map = (struct bpf_map *)inner;
	struct prog_cpu_counts *counts = count_holder(HOOK_INNER_PUT, prog, inner);
	struct record_holder *rec;
	__u32 type;

	if (!counts)
		return 0;
	type = BPF_CORE_READ(holder, map_type);
	if (!IS_OF_MAPS(type) || BPF_CORE_READ(map, refcnt.counter) != 1) {
		counts->filtered++;
		return 0;
	}
	rec = reserve_holder(counts, HOOK_INNER_PUT, outer);
	if (!rec)
		return 0;
	rec->head.map = inner;
	rec->id = BPF_CORE_READ(holder, id);
	rec->kind = type;
	bpf_probe_read_kernel(rec->name, sizeof(rec->name), &holder->name);
	submit_holder(rec);
	return 0;
}
