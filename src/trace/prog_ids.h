/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Has libbpf load the programs without the kernel's types: the ids of what they use and attach to
 * come from trace/kernel_types.h.
 */
#pragma once

#include "kernel_ids.h"
#include "trace/grace_probes.h"
#include "trace/prog_counts.h"

struct btf;

struct prog_ids {
	__u32 ids[NR_KERNEL_IDS];	 /* by KERNEL_ID_INDEX(); 0: unknown */
	const struct attached *attached; /* NR_PROGS, whose attach_id is set */
	const struct bpf_program *iter;	 /* the iterator of tasks */
	__u32 iter_id;
	__u32 hooks[NR_HOOKS];		  /* of functions and tracepoints; 0: unknown */
	__u32 grace_functions[NR_GRACES]; /* 0: the kernel lacks it */
	const struct grace_probes *graces;
	struct other_alloc other_allocs[MAX_OTHER_ALLOCS];
	__u32 nr_other_allocs;
};

/*
 * Fills in ids, iter_id, hooks, grace_functions and other_allocs from the kernel's types. symbols:
 * see struct attached, by hook. programs: their types. Writes to fd what the kernel has of these,
 * as a BTF. Returns 0 or -errno.
 */
int prog_ids_find(struct prog_ids *ids, const char *const symbols[NR_HOOKS],
		  const struct btf *programs, int fd);

/*
 * Has libbpf load the programs of objects that it opens from here on with these ids; no others may
 * be, except those of programs of the type "syscall". None of them may be attached by
 * bpf_program__attach(). ids must stay until they are loaded. Returns 0 or -errno.
 */
int prog_ids_use(const struct prog_ids *ids);
