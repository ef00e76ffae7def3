// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of maps. All figures were read from "memlock" in the fdinfo of such maps on Debian's
 * 6.12.118, amd64, with 2 possible CPUs ("workload memory").
 */
#include <linux/bpf.h>

#include "model/map_memory.h"
#include "support/test.h"
#include "util/macros.h"

#define ARENA 33
#define RHASH 35
#define NONE  ENTRIES_UNKNOWN
#define PAGE  4096

/* The sizes of that kernel, which has no rhash. */
static const struct kernel_memory kernel = {
	.nr_cpus = 2,
	.page_size = PAGE,
	.sizes.of =
		{
			[SIZE_bpf_arena] = 336,
			[SIZE_bpf_array] = 264,
			[SIZE_bpf_bloom_filter] = 264,
			[SIZE_bpf_cgroup_storage_map] = 280,
			[SIZE_bpf_cpu_map] = 256,
			[SIZE_bpf_dtab] = 296,
			[SIZE_bpf_dtab_netdev] = 64,
			[SIZE_bpf_htab] = 896,
			[SIZE_bpf_local_storage_map] = 432,
			[SIZE_bpf_local_storage_map_bucket] = 16,
			[SIZE_bpf_queue_stack] = 264,
			[SIZE_bpf_ringbuf] = 12288,
			[SIZE_bpf_ringbuf_map] = 256,
			[SIZE_bpf_shtab] = 336,
			[SIZE_bpf_shtab_bucket] = 16,
			[SIZE_bpf_shtab_elem] = 48,
			[SIZE_bpf_stab] = 328,
			[SIZE_bpf_stack_map] = 288,
			[SIZE_bpf_struct_ops_map] = 512,
			[SIZE_bpf_struct_ops_value] = 64,
			[SIZE_bucket] = 16,
			[SIZE_htab_elem] = 48,
			[SIZE_lpm_trie_node] = 40,
			[SIZE_reuseport_array] = 248,
			[SIZE_stack_map_bucket] = 16,
			[SIZE_xsk_map] = 256,
			[SIZE_xsk_map_node] = 32,
			[SIZE_HTAB_LOCKS] = 64,
		},
};

static struct map_info map_of(__u32 type, __u32 key, __u32 value, __u32 max_entries, __u32 flags)
{
	return (struct map_info){
		.type = type,
		.key_size = key,
		.value_size = value,
		.max_entries = max_entries,
		.flags = flags,
		.known = CALL_MAP | CALL_SIZES,
	};
}

