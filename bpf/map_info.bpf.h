/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map that a call is about: found from the worker or from the allocator, and read into the
 * call's record.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "kernel_read.bpf.h"

/* An allocator is part of its map's structure, and no such structure is larger than a page. */
#define MAP_STRUCT_MAX 4096

/*
 * Structures of this size come from kmalloc(), which aligns objects of over 256 bytes to more than
 * that (mm/slab_common.c), or from whole pages.
 */
#define MAP_STRUCT_ALIGN 256

/* The members that are read lie within this many bytes from the map's start. */
#define MAP_HEAD 128

static __always_inline __u64 map_of_work(__u64 work)
{
	return work - bpf_core_field_offset(struct bpf_map, work);
}

/*
 * The map that bpf_map_free_deferred() frees on this thread. The worker itself points to its work,
 * so no probe is needed that could be missed. ma: the allocator, 0 if it is not known.
 */
static __always_inline __u64 map_of_worker(__u64 ma, struct task_struct *task)
{
	__u64 func = 0, work = work_of_task(task, &func), map;

	if (!work || (config.map_free_deferred ? func != config.map_free_deferred : !ma))
		return 0;
	map = map_of_work(work);
	if (ma && ma - map >= MAP_STRUCT_MAX)
		return 0;
	return map;
}

/* A single test, where the verifier would follow one path for each type. */
#define IS_ONE_OF(type, types) ((type) < 64 && (1ULL << (type) & (types)))
#define TYPE(name)	       (1ULL << BPF_MAP_TYPE_##name)

static __always_inline bool is_htab(__u32 type)
{
	return IS_ONE_OF(type, TYPE(HASH) | TYPE(PERCPU_HASH) | TYPE(LRU_HASH) |
				       TYPE(LRU_PERCPU_HASH) | TYPE(HASH_OF_MAPS));
}

static __always_inline bool is_local_storage(__u32 type)
{
	return IS_ONE_OF(type, TYPE(SK_STORAGE) | TYPE(INODE_STORAGE) | TYPE(TASK_STORAGE) |
				       TYPE(CGRP_STORAGE));
}

#define IS_MEMBER(owner, member, offset)                                                           \
	(bpf_core_field_exists(struct owner, member) &&                                            \
	 bpf_core_field_offset(struct owner, member) == (offset))

/* Most kernels have none. */
static __always_inline __u8 other_alloc_member(__u32 type, __u64 offset)
{
	if (!config.other_allocs)
		return ALLOC_UNKNOWN;
	for (__u32 i = 0; i < MAX_OTHER_ALLOCS; i++) {
		const volatile struct other_alloc *other = &config.other_alloc[i];

		if (other->offset == offset && IS_ONE_OF(type, other->types))
			return other->alloc;
	}
	return ALLOC_UNKNOWN;
}

/* The allocator of a map of this type that lies at this offset from the map's start. */
static __always_inline __u8 alloc_member(__u32 type, __u64 offset)
{
	if (is_htab(type)) {
		if (IS_MEMBER(bpf_htab, ma, offset))
			return ALLOC_MA;
		if (IS_MEMBER(bpf_htab, pcpu_ma, offset))
			return ALLOC_PCPU_MA;
	} else if (is_local_storage(type)) {
		if (IS_MEMBER(bpf_local_storage_map, selem_ma, offset))
			return ALLOC_SELEM_MA;
		if (IS_MEMBER(bpf_local_storage_map, storage_ma, offset))
			return ALLOC_STORAGE_MA;
	} else if (type == BPF_MAP_TYPE_LPM_TRIE) {
		if (IS_MEMBER(lpm_trie, ma, offset))
			return ALLOC_MA;
	} else if (type == BPF_MAP_TYPE_RHASH) {
		if (IS_MEMBER(bpf_rhtab, ma, offset))
			return ALLOC_MA;
	}
	return other_alloc_member(type, offset);
}

/*
 * Copies what READ_STRUCT() read of a map in as few words as the kernel's layout allows: each read
 * in place has its address checked.
 */

