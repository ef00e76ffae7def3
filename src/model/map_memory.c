// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calculates the memory of a map as the kernel's ->map_mem_usage() of its type does.
 *
 * The kernel does not count what allocators keep for reuse, inner nodes of tries, buckets of
 * resizable hashes, and what elements refer to: "exact" is false for such types.
 */
#include <stdint.h>

#include <linux/bpf.h>

#include "model/map_memory.h"
#include "util/macros.h"

/* Types that are newer than the oldest header this compiles with. */
#define TYPE_CGRP_STORAGE 32
#define TYPE_ARENA	  33
#define TYPE_INSN_ARRAY	  34
#define TYPE_RHASH	  35

#define POINTER	     8 /* bytes: kernels with 32 bits have no BTF */
#define LLIST_NODE   POINTER
#define HLIST_HEAD   POINTER
#define WORD_BITS    64
#define BLOOM_HASHES 5 /* if map_extra has no number */

#define RINGBUF_PAGES_TWICE 2 /* data pages are mapped twice */

/* A calculation in progress. */
struct usage {
	const struct kernel_memory *kernel;
	const struct map_info *map;
	const struct map_contents *contents;
	bool lacks; /* something is not known */
};

static __u64 size_of(struct usage *usage, enum kernel_size which)
{
	if (!usage->kernel->sizes.of[which])
		usage->lacks = true;
	return usage->kernel->sizes.of[which];
}

static __u64 round_up_to(__u64 value, __u64 multiple)
{
	return (value + multiple - 1) / multiple * multiple;
}

static __u64 power_of_two(__u64 at_least)
{
	__u64 power = 1;

	while (power < at_least)
		power *= 2;
	return power;
}

/* At least 0: where the kernel does not count them, "exact" is false. */
static __u64 entries(const struct usage *usage)
{
	return usage->contents->entries == ENTRIES_UNKNOWN ? 0 : usage->contents->entries;
}

static __u64 key_bytes(const struct usage *usage)
{
	return round_up_to(usage->map->key_size, 8);
}

static __u64 value_bytes(const struct usage *usage)
{
	return round_up_to(usage->map->value_size, 8);
}

/* Types */

/* With BPF_F_MMAPABLE, the elements have pages of their own. */
static __u64 array(struct usage *usage)
{
	__u64 page = usage->kernel->page_size, head = size_of(usage, SIZE_bpf_array);
	__u64 elements = usage->map->max_entries * value_bytes(usage);

	if (!(usage->map->flags & BPF_F_MMAPABLE))
		return head + elements;
	return round_up_to(head, page) + round_up_to(elements, page);
}

static __u64 percpu_array(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_array) +
	       usage->map->max_entries * (POINTER + value_bytes(usage) * usage->kernel->nr_cpus);
}

/* Its hash table. Up to 6.14 it had counters of each CPU. */
static __u64 table(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_htab) +
	       power_of_two(usage->map->max_entries) * size_of(usage, SIZE_bucket) +
	       usage->kernel->sizes.of[SIZE_HTAB_LOCKS] / POINTER * sizeof(int) *
		       usage->kernel->nr_cpus;
}

static bool is_prealloc(const struct usage *usage)
{
	return !(usage->map->flags & BPF_F_NO_PREALLOC);
}

static __u64 element(struct usage *usage, __u64 value)
{
	return size_of(usage, SIZE_htab_elem) + key_bytes(usage) + value;
}

static __u64 lru_hash(struct usage *usage)
{
	return table(usage) + element(usage, value_bytes(usage)) * usage->map->max_entries;
}

/*
 * Each CPU may have a preallocated element more. The kernel counts the pointers to them also where
 * there are none (hash_of_maps of 7.3).
 */
static __u64 hash(struct usage *usage)
{
	__u64 size = element(usage, value_bytes(usage)), cpus = usage->kernel->nr_cpus;

	if (!is_prealloc(usage))
		return table(usage) + (size + LLIST_NODE) * entries(usage);
	return lru_hash(usage) + (usage->contents->extra ? size * cpus : 0) + POINTER * cpus;
}

static __u64 percpu_hash(struct usage *usage)
{
	__u64 size = element(usage, POINTER) + value_bytes(usage) * usage->kernel->nr_cpus;

	if (is_prealloc(usage))
		return table(usage) + size * usage->map->max_entries;
	return table(usage) + (size + 2 * LLIST_NODE + POINTER) * entries(usage);
}

static __u64 rhash(struct usage *usage)
{
	__u64 size = size_of(usage, SIZE_rhtab_elem) + key_bytes(usage) + value_bytes(usage);

	return size_of(usage, SIZE_bpf_rhtab) + size * entries(usage);
}

