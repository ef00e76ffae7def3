/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types and members that the BPF programs read, and nothing else. CO-RE relocates every
 * access against the running kernel's BTF, so offsets here do not matter. For a member that some
 * kernels lack, programs ask bpf_core_field_exists() first.
 */
#ifndef __VMLINUX_H__ /* bpf_tracing.h asks for it */
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef short int __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long int __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

enum {
	false = 0,
	true = 1,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* include/uapi/linux/bpf.h: the numbers never change. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_LRU_PERCPU_HASH = 10,
	BPF_MAP_TYPE_LPM_TRIE = 11,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_HASH_OF_MAPS = 13,
	BPF_MAP_TYPE_DEVMAP = 14,
	BPF_MAP_TYPE_CPUMAP = 16,
	BPF_MAP_TYPE_XSKMAP = 17,
	BPF_MAP_TYPE_SOCKHASH = 18,
	BPF_MAP_TYPE_CGROUP_STORAGE = 19,
	BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE = 21,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_STACK = 23,
	BPF_MAP_TYPE_SK_STORAGE = 24,
	BPF_MAP_TYPE_DEVMAP_HASH = 25,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_INODE_STORAGE = 28,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
	BPF_MAP_TYPE_CGRP_STORAGE = 32,
	BPF_MAP_TYPE_ARENA = 33,
	BPF_MAP_TYPE_RHASH = 35,
};

/* Only numbers here: nothing names a value. */
enum bpf_prog_type {
	BPF_PROG_TYPE_UNSPEC = 0,
};

enum bpf_link_type {
	BPF_LINK_TYPE_UNSPEC = 0,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};

enum {
	BPF_F_NO_PREALLOC = 1 << 0,
	BPF_F_MMAPABLE = 1 << 10,
	BPF_F_PRESERVE_ELEMS = 1 << 11,
};

enum {
	BPF_RB_NO_WAKEUP = 1 << 0,
	BPF_RB_FORCE_WAKEUP = 1 << 1,
};

enum {
	BPF_F_USER_STACK = 1 << 8,
	BPF_F_USER_BUILD_ID = 1 << 11,
};

/* Flags of bpf_perf_event_read_value() */
enum {
	BPF_F_CURRENT_CPU = 0xffffffff,
};

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct {
	int counter;
} atomic_t;

/* arch/<arch>/include/asm/thread_info.h; x86 and s390 keep their preempt count elsewhere */
struct thread_info {
	__u32 cpu;
	int preempt_count;
};

/* arch/s390/include/asm/lowcore.h: mapped at a fixed address on each CPU */
struct lowcore {
	__u64 current_task;
	int preempt_count;
};

/* arch/x86/include/asm/current.h, from 6.2 to 6.14; before and after it is __preempt_count */
struct pcpu_hot {
	int preempt_count;
};

/* include/linux/sched.h; run_delay with CONFIG_SCHED_INFO only */
struct sched_entity {
	__u64 exec_start;
	__u64 sum_exec_runtime;
};

struct sched_info {
	unsigned long long run_delay;
};

/* kernel/sched/sched.h */
struct rq {
	__u64 clock;
	__u64 clock_task;
};

/* include/linux/llist.h */
struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

/* include/linux/sched.h; a kthread's worker_private is its struct kthread since 5.17 (e32cf5dfbe22)
 */
struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	unsigned int flags;
	struct sched_entity se;
	struct sched_info sched_info;
	int pid;
	int tgid;
	unsigned long long start_time;
	void *worker_private;
	struct css_set *cgroups;
	struct mm_struct *mm;
	unsigned long nvcsw;
	unsigned long nivcsw;
	char comm[16];
	struct llist_head rethooks; /* since 5.18 (54ecbe6f1ed5), with CONFIG_RETHOOK */
};

/* include/linux/mm_types.h */
struct mm_struct {
	unsigned long start_stack;
};

/* include/linux/cgroup-defs.h, include/linux/kernfs.h; parent is __parent since 6.15 (633488947ef6)
 */
struct kernfs_node {
	struct kernfs_node *parent;
	struct kernfs_node *__parent;
	const char *name;
	__u64 id;
};

struct cgroup_root;

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

/* include/linux/memcontrol.h */
struct mem_cgroup {
	struct cgroup_subsys_state css;
};

struct obj_cgroup {
	struct mem_cgroup *memcg;
};

/* include/linux/fs.h */
struct file {
	void *private_data;
};

struct inode {
	void *i_private;
};

/* kernel/kthread.c, kernel/workqueue_internal.h */
struct kthread {
	void *data;
};

struct work_struct;

struct worker {
	struct work_struct *current_work;
	void (*current_func)(struct work_struct *);
};

/* include/linux/bpf.h; map_mem_usage came with 6.4 (90a5527d7686) */
struct bpf_map_ops {
	void *map_mem_usage;
};

