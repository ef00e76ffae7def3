/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map types that the benchmark can make, and what each of them allows.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* The owner of an entry of local storage; the map's keys are file descriptors of owners. */
enum owner { OWNER_NONE, OWNER_TASK, OWNER_SOCKET };

struct map_limits {
	__u32 map_type; /* enum bpf_map_type */
	__u32 key_size;
	__u32 value_size; /* bytes; 0: any up to max_value */
	__u32 max_value;
	__u32 max_entries;
	bool can_prealloc;
	bool can_grow; /* without preallocation */
	bool can_delete;
	bool percpu;
	enum owner owner;
};

/* NULL: the benchmark cannot make maps of this type. */
const struct map_limits *map_limits_find(__u32 map_type);

/* "hash, percpu_hash, ..." for messages. Not thread-safe. */
const char *map_limits_types(void);
