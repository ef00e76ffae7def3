/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ABI between the BPF programs and user space: the records in the ring buffer, the
 * configuration that the loader writes, and the counters that it reads.
 *
 * A record begins with its type and size. Members have fixed widths and padding is explicit, so
 * that both compilers lay them out alike; both sides assert the sizes below. Times are nanoseconds
 * of CLOCK_MONOTONIC, addresses are the kernel's.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif

#define NAME_LEN	  16 /* BPF_OBJ_NAME_LEN and TASK_COMM_LEN, both with their NUL */
#define NR_TRAMPOLINES	  2  /* kinds of code that replace a return address */
#define MAX_CALLERS	  8  /* functions that --caller may name */
#define MAX_CALLER_RANGES 16 /* of their code: compilers may split or copy a function */

/* The member of its map's structure that the destroyed allocator is. */
enum alloc_member {
	ALLOC_UNKNOWN,
	ALLOC_MA,	  /* bpf_htab.ma, lpm_trie.ma, bpf_rhtab.ma */
	ALLOC_PCPU_MA,	  /* bpf_htab.pcpu_ma */
	ALLOC_SELEM_MA,	  /* bpf_local_storage_map.selem_ma */
	ALLOC_STORAGE_MA, /* bpf_local_storage_map.storage_ma */
	NR_ALLOC_MEMBERS, /* other members follow: see alloc_name() in src/model/alloc_name.h */
};

/* Where programs are attached; src/model/hooks.c has a row for each. */
enum hook {
	/* Functions, entry and return. */
	HOOK_DESTROY,	    /* bpf_mem_alloc_destroy() */
	HOOK_FREE,	    /* bpf_map_free_deferred(): a worker frees a map */
	HOOK_DEFERRED_FREE, /* free_mem_alloc_deferred(): a worker frees a deferred allocator */
	NR_CALL_HOOKS,
	/* Functions that release a map, entry only. Kernels inline different ones of them. */
	HOOK_PUT = NR_CALL_HOOKS, /* bpf_map_put() */
	HOOK_PUT_UREF,		  /* bpf_map_put_with_uref() */
	HOOK_RELEASE,		  /* bpf_map_release(): a file descriptor is closed */
	/* Functions that end what holds a map, entry only. */
	HOOK_PROG_PUT,	/* bpf_prog_put_deferred(): the last reference to a program is dropped */
	HOOK_LINK_FREE, /* bpf_link_free() */
	HOOK_PIN_FREE,	/* bpf_destroy_inode() */
	HOOK_INNER_PUT, /* bpf_map_fd_put_ptr(): a map of maps drops an element */
	/* The tracepoint workqueue_queue_work, for frees of maps, of allocators and of programs. */
	HOOK_QUEUE,
	NR_HOOKS,
};

enum record_type {
	RECORD_ENTRY = 1,   /* struct record_call */
	RECORD_RETURN,	    /* struct record_head: the entry's record has the rest */
	RECORD_RETURN_FULL, /* struct record_call: the entry's record may be missing */
	RECORD_RELEASE,	    /* struct record_release */
	RECORD_QUEUE,	    /* struct record_head */
	RECORD_CALL,	    /* struct record_call: a destroy call, its return included */
	RECORD_CGROUP,	    /* struct record_cgroup */
	RECORD_USER_STACK,  /* struct record_user_stack */
	RECORD_FREED,	    /* struct record_freed: the return of HOOK_FREE, HOOK_DEFERRED_FREE */
	RECORD_HOLDER,	    /* struct record_holder */
};

/* Facts known of a call; a bit not set means "unknown", never "no". */
enum call_flags {
	CALL_MAP = 1 << 0,	    /* the map was found: its type is known */
	CALL_NAME = 1 << 1,	    /* so is its name (not yet set while a map is created) */
	CALL_SIZES = 1 << 2,	    /* and its sizes and flags */
	CALL_EMPTY_KNOWN = 1 << 3,  /* CALL_EMPTY is valid */
	CALL_EMPTY = 1 << 4,	    /* ma->cache and ma->caches were both NULL */
	CALL_PERCPU_KNOWN = 1 << 5, /* CALL_PERCPU is valid */
	CALL_PERCPU = 1 << 6,	    /* the allocator hands out per-CPU objects */
};

/* Does the free of a map leave memory to RCU, whose end nothing shows? See rcu_left.bpf.h. */
enum rcu_left { RCU_LEFT_NONE, RCU_LEFT_SOME, RCU_LEFT_UNKNOWN, NR_RCU_LEFT };

