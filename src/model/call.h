/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One call of a traced function, as everything after decoding sees it: of bpf_mem_alloc_destroy(),
 * of bpf_map_free_deferred() or of free_mem_alloc_deferred().
 */
#ifndef MEMDESTROY_MODEL_CALL_H
#define MEMDESTROY_MODEL_CALL_H

#include <stdbool.h>

#include "event.h"
#include "util/macros.h"

#define UNKNOWN_NS (~0ULL)

struct task_id {
	bool known;
	__u32 pid; /* thread group */
	__u32 tid;
	__u64 cgroup_id; /* in the unified hierarchy */
	char comm[NAME_LEN];
};

/* Which map it was, and who let go of it; as far as is known. */
struct identity {
	__u32 map_id;		    /* 0: unknown */
	__u64 released_ns;	    /* when the last reference was dropped; UNKNOWN_NS */
	bool by_kernel;		    /* by a thread of the kernel's own */
	bool by_interrupt;	    /* in an interrupt: no task can be named */
	bool unsure;		    /* perhaps so: likewise */
	struct task_id released_by; /* who dropped it */
	struct task_id closed_by;   /* the last user task that did, or that closed the map */
};

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
	__u64 map;		 /* its address; 0: not found */
	__u64 key;		 /* of the allocator's memory, see struct record_call; 0: unknown */
	__u64 entries;		 /* elements left in a map being freed; ENTRIES_UNKNOWN */
	struct identity identity;
	/* Of a recording, which owns them: whose it is, and what was measured; NULL: of neither. */
	const char *host;
	const char *scenario;
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

/* The member's name in its map's structure, or "unknown". */
static inline const char *alloc_name(enum alloc_member alloc)
{
	static const char *const names[] = {
		[ALLOC_UNKNOWN] = "unknown",	   [ALLOC_MA] = "ma",
		[ALLOC_PCPU_MA] = "pcpu_ma",	   [ALLOC_SELEM_MA] = "selem_ma",
		[ALLOC_STORAGE_MA] = "storage_ma",
	};

	_Static_assert(ARRAY_SIZE(names) == NR_ALLOC_MEMBERS, "a name for each");
	return names[alloc < NR_ALLOC_MEMBERS ? alloc : ALLOC_UNKNOWN];
}

/* Whether all of these enum call_flags are set. */
static inline bool call_has(const struct call *call, __u8 flags)
{
	return (call->flags & flags) == flags;
}

#endif