/* Two members that follow each other in the record and, in most kernels, in the map. */
#define COPY_PAIR(rec, map, first, second)                                                         \
	({                                                                                         \
		__u32 __off = bpf_core_field_offset(struct bpf_map, first);                        \
		if (__off % 8 == 0 && __off <= MAP_HEAD - 8 &&                                     \
		    bpf_core_field_offset(struct bpf_map, second) == __off + 4) {                  \
			*(__u64 *)&(rec)->first = *(__u64 *)((map) + __off);                       \
		} else {                                                                           \
			(rec)->first = STRUCT_FIELD(map, struct bpf_map, first);                   \
			(rec)->second = STRUCT_FIELD(map, struct bpf_map, second);                 \
		}                                                                                  \
	})

static __always_inline void copy_name(struct record_call *rec, const void *name, __u32 off)
{
	__u64 *words = (__u64 *)rec->map_name;

	if (off % 8) {
		__builtin_memcpy(rec->map_name, name, NAME_LEN);
		return;
	}
	words[0] = ((const __u64 *)name)[0];
	words[1] = ((const __u64 *)name)[1];
}

/* False: it cannot be read. */
static __always_inline bool read_map(struct record_call *rec, __u64 addr)
{
	__u32 name_off = bpf_core_field_offset(struct bpf_map, name);

	READ_STRUCT(map, MAP_HEAD, addr);
	if (!map_ok)
		return false;
	COPY_PAIR(rec, map, map_type, key_size);
	if (!rec->map_type) /* no map has this type: nothing was read */
		return false;
	COPY_PAIR(rec, map, value_size, max_entries);
	rec->map_flags = STRUCT_FIELD(map, struct bpf_map, map_flags);
	rec->alloc =
		rec->head.arg ? alloc_member(rec->map_type, rec->head.arg - addr) : ALLOC_UNKNOWN;
	rec->flags |= CALL_MAP | CALL_SIZES;
	rec->head.map = addr;
	/* A map gets its name after its ->map_alloc() succeeded, when it already has its ops. */
	if (!STRUCT_FIELD(map, struct bpf_map, ops))
		return true;
	if (name_off <= MAP_HEAD - NAME_LEN) {
		copy_name(rec, map + name_off, name_off);
		rec->flags |= CALL_NAME;
	} else if (!bpf_probe_read_kernel(rec->map_name, NAME_LEN, (void *)(addr + name_off))) {
		rec->flags |= CALL_NAME;
	}
	return true;
}

/* Does the allocator lie at this offset of a map? If so, the map has been read. */
static __noinline bool read_map_around(struct record_call *rec, __u64 offset)
{
	__u64 map = rec->head.arg - offset;

	if (map % MAP_STRUCT_ALIGN)
		return false;
	if (read_map(rec, map) && rec->alloc != ALLOC_UNKNOWN && rec->max_entries)
		return true;
	rec->flags &= ~(CALL_MAP | CALL_NAME | CALL_SIZES);
	rec->head.map = 0;
	rec->alloc = ALLOC_UNKNOWN;
	return false;
}

#define TRY_OWNER(rec, owner, member)                                                              \
	(bpf_core_field_exists(struct owner, member) &&                                            \
	 !(((rec)->head.arg - bpf_core_field_offset(struct owner, member)) % MAP_STRUCT_ALIGN) &&  \
	 read_map_around(rec, bpf_core_field_offset(struct owner, member)))

static __always_inline bool try_other_owners(struct record_call *rec)
{
	for (__u32 i = 0; i < MAX_OTHER_ALLOCS; i++)
		if (config.other_alloc[i].types &&
		    read_map_around(rec, config.other_alloc[i].offset))
			return true;
	return false;
}

/* When a map's creation fails there is no worker: try each structure that holds an allocator. */
static __always_inline bool find_owner(struct record_call *rec)
{
	return TRY_OWNER(rec, bpf_htab, ma) || TRY_OWNER(rec, bpf_htab, pcpu_ma) ||
	       TRY_OWNER(rec, bpf_local_storage_map, selem_ma) ||
	       TRY_OWNER(rec, bpf_local_storage_map, storage_ma) || TRY_OWNER(rec, lpm_trie, ma) ||
	       TRY_OWNER(rec, bpf_rhtab, ma) || (config.other_allocs && try_other_owners(rec));
}