/* The key begins with the length of the prefix, which is no data. */
static __u64 lpm_trie(struct usage *usage)
{
	return (size_of(usage, SIZE_lpm_trie_node) + usage->map->key_size -
		sizeof(((struct bpf_lpm_trie_key *)0)->prefixlen) + usage->map->value_size) *
	       entries(usage);
}

/* The ring has a place more, so that a full one differs from an empty one. */
static __u64 queue(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_queue_stack) +
	       (usage->map->max_entries + 1ULL) * usage->map->value_size;
}

static __u64 bloom_filter(struct usage *usage)
{
	__u64 hashes = usage->contents->extra & 0xf ?: BLOOM_HASHES;
	__u64 bits = usage->map->max_entries * hashes / 5 * 7;

	if (usage->map->max_entries * hashes > UINT32_MAX || bits > 1ULL << 31)
		bits = 1ULL << 32;
	return size_of(usage, SIZE_bpf_bloom_filter) +
	       (bits <= WORD_BITS ? WORD_BITS : power_of_two(bits)) / 8;
}

static __u64 ringbuf(struct usage *usage)
{
	__u64 meta = size_of(usage, SIZE_bpf_ringbuf), page = usage->kernel->page_size;
	__u64 data = usage->map->max_entries;

	return size_of(usage, SIZE_bpf_ringbuf_map) + meta + data +
	       (meta + RINGBUF_PAGES_TWICE * data) / page * POINTER;
}

static __u64 local_storage(struct usage *usage)
{
	__u64 cpus = usage->kernel->nr_cpus;

	return size_of(usage, SIZE_bpf_local_storage_map) +
	       power_of_two(cpus > 2 ? cpus : 2) *
		       size_of(usage, SIZE_bpf_local_storage_map_bucket);
}

static __u64 cgroup_storage(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_cgroup_storage_map);
}

static __u64 cpumap(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_cpu_map) + usage->map->max_entries * (__u64)POINTER;
}

static __u64 devices(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_dtab) +
	       size_of(usage, SIZE_bpf_dtab_netdev) * entries(usage);
}

static __u64 devmap(struct usage *usage)
{
	return devices(usage) + usage->map->max_entries * (__u64)POINTER;
}

static __u64 devmap_hash(struct usage *usage)
{
	return devices(usage) + power_of_two(usage->map->max_entries) * HLIST_HEAD;
}

static __u64 xskmap(struct usage *usage)
{
	return size_of(usage, SIZE_xsk_map) + usage->map->max_entries * (__u64)POINTER +
	       size_of(usage, SIZE_xsk_map_node) * entries(usage);
}

static __u64 sockmap(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_stab) + usage->map->max_entries * (__u64)POINTER;
}

static __u64 sockhash(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_shtab) +
	       power_of_two(usage->map->max_entries) * size_of(usage, SIZE_bpf_shtab_bucket) +
	       (size_of(usage, SIZE_bpf_shtab_elem) + key_bytes(usage)) * entries(usage);
}

static __u64 reuseport_sockarray(struct usage *usage)
{
	return size_of(usage, SIZE_reuseport_array) + usage->map->max_entries * (__u64)POINTER;
}

static __u64 stack_trace(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_stack_map) +
	       power_of_two(usage->map->max_entries) * POINTER +
	       usage->map->max_entries *
		       (size_of(usage, SIZE_stack_map_bucket) + usage->map->value_size);
}

/*
 * The value is there twice, as user space sees it and as the kernel does. One page holds
 * trampolines. Pointers for each function are missing: the number of functions is not recorded.
 */
static __u64 struct_ops(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_struct_ops_map) + 2ULL * usage->map->value_size -
	       size_of(usage, SIZE_bpf_struct_ops_value) + usage->kernel->page_size;
}

static __u64 arena(struct usage *usage)
{
	size_of(usage, SIZE_bpf_arena);
	return entries(usage) * usage->kernel->page_size;
}

/* Of each instruction, its value and its address. */
static __u64 insn_array(struct usage *usage)
{
	return size_of(usage, SIZE_bpf_insn_array) +
	       usage->map->max_entries * (usage->map->value_size + (__u64)POINTER);
}

/* When has the map no memory that its function does not count? */
enum exactness {
	NEVER,
	ALWAYS,
	PREALLOCATED,
	COUNTED, /* if the number of its elements is known */
};