struct work_struct {
	void (*func)(struct work_struct *);
};

struct bpf_map {
	const struct bpf_map_ops *ops;
	enum bpf_map_type map_type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__u64 map_extra;
	__u32 id;
	atomic64_t refcnt;
	atomic64_t usercnt;
	char name[16];
	struct work_struct work;
	__s64 *elem_count;	  /* per CPU; came with 6.6 (25954730461a) */
	struct obj_cgroup *objcg; /* with CONFIG_MEMCG */
};

/* The same; a program that ends runs aux->work. */
struct bpf_prog {
	enum bpf_prog_type type;
	struct bpf_prog_aux *aux;
};

struct bpf_prog_aux {
	__u32 id;
	struct bpf_prog *prog;
	char name[16];
	struct work_struct work;
};

struct bpf_link {
	__u32 id;
	enum bpf_link_type type;
	struct bpf_prog *prog;
};

/* include/linux/bpf_mem_alloc.h, kernel/bpf/memalloc.c; percpu came with 6.8 (9beda16c257d) */
struct bpf_mem_caches;

struct bpf_mem_cache {
	int unit_size;
	int free_cnt;
	int percpu_size;
};

struct bpf_mem_alloc {
	struct bpf_mem_caches *caches;
	struct bpf_mem_cache *cache;
	bool percpu;
	struct work_struct work;
};

/* include/linux/percpu_counter.h */
struct percpu_counter {
	__s64 count;
	__s32 *counters;
};

/* kernel/bpf/hashtab.c, lpm_trie.c, include/linux/bpf_local_storage.h */
struct bpf_htab {
	int *map_locked[8]; /* per CPU; up to 6.14 */
	struct bpf_mem_alloc ma;
	struct bpf_mem_alloc pcpu_ma;
	void *extra_elems; /* per CPU */
	struct percpu_counter pcount;
	atomic_t count;
	bool use_percpu_counter;
};

struct lpm_trie {
	unsigned long n_entries;
	struct bpf_mem_alloc ma;
};

struct rhashtable {
	atomic_t nelems;
};

struct bpf_rhtab {
	struct rhashtable ht;
	struct bpf_mem_alloc ma;
};

struct hlist_node;

struct hlist_head {
	struct hlist_node *first;
};

struct bpf_local_storage_map_bucket {
	struct hlist_head list;
};

/* A map has elements of its allocators (6.4 to 6.18), or of kmalloc_nolock() (from 6.19 on). */
struct bpf_local_storage_map {
	struct bpf_local_storage_map_bucket *buckets;
	__u32 bucket_log;
	struct bpf_mem_alloc selem_ma;
	struct bpf_mem_alloc storage_ma;
	bool bpf_ma;
	bool use_kmalloc_nolock;
};

/* kernel/bpf/local_storage.c */
struct list_head {
};

struct bpf_cgroup_storage_map {
	struct list_head list;
};

/* kernel/bpf/cpumap.c; 6.1 frees entries by RCU, 6.12 has a work in place of rcu */
struct callback_head {
};

struct bpf_cpu_map_entry {
	struct callback_head rcu;
};

struct bpf_cpu_map {
	struct bpf_cpu_map_entry **cpu_map;
};

/* include/linux/bpf.h */
struct bpf_array {
	void *ptrs[0];
};

/* kernel/bpf/queue_stack_maps.c: a ring with one place more than the map has elements */
struct bpf_queue_stack {
	__u32 head, tail;
	__u32 size;
};

/* kernel/bpf/devmap.c */
struct bpf_dtab {
	__u32 items;
};

/* net/core/sock_map.c */
struct bpf_shtab {
	atomic_t count;
};

/* include/net/xdp_sock.h; the count came with 6.4 (b4fd0d672bd1) */
struct xsk_map {
	atomic_t count;
};

/* kernel/bpf/arena.c; the count came with 7.1 */
struct bpf_arena {
	__u64 nr_pages;
};

/* Of these, only the sizes are asked for: see KERNEL_STRUCTS in event.h. */
struct bpf_bloom_filter {
};
struct bpf_dtab_netdev {
};
struct bpf_insn_array {
};
struct bpf_ringbuf {
};
struct bpf_ringbuf_map {
};
struct bpf_shtab_bucket {
};
struct bpf_shtab_elem {
};
struct bpf_stab {
};
struct bpf_stack_map {
};
struct bpf_struct_ops_map {
};
struct bpf_struct_ops_value {
};
struct bucket {
};
struct htab_elem {
};
struct lpm_trie_node {
};
struct reuseport_array {
};
struct rhtab_elem {
};
struct stack_map_bucket {
};
struct xsk_map_node {
};

#pragma clang attribute pop

#include "arch.h"

#endif