static const struct {
	__u32 type, key, value, max_entries, flags;
	__u64 entries, extra, bytes;
	bool exact;
} known[] = {
	{BPF_MAP_TYPE_HASH, 4, 20, 2, 0, 1, 1, 1328, true},
	{BPF_MAP_TYPE_HASH, 4, 20, 67, 0, 33, 1, 8544, true},
	{BPF_MAP_TYPE_HASH, 4, 20, 259, 0, 50, 1, 30048, true},
	{BPF_MAP_TYPE_HASH, 12, 20, 2, BPF_F_NO_PREALLOC, 1, 0, 1088, false},
	{BPF_MAP_TYPE_HASH, 12, 20, 67, BPF_F_NO_PREALLOC, 33, 0, 6176, false},
	{BPF_MAP_TYPE_HASH, 12, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 13952, false},
	{BPF_MAP_TYPE_ARRAY, 4, 20, 2, 0, 2, 0, 312, true},
	{BPF_MAP_TYPE_ARRAY, 4, 20, 67, 0, 67, 0, 1872, true},
	{BPF_MAP_TYPE_ARRAY, 4, 20, 259, 0, 259, 0, 6480, true},
	{BPF_MAP_TYPE_ARRAY, 4, 20, 2, BPF_F_MMAPABLE, 2, 0, 8192, true},
	{BPF_MAP_TYPE_ARRAY, 4, 20, 67, BPF_F_MMAPABLE, 67, 0, 8192, true},
	{BPF_MAP_TYPE_ARRAY, 4, 20, 259, BPF_F_MMAPABLE, 259, 0, 12288, true},
	{BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 2, 0, NONE, 0, 280, true},
	{BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 67, 0, NONE, 0, 800, true},
	{BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 259, 0, NONE, 0, 2336, true},
	{BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 2, 0, NONE, 0, 280, false},
	{BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 67, 0, NONE, 0, 800, false},
	{BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 259, 0, NONE, 0, 2336, false},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 2, 0, 1, 0, 1216, true},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 67, 0, 33, 0, 10512, true},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 259, 0, 50, 0, 38160, true},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 2, BPF_F_NO_PREALLOC, 1, 0, 1128, false},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 67, BPF_F_NO_PREALLOC, 33, 0, 7496, false},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 15952, false},
	{BPF_MAP_TYPE_PERCPU_ARRAY, 4, 20, 2, 0, 2, 0, 376, true},
	{BPF_MAP_TYPE_PERCPU_ARRAY, 4, 20, 67, 0, 67, 0, 4016, true},
	{BPF_MAP_TYPE_PERCPU_ARRAY, 4, 20, 259, 0, 259, 0, 14768, true},
	{BPF_MAP_TYPE_STACK_TRACE, 4, 80, 2, 0, NONE, 0, 496, true},
	{BPF_MAP_TYPE_STACK_TRACE, 4, 80, 67, 0, NONE, 0, 7744, true},
	{BPF_MAP_TYPE_STACK_TRACE, 4, 80, 259, 0, NONE, 0, 29248, true},
	{BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, 2, 0, NONE, 0, 280, true},
	{BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, 67, 0, NONE, 0, 800, true},
	{BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, 259, 0, NONE, 0, 2336, true},
	{BPF_MAP_TYPE_LRU_HASH, 4, 20, 2, 0, 1, 0, 1152, true},
	{BPF_MAP_TYPE_LRU_HASH, 4, 20, 67, 0, 33, 0, 8368, true},
	{BPF_MAP_TYPE_LRU_HASH, 4, 20, 259, 0, 50, 0, 29872, true},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 2, 0, 1, 0, 1216, true},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 67, 0, 33, 0, 10512, true},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 259, 0, 50, 0, 38160, true},
	{BPF_MAP_TYPE_LPM_TRIE, 8, 20, 2, BPF_F_NO_PREALLOC, 1, 0, 64, false},
	{BPF_MAP_TYPE_LPM_TRIE, 8, 20, 67, BPF_F_NO_PREALLOC, 33, 0, 2112, false},
	{BPF_MAP_TYPE_LPM_TRIE, 8, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 3200, false},
	{BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 2, 0, NONE, 0, 280, true},
	{BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 67, 0, NONE, 0, 800, true},
	{BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 259, 0, NONE, 0, 2336, true},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 2, 0, 1, 1, 1264, true},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 67, 0, 33, 1, 7440, true},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 259, 0, 50, 1, 25872, true},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 2, BPF_F_NO_PREALLOC, 1, 0, 1064, false},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 67, BPF_F_NO_PREALLOC, 33, 0, 5384, false},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 259, BPF_F_NO_PREALLOC, 50, 0, 12752, false},
	{BPF_MAP_TYPE_DEVMAP, 4, 4, 2, BPF_F_RDONLY_PROG, 1, 0, 376, true},
	{BPF_MAP_TYPE_DEVMAP, 4, 4, 67, BPF_F_RDONLY_PROG, 33, 0, 2944, true},
	{BPF_MAP_TYPE_DEVMAP, 4, 4, 259, BPF_F_RDONLY_PROG, 50, 0, 5568, true},
	{BPF_MAP_TYPE_SOCKMAP, 4, 4, 2, 0, NONE, 0, 344, false},
	{BPF_MAP_TYPE_SOCKMAP, 4, 4, 67, 0, NONE, 0, 864, false},
	{BPF_MAP_TYPE_SOCKMAP, 4, 4, 259, 0, NONE, 0, 2400, false},
	{BPF_MAP_TYPE_CPUMAP, 4, 4, 2, 0, NONE, 0, 272, false},
	{BPF_MAP_TYPE_CPUMAP, 4, 4, 67, 0, NONE, 0, 792, false},
	{BPF_MAP_TYPE_CPUMAP, 4, 4, 259, 0, NONE, 0, 2328, false},
	{BPF_MAP_TYPE_XSKMAP, 4, 4, 2, 0, 0, 0, 272, true},
	{BPF_MAP_TYPE_XSKMAP, 4, 4, 67, 0, 0, 0, 792, true},
	{BPF_MAP_TYPE_XSKMAP, 4, 4, 259, 0, 0, 0, 2328, true},
	{BPF_MAP_TYPE_SOCKHASH, 4, 4, 2, 0, 1, 0, 424, false},
	{BPF_MAP_TYPE_SOCKHASH, 4, 4, 67, 0, 33, 0, 4232, false},
	{BPF_MAP_TYPE_SOCKHASH, 4, 4, 259, 0, 50, 0, 11328, false},
	{BPF_MAP_TYPE_CGROUP_STORAGE, 8, 20, 0, 0, NONE, 0, 280, false},
	{BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 4, 2, 0, NONE, 0, 264, true},
	{BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 4, 67, 0, NONE, 0, 784, true},
	{BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 4, 259, 0, NONE, 0, 2320, true},
	{BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, 8, 20, 0, 0, NONE, 0, 280, false},
	{BPF_MAP_TYPE_QUEUE, 0, 20, 2, 0, 1, 0, 324, true},
	{BPF_MAP_TYPE_QUEUE, 0, 20, 67, 0, 33, 0, 1624, true},
	{BPF_MAP_TYPE_QUEUE, 0, 20, 259, 0, 50, 0, 5464, true},
	{BPF_MAP_TYPE_STACK, 0, 20, 2, 0, 1, 0, 324, true},
	{BPF_MAP_TYPE_STACK, 0, 20, 67, 0, 33, 0, 1624, true},
	{BPF_MAP_TYPE_STACK, 0, 20, 259, 0, 50, 0, 5464, true},
	{BPF_MAP_TYPE_SK_STORAGE, 4, 8, 0, BPF_F_NO_PREALLOC, NONE, 0, 464, false},
	{BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 2, BPF_F_RDONLY_PROG, 1, 0, 376, true},
	{BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 67, BPF_F_RDONLY_PROG, 33, 0, 3432, true},
	{BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 259, BPF_F_RDONLY_PROG, 50, 0, 7592, true},
	{BPF_MAP_TYPE_RINGBUF, 0, 0, 8192, 0, NONE, 0, 20792, true},
	{BPF_MAP_TYPE_RINGBUF, 0, 0, 262144, 0, NONE, 0, 275736, true},
	{BPF_MAP_TYPE_RINGBUF, 0, 0, 1048576, 0, NONE, 0, 1065240, true},
	{BPF_MAP_TYPE_INODE_STORAGE, 4, 8, 0, BPF_F_NO_PREALLOC, NONE, 0, 464, false},
	{BPF_MAP_TYPE_TASK_STORAGE, 4, 8, 0, BPF_F_NO_PREALLOC, NONE, 0, 464, false},
	{BPF_MAP_TYPE_BLOOM_FILTER, 0, 20, 2, 0, NONE, 0, 272, true},
	{BPF_MAP_TYPE_BLOOM_FILTER, 0, 20, 67, 0, NONE, 0, 328, true},
	{BPF_MAP_TYPE_BLOOM_FILTER, 0, 20, 259, 0, NONE, 0, 520, true},
	{BPF_MAP_TYPE_USER_RINGBUF, 0, 0, 8192, 0, NONE, 0, 20792, true},
	{BPF_MAP_TYPE_USER_RINGBUF, 0, 0, 262144, 0, NONE, 0, 275736, true},
	{BPF_MAP_TYPE_USER_RINGBUF, 0, 0, 1048576, 0, NONE, 0, 1065240, true},
	{32, 4, 8, 0, BPF_F_NO_PREALLOC, NONE, 0, 464, false},
};

