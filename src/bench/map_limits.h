/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The types of maps that the benchmark can make, and what each of them allows.
 */
#ifndef MEMDESTROY_BENCH_MAP_LIMITS_H
#define MEMDESTROY_BENCH_MAP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* What a map of local storage hangs its entries on; its keys are file descriptors of these. */
enum owner { OWNER_NONE, OWNER_TASK, OWNER_SOCKET };

struct bench_type {
	__u32 map_type; /* enum bpf_map_type */
	__u32 key_size;
	__u32 value_size; /* bytes, if a map allows no other; else 0 */
	__u32 max_value;
	__u32 max_entries;
	bool can_prealloc;
	bool can_grow; /* without preallocation */
	bool can_delete;
	bool percpu;
	enum owner owner;
};

/* NULL: the benchmark does not make such maps. */
const struct bench_type *bench_type_find(__u32 map_type);

/* "hash, percpu_hash, ...": for messages. Not for use by several threads at a time. */
const char *bench_type_names(void);

#endif