struct record_head {
	__u8 type;  /* enum record_type */
	__u8 hook;  /* enum hook */
	__u16 size; /* of the whole record, in bytes */
	__u32 tid;
	__u64 ts_ns; /* taken last at entry, first at return */
	__u64 arg;   /* the first argument; 0 in the kretprobe of destroy, where it is gone */
	__u64 map;   /* address of the map, 0 if not found; only ever compared */
	union {
		__u64 caller;	/* return address of the call, 0 if not found */
		__u64 memcg_id; /* free, entry: the cgroup charged for the map's memory, in the
				   unified hierarchy; 0 if not known */
	};
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
	__u32 unit_size; /* bytes of an object, 0 if the allocator has several sizes */
	__u8 alloc;	 /* enum alloc_member, or of struct other_alloc */
	__u8 flags;	 /* enum call_flags */
	__u8 rcu_left;	 /* free: enum rcu_left */
	__u8 pad;
	__u32 bytes_cached; /* free: that the map's allocators keep for reuse; CACHED_UNKNOWN */
	union {
		__u64 key;     /* destroy and deferred free: the allocator's per-CPU memory, which
				  the deferred allocator has too; 0 if not known */
		__u64 entries; /* free: elements in the map, or ENTRIES_UNKNOWN */
	};
	union {
		__u64 returned_ns; /* RECORD_CALL only */
		__u64 extra;	   /* free: map->map_extra; of a hash, whether it has an element
				      to spare for each CPU */
	};
	char map_name[NAME_LEN];
	char comm[NAME_LEN];
};

#define ENTRIES_UNKNOWN (~0ULL)
#define CACHED_UNKNOWN	(~0U)

/*
 * The functions in which a worker sleeps until a grace period, the callbacks behind one, or other
 * work is over, by what they wait for. A kernel may lack some; since 7.0, waits for RCU tasks trace
 * are waits for SRCU.
 */
#define GRACE_FUNCTIONS(FUNCTION)                                                                  \
	FUNCTION(RCU, synchronize_rcu)                                                             \
	FUNCTION(RCU_EXPEDITED, synchronize_rcu_expedited)                                         \
	FUNCTION(RCU_TASKS, synchronize_rcu_tasks)                                                 \
	FUNCTION(RCU_TASKS_TRACE, synchronize_rcu_tasks_trace)                                     \
	FUNCTION(RCU_MULT, __wait_rcu_gp)                                                          \
	FUNCTION(RCU_CALLBACKS, rcu_barrier)                                                       \
	FUNCTION(RCU_TASKS_TRACE_CALLBACKS, rcu_barrier_tasks_trace)                               \
	FUNCTION(SRCU, synchronize_srcu)                                                           \
	FUNCTION(SRCU_CALLBACKS, srcu_barrier)                                                     \
	FUNCTION(WORK, __flush_work)

#define GRACE_NUMBER(name, function) GRACE_##name,

enum grace { GRACE_FUNCTIONS(GRACE_NUMBER) NR_GRACES };

#define TIME_UNKNOWN (~0ULL)

/* Hardware counters of a CPU. */
enum cpu_counter {
	COUNTER_INSTRUCTIONS,
	COUNTER_CYCLES,
	COUNTER_CACHE_MISSES,
	COUNTER_DTLB_MISSES,
	NR_CPU_COUNTERS
};

/* The worker's time from the entry to the return, in ns; TIME_UNKNOWN. */
struct record_freed {
	struct record_head head;
	__u64 cpu_ns;	   /* it ran */
	__u64 runqueue_ns; /* it could have run, and waited for a CPU */
	/* It slept in these functions. The first is TIME_UNKNOWN if any is unknown. */
	__u64 grace_ns[NR_GRACES];
	__u64 events[NR_CPU_COUNTERS]; /* that the worker's CPU counted; not set if unknown */
	__u32 counted;		       /* bit N: events[N] is known */
	__u32 pad;
};

/* The context of a release. */
enum release_flags {
	RELEASE_LAST = 1 << 0,	    /* the last reference */
	RELEASE_KERNEL = 1 << 1,    /* by a kernel thread */
	RELEASE_INTERRUPT = 1 << 2, /* in a soft interrupt: the task was only interrupted */
	RELEASE_UNSURE = 1 << 3,    /* perhaps in one: this kernel does not show it */
	RELEASE_EXIT = 1 << 4,	    /* the task exits */
	RELEASE_STACK = 1 << 5,	    /* the task's last record_user_stack is of this release */
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
	__u64 work;  /* that the releasing worker runs; 0: no worker, or another reference stays */
	__u32 users; /* references of file descriptors and pins, this one included */
	__u32 pad2;
};