TEST(figures_of_a_kernel)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct map_info map = map_of(known[i].type, known[i].key, known[i].value,
						   known[i].max_entries, known[i].flags);
		const struct map_contents contents = {.entries = known[i].entries,
						      .extra = known[i].extra};
		const struct map_memory memory = map_memory_of(&kernel, &map, &contents);

		assert_true(map_memory_known(&memory));
		if (memory.bytes != known[i].bytes || map_memory_exact(&memory) != known[i].exact)
			fail_msg("type %u, max_entries %u: %llu bytes, exact %d", map.type,
				 map.max_entries, memory.bytes, map_memory_exact(&memory));
	}
}

/* Also read from "memlock", with 1 and 8 possible CPUs. */
static const struct {
	__u32 cpus, type, key, value, max_entries, flags;
	__u64 entries, extra, bytes;
} known_on_cpus[] = {
	{1, BPF_MAP_TYPE_HASH, 4, 20, 259, 0, 50, 1, 29928},
	{8, BPF_MAP_TYPE_HASH, 4, 20, 259, 0, 50, 1, 30768},
	{1, BPF_MAP_TYPE_HASH, 12, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 13920},
	{8, BPF_MAP_TYPE_HASH, 12, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 14144},
	{1, BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 259, 0, 50, 0, 31912},
	{8, BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 259, 0, 50, 0, 75648},
	{1, BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 14720},
	{8, BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 259, BPF_F_NO_PREALLOC, 50, 0, 23344},
	{1, BPF_MAP_TYPE_PERCPU_ARRAY, 4, 20, 259, 0, 259, 0, 8552},
	{8, BPF_MAP_TYPE_PERCPU_ARRAY, 4, 20, 259, 0, 259, 0, 52064},
	{1, BPF_MAP_TYPE_LRU_HASH, 4, 20, 259, 0, 50, 0, 29840},
	{8, BPF_MAP_TYPE_LRU_HASH, 4, 20, 259, 0, 50, 0, 30064},
	{1, BPF_MAP_TYPE_LRU_HASH, 4, 20, 259, BPF_F_NO_COMMON_LRU, 50, 0, 29840},
	{8, BPF_MAP_TYPE_LRU_HASH, 4, 20, 264, BPF_F_NO_COMMON_LRU, 30, 0, 30464},
	{1, BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 259, 0, 50, 0, 31912},
	{8, BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 259, 0, 50, 0, 75648},
	{1, BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 259, BPF_F_NO_COMMON_LRU, 50, 0, 31912},
	{8, BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 264, BPF_F_NO_COMMON_LRU, 30, 0, 76928},
	{1, BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 259, 0, 50, 1, 25768},
	{8, BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 259, 0, 50, 1, 26496},
	{1, BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 259, BPF_F_NO_PREALLOC, 50, 0, 12720},
	{8, BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 259, BPF_F_NO_PREALLOC, 50, 0, 12944},
	{1, BPF_MAP_TYPE_SK_STORAGE, 4, 8, 0, BPF_F_NO_PREALLOC, NONE, 0, 464},
	{8, BPF_MAP_TYPE_SK_STORAGE, 4, 8, 0, BPF_F_NO_PREALLOC, NONE, 0, 560},
};

