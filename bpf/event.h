/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs and the loader say to each other: the records in the ring buffer, the
 * configuration, the counters. Fixed-width members and explicit padding only, so that both
 * compilers lay them out alike; the sizes are asserted below, on both sides.
 */
#ifndef MEMDESTROY_EVENT_H
#define MEMDESTROY_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define NAME_LEN       16 /* BPF_OBJ_NAME_LEN and TASK_COMM_LEN, both with their NUL */
#define NR_TRAMPOLINES 2  /* kinds of code put in the place of a return address */
#define MAX_CALLERS    8  /* functions --caller may name */

/* Which member of its map's structure the destroyed allocator is. */
enum alloc_member {
	ALLOC_UNKNOWN,
	ALLOC_MA,	  /* bpf_htab.ma, lpm_trie.ma, bpf_rhtab.ma */
	ALLOC_PCPU_MA,	  /* bpf_htab.pcpu_ma */
	ALLOC_SELEM_MA,	  /* bpf_local_storage_map.selem_ma */
	ALLOC_STORAGE_MA, /* bpf_local_storage_map.storage_ma */
	NR_ALLOC_MEMBERS,
};

/* Where programs are attached. */
enum hook {
	/* Functions of which both entry and return are probed. */
	HOOK_DESTROY,	    /* bpf_mem_alloc_destroy() */
	HOOK_FREE,	    /* bpf_map_free_deferred(): a worker frees a map */
	HOOK_DEFERRED_FREE, /* free_mem_alloc_deferred(): a worker frees what a destroy call left */
	NR_CALL_HOOKS,
	/* Where a map is let go of. Which of them a kernel has not inlined differs. */
	HOOK_PUT = NR_CALL_HOOKS, /* bpf_map_put() */
	HOOK_PUT_UREF,		  /* bpf_map_put_with_uref() */
	HOOK_RELEASE,		  /* bpf_map_release(): a file descriptor is closed */
	/* The tracepoint workqueue_queue_work, of the two works above. */
	HOOK_QUEUE,
	NR_HOOKS,
};

enum record_type {
	RECORD_ENTRY = 1,   /* struct record_call */
	RECORD_RETURN,	    /* struct record_head: the entry's record says the rest */
	RECORD_RETURN_FULL, /* struct record_call: the entry was not seen, as far as is known */
	RECORD_RELEASE,	    /* struct record_release */
	RECORD_QUEUE,	    /* struct record_head */
};

/* What was found out about a call; a bit not set means "unknown", never "no". */
enum call_flags {
	CALL_MAP = 1 << 0,	    /* the map was found: its type is known */
	CALL_NAME = 1 << 1,	    /* so is its name (not yet set while a map is created) */
	CALL_SIZES = 1 << 2,	    /* and its sizes and flags */
	CALL_EMPTY_KNOWN = 1 << 3,  /* CALL_EMPTY says something */
	CALL_EMPTY = 1 << 4,	    /* ma->cache and ma->caches were both NULL */
	CALL_PERCPU_KNOWN = 1 << 5, /* CALL_PERCPU says something */
	CALL_PERCPU = 1 << 6,	    /* it hands out per-CPU objects */
	CALL_UNWANTED = 1 << 7,	    /* parked only so that its return is known for what it is */
};

struct record_head {
	__u8 type;  /* enum record_type */
	__u8 hook;  /* enum point */
	__u16 size; /* of the whole record */
	__u32 tid;
	__u64 ts_ns;  /* CLOCK_MONOTONIC, taken last at entry, first at return */
	__u64 arg;    /* the first argument; 0 in the kretprobe of destroy, where it is gone */
	__u64 map;    /* address of the map, 0 if not found; only ever compared */
	__u64 caller; /* return address of the call, 0 if not found */
};

struct record_call {
	struct record_head head;
	__u32 pid; /* thread group */
	__u32 cpu;
	__u32 map_type; /* enum bpf_map_type of the running kernel */
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__u32 unit_size; /* bytes of an object, 0 if the allocator has no one size */
	__u8 alloc;	 /* enum alloc_member */
	__u8 flags;	 /* enum call_flags */
	__u8 pad[6];
	union {
		__u64 key;     /* of destroy and reclaim: the allocator's per-CPU object, which the
				  copy that is freed later still has; 0 if not known */
		__u64 entries; /* of free: elements in the map, ENTRIES_UNKNOWN if not known */
	};
	char map_name[NAME_LEN];
	char comm[NAME_LEN];
};

#define ENTRIES_UNKNOWN (~0ULL)

