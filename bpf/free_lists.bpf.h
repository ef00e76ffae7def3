/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many bytes the allocators of a map keep for reuse when a worker begins to free it: the
 * objects in the list of each CPU (free_llist in struct bpf_mem_cache, kernel/bpf/memalloc.c, 6.1
 * to 7.3).
 *
 * Objects that wait for a grace period, or that were freed while a list was in use, are in other
 * lists, which have no counts.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "elements.bpf.h"
#include "event.h"
#include "map_info.bpf.h"
#include "rcu_left.bpf.h"

#define BYTES_UNKNOWN (~0ULL)

struct free_lists {
	__u64 cache; /* per CPU */
	__u32 objects;
	__u32 cpus;
	__s32 unit_size; /* the same on every CPU, else the memory is no cache */
	bool ended;	 /* all CPUs were read */
	bool failed;
};

static __always_inline long add_free_list(__u32 cpu, struct free_lists *lists)
{
	struct bpf_mem_cache *cache;
	__s32 unit_size = 0, objects = 0;
	__u64 offset;

	if (!find_cpu_offset(cpu, &offset)) {
		lists->ended = true;
		return 1;
	}
	cache = (void *)(lists->cache + offset);
	if (bpf_core_read(&unit_size, sizeof(unit_size), &cache->unit_size) ||
	    bpf_core_read(&objects, sizeof(objects), &cache->free_cnt) ||
	    unit_size != lists->unit_size || objects < 0) {
		lists->failed = true;
		return 1;
	}
	/*
	 * The verifier repeats this until no state is new. That is soon for a sum that may
	 * overflow, and too late for one of 64 bits or for a counter.
	 */
	lists->objects += (__u32)objects;
	lists->cpus = cpu + 1;
	return 0;
}

static long add_free_list_of(__u32 cpu, struct free_lists *lists)
{
	return add_free_list(cpu, lists);
}

/*
 * An object of an allocator of per-CPU memory refers to memory of unit_size bytes on each CPU, and
 * itself has percpu_size bytes.
 */
static __always_inline __u64 object_size(const struct free_lists *lists,
					 struct bpf_mem_cache *cache)
{
	__s32 percpu_size = 0;

	if (!bpf_core_field_exists(struct bpf_mem_cache, percpu_size) ||
	    bpf_core_read(&percpu_size, sizeof(percpu_size), &cache->percpu_size))
		return 0;
	return percpu_size > 0 ? percpu_size + (__u64)lists->unit_size * lists->cpus
			       : lists->unit_size;
}

/* Of an allocator at this address. BYTES_UNKNOWN: it could not be read, or has several sizes. */
static __noinline __u64 bytes_in_free_lists(__u64 addr)
{
	struct bpf_mem_alloc *ma = (void *)addr;
	struct bpf_mem_caches *caches = NULL;
	struct bpf_mem_cache *cache = NULL;
	struct free_lists lists = {};
	__u64 offset, size;
	__u32 cpu;

	if (!bpf_core_field_exists(struct bpf_mem_cache, free_cnt) ||
	    bpf_core_read(&caches, sizeof(caches), &ma->caches) || caches ||
	    bpf_core_read(&cache, sizeof(cache), &ma->cache))
		return BYTES_UNKNOWN;
	if (!cache)
		return 0; /* not in use: a preallocated map has it */
	lists.cache = (__u64)cache;
	cache = (void *)cache + this_cpu_offset();
	lists.unit_size = BPF_CORE_READ(cache, unit_size);
	if (lists.unit_size <= 0)
		return BYTES_UNKNOWN;
	if (config.compiled) {
		bpf_loop(MAX_CPUS, add_free_list_of, &lists, 0);
	} else {
		for (cpu = 0; cpu < FEW_CPUS; cpu++)
			if (add_free_list(cpu, &lists))
				break;
		/* The next one may not be there. */
		lists.ended |= cpu == FEW_CPUS && !find_cpu_offset(FEW_CPUS, &offset);
	}
	if (lists.failed || !lists.ended)
		return BYTES_UNKNOWN;
	size = object_size(&lists, cache);
	return size ? size * lists.objects : BYTES_UNKNOWN;
}

/* Adds the free lists of one more allocator. */
static __always_inline __u64 with_free_lists(__u64 bytes, __u64 addr)
{
	__u64 more;

	if (bytes >= CACHED_UNKNOWN)
		return bytes;
	more = bytes_in_free_lists(addr);
	return more >= CACHED_UNKNOWN ? BYTES_UNKNOWN : bytes + more;
}

#define WITH_MEMBER(bytes, map, owner, member)                                                     \
	(bpf_core_field_exists(struct owner, member)                                               \
		 ? with_free_lists(bytes, (map) + bpf_core_field_offset(struct owner, member))     \
		 : (bytes))

/* Those of the types with an allocator are at known places. */
static __always_inline __u64 with_other_allocs(__u64 bytes, __u64 map, __u32 type, bool known)
{
	if (!config.other_allocs)
		return bytes;
	for (__u32 i = 0; i < MAX_OTHER_ALLOCS; i++) {
		const volatile struct other_alloc *other = &config.other_alloc[i];

		if (!IS_ONE_OF(type, other->types))
			continue;
		if (!known)
			return BYTES_UNKNOWN;
		bytes = with_free_lists(bytes, map + other->offset);
	}
	return bytes;
}

/* Of a map that has been read. Also unknown from 4 GiB on. */
static __always_inline __u32 bytes_cached_of(const struct record_call *rec)
{
	__u64 map = rec->head.map, bytes = 0;
	__u32 type = rec->map_type;
	bool known = true;

	if (is_htab(type)) {
		bytes = WITH_MEMBER(bytes, map, bpf_htab, ma);
		bytes = WITH_MEMBER(bytes, map, bpf_htab, pcpu_ma);
	} else if (is_local_storage(type)) {
		bytes = WITH_MEMBER(bytes, map, bpf_local_storage_map, selem_ma);
		bytes = WITH_MEMBER(bytes, map, bpf_local_storage_map, storage_ma);
	} else if (is_type(type, BPF_MAP_TYPE_LPM_TRIE)) {
		bytes = WITH_MEMBER(bytes, map, lpm_trie, ma);
	} else if (is_type(type, BPF_MAP_TYPE_RHASH)) {
		bytes = WITH_MEMBER(bytes, map, bpf_rhtab, ma);
	} else {
		barrier_var(type);
		if (type > LAST_KNOWN_TYPE)
			return CACHED_UNKNOWN;
		known = false;
	}
	bytes = with_other_allocs(bytes, map, type, known);
	return bytes < CACHED_UNKNOWN ? bytes : CACHED_UNKNOWN;
}
