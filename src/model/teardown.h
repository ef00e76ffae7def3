/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The teardown of a map: from the drop of its last reference to the free of its last memory. Before
 * that, something may have held the map after its last file descriptor was closed.
 *
 *   closed --held--> released --wait--> bpf_map_free_deferred() --deferred--> memory returned
 *                                       |---------- free ----------|
 *                                              |destroy| |destroy|
 *
 * A map may also leave memory to RCU: then the end is not seen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/call.h"
#include "model/holder.h"
#include "model/map_memory.h"
#include "model/worker_time.h"
#include "util/macros.h"

enum phase {
	PHASE_WAIT,	/* from the release until the worker starts */
	PHASE_FREE,	/* the worker's run: bpf_map_free_deferred() with its destroy calls */
	PHASE_DESTROY,	/* the destroy calls in that run */
	PHASE_DEFERRED, /* from the end of that run to the end of the last deferred free */
	PHASE_TOTAL,	/* wait + free + deferred */
	PHASE_HELD,	/* before these: from the last close of a file descriptor on */
	NR_PHASES,
};

static const char *const phase_names[] = {
	[PHASE_WAIT] = "wait",	       [PHASE_FREE] = "free", [PHASE_DESTROY] = "destroy",
	[PHASE_DEFERRED] = "deferred", [PHASE_HELD] = "held", [PHASE_TOTAL] = "total",
};
_Static_assert(ARRAY_SIZE(phase_names) == NR_PHASES, "a name for each");

/*
 * Whether the phase is of a choice: bit N for enum phase N. A choice of 0 is all, without the one
 * that depends on who uses the map and says nothing about the kernel.
 */
static inline bool phase_is_compared(__u32 choice, enum phase phase)
{
	return choice ? choice & 1U << phase : phase != PHASE_HELD;
}

/* How a destroy call freed the allocator's memory. */
enum outcome {
	OUTCOME_EMPTY,	  /* there was none: the allocator was unused */
	OUTCOME_DIRECT,	  /* freed before the call returned */
	OUTCOME_DEFERRED, /* freed later, as was seen, if not to the end */
	OUTCOME_PENDING,  /* not freed yet when the trace ended, as far as was seen */
	OUTCOME_UNKNOWN,  /* direct or pending */
	NR_OUTCOMES,
};

static inline const char *outcome_name(unsigned int outcome)
{
	static const char *const names[] = {
		[OUTCOME_EMPTY] = "empty",	 [OUTCOME_DIRECT] = "direct",
		[OUTCOME_DEFERRED] = "deferred", [OUTCOME_PENDING] = "pending",
		[OUTCOME_UNKNOWN] = "unknown",
	};

	_Static_assert(ARRAY_SIZE(names) == NR_OUTCOMES, "a name for each");
	return names[outcome < NR_OUTCOMES ? outcome : OUTCOME_UNKNOWN];
}

struct destroy {
	__u64 ts_ns;	  /* CLOCK_MONOTONIC; UNKNOWN_NS */
	__u64 latency_ns; /* UNKNOWN_NS */
	__u64 freed_ns; /* when its memory had been freed; UNKNOWN_NS if not deferred or not seen */
	enum alloc_member alloc;
	enum outcome outcome;
};

/* No map has more allocators (kernel/bpf/hashtab.c, bpf_local_storage.c). */
#define MAX_DESTROYS 4

/* A run of a worker, for one map or for one allocator's deferred free. */
struct worker_run {
	__u64 start_ns;	  /* CLOCK_MONOTONIC; UNKNOWN_NS if only the end was seen */
	__u64 latency_ns; /* UNKNOWN_NS if only one side was seen */
	struct task worker;
	struct worker_time time; /* of latency_ns */
};

enum rcu_flags {
	RCU_KNOWN = 1 << 0, /* RCU_FREES is valid */
	RCU_FREES = 1 << 1, /* RCU frees memory after the worker's run; nothing shows when */
};

struct teardown {
	struct map_info map;
	struct worker_run run;	    /* of bpf_map_free_deferred() */
	__u64 queued_ns;	    /* when the work was queued; UNKNOWN_NS */
	__u64 entries;		    /* elements in the map at the start; ENTRIES_UNKNOWN */
	struct map_memory memory;   /* of the map at the start */
	__u64 memcg_id;		    /* the cgroup charged for it; 0: unknown */
	const struct cgroup *memcg; /* of memcg_id; not owned; NULL: only the id is known */
	bool running;		    /* the worker had not ended when the trace did */
	__u8 rcu_flags;
	__u32 deferred_for;	     /* grace_for of the deferred free that ended last */
	__u64 phase[NR_PHASES];	     /* UNKNOWN_NS */
	struct map_holders holders;  /* in PHASE_HELD */
	__u32 outcomes[NR_OUTCOMES]; /* destroy calls by outcome */
	__u32 nr_destroys;
	struct destroy destroy[MAX_DESTROYS]; /* the first ones, in order */
};

/*
 * Whether the teardown can have the phase: a map that never makes the destroy call spends no time
 * in it, and defers no free unless it leaves it to RCU. True if it is not known whether it does.
 */
static inline bool teardown_has_phase(const struct teardown *teardown, enum phase phase)
{
	if (phase == PHASE_DEFERRED && teardown->rcu_flags & RCU_FREES)
		return true;
	return (phase != PHASE_DESTROY && phase != PHASE_DEFERRED) || teardown->nr_destroys ||
	       teardown->phase[PHASE_DESTROY];
}

/* Is it known what held the map, if anything did? */
static inline bool teardown_holders_known(const struct teardown *teardown)
{
	return !teardown->phase[PHASE_HELD] || teardown->holders.nr;
}

/* Is part of the map's memory known not to have been given back when the trace ended? */
static inline bool teardown_owes_memory(const struct teardown *teardown)
{
	return teardown->running || teardown->outcomes[OUTCOME_PENDING];
}

/* The total; if that is unknown, the sum of the known phases. */
static inline __u64 teardown_known_ns(const struct teardown *teardown)
{
	static const enum phase parts[] = {PHASE_WAIT, PHASE_FREE, PHASE_DEFERRED};
	__u64 sum = 0;

	if (teardown->phase[PHASE_TOTAL] != UNKNOWN_NS)
		return teardown->phase[PHASE_TOTAL];
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (teardown->phase[parts[i]] != UNKNOWN_NS)
			sum += teardown->phase[parts[i]];
	return sum;
}

/* A free that a destroy call deferred. */
struct deferred_free {
	struct map_info map;
	struct worker_run run; /* of free_mem_alloc_deferred() */
	enum alloc_member alloc;
	__u64 destroy_ns; /* entry of the destroy call; UNKNOWN_NS */
	__u64 latency_ns; /* from there to the end of the free; UNKNOWN_NS */
};
