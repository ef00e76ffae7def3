/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many elements a map holds when a worker begins to free it, where the kernel keeps count.
 *
 * For another map type, add a line to count_others() and the members it reads to
 * vmlinux/vmlinux.h; nothing else knows.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "map_info.bpf.h"

#define MAX_CPUS 4096
#define FEW_CPUS 64 /* read one by one where the kernel has no callbacks */

/*
 * How far the per-CPU memory of a CPU lies from its pointers, by a variable that every CPU has.
 * False: there is no such CPU.
 */
static __always_inline bool find_cpu_offset(__u32 cpu, __u64 *offset)
{
	const void *variable = percpu_variable(), *of_cpu = bpf_per_cpu_ptr(variable, cpu);

	if (!of_cpu)
		return false;
	*offset = (__u64)of_cpu - (__u64)variable;
	barrier_var(*offset);
	return true;
}

/* Adds up a per-CPU counter. */
struct percpu_sum {
	__u64 counter;
	__s64 sum;
	bool narrow; /* __s32 */
};

static __always_inline long add_one_cpu(__u32 cpu, struct percpu_sum *sum)
{
	__u64 offset;
	void *addr;
	__s64 wide = 0;
	__s32 narrow = 0;

	if (!find_cpu_offset(cpu, &offset))
		return 1; /* past the last CPU */
	addr = (void *)(sum->counter + offset);
	if (sum->narrow) {
		bpf_probe_read_kernel(&narrow, sizeof(narrow), addr);
		sum->sum += narrow;
	} else {
		bpf_probe_read_kernel(&wide, sizeof(wide), addr);
		sum->sum += wide;
	}
	return 0;
}

static long add_cpu(__u32 cpu, struct percpu_sum *sum)
{
	return add_one_cpu(cpu, sum);
}

static __always_inline __u64 percpu_total(__u64 counter, __s64 base, bool narrow)
{
	struct percpu_sum sum = {.counter = counter, .sum = base, .narrow = narrow};
	__u32 cpu;

	if (config.compiled) {
		bpf_loop(MAX_CPUS, add_cpu, &sum, 0);
	} else {
		for (cpu = 0; cpu < FEW_CPUS; cpu++)
			if (add_one_cpu(cpu, &sum))
				break;
		if (cpu == FEW_CPUS)
			return ENTRIES_UNKNOWN;
	}
	return sum.sum < 0 ? ENTRIES_UNKNOWN : sum.sum;
}

static __always_inline __u64 count_htab(const struct record_call *rec)
{
	struct bpf_htab *htab = (void *)rec->head.map;
	__s64 base;

	/* The kernel counts a preallocated table only in the map's own elem_count. */
	if (!(rec->map_flags & BPF_F_NO_PREALLOC))
		return ENTRIES_UNKNOWN;
	if (!BPF_CORE_READ(htab, use_percpu_counter))
		return (__u32)BPF_CORE_READ(htab, count.counter);
	base = BPF_CORE_READ(htab, pcount.count);
	return percpu_total((__u64)BPF_CORE_READ(htab, pcount.counters), base, true);
}

static __always_inline __u64 count_queue(struct bpf_queue_stack *queue)
{
	__u32 head, tail;

	if (!bpf_core_field_exists(struct bpf_queue_stack, head) ||
	    !bpf_core_field_exists(struct bpf_queue_stack, tail) ||
	    !bpf_core_field_exists(struct bpf_queue_stack, size))
		return ENTRIES_UNKNOWN;
	head = BPF_CORE_READ(queue, head);
	tail = BPF_CORE_READ(queue, tail);
	return head >= tail ? head - tail : head + BPF_CORE_READ(queue, size) - tail;
}

/* Reads a member that this kernel's structure may lack. */
#define COUNT_IF_THERE(map, type, member)                                                          \
	(bpf_core_field_exists(struct type, member)                                                \
		 ? (__u64)BPF_CORE_READ((struct type *)(map), member)                              \
		 : ENTRIES_UNKNOWN)

/* Before 6.4, only the devices of a devmap_hash are counted. */
static __always_inline __u64 count_devices(void *map, __u32 type)
{
	return type == BPF_MAP_TYPE_DEVMAP_HASH ||
			       bpf_core_field_exists(struct bpf_map_ops, map_mem_usage)
		       ? COUNT_IF_THERE(map, bpf_dtab, items)
		       : ENTRIES_UNKNOWN;
}

/*
 * Compares types one by one. The compiler would make a test of bits of a switch, at which the
 * verifiers of 6.17 and 6.18 lose track of the type's range, and warn of it in the kernel's log.
 */
static __always_inline bool is_one_of(__u32 type, __u32 a, __u32 b)
{
	barrier_var(type);
	if (type == a)
		return true;
	barrier_var(type);
	return type == b;
}

static __always_inline bool is_type(__u32 type, __u32 wanted)
{
	barrier_var(type);
	return type == wanted;
}

/* Maps that are neither hashes nor tries. */
static __always_inline __u64 count_others(void *map, const struct record_call *rec)
{
	__u32 type = rec->map_type;

	if (is_one_of(type, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY))
		return rec->max_entries;
	if (is_one_of(type, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK))
		return count_queue(map);
	if (is_one_of(type, BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_DEVMAP_HASH))
		return count_devices(map, type);
	if (is_type(type, BPF_MAP_TYPE_SOCKHASH))
		return COUNT_IF_THERE(map, bpf_shtab, count.counter);
	if (is_type(type, BPF_MAP_TYPE_XSKMAP))
		return COUNT_IF_THERE(map, xsk_map, count.counter);
	if (is_type(type, BPF_MAP_TYPE_ARENA))
		return COUNT_IF_THERE(map, bpf_arena, nr_pages);
	if (is_type(type, BPF_MAP_TYPE_RHASH))
		return COUNT_IF_THERE(map, bpf_rhtab, ht.nelems.counter);
	return ENTRIES_UNKNOWN;
}

/* More that the memory of a map depends on. */
static __always_inline __u64 extra_of(const struct record_call *rec)
{
	struct bpf_map *map = (void *)rec->head.map;
	struct bpf_htab *htab = (void *)map;

	if (is_htab(rec->map_type))
		return bpf_core_field_exists(struct bpf_htab, extra_elems) &&
		       BPF_CORE_READ(htab, extra_elems);
	return bpf_core_field_exists(struct bpf_map, map_extra) ? BPF_CORE_READ(map, map_extra) : 0;
}

/* ENTRIES_UNKNOWN: the kernel does not count them. */
static __always_inline __u64 count_elements(const struct record_call *rec)
{
	struct bpf_map *map = (void *)rec->head.map;
	__u64 counter;

	if (bpf_core_field_exists(struct bpf_map, elem_count)) {
		counter = (__u64)BPF_CORE_READ(map, elem_count);
		if (counter)
			return percpu_total(counter, 0, false);
	}
	if (is_htab(rec->map_type))
		return count_htab(rec);
	if (rec->map_type == BPF_MAP_TYPE_LPM_TRIE)
		return BPF_CORE_READ((struct lpm_trie *)map, n_entries);
	return count_others(map, rec);
}
