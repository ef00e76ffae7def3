// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks up structures and members in a kernel's BTF.
 */
#include <string.h>

#include <bpf/btf.h>

#include "model/btf_types.h"

/*
 * Limits on unnamed structures inside structures: a kernel nests two or three, but a hostile file
 * any number, even a structure in itself.
 */
#define MAX_NESTED  8
#define MAX_MEMBERS (1 << 20) /* examined in one structure */

static bool has_in(const struct btf *btf, const struct btf_type *t, const char *member, int depth,
		   int *budget)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t) && (*budget)-- > 0; i++, m++) {
		const char *name = btf__name_by_offset(btf, m->name_off);
		const struct btf_type *inner;

		if (name && !strcmp(name, member))
			return true;
		if (!name || *name || depth == MAX_NESTED)
			continue;
		inner = btf__type_by_id(btf, m->type);
		if (inner && btf_is_composite(inner) &&
		    has_in(btf, inner, member, depth + 1, budget))
			return true;
	}
	return false;
}

const struct btf_type *btf_types_find(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

bool btf_types_has(const struct btf *btf, const char *structure, const char *member)
{
	const struct btf_type *t = btf_types_find(btf, structure);
	int budget = MAX_MEMBERS;

	return t && has_in(btf, t, member, 0, &budget);
}