TEST(figures_on_other_processors)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_on_cpus); i++) {
		const struct map_info map =
			map_of(known_on_cpus[i].type, known_on_cpus[i].key, known_on_cpus[i].value,
			       known_on_cpus[i].max_entries, known_on_cpus[i].flags);
		const struct map_contents contents = {.entries = known_on_cpus[i].entries,
						      .extra = known_on_cpus[i].extra};
		struct kernel_memory other = kernel;
		struct map_memory memory;

		other.nr_cpus = known_on_cpus[i].cpus;
		memory = map_memory_of(&other, &map, &contents);
		if (memory.bytes != known_on_cpus[i].bytes)
			fail_msg("type %u on %u CPUs: %llu bytes", map.type, other.nr_cpus,
				 memory.bytes);
	}
}

/* "memlock" was 5264: it has two pointers for each of the 13 functions of a tcp_congestion_ops. */
TEST(struct_ops_without_functions)
{
	const struct map_info map = map_of(BPF_MAP_TYPE_STRUCT_OPS, 4, 256, 1, 0);
	const struct map_contents contents = {.entries = NONE, .cached = CACHED_UNKNOWN};
	const struct map_memory memory = map_memory_of(&kernel, &map, &contents);

	assert_int_equal(memory.bytes, 5264 - 13 * 2 * 8);
	assert_int_equal(memory.flags, MEMORY_KNOWN);
}