/* What may have held a map, or a program that did, drops its reference. */
struct record_holder {
	/*
	 * arg: the holder. Of HOOK_PROG_PUT, the work that frees the program; of HOOK_PIN_FREE,
	 * what was pinned. map: of HOOK_INNER_PUT, the map that was held.
	 */
	struct record_head head;
	__u64 prog; /* the program, or that of the link; 0: none */
	__u32 id;   /* 0: unknown */
	__u32 kind; /* enum bpf_prog_type, bpf_link_type or bpf_map_type */
	char name[NAME_LEN];
};

/*
 * The path of a cgroup, sent before the first record of a map that its tasks release, or that it is
 * charged for. A path that is longer or deeper is not sent.
 */
#define CGROUP_DEPTH 24
#define CGROUP_NAME  256  /* of one, with its NUL */
#define CGROUP_NAMES 1024 /* of all, with theirs */

struct record_cgroup {
	struct record_head head; /* arg: the id */
	__u32 depth;		 /* names; 0: the root */
	__u32 len;		 /* bytes of these, each with its NUL, the cgroup's own first */
	char names[CGROUP_NAMES + CGROUP_NAME]; /* the programs leave room for one more */
};

/*
 * The user stack of a task, sent right before its release of a map if the user asked for stacks. A
 * frame is the kernel's struct bpf_stack_build_id.
 */
#define USER_STACK_DEPTH 32
#define BUILD_ID_SIZE	 20

enum user_frame_status {
	USER_FRAME_EMPTY,
	USER_FRAME_BUILD_ID, /* of the file, and the offset in the file */
	USER_FRAME_ADDRESS,  /* the address is all that is known */
};

struct user_frame {
	__s32 status; /* enum user_frame_status */
	__u8 build_id[BUILD_ID_SIZE];
	__u64 at; /* offset or address */
};

struct record_user_stack {
	struct record_head head; /* arg: where the stack of the process starts; see user_stacks.c */
	__u32 pid;		 /* thread group */
	__u32 size;		 /* bytes of frames */
	struct user_frame frames[USER_STACK_DEPTH]; /* innermost first */
};

/* The kernel stack of one thread and what it works on: a question and its answer. */
#define STACK_DEPTH 32

struct task_stack {
	__u32 wanted;	/* tid */
	__u32 found;	/* tid whose stack this is; 0: there was no such thread */
	__s64 size;	/* bytes used of ip, or -errno */
	__u64 start_ns; /* when the thread was made */
	__u64 work;	/* of a worker: the work that it runs; 0: it is idle */
	__u64 map;	/* the map that this work frees, if it frees one */
	__u8 all;	/* every thread was looked at, not only those of a PID namespace */
	__u8 worker;	/* of a workqueue */
	__u8 sleeps;	/* so its stack does not change */
	__u8 clear;	/* all of ip is core kernel text, without the probes\' code */
	__u8 pad[4];
	__u64 ip[STACK_DEPTH]; /* innermost first */
};

/*
 * Programs on each side of a hook. A preemptible kernel skips a preempted program for every other
 * call on that CPU until it resumes. As the second program may be preempted too, there are three;
 * the first that runs handles the call.
 */
#define PROGS_PER_HOOK 3

/* Threads that are kept apart for each hook, see slots.bpf.h. */
#define NR_SLOTS 4096

/*
 * A destroy call stays in a slot until its return, which sends it. Threads have one of two slots
 * each; if both are taken, the call there is sent without its return. User space maps the slots,
 * and takes over calls that last: then the return is sent alone.
 */
#define NR_CALL_SLOTS 2048

struct call_slot {
	__u64 owner; /* CALL_OWNER(); changed atomically */
	struct record_call rec;
};

/* nth: of the slot's owners, so that no two are equal for long. prog: the one that wrote it last */
#define CALL_OWNER(tid, nth, prog, state)                                                          \
	((__u64)(tid) << 32 | (__u64)((nth)&0xffff) << 16 | (prog) << 8 | (state))
#define CALL_OWNER_TID(owner)	((__u32)((owner) >> 32))
#define CALL_OWNER_NTH(owner)	((__u32)(owner) >> 16)
#define CALL_OWNER_PROG(owner)	((__u8)((owner) >> 8))
#define CALL_OWNER_STATE(owner) ((__u8)(owner))

