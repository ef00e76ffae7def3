// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the kernel's types with other names for the allocators of hashes and tries, as a kernel to
 * come may have: "leaf_ma" for "ma", "branch_ma" for "pcpu_ma". All ids stay the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "maps.h"
#include "workload.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

static const char new_names[] = "leaf_ma\0branch_ma"; /* the strings end with them, then */

static void rename_members(const struct btf *btf, struct btf_type *t, __u32 leaf)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		struct btf_member *member = btf_members(t) + i;
		const char *name = btf__name_by_offset(btf, member->name_off);

		if (!strcmp(name, "ma"))
			member->name_off = leaf;
		else if (!strcmp(name, "pcpu_ma"))
			member->name_off = leaf + sizeof("leaf_ma");
	}
}

/* The size of a type's data behind it. */
static size_t more_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return btf_vlen(t) * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return btf_vlen(t) * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return btf_vlen(t) * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return btf_vlen(t) * sizeof(struct btf_var_secinfo);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case 19: /* BTF_KIND_ENUM64 */
		return btf_vlen(t) * 12;
	default:
		return 0;
	}
}

void renamed_run(void)
{
	struct btf *btf = btf__parse_raw(KERNEL_BTF);
	struct btf_header *header;
	const void *raw;
	char *copy;
	__u32 size;

	if (!btf)
		fatal(errno, "cannot read %s", KERNEL_BTF);
	raw = btf__raw_data(btf, &size);
	copy = malloc(size + sizeof(new_names));
	if (!raw || !copy)
		fatal(ENOMEM, "cannot copy the kernel's types");
	memcpy(copy, raw, size);
	memcpy(copy + size, new_names, sizeof(new_names));
	header = (void *)copy;
	if (header->hdr_len + header->str_off + header->str_len != size)
		fatal(0, "the kernel's types do not end with their strings");
	for (size_t at = header->hdr_len + header->type_off, end = at + header->type_len;
	     at < end;) {
		struct btf_type *t = (void *)(copy + at);
		const char *name = btf__name_by_offset(btf, t->name_off);

		at += sizeof(*t) + more_of(t);
		if (btf_is_struct(t) && (!strcmp(name, "bpf_htab") || !strcmp(name, "lpm_trie")))
			rename_members(btf, t, header->str_len);
	}
	header->str_len += sizeof(new_names);
	fwrite(copy, 1, size + sizeof(new_names), stdout);
}