/* Without preallocation, each CPU's values count; counters of CPUs do up to 6.14. */
TEST(depends_on_processors)
{
	const struct map_info map = map_of(BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 3, BPF_F_NO_PREALLOC);
	const struct map_contents contents = {.entries = 2};
	struct kernel_memory other = kernel;
	__u64 two = map_memory_of(&kernel, &map, &contents).bytes;

	other.nr_cpus = 8;
	assert_int_equal(map_memory_of(&other, &map, &contents).bytes - two,
			 6 * (8 * sizeof(int) + 2 * 24));
	other.sizes.of[SIZE_HTAB_LOCKS] = 0;
	assert_int_equal(map_memory_of(&other, &map, &contents).bytes - two,
			 6 * 2 * 24 - 2 * 8 * sizeof(int));
}

/* A ring of 8 CPUs' buckets, and pages of 64 KiB. */
TEST(depends_on_the_machine)
{
	const struct map_info storage = map_of(BPF_MAP_TYPE_SK_STORAGE, 4, 8, 0, 1);
	const struct map_info ring = map_of(BPF_MAP_TYPE_RINGBUF, 0, 0, 1 << 16, 0);
	const struct map_contents contents = {.entries = NONE};
	struct kernel_memory other = kernel;

	other.nr_cpus = 5;
	assert_int_equal(map_memory_of(&other, &storage, &contents).bytes, 432 + 8 * 16);
	other.nr_cpus = 1;
	assert_int_equal(map_memory_of(&other, &storage, &contents).bytes, 432 + 2 * 16);
	other.page_size = 1 << 16;
	other.sizes.of[SIZE_bpf_ringbuf] = 3 << 16;
	assert_int_equal(map_memory_of(&other, &ring, &contents).bytes, 256 + (4 << 16) + 5 * 8);
}

/* On 7.3 a hash of maps has no elements to spare, but the kernel counts pointers to them. */
TEST(nothing_to_spare)
{
	const struct map_info map = map_of(BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 67, 0);
	struct map_contents contents = {.entries = 33, .extra = 1};
	__u64 with = map_memory_of(&kernel, &map, &contents).bytes;

	contents.extra = 0;
	assert_int_equal(map_memory_of(&kernel, &map, &contents).bytes, with - 2 * (48 + 8 + 8));
}

