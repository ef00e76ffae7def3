/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a call is about: its map, its allocator, its task.
 */
#ifndef CALL_BPF_H
#define CALL_BPF_H

#define PF_WQ_WORKER 0x00000020 /* include/linux/sched.h */

/* An allocator is part of its map's structure, and no such structure is larger than a page. */
#define MAP_STRUCT_MAX 4096

/*
 * Structures of this size come from kmalloc(), whose objects of over 256 bytes are aligned to
 * more than that (mm/slab_common.c), or from whole pages.
 */
#define MAP_STRUCT_ALIGN 256

/* The members wanted lie within this many bytes from the start of their structure. */
#define MAP_HEAD     128
#define ALLOC_HEAD   32
#define WORKER_HEAD  32
#define KTHREAD_HEAD 64

/* Reads a member of what HEAD() gave, at the running kernel's offset; 0 if that were outside. */
#define HEAD_FIELD(head, type, field)                                                              \
	({                                                                                         \
		typeof(((type *)0)->field) __val = 0;                                              \
		__u32 __off = bpf_core_field_offset(type, field);                                  \
		if (__off <= head##_size - sizeof(__val))                                          \
			__val = *(typeof(__val) *)((head) + __off);                                \
		__val;                                                                             \
	})

extern const struct rq runqueues __ksym;

/* What a per-CPU pointer is to be moved by to point to this CPU's object. */
static __always_inline __u64 this_cpu_offset(void)
{
	const struct rq *variable = &runqueues;
	__u64 offset;

	/* Named once: for each time the kernel goes through all of its types to find it. */
	barrier_var(variable);
	offset = (__u64)bpf_this_cpu_ptr(variable) - (__u64)variable;
	/* To the verifier these are pointers, from each other the only things to be subtracted. */
	barrier_var(offset);
	return offset;
}

/* What this thread works on, and runs for that, if it is a worker; else 0. */
static __always_inline __u64 work_of_worker(__u64 *func)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!(task->flags & PF_WQ_WORKER))
		return 0;
	HEAD(kthread, KTHREAD_HEAD, task->worker_private);
	if (!kthread_read)
		return 0;
	HEAD(head, WORKER_HEAD, HEAD_FIELD(kthread, struct kthread, data));
	if (!head_read)
		return 0;
	*func = (__u64)HEAD_FIELD(head, struct worker, current_func);
	return (__u64)HEAD_FIELD(head, struct worker, current_work);
}

/*
 * The map that bpf_map_free_deferred() is freeing on this thread: a worker says what it works on,
 * so no probe has to tell, nor can one be missed. ma may be 0 if it is not known.
 */
static __always_inline __u64 map_of_worker(__u64 ma)
{
	__u64 func = 0, work = work_of_worker(&func), map;

	if (!work || (config.map_free_deferred ? func != config.map_free_deferred : !ma))
		return 0;
	map = work - bpf_core_field_offset(struct bpf_map, work);
	if (ma && ma - map >= MAP_STRUCT_MAX)
		return 0;
	return map;
}

/* One question, where the verifier would follow as many paths as there are types. */
#define IS_ONE_OF(type, types) ((type) < 64 && (1ULL << (type) & (types)))
#define TYPE(name)	       (1ULL << BPF_MAP_TYPE_##name)

static __always_inline bool is_htab(__u32 type)
{
	return IS_ONE_OF(type, TYPE(HASH) | TYPE(PERCPU_HASH) | TYPE(LRU_HASH) |
				       TYPE(LRU_PERCPU_HASH) | TYPE(HASH_OF_MAPS));
}

static __always_inline bool is_local_storage(__u32 type)
{
	return IS_ONE_OF(type, TYPE(SK_STORAGE) | TYPE(INODE_STORAGE) | TYPE(TASK_STORAGE) |
				       TYPE(CGRP_STORAGE));
}

#define IS_MEMBER(owner, member, offset)                                                           \
	(bpf_core_field_exists(struct owner, member) &&                                            \
	 bpf_core_field_offset(struct owner, member) == (offset))

/* Which allocator of a map of this type lies at this offset from the map's start. */
static __always_inline __u8 alloc_member(__u32 type, __u64 offset)
{
	if (is_htab(type)) {
		if (IS_MEMBER(bpf_htab, ma, offset))
			return ALLOC_MA;
		if (IS_MEMBER(bpf_htab, pcpu_ma, offset))
			return ALLOC_PCPU_MA;
	} else if (is_local_storage(type)) {
		if (IS_MEMBER(bpf_local_storage_map, selem_ma, offset))
			return ALLOC_SELEM_MA;
		if (IS_MEMBER(bpf_local_storage_map, storage_ma, offset))
			return ALLOC_STORAGE_MA;
	} else if (type == BPF_MAP_TYPE_LPM_TRIE) {
		if (IS_MEMBER(lpm_trie, ma, offset))
			return ALLOC_MA;
	} else if (type == BPF_MAP_TYPE_RHASH) {
		if (IS_MEMBER(bpf_rhtab, ma, offset))
			return ALLOC_MA;
	}
	return ALLOC_UNKNOWN;
}

