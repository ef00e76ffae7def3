/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which maps of a kernel have an allocator of their own, which bpf_mem_alloc_destroy() destroys
 * with them, and which functions call it then. A kernel's BTF shows both.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct btf;

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

#define MAX_OWNER_CALLERS 2

/* A structure of maps that has an allocator on some kernels. */
struct map_owner {
	const char *structure;
	const char *members[3]; /* that are allocators, the first one always; ends with NULL */
	const char *callers[MAX_OWNER_CALLERS +
			    1]; /* of the traced function, for these maps; ends with NULL */
	const char *types[6];	/* that always have it, if the structure does; ends with NULL */
	const char *maybe[3];	/* that may have it; ends with NULL */
	const char *kernels;	/* where it has: "from Linux 6.16 on" */
};

#define NR_MAP_OWNERS 4
extern const struct map_owner map_owners[NR_MAP_OWNERS];

/* All zero: nothing is known. */
struct map_allocators {
	bool known;
	enum answer has[NR_MAP_OWNERS];
	bool others;	/* structures of other maps have one */
	__u64 types[2]; /* bit N: the kernel has maps of type N; all zero: not known */
};

/* Reads a kernel's types. */
void map_allocators_read(struct map_allocators *allocators, const struct btf *btf);

/* NULL: no structure, function or type of maps that is known to have or call it on any kernel. */
const struct map_owner *map_owner_of_structure(const char *structure);
const struct map_owner *map_owner_of_caller(const char *function);
const struct map_owner *map_owner_of_type(__u32 type);

/* Is the member one of the structure's allocators, as far as is known? */
bool map_owner_has_member(const struct map_owner *owner, const char *member);

/* Bit N: maps of type N may be of the structure. NULL: of one that is none of map_owners. */
__u64 map_owner_types(const struct map_owner *owner);

/* Does freeing a map of this type call the traced function? Does this function call it? */
enum answer map_allocators_type(const struct map_allocators *allocators, __u32 type);
enum answer map_allocators_caller(const struct map_allocators *allocators, const char *function);

/* Does the kernel have maps of this type? */
enum answer map_allocators_has_type(const struct map_allocators *allocators, __u32 type);
