// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the structures of maps that have an allocator, in a kernel's BTF.
 */
#include <string.h>

#include <bpf/btf.h>

#include "model/btf_types.h"
#include "model/map_allocators.h"
#include "model/map_type.h"
#include "model/symbol.h"
#include "util/macros.h"

#define ALLOCATOR "bpf_mem_alloc"
#define MAP	  "bpf_map"
#define MAX_TYPES 128

/*
 * Local storage of tasks and cgroups has allocators, that of sockets and inodes only on real-time
 * kernels (kernel/bpf/bpf_local_storage.c).
 */
const struct map_owner map_owners[NR_MAP_OWNERS] = {
	{"bpf_htab",
	 {"ma", "pcpu_ma"},
	 {"htab_map_free", "htab_map_alloc"},
	 {"hash", "percpu_hash", "lru_hash", "lru_percpu_hash", "hash_of_maps"},
	 .kernels = "from Linux 6.1 on"},
	{"bpf_local_storage_map",
	 {"selem_ma", "storage_ma"},
	 {"bpf_local_storage_map_free", "bpf_local_storage_map_alloc"},
	 {"task_storage", "cgrp_storage"},
	 {"sk_storage", "inode_storage"},
	 .kernels = "up to Linux 6.18"},
	{"lpm_trie", {"ma"}, {"trie_free"}, {"lpm_trie"}, .kernels = "from Linux 6.16 on"},
	{"bpf_rhtab", {"ma"}, {"rhtab_map_free"}, {"rhash"}, .kernels = "from Linux 7.2 on"},
};

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

const struct map_owner *map_owner_of_caller(const char *function)
{
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (const char *const *caller = map_owners[i].callers; *caller; caller++)
			if (symbol_same_function(function, *caller))
				return &map_owners[i];
	return NULL;
}

const struct map_owner *map_owner_of_type(__u32 type)
{
	const char *name = map_type_name(type);

	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		if (is_among(map_owners[i].types, name) || is_among(map_owners[i].maybe, name))
			return &map_owners[i];
	return NULL;
}

const struct map_owner *map_owner_of_structure(const char *structure)
{
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		if (!strcmp(map_owners[i].structure, structure))
			return &map_owners[i];
	return NULL;
}

bool map_owner_has_member(const struct map_owner *owner, const char *member)
{
	return is_among(owner->members, member);
}

__u64 map_owner_types(const struct map_owner *owner)
{
	__u64 types = 0;

	for (__u32 type = 1; type < 64; type++)
		if (map_owner_of_type(type) == owner)
			types |= 1ULL << type;
	return types;
}

/* Reading */

/* Is a member of this type the structure? Unknown: it points to one, perhaps another map's. */
static enum answer is_structure(const struct btf *btf, __u32 type, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, btf__resolve_type(btf, type));
	const bool pointer = t && btf_is_ptr(t);
	const char *its;

	if (pointer)
		t = btf__type_by_id(btf, btf__resolve_type(btf, t->type));
	its = t && btf_is_struct(t) ? btf__name_by_offset(btf, t->name_off) : NULL;
	if (!its || strcmp(its, name))
		return ANSWER_NO;
	return pointer ? ANSWER_UNKNOWN : ANSWER_YES;
}

static enum answer has_member(const struct btf *btf, const struct btf_type *t,
			      const char *structure)
{
	const struct btf_member *m = btf_members(t);
	enum answer answer = ANSWER_NO;

	for (int i = 0; i < btf_vlen(t) && answer != ANSWER_YES; i++) {
		enum answer member = is_structure(btf, m[i].type, structure);

		if (member != ANSWER_NO)
			answer = member;
	}
	return answer;
}

/* A structure that begins with that of maps in general, and has an allocator. */
static bool is_map_with_allocator(const struct btf *btf, const struct btf_type *t)
{
	return btf_vlen(t) && is_structure(btf, btf_members(t)->type, MAP) == ANSWER_YES &&
	       has_member(btf, t, ALLOCATOR) != ANSWER_NO;
}

static bool find_others(const struct btf *btf)
{
	__u32 nr = btf__type_cnt(btf);

	for (__u32 id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf_is_struct(t) ? btf__name_by_offset(btf, t->name_off) : NULL;

		if (name && !map_owner_of_structure(name) && is_map_with_allocator(btf, t))
			return true;
	}
	return false;
}

/*
 * The member may have another name on a kernel to come. If the kernel has no such structure, its
 * maps may be of another one.
 */
static enum answer has_allocator(const struct btf *btf, const struct map_owner *owner, bool others)
{
	const struct btf_type *t = btf_types_find(btf, owner->structure);

	if (!btf_types_find(btf, ALLOCATOR))
		return ANSWER_NO;
	if (!t)
		return others ? ANSWER_UNKNOWN : ANSWER_NO;
	return btf_types_has(btf, owner->structure, owner->members[0])
		       ? ANSWER_YES
		       : has_member(btf, t, ALLOCATOR);
}

void map_allocators_read(struct map_allocators *allocators, const struct btf *btf)
{
	char name[64];

	*allocators = (struct map_allocators){.known = true};
	allocators->others = find_others(btf);
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		allocators->has[i] = has_allocator(btf, &map_owners[i], allocators->others);
	for (__u32 type = 1; type < MAX_TYPES; type++)
		if (!map_type_btf_name(btf, type, name, sizeof(name)))
			allocators->types[type / 64] |= 1ULL << type % 64;
}

/* Answers */

enum answer map_allocators_has_type(const struct map_allocators *allocators, __u32 type)
{
	if ((!allocators->types[0] && !allocators->types[1]) || type >= MAX_TYPES)
		return ANSWER_UNKNOWN;
	return allocators->types[type / 64] & 1ULL << type % 64 ? ANSWER_YES : ANSWER_NO;
}

static enum answer owner_answer(const struct map_allocators *allocators,
				const struct map_owner *owner)
{
	if (owner || !allocators->known)
		return owner ? allocators->has[owner - map_owners] : ANSWER_UNKNOWN;
	return allocators->others ? ANSWER_UNKNOWN : ANSWER_NO;
}

enum answer map_allocators_type(const struct map_allocators *allocators, __u32 type)
{
	const struct map_owner *owner = map_owner_of_type(type);
	enum answer answer = owner_answer(allocators, owner);

	if (answer == ANSWER_YES && is_among(owner->maybe, map_type_name(type)))
		return ANSWER_UNKNOWN;
	return answer;
}

enum answer map_allocators_caller(const struct map_allocators *allocators, const char *function)
{
	const struct map_owner *owner = map_owner_of_caller(function);

	/* A function that is not known may be a new caller. */
	return owner ? owner_answer(allocators, owner) : ANSWER_UNKNOWN;
}
