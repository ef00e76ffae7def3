/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the maps that are about to be freed, on a tracepoint: programs on functions can be
 * switched off while they are attached (see src/trace/witness.c), and then miss what this one
 * counts.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "config.bpf.h"
#include "current.bpf.h"
#include "event.h"
#include "map_info.bpf.h"

struct witness_counts witness;

/* Is this the work that frees the loader's own map? Needs no symbols, which may be hidden. */
static __always_inline bool frees_proof(struct bpf_map *map)
{
	const __u64 *proof = (__u64 *)witness.proof;
	__u64 name[NAME_LEN / sizeof(__u64)];

	if (bpf_probe_read_kernel(name, sizeof(name), &map->name))
		return false;
	return name[0] == proof[0] && name[1] == proof[1];
}

/* The worker's current work is set before this. */
static __always_inline int handle_work_start(void)
{
	__u64 func = 0, work = work_of_worker(&func);
	struct bpf_map *map = (void *)map_of_work(work);

	if (work && !witness.func && stage == STAGE_ATTACHING && frees_proof(map))
		witness.func = func;
	if (func != witness.func)
		return 0;
	__sync_fetch_and_add(&witness.begun, 1);
	if (stage != STAGE_RUNNING || witness.closed)
		return 0;
	__sync_fetch_and_add(&witness.freed, 1);
	if (bpf_core_field_exists(struct bpf_htab, ma) && is_htab(BPF_CORE_READ(map, map_type)))
		__sync_fetch_and_add(&witness.hashes, 1);
	return 0;
}

static __always_inline int handle_work_end(__u64 func)
{
	if (func == witness.func)
		__sync_fetch_and_add(&witness.ended, 1);
	return 0;
}