static const struct memory_row {
	__u64 (*bytes)(struct usage *usage);
	enum exactness exact;
} memory_rows[] = {
	[BPF_MAP_TYPE_HASH] = {hash, PREALLOCATED},
	[BPF_MAP_TYPE_ARRAY] = {array, ALWAYS},
	[BPF_MAP_TYPE_PROG_ARRAY] = {array, ALWAYS},
	[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = {array, NEVER},
	[BPF_MAP_TYPE_PERCPU_HASH] = {percpu_hash, PREALLOCATED},
	[BPF_MAP_TYPE_PERCPU_ARRAY] = {percpu_array, ALWAYS},
	[BPF_MAP_TYPE_STACK_TRACE] = {stack_trace, ALWAYS},
	[BPF_MAP_TYPE_CGROUP_ARRAY] = {array, ALWAYS},
	[BPF_MAP_TYPE_LRU_HASH] = {lru_hash, ALWAYS},
	[BPF_MAP_TYPE_LRU_PERCPU_HASH] = {percpu_hash, ALWAYS},
	[BPF_MAP_TYPE_LPM_TRIE] = {lpm_trie, NEVER},
	[BPF_MAP_TYPE_ARRAY_OF_MAPS] = {array, ALWAYS},
	[BPF_MAP_TYPE_HASH_OF_MAPS] = {hash, PREALLOCATED},
	[BPF_MAP_TYPE_DEVMAP] = {devmap, COUNTED},
	[BPF_MAP_TYPE_SOCKMAP] = {sockmap, NEVER},
	[BPF_MAP_TYPE_CPUMAP] = {cpumap, NEVER},
	[BPF_MAP_TYPE_XSKMAP] = {xskmap, COUNTED},
	[BPF_MAP_TYPE_SOCKHASH] = {sockhash, NEVER},
	[BPF_MAP_TYPE_CGROUP_STORAGE] = {cgroup_storage, NEVER},
	[BPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = {reuseport_sockarray, ALWAYS},
	[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = {cgroup_storage, NEVER},
	[BPF_MAP_TYPE_QUEUE] = {queue, ALWAYS},
	[BPF_MAP_TYPE_STACK] = {queue, ALWAYS},
	[BPF_MAP_TYPE_SK_STORAGE] = {local_storage, NEVER},
	[BPF_MAP_TYPE_DEVMAP_HASH] = {devmap_hash, COUNTED},
	[BPF_MAP_TYPE_STRUCT_OPS] = {struct_ops, NEVER},
	[BPF_MAP_TYPE_RINGBUF] = {ringbuf, ALWAYS},
	[BPF_MAP_TYPE_INODE_STORAGE] = {local_storage, NEVER},
	[BPF_MAP_TYPE_TASK_STORAGE] = {local_storage, NEVER},
	[BPF_MAP_TYPE_BLOOM_FILTER] = {bloom_filter, ALWAYS},
	[BPF_MAP_TYPE_USER_RINGBUF] = {ringbuf, ALWAYS},
	[TYPE_CGRP_STORAGE] = {local_storage, NEVER},
	[TYPE_ARENA] = {arena, NEVER},
	[TYPE_INSN_ARRAY] = {insn_array, ALWAYS},
	[TYPE_RHASH] = {rhash, NEVER},
};

static bool is_exact(const struct usage *usage, enum exactness exact)
{
	switch (exact) {
	case ALWAYS:
		return true;
	case PREALLOCATED:
		return is_prealloc(usage);
	case COUNTED:
		return usage->contents->entries != ENTRIES_UNKNOWN;
	case NEVER:
		break;
	}
	return false;
}

/* What the kernel would show, without the free lists */
static struct map_memory shown_memory(const struct kernel_memory *kernel,
				      const struct map_info *map,
				      const struct map_contents *contents)
{
	struct map_memory memory = {};
	struct usage usage = {kernel, map, contents, false};
	const struct memory_row *row;
	__u64 bytes;

	if (!map_has_sizes(map) || map->type >= ARRAY_SIZE(memory_rows) || !kernel->nr_cpus ||
	    !kernel->page_size)
		return memory;
	row = &memory_rows[map->type];
	/* No map has more elements: such a number was misread. */
	if (!row->bytes || (contents->entries != ENTRIES_UNKNOWN && contents->entries > UINT32_MAX))
		return memory;
	bytes = row->bytes(&usage);
	if (usage.lacks || bytes > INT64_MAX)
		return memory;
	memory.bytes = bytes;
	memory.flags = MEMORY_KNOWN | (is_exact(&usage, row->exact) ? MEMORY_EXACT : 0);
	return memory;
}

struct map_memory map_memory_of(const struct kernel_memory *kernel, const struct map_info *map,
				const struct map_contents *contents)
{
	struct map_memory memory = shown_memory(kernel, map, contents);

	if (contents->cached != CACHED_UNKNOWN) {
		memory.cached = contents->cached;
		memory.flags |= MEMORY_CACHED_KNOWN;
	}
	return memory;
}
