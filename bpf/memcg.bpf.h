/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory cgroup that is charged for a map: the one of the task that made it, or some time after
 * that was removed, the one above.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "cgroup.bpf.h"

static __always_inline bool memcg_can_be_read(void)
{
	return bpf_core_field_exists(struct bpf_map, objcg) &&
	       bpf_core_field_exists(struct obj_cgroup, memcg) &&
	       bpf_core_field_exists(struct mem_cgroup, css.cgroup) &&
	       bpf_core_field_exists(struct task_struct, cgroups) &&
	       bpf_core_field_exists(struct css_set, dfl_cgrp) &&
	       bpf_core_field_exists(struct cgroup, root) &&
	       bpf_core_field_exists(struct cgroup, kn) &&
	       bpf_core_field_exists(struct kernfs_node, id);
}

/*
 * Its id, after its path has been sent; 0: it is not known. The kernel notes none for maps made in
 * the root cgroup, or where it does not account for kernel memory. Ids in a hierarchy of version 1
 * mean something else.
 */
static __always_inline __u64 memcg_of(__u64 map)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct obj_cgroup *objcg;
	struct kernfs_node *node;
	struct cgroup *cgroup;
	__u64 id;

	if (!memcg_can_be_read())
		return 0;
	objcg = BPF_CORE_READ((struct bpf_map *)map, objcg);
	if (!objcg)
		return 0;
	cgroup = BPF_CORE_READ(objcg, memcg, css.cgroup);
	if (BPF_CORE_READ(cgroup, root) != BPF_CORE_READ(task, cgroups, dfl_cgrp, root))
		return 0;
	node = BPF_CORE_READ(cgroup, kn);
	id = BPF_CORE_READ(node, id);
	if (id && paths_can_be_read() && !cgroup_is_sent(id))
		send_cgroup(id, (__u64)node);
	return id;
}
