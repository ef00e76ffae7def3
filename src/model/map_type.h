/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of BPF map types, as bpftool spells them: "hash", "percpu_hash", "lpm_trie".
 */
#pragma once

#include <stddef.h>
#include <linux/types.h>

struct btf;
struct suggestion;

/*
 * libbpf's name of a type, otherwise the running kernel's, otherwise "type_N"; never NULL. Owned by
 * this module; a "type_N" is valid until the call for the 64th other type without a name. Reads the
 * kernel's BTF at most once, for the first type that libbpf does not know. Not thread-safe.
 */
const char *map_type_name(__u32 type);

/* The reverse, "type_N" included. -ENOENT: no such type, in libbpf or in the running kernel. */
int map_type_from_name(const char *name, __u32 *type);

/* Offers the names of all types in libbpf and in the running kernel. */
void map_type_suggest(struct suggestion *suggestion);

/*
 * Fills buf with the name in enum bpf_map_type of a kernel's BTF, without BPF_MAP_TYPE_, in lower
 * case, cut off at size. -ENOENT: btf has no such type, and buf is unchanged.
 */
int map_type_btf_name(const struct btf *btf, __u32 type, char *buf, size_t size);

/* All of these names except "unspec", one a line, to be freed. NULL: none, or errno is ENOMEM. */
char *map_type_btf_names(const struct btf *btf);