TEST(arena_with_a_count)
{
	const struct map_info map = map_of(ARENA, 0, 0, 100, BPF_F_MMAPABLE);
	struct map_contents contents = {.entries = 7, .cached = CACHED_UNKNOWN};

	assert_int_equal(map_memory_of(&kernel, &map, &contents).bytes, 7 * PAGE);
	contents.entries = NONE; /* at least nothing */
	assert_int_equal(map_memory_of(&kernel, &map, &contents).bytes, 0);
	assert_int_equal(map_memory_of(&kernel, &map, &contents).flags, MEMORY_KNOWN);
}

TEST(largest_bloom_filter)
{
	const struct map_info map = map_of(BPF_MAP_TYPE_BLOOM_FILTER, 0, 4, UINT32_MAX, 0);
	const struct map_contents contents = {.entries = NONE, .extra = 15};

	assert_int_equal(map_memory_of(&kernel, &map, &contents).bytes, 264 + (1ULL << 29));
}

/* It is no part of the other memory, and known without that. */
TEST(memory_kept_for_reuse)
{
	const struct map_info map = map_of(BPF_MAP_TYPE_HASH, 4, 20, 67, BPF_F_NO_PREALLOC);
	struct map_contents contents = {.entries = 33, .cached = CACHED_UNKNOWN};
	const struct kernel_memory none = {};
	__u64 bytes = map_memory_of(&kernel, &map, &contents).bytes;
	struct map_memory memory;

	assert_false(map_memory_cached_known(&(struct map_memory){.flags = MEMORY_KNOWN}));
	contents.cached = CACHED_UNKNOWN - 1;
	memory = map_memory_of(&kernel, &map, &contents);
	assert_true(map_memory_cached_known(&memory) && map_memory_known(&memory));
	assert_true(memory.cached == CACHED_UNKNOWN - 1 && memory.bytes == bytes);
	contents.cached = 0;
	memory = map_memory_of(&none, &map, &contents);
	assert_true(map_memory_cached_known(&memory) && !map_memory_known(&memory));
	assert_int_equal(memory.cached, 0);
}

/* Nothing is made up. */
TEST(unknown)
{
	const struct map_contents contents = {.entries = 1, .cached = CACHED_UNKNOWN};
	const struct map_contents misread = {.entries = 1ULL << 62, .cached = CACHED_UNKNOWN};
	struct map_info map = map_of(RHASH, 4, 4, 10, 1);
	struct kernel_memory other = kernel;

	/* a structure that this kernel lacks */
	assert_int_equal(map_memory_of(&kernel, &map, &contents).flags, 0);
	other.sizes.of[SIZE_bpf_rhtab] = 528;
	assert_int_equal(map_memory_of(&other, &map, &contents).flags, 0);
	other.sizes.of[SIZE_rhtab_elem] = 8;
	assert_int_equal(map_memory_of(&other, &map, &contents).bytes, 528 + 8 + 8 + 8);
	/* a type of a later kernel, or none */
	map.type = RHASH + 1;
	assert_int_equal(map_memory_of(&other, &map, &contents).flags, 0);
	map.type = UINT32_MAX;
	assert_int_equal(map_memory_of(&other, &map, &contents).flags, 0);
	map.type = 0;
	assert_int_equal(map_memory_of(&other, &map, &contents).flags, 0);
	/* a map whose sizes could not be read */
	map = map_of(BPF_MAP_TYPE_ARRAY, 4, 4, 10, 0);
	assert_int_equal(map_memory_of(&other, &map, &contents).flags, MEMORY_KNOWN | MEMORY_EXACT);
	map.known = CALL_MAP;
	assert_int_equal(map_memory_of(&other, &map, &contents).flags, 0);
	/* an element count that cannot be */
	map = map_of(BPF_MAP_TYPE_HASH, 4, 4, 10, BPF_F_NO_PREALLOC);
	assert_int_equal(map_memory_of(&other, &map, &misread).flags, 0);
	/* an unknown machine */
	assert_int_equal(map_memory_of(&(struct kernel_memory){}, &map, &contents).flags, 0);
}

TEST_MAIN(NULL, NULL)