/* In what a map was let go of. */
enum release_flags {
	RELEASE_LAST = 1 << 0,	    /* it was the last reference */
	RELEASE_KERNEL = 1 << 1,    /* by a thread of the kernel's own */
	RELEASE_INTERRUPT = 1 << 2, /* in an interrupt: the task has nothing to do with it */
	RELEASE_UNSURE = 1 << 3,    /* perhaps in an interrupt: nothing here tells */
};

struct record_release {
	struct record_head head; /* caller: 0 */
	__u32 pid;		 /* thread group */
	__u32 map_id;
	__u64 cgroup_id; /* of the task, in the unified hierarchy */
	__u32 map_type;
	__u8 flags; /* enum release_flags */
	__u8 pad[3];
	char map_name[NAME_LEN];
	char comm[NAME_LEN];
};

/* A task's kernel stack, asked for by its tid. */
#define STACK_DEPTH 32

struct task_stack {
	__u32 wanted; /* tid */
	__u32 found;  /* the tid whose stack this is */
	__s64 size;   /* of ip in bytes, or -errno */
	__u64 ip[STACK_DEPTH];
};

/*
 * The programs. Each side of a call may have copies: where the kernel is preemptible, a program
 * that is preempted is skipped for every other call on that CPU until it resumes, and as that can
 * happen to a copy in turn, there are two. Whichever comes first takes the call.
 */
#define PROGS_PER_HOOK 3

/* Threads that are told apart for each function, see slots in output.bpf.h. */
#define NR_SLOTS 4096

enum hook_side { HOOK_ENTRY, HOOK_RETURN, NR_HOOK_SIDES };

/* How far a run is, as the loader tells the programs. */
enum stage {
	STAGE_ATTACHING, /* nothing is of the run before all programs are there */
	STAGE_RUNNING,
	STAGE_ENDING, /* what is under way is still seen off */
};

#define PROG(hook, side, nth) (((hook)*NR_HOOK_SIDES + (side)) * PROGS_PER_HOOK + (nth))
#define NR_PROGS	      PROG(NR_HOOKS, HOOK_ENTRY, 0)

/*
 * What a program counts on a CPU; only ever grows. Nobody else writes it, and the kernel never runs
 * a program twice at a time on a CPU, so plain increments do.
 */
struct prog_cpu_counts {
	__u64 seen;	   /* calls it ran for */
	__u64 taken;	   /* of these, not taken by another program of its side before */
	__u64 unwanted;	   /* of the taken: filtered; at return, for being too short */
	__u64 lost;	   /* of the taken: no room for its record in the ring buffer */
	__u64 lost_parked; /* at entry: no room in the table of parked entries; at return: no room
			      in the ring buffer for the entry that had been parked */
	__u64 pad[3];
};

struct cpu_counts {
	struct prog_cpu_counts prog[NR_PROGS];
};

/* The programs' view of the options and the running kernel: one read-only variable. */
struct config {
	/* Core kernel text and what must not be taken for a caller; 0 where symbols are hidden. */
	__u64 text_start;
	__u64 text_end;
	__u64 func_start;
	__u64 func_end;
	__u64 trampolines[NR_TRAMPOLINES][2];
	/* What a worker runs that frees a map, or what a destroy call left. */
	__u64 map_free_deferred;
	__u64 free_mem_alloc_deferred;
	/* Per-CPU variables, of which a kernel has one or the other; 0: not this one, or hidden. */
	__u64 preempt_count;
	__u64 pcpu_hot;

	__u64 min_latency_ns;
	__u64 map_types;	       /* bit N: maps of type N are wanted; 0: all */
	__u64 callers[MAX_CALLERS][2]; /* start and end of each wanted caller */
	__u32 nr_callers;	       /* 0: all */
	__u8 no_empty;
	__u8 park;     /* there is a filter: the entry is kept until the return */
	__u8 compiled; /* the kernel compiles programs, and so knows callbacks */
	__u8 by_name;  /* name_filter holds a pattern */
	__u8 copies;   /* each program has copies, but for kprobes */
};

/*
 * Wanted map names as a bit-parallel automaton, made by glob_compile(): bit N of a set of states
 * stands for "N tokens of the pattern matched".
 */
struct name_filter {
	__u64 step[256]; /* states that may move on when this character is read */
	__u64 stay;	 /* states that read any character and stay: a '*' follows */
	__u64 start;
	__u64 accept;
};

_Static_assert(sizeof(struct record_head) == 40, "record_head");
_Static_assert(sizeof(struct record_call) == 120, "record_call");
_Static_assert(sizeof(struct record_release) == 96, "record_release");
_Static_assert(sizeof(struct cpu_counts) == NR_PROGS * 64, "ledger_cpu");

#endif