static __always_inline bool call_read_map(struct record_call *rec, __u64 map)
{
	__u32 name_off = bpf_core_field_offset(struct bpf_map, name);

	HEAD(head, MAP_HEAD, map);
	if (!head_read)
		return false;
	rec->map_type = HEAD_FIELD(head, struct bpf_map, map_type);
	if (!rec->map_type) /* there is no such type: nothing was read */
		return false;
	rec->key_size = HEAD_FIELD(head, struct bpf_map, key_size);
	rec->value_size = HEAD_FIELD(head, struct bpf_map, value_size);
	rec->max_entries = HEAD_FIELD(head, struct bpf_map, max_entries);
	rec->map_flags = HEAD_FIELD(head, struct bpf_map, map_flags);
	rec->alloc =
		rec->head.arg ? alloc_member(rec->map_type, rec->head.arg - map) : ALLOC_UNKNOWN;
	rec->flags |= CALL_MAP | CALL_SIZES;
	rec->head.map = map;
	/* A map is named only after its ->map_alloc() succeeded, when it has got its ops. */
	if (!HEAD_FIELD(head, struct bpf_map, ops))
		return true;
	if (name_off <= MAP_HEAD - NAME_LEN) {
		__builtin_memcpy(rec->map_name, head + name_off, NAME_LEN);
		rec->flags |= CALL_NAME;
	} else if (!bpf_probe_read_kernel(rec->map_name, NAME_LEN, (void *)(map + name_off))) {
		rec->flags |= CALL_NAME;
	}
	return true;
}

/* Is the allocator this member of such a structure? If so, its map has been read. */
static __noinline bool call_try_owner(struct record_call *rec, __u64 offset)
{
	__u64 map = rec->head.arg - offset;

	if (map % MAP_STRUCT_ALIGN)
		return false;
	if (call_read_map(rec, map) && rec->alloc != ALLOC_UNKNOWN && rec->max_entries)
		return true;
	rec->flags &= ~(CALL_MAP | CALL_NAME | CALL_SIZES);
	rec->head.map = 0;
	rec->alloc = ALLOC_UNKNOWN;
	return false;
}

#define TRY_OWNER(rec, owner, member)                                                              \
	(bpf_core_field_exists(struct owner, member) &&                                            \
	 call_try_owner(rec, bpf_core_field_offset(struct owner, member)))

/* When a map's creation fails there is no worker: look around the allocator itself. */
static __always_inline bool call_find_owner(struct record_call *rec)
{
	return TRY_OWNER(rec, bpf_htab, ma) || TRY_OWNER(rec, bpf_htab, pcpu_ma) ||
	       TRY_OWNER(rec, bpf_local_storage_map, selem_ma) ||
	       TRY_OWNER(rec, bpf_local_storage_map, storage_ma) || TRY_OWNER(rec, lpm_trie, ma) ||
	       TRY_OWNER(rec, bpf_rhtab, ma);
}

/* Fills a record with what is known of any call: where it is and which task makes it. */
static __always_inline void call_begin(struct record_call *rec, __u8 type, __u8 hook, __u64 arg)
{
	struct task_struct *task = bpf_get_current_task_btf();

	__builtin_memset(rec, 0, sizeof(*rec));
	rec->head.type = type;
	rec->head.hook = hook;
	rec->head.size = sizeof(*rec);
	rec->head.tid = task->pid;
	rec->head.arg = arg;
	rec->pid = task->tgid;
	rec->cpu = this_cpu();
	/* Written to its end by set_task_comm(), NULs and all. */
	((__u64 *)rec->comm)[0] = *(__u64 *)&task->comm[0];
	((__u64 *)rec->comm)[1] = *(__u64 *)&task->comm[8];
}

/*
 * Fills a record of a destroy call but for the state of the allocator, and for the time, which is
 * taken last.
 */
static __always_inline void call_init(struct record_call *rec, __u8 type, __u64 ma, __u64 caller)
{
	__u64 map;

	call_begin(rec, type, HOOK_DESTROY, ma);
	rec->head.caller = caller;
	map = map_of_worker(ma);
	if (map)
		call_read_map(rec, map);
	else if (ma)
		call_find_owner(rec);
}

/* What tells allocators apart, also when copied: their memory. 0: it has none. */
#define alloc_key(head)                                                                            \
	((__u64)HEAD_FIELD(head, struct bpf_mem_alloc, cache)                                      \
		 ?: (__u64)HEAD_FIELD(head, struct bpf_mem_alloc, caches))

/* The state of the allocator, as it is at entry; the function clears it. */
static __always_inline void call_read_allocator(struct record_call *rec, __u64 ma)
{
	struct bpf_mem_cache *cache;

	HEAD(head, ALLOC_HEAD, ma);
	if (!head_read)
		return;
	rec->flags |= CALL_EMPTY_KNOWN;
	cache = HEAD_FIELD(head, struct bpf_mem_alloc, cache);
	rec->key = alloc_key(head);
	if (!rec->key) {
		rec->flags |= CALL_EMPTY;
		return;
	}
	if (cache) {
		cache = (void *)cache + this_cpu_offset();
		rec->unit_size = BPF_CORE_READ(cache, unit_size);
	}
	if (bpf_core_field_exists(struct bpf_mem_alloc, percpu)) {
		rec->flags |= CALL_PERCPU_KNOWN;
		if (HEAD_FIELD(head, struct bpf_mem_alloc, percpu))
			rec->flags |= CALL_PERCPU;
	} else if (cache) {
		rec->flags |= CALL_PERCPU_KNOWN;
		if (BPF_CORE_READ(cache, percpu_size))
			rec->flags |= CALL_PERCPU;
	}
}

#endif
