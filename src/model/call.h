/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One call of bpf_mem_alloc_destroy().
 */
#pragma once

#include <stdbool.h>

#include "model/alloc_name.h"
#include "model/map_info.h"

/* Where a call came from. */
struct caller {
	__u64 address;	  /* the return address; 0: unknown */
	const char *name; /* of the function, without suffixes; owned by ksyms; NULL: unknown */
	__u64 offset;	  /* of the address from the start of the symbol it lies in */
};

struct call {
	__u64 ts_ns;	  /* entry, CLOCK_MONOTONIC; UNKNOWN_NS if only the return was seen */
	__u64 latency_ns; /* UNKNOWN_NS if only one side was seen */
	struct caller caller;
	struct map_info map;
	struct task task;
	__u32 cpu;		 /* at entry; at return if only the return was seen */
	__u32 unit_size;	 /* bytes; 0 if the allocator has no one size */
	enum alloc_member alloc; /* or another: see alloc_name.h */
	__u8 flags;		 /* bits of enum call_flags: CALL_EMPTY*, CALL_PERCPU* */
	bool of_teardown;	 /* the worker that frees the map made it; of live runs only */
};

/* Whether all of these enum call_flags are set. */
static inline bool call_has(const struct call *call, __u8 flags)
{
	return (call->flags & flags) == flags;
}
