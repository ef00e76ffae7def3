/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does the free of a map leave memory to RCU, which is given back after the worker's run? Nothing
 * shows when.
 *
 * - Local storage: kfree_rcu() of elements and of their owners' storage, in
 *   kernel/bpf/bpf_local_storage.c (6.1, 6.12, 7.2, 7.3). The rcu_barrier() of 7.2 and 7.3 does not
 *   wait for that. Storage with an allocator (bpf_ma, 6.4 to 6.18) gives all to it; storage of
 *   kmalloc_nolock() (use_kmalloc_nolock, f484f4a3e058) uses call_rcu() and waits.
 * - sockhash: kfree_rcu() in sock_hash_free_elem(), net/core/sock_map.c (all).
 * - cgroup storage: call_rcu() in bpf_cgroup_storage_free(), kernel/bpf/local_storage.c (all).
 * - cpumap: call_rcu() in __cpu_map_entry_replace(), kernel/bpf/cpumap.c (6.1). Later kernels free
 *   elements at once, and have free_work in place of rcu.
 * - perf events that outlive the file descriptor (BPF_F_PRESERVE_ELEMS): call_rcu() in
 *   bpf_event_entry_free_rcu(), kernel/bpf/arraymap.c (all).
 *
 * All others free their memory in the run, or with an allocator: see docs/kernel.md.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "elements.bpf.h"
#include "event.h"
#include "map_info.bpf.h"

#define MAX_PLACES 4096
#define FEW_PLACES 64 /* looked at where the kernel has no callbacks */

#define LAST_KNOWN_TYPE BPF_MAP_TYPE_RHASH

/* Looks for a pointer among nr that lie stride bytes apart. */
struct place_search {
	__u64 at;
	__u32 nr, stride;
	bool found, failed;
};

static __always_inline long look_at_place(__u32 nth, struct place_search *search)
{
	__u64 pointer = 0;

	if (nth >= search->nr)
		return 1;
	search->failed = bpf_probe_read_kernel(&pointer, sizeof(pointer),
					       (void *)(search->at + (__u64)nth * search->stride));
	search->found = pointer != 0;
	return search->failed || search->found;
}

static long look_at(__u32 nth, struct place_search *search)
{
	return look_at_place(nth, search);
}

/* Something is left if one of the places is taken. */
static __always_inline __u8 left_in_places(__u64 at, __u32 nr, __u32 stride)
{
	struct place_search search = {.at = at, .nr = nr, .stride = stride};
	__u32 limit = config.compiled ? MAX_PLACES : FEW_PLACES;

	if (config.compiled) {
		bpf_loop(MAX_PLACES, look_at, &search, 0);
	} else {
		for (__u32 i = 0; i < FEW_PLACES; i++)
			if (look_at_place(i, &search))
				break;
	}
	if (search.found)
		return RCU_LEFT_SOME;
	return search.failed || nr > limit ? RCU_LEFT_UNKNOWN : RCU_LEFT_NONE;
}

/* A member that is not there is false. */
#define IS_SET(map, type, member)                                                                  \
	(bpf_core_field_exists(struct type, member) && BPF_CORE_READ((struct type *)(map), member))

static __always_inline __u8 left_of_local_storage(__u64 map)
{
	struct bpf_local_storage_map *storage = (void *)map;
	__u64 buckets;
	__u32 log;

	if (IS_SET(map, bpf_local_storage_map, bpf_ma) ||
	    IS_SET(map, bpf_local_storage_map, use_kmalloc_nolock))
		return RCU_LEFT_NONE;
	if (!bpf_core_field_exists(struct bpf_local_storage_map, buckets) ||
	    !bpf_core_field_exists(struct bpf_local_storage_map, bucket_log) ||
	    !bpf_core_field_exists(struct bpf_local_storage_map_bucket, list))
		return RCU_LEFT_UNKNOWN;
	buckets = (__u64)BPF_CORE_READ(storage, buckets);
	log = BPF_CORE_READ(storage, bucket_log);
	if (!buckets || log > 31)
		return RCU_LEFT_UNKNOWN;
	return left_in_places(
		buckets + bpf_core_field_offset(struct bpf_local_storage_map_bucket, list),
		1U << log, bpf_core_type_size(struct bpf_local_storage_map_bucket));
}

/* An empty list points to itself. */
static __always_inline __u8 left_of_cgroup_storage(__u64 map)
{
	__u64 list, next = 0;

	if (!bpf_core_field_exists(struct bpf_cgroup_storage_map, list))
		return RCU_LEFT_UNKNOWN;
	list = map + bpf_core_field_offset(struct bpf_cgroup_storage_map, list);
	if (bpf_probe_read_kernel(&next, sizeof(next), (void *)list))
		return RCU_LEFT_UNKNOWN;
	return next == list ? RCU_LEFT_NONE : RCU_LEFT_SOME;
}

static __always_inline __u8 left_of_cpumap(const struct record_call *rec)
{
	struct bpf_cpu_map *cpus = (void *)rec->head.map;

	if (!bpf_core_field_exists(struct bpf_cpu_map_entry, rcu))
		return RCU_LEFT_NONE;
	if (!bpf_core_field_exists(struct bpf_cpu_map, cpu_map))
		return RCU_LEFT_UNKNOWN;
	return left_in_places((__u64)BPF_CORE_READ(cpus, cpu_map), rec->max_entries, sizeof(__u64));
}

static __always_inline __u8 left_of_perf_events(const struct record_call *rec)
{
	if (!(rec->map_flags & BPF_F_PRESERVE_ELEMS))
		return RCU_LEFT_NONE;
	if (!bpf_core_field_exists(struct bpf_array, ptrs))
		return RCU_LEFT_UNKNOWN;
	return left_in_places(rec->head.map + bpf_core_field_offset(struct bpf_array, ptrs),
			      rec->max_entries, sizeof(__u64));
}

/* Of a map whose elements have been counted. */
static __always_inline __u8 rcu_left_of(const struct record_call *rec)
{
	__u32 type = rec->map_type;

	if (is_local_storage(type))
		return left_of_local_storage(rec->head.map);
	if (is_type(type, BPF_MAP_TYPE_SOCKHASH))
		return rec->entries == ENTRIES_UNKNOWN ? RCU_LEFT_UNKNOWN
		       : rec->entries		       ? RCU_LEFT_SOME
						       : RCU_LEFT_NONE;
	if (is_one_of(type, BPF_MAP_TYPE_CGROUP_STORAGE, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE))
		return left_of_cgroup_storage(rec->head.map);
	if (is_type(type, BPF_MAP_TYPE_CPUMAP))
		return left_of_cpumap(rec);
	if (is_type(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY))
		return left_of_perf_events(rec);
	barrier_var(type);
	return type > LAST_KNOWN_TYPE ? RCU_LEFT_UNKNOWN : RCU_LEFT_NONE;
}
