/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fills in the record of a call: its task, its allocator, its map. ts_ns is left to the caller, who
 * takes it last.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "current.bpf.h"
#include "event.h"
#include "kernel_read.bpf.h"
#include "map_info.bpf.h"

/* The members that are read lie within this many bytes from the allocator's start. */
#define ALLOC_HEAD 32

/* Fills in what the call is; all else is unknown. */
static __always_inline void init_call(struct record_call *rec, __u8 type, __u8 hook, __u32 tid,
				      __u64 arg)
{
	rec->head.type = type;
	rec->head.hook = hook;
	rec->head.size = sizeof(*rec);
	rec->head.tid = tid;
	rec->head.ts_ns = 0;
	rec->head.arg = arg;
	rec->head.map = 0;
	rec->head.caller = 0;
	__builtin_memset(&rec->map_type, 0,
			 offsetof(struct record_call, comm) -
				 offsetof(struct record_call, map_type));
}

/* Fills in the task and the CPU. */
static __always_inline void add_task(struct record_call *rec, struct task_struct *task)
{
	rec->pid = task->tgid;
	rec->cpu = this_cpu();
	/* set_task_comm() fills all 16 bytes. */
	((__u64 *)rec->comm)[0] = *(__u64 *)&task->comm[0];
	((__u64 *)rec->comm)[1] = *(__u64 *)&task->comm[8];
}

/* Fills in the map that a worker frees. False: none does. */
static __always_inline bool add_map_of_worker(struct record_call *rec, struct task_struct *task)
{
	__u64 map = map_of_worker(rec->head.arg, task);

	if (map)
		read_map(rec, map);
	return map;
}

/* The per-CPU memory of an allocator that was read; 0: none. Its deferred copy has the same. */
#define ALLOC_KEY(ma)                                                                              \
	((__u64)STRUCT_FIELD(ma, struct bpf_mem_alloc, cache)                                      \
		 ?: (__u64)STRUCT_FIELD(ma, struct bpf_mem_alloc, caches))

/* Reads the allocator at entry; the function clears it. */
static __always_inline void read_allocator(struct record_call *rec, __u64 addr)
{
	struct bpf_mem_cache *cache;
	__u64 key;

	READ_STRUCT(ma, ALLOC_HEAD, addr);
	if (!ma_ok)
		return;
	cache = STRUCT_FIELD(ma, struct bpf_mem_alloc, cache);
	key = (__u64)cache ?: (__u64)STRUCT_FIELD(ma, struct bpf_mem_alloc, caches);
	rec->key = key;
	if (!key) {
		rec->flags = CALL_EMPTY_KNOWN | CALL_EMPTY;
		return;
	}
	rec->flags = CALL_EMPTY_KNOWN;
	if (cache) {
		cache = (void *)cache + this_cpu_offset();
		rec->unit_size = BPF_CORE_READ(cache, unit_size);
	}
	if (bpf_core_field_exists(struct bpf_mem_alloc, percpu)) {
		rec->flags |= CALL_PERCPU_KNOWN;
		if (STRUCT_FIELD(ma, struct bpf_mem_alloc, percpu))
			rec->flags |= CALL_PERCPU;
	} else if (cache) {
		rec->flags |= CALL_PERCPU_KNOWN;
		if (BPF_CORE_READ(cache, percpu_size))
			rec->flags |= CALL_PERCPU;
	}
}

/* The key of the deferred allocator that this work frees; 0 if it cannot be read. */
static __always_inline __u64 alloc_key_of_work(__u64 work)
{
	READ_STRUCT(ma, ALLOC_HEAD, work - bpf_core_field_offset(struct bpf_mem_alloc, work));

	return ma_ok ? ALLOC_KEY(ma) : 0;
}