enum call_state {
	CALL_NONE,
	CALL_RETURNED,
	CALL_BEFORE_RUN, /* entered before the run */
	CALL_ENTERING,	 /* rec is being written */
	CALL_UNWANTED,	 /* in progress, but filtered */
	CALL_RUNS,	 /* in progress; rec is its entry */
	CALL_TAKEN,	 /* in progress; user space has the entry */
};

enum hook_side { HOOK_ENTRY, HOOK_RETURN, NR_HOOK_SIDES };

/* The number of the nth program of a hook side. */
#define PROG(hook, side, nth) (((hook)*NR_HOOK_SIDES + (side)) * PROGS_PER_HOOK + (nth))
#define NR_PROGS	      PROG(NR_HOOKS, HOOK_ENTRY, 0)

/*
 * The sizes of the structures in a map's memory: see src/model/map_memory.c. A kernel may lack
 * some of them.
 */
#define KERNEL_STRUCTS(STRUCT)                                                                     \
	STRUCT(bpf_arena)                                                                          \
	STRUCT(bpf_array)                                                                          \
	STRUCT(bpf_bloom_filter)                                                                   \
	STRUCT(bpf_cgroup_storage_map)                                                             \
	STRUCT(bpf_cpu_map)                                                                        \
	STRUCT(bpf_dtab)                                                                           \
	STRUCT(bpf_dtab_netdev)                                                                    \
	STRUCT(bpf_htab)                                                                           \
	STRUCT(bpf_insn_array)                                                                     \
	STRUCT(bpf_local_storage_map)                                                              \
	STRUCT(bpf_local_storage_map_bucket)                                                       \
	STRUCT(bpf_queue_stack)                                                                    \
	STRUCT(bpf_rhtab)                                                                          \
	STRUCT(bpf_ringbuf)                                                                        \
	STRUCT(bpf_ringbuf_map)                                                                    \
	STRUCT(bpf_shtab)                                                                          \
	STRUCT(bpf_shtab_bucket)                                                                   \
	STRUCT(bpf_shtab_elem)                                                                     \
	STRUCT(bpf_stab)                                                                           \
	STRUCT(bpf_stack_map)                                                                      \
	STRUCT(bpf_struct_ops_map)                                                                 \
	STRUCT(bpf_struct_ops_value)                                                               \
	STRUCT(bucket)                                                                             \
	STRUCT(htab_elem)                                                                          \
	STRUCT(lpm_trie_node)                                                                      \
	STRUCT(reuseport_array)                                                                    \
	STRUCT(rhtab_elem)                                                                         \
	STRUCT(stack_map_bucket)                                                                   \
	STRUCT(xsk_map)                                                                            \
	STRUCT(xsk_map_node)

#define KERNEL_SIZE(name) SIZE_##name,

enum kernel_size {
	KERNEL_STRUCTS(KERNEL_SIZE)
	/* Not of a structure: of the member map_locked of struct bpf_htab. */
	SIZE_HTAB_LOCKS,
	NR_KERNEL_SIZES,
};

/* In bytes; 0: this kernel lacks it. */
struct kernel_sizes {
	__u32 of[NR_KERNEL_SIZES];
	__u32 pad;
};

/* How far the run is; the loader sets it. */
enum stage {
	STAGE_ATTACHING, /* calls before all programs are attached are not of the run */
	STAGE_RUNNING,
	STAGE_ENDING, /* only returns of calls in progress, and deferred frees */
};

/*
 * The counters of one program on one CPU, which only grow. Plain increments suffice: nothing else
 * writes them, and the kernel runs a program only once at a time on a CPU.
 */
struct prog_cpu_counts {
	__u64 runs;	 /* calls that it ran for */
	__u64 handled;	 /* of the runs: no other program of its side had handled the call */
	__u64 filtered;	 /* of the handled: not wanted; at return, shorter than --min-latency */
	__u64 lost;	 /* of the handled: the ring buffer had no room for the record */
	__u64 lost_call; /* of the handled: the same for the record of a whole call */
	__u64 hashes;	 /* of the handled entries of destroy: calls for the "ma" of a hash map that
			    a worker frees, one for each such map */
	__u64 lost_stale; /* the same for the entry of an earlier call, not returned or missed */
	__u64 pad;
};

struct cpu_counts {
	struct prog_cpu_counts prog[NR_PROGS];
};

/*
 * Counts by tracepoints of the workqueue, which no switch of the kernel silences: how many frees of
 * maps the other programs must have seen.
 */
