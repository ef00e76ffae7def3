/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One call of bpf_mem_alloc_destroy(), as everything after decoding sees it.
 */
#ifndef MEMDESTROY_CALL_H
#define MEMDESTROY_CALL_H

#include <stdbool.h>

#include "event.h"

#define UNKNOWN_NS (~0ULL)

/*
 * What is not known is said to be so: UNKNOWN_NS for times, NULL or 0 for the caller, and for the
 * rest the bits of enum call_flags.
 */
struct call {
	__u64 ts_ns;	  /* entry, CLOCK_MONOTONIC; UNKNOWN_NS if only the return was seen */
	__u64 latency_ns; /* UNKNOWN_NS if only one side was seen */
	__u64 caller;	  /* return address; 0 if unknown */
	const char *caller_name; /* function the address lies in, owned by ksyms; may be NULL */
	__u64 caller_offset;	 /* of the address from that function's start */
	__u32 pid;
	__u32 tid;
	__u32 cpu; /* at entry, or at return if that is all there is */
	__u32 map_type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__u32 unit_size; /* bytes; 0 if the allocator has no one size */
	enum alloc_member alloc;
	__u8 flags;		 /* enum call_flags */
	char map_name[NAME_LEN]; /* always NUL-terminated, any bytes otherwise */
	char comm[NAME_LEN];
};

/* Whether all of these enum call_flags are set. */
static inline bool call_has(const struct call *call, __u8 flags)
{
	return (call->flags & flags) == flags;
}

#endif
