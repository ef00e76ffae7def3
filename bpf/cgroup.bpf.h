/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths of cgroups, each sent once, before the first record that refers to it by its id.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "event.h"
#include "output.bpf.h"

/* Cgroups whose paths were sent, or are too long. Another one may take a place: it is sent again.
 */
#define NR_SENT_CGROUPS (1 << 8)

__u64 sent_cgroups[NR_SENT_CGROUPS];

/* To the verifier a constant. On a kernel that lacks one of them, only the ids are known. */
static __always_inline bool paths_can_be_read(void)
{
	return bpf_core_field_exists(struct task_struct, cgroups) &&
	       bpf_core_field_exists(struct css_set, dfl_cgrp) &&
	       bpf_core_field_exists(struct cgroup, kn) &&
	       bpf_core_field_exists(struct kernfs_node, id) &&
	       bpf_core_field_exists(struct kernfs_node, name) &&
	       (bpf_core_field_exists(struct kernfs_node, parent) ||
		bpf_core_field_exists(struct kernfs_node, __parent));
}

static __always_inline struct kernfs_node *parent_node(struct kernfs_node *node)
{
	if (bpf_core_field_exists(struct kernfs_node, __parent))
		return BPF_CORE_READ(node, __parent);
	return BPF_CORE_READ(node, parent);
}

/* Names of the cgroup and of those above it. False: too many or too long, or not readable. */
static __always_inline bool put_names(struct record_cgroup *rec, struct kernfs_node *node)
{
	struct kernfs_node *parent;
	__u32 len = 0, depth;
	long size;

	for (depth = 0; depth <= CGROUP_DEPTH; depth++) {
		parent = parent_node(node);
		if (!parent) { /* the root, whose name does not count */
			rec->depth = depth;
			rec->len = len;
			return true;
		}
		if (len > CGROUP_NAMES)
			return false;
		size = bpf_probe_read_kernel_str(&rec->names[len], CGROUP_NAME,
						 BPF_CORE_READ(node, name));
		if (size <= 0)
			return false;
		len += size;
		node = parent;
	}
	return false;
}

/* By a hash: ids grow by as much as a cgroup has files. */
static __always_inline __u64 *place_of_cgroup(__u64 id)
{
	return &sent_cgroups[(id * 0x9e3779b97f4a7c15) >> (64 - 8)];
}

static __always_inline bool cgroup_is_sent(__u64 id)
{
	return *place_of_cgroup(id) == id;
}

/*
 * Sends the path of the cgroup with this id and struct kernfs_node. It is read now because the
 * cgroup may be gone when user space could look for it. The names are read in the kernel's order,
 * from the inside out. Maps of other cgroups at the same time may make it sent twice. If the ring
 * buffer is full, the next map tries again.
 */
static __noinline __attribute__((unused)) int send_cgroup(__u64 id, __u64 of_node)
{
	struct kernfs_node *node = (struct kernfs_node *)of_node;
	struct record_cgroup *rec;

	if (BPF_CORE_READ(node, id) != id) /* the task was just moved */
		return 0;
	rec = reserve(sizeof(*rec));
	if (!rec)
		return 0;
	__builtin_memset(&rec->head, 0, sizeof(rec->head));
	rec->head.type = RECORD_CGROUP;
	rec->head.hook = HOOK_PUT;
	rec->head.size = sizeof(*rec);
	rec->head.arg = id;
	if (put_names(rec, node))
		submit(rec);
	else
		discard(rec);
	*place_of_cgroup(id) = id;
	return 0;
}