struct witness_counts {
	char proof[NAME_LEN]; /* name of the map whose free shows the function below */
	__u64 func;	      /* the function of works that free maps; 0: not known yet */
	__u64 begun, ended;   /* frees of maps since that is known */
	__u64 freed;	      /* maps whose free began in the run */
	__u64 hashes;	      /* of these, hash maps */
	__u32 closed;	      /* the loader sets it: nothing more is counted */
	__u32 pad;
};

/*
 * An allocator in the running kernel's maps that enum alloc_member does not have: a member of maps
 * of these types, this many bytes from their start.
 */
#define MAX_OTHER_ALLOCS 8

struct other_alloc {
	__u64 types; /* bit N: maps of type N; 0: an unused place */
	__u32 offset;
	__u8 alloc; /* what a record says; above enum alloc_member */
	__u8 pad[3];
};

/* Options and kernel addresses for the programs: one read-only variable. */
struct config {
	/* Core kernel text, and code in it that is no caller; 0 where symbols are hidden. */
	__u64 text_start;
	__u64 text_end;
	__u64 func_start;
	__u64 func_end;
	__u64 trampolines[NR_TRAMPOLINES][2];
	/* The functions of these names; 0 where symbols are hidden. */
	__u64 map_free_deferred;
	__u64 free_mem_alloc_deferred;
	__u64 prog_free_deferred;
	/* Per-CPU variables; a kernel has at most one of them. 0: not there, or hidden. */
	__u64 preempt_count;
	__u64 pcpu_hot;

	__u64 min_latency_ns;
	__u64 map_types;		     /* bit N: maps of type N are wanted; 0: all */
	__u64 callers[MAX_CALLER_RANGES][2]; /* start and end of the wanted functions' symbols */
	__u32 nr_callers;		     /* 0: all */
	__u8 no_empty;
	__u8 filters;	   /* there are some */
	__u8 compiled;	   /* the kernel compiles programs, and so supports callbacks */
	__u8 by_name;	   /* name_filter holds a pattern */
	__u8 all_progs;	   /* PROGS_PER_HOOK programs are attached, not one; never for kprobes */
	__u8 user_stack;   /* send those of tasks that release maps */
	__u8 cpu_counters; /* bit N: read enum cpu_counter N where a worker frees a map */
	__u8 other_allocs; /* there are some */
	__u8 pad[3];
	struct other_alloc other_alloc[MAX_OTHER_ALLOCS];
};

/*
 * The wanted map names as a bit-parallel automaton, made by glob_compile(): bit N of a set of
 * states means "N tokens of the pattern matched".
 */
struct name_filter {
	__u64 step[256]; /* states that this character moves on */
	__u64 stay;	 /* states that any character leaves where they are: a '*' follows */
	__u64 start;
	__u64 accept;
};

/*
 * Returns 1 if the name matches. The name ends at a NUL, or after max_len or NAME_LEN bytes. BPF
 * programs pass a constant max_len, so that the verifier sees a bound; nothing here may call or
 * backtrack. volatile: the compiler would take read-only data of BPF programs for all zeroes.
 */
static inline __attribute__((always_inline)) int
name_filter_match(const volatile struct name_filter *filter, const char *name, __u32 max_len)
{
	__u64 states = filter->start;
	__u32 i;

	for (i = 0; i < NAME_LEN; i++) {
		__u8 c;

		if (i >= max_len)
			break;
		c = name[i];
		if (!c)
			break;
		states = (states & filter->step[c]) << 1 | (states & filter->stay);
	}
	return !!(states & filter->accept);
}

_Static_assert(sizeof(struct record_head) == 40, "record_head");
_Static_assert(sizeof(struct record_call) == 128, "record_call");
_Static_assert(sizeof(struct call_slot) == 136, "call_slot");
_Static_assert(sizeof(struct record_release) == 112, "record_release");
_Static_assert(sizeof(struct record_holder) == 72, "record_holder");
_Static_assert(sizeof(struct record_cgroup) == 1328, "record_cgroup");
_Static_assert(sizeof(struct record_user_stack) == 1072, "record_user_stack");
_Static_assert(sizeof(struct task_stack) == 304, "task_stack");
_Static_assert(sizeof(struct cpu_counts) == NR_PROGS * 64, "cpu_counts");
_Static_assert(sizeof(struct witness_counts) == 64, "witness");
_Static_assert(sizeof(struct config) == 520, "config");
_Static_assert(sizeof(struct name_filter) == 2072, "name_filter");
_Static_assert(sizeof(struct kernel_sizes) == 128, "kernel_sizes");
