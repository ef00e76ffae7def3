/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a map, from its attributes, its elements and the sizes of the kernel's structures:
 * what the kernel shows as "memlock" in the map's fdinfo since 6.4.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "model/map_info.h"

enum memory_flags {
	MEMORY_KNOWN = 1 << 0, /* the bytes are known */
	MEMORY_EXACT = 1 << 1, /* it has no other memory; if not set, it has at least these bytes */
	MEMORY_CACHED_KNOWN = 1 << 2, /* the bytes in free lists are known */
};

struct map_memory {
	__u64 bytes;  /* at most INT64_MAX */
	__u64 cached; /* not in bytes: what its allocators keep in free lists */
	__u8 flags;   /* enum memory_flags */
};

static inline bool map_memory_known(const struct map_memory *memory)
{
	return memory->flags & MEMORY_KNOWN;
}

static inline bool map_memory_exact(const struct map_memory *memory)
{
	return map_memory_known(memory) && memory->flags & MEMORY_EXACT;
}

static inline bool map_memory_cached_known(const struct map_memory *memory)
{
	return memory->flags & MEMORY_CACHED_KNOWN;
}

/* Of a kernel. All zero: nothing is known, and no map's memory is. */
struct kernel_memory {
	struct kernel_sizes sizes;
	__u32 nr_cpus; /* possible ones */
	__u32 page_size;
};

/* Parts that only some maps have. */
struct map_contents {
	__u64 entries; /* ENTRIES_UNKNOWN */
	__u64 extra;   /* as in struct record_call */
	__u8 rcu_left; /* enum rcu_left */
	__u32 cached;  /* bytes that its allocators keep for reuse; CACHED_UNKNOWN */
};

struct map_memory map_memory_of(const struct kernel_memory *kernel, const struct map_info *map,
				const struct map_contents *contents);
