// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds allocators in the structures of maps, by their types: a future kernel may have other
 * structures, or other members in them.
 */
#include <stdbool.h>
#include <string.h>

#include <bpf/btf.h>

#include "model/alloc_name.h"
#include "model/map_allocators.h"
#include "trace/other_allocs.h"

#define MAX_NESTED 4 /* members without a name */

struct search {
	const struct kernel_types *types;
	const struct wanted_type *allocator;
	struct other_alloc *found;
	unsigned int nr;
	const struct map_owner *owner; /* whose structure is searched; NULL: it is not known */
};

static bool is_one(const struct wanted_type *wanted, __u32 id)
{
	for (__u32 nth = 0; nth < wanted->nr; nth++)
		if (wanted->ids[nth] == id)
			return true;
	return false;
}

/* Members of two structures may be in the same place, for the same types: then neither is named. */
static void add(struct search *search, const char *name, __u32 offset)
{
	const struct other_alloc one = {
		.types = map_owner_types(search->owner),
		.offset = offset,
		.alloc = alloc_number(name),
	};

	for (unsigned int i = 0; i < search->nr; i++) {
		struct other_alloc *other = &search->found[i];

		if (other->offset != offset || other->types != one.types)
			continue;
		if (other->alloc != one.alloc)
			other->alloc = ALLOC_UNKNOWN;
		return;
	}
	if (search->nr < MAX_OTHER_ALLOCS)
		search->found[search->nr++] = one;
}

static void search_members(struct search *search, const struct btf_type *t, __u32 offset, int depth)
{
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *member = btf_members(t) + i;
		const char *name = kernel_types_string(search->types, member->name_off);
		__u32 at = offset + btf_member_bit_offset(t, i) / 8;
		const struct btf_type *inner;

		if (is_one(search->allocator, member->type)) {
			if (!search->owner || !map_owner_has_member(search->owner, name))
				add(search, name, at);
			continue;
		}
		inner = *name ? NULL : kernel_types_at(search->types, member->type);
		if (inner && btf_is_composite(inner) && depth < MAX_NESTED)
			search_members(search, inner, at, depth + 1);
	}
}

unsigned int other_allocs_find(const struct kernel_types *types, const struct wanted_type *map,
			       const struct wanted_type *allocator,
			       struct other_alloc found[MAX_OTHER_ALLOCS])
{
	struct search search = {.types = types, .allocator = allocator, .found = found};
	const struct btf_type *t;

	memset(found, 0, MAX_OTHER_ALLOCS * sizeof(*found));
	for (__u32 id = 1; (t = kernel_types_at(types, id)); id++) {
		if (!btf_is_struct(t) || !btf_vlen(t) || !is_one(map, btf_members(t)->type))
			continue;
		search.owner = map_owner_of_structure(kernel_types_string(types, t->name_off));
		search_members(&search, t, 0, 0);
	}
	return search.nr;
}
