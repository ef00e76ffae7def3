/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of BPF map types, as bpftool spells them: "hash", "percpu_hash", "lpm_trie".
 */
#ifndef MEMDESTROY_MODEL_MAP_TYPE_H
#define MEMDESTROY_MODEL_MAP_TYPE_H

#include <stddef.h>
#include <linux/types.h>

struct btf;

/*
 * libbpf's name of a type, else the running kernel's, else "type_N". Never NULL. The string is
 * owned by this module; a "type_N" is kept until 64 other types without a name were met. The
 * kernel's BTF is read at most once, when a type is met that libbpf does not know. Not for use by
 * several threads at a time.
 */
const char *map_type_name(__u32 type);

/* The reverse, "type_N" included. -ENOENT: no such type, in libbpf or in the running kernel. */
int map_type_from_name(const char *name, __u32 *type);

/*
 * The name from the enum bpf_map_type of a kernel's BTF: without BPF_MAP_TYPE_, in lower case, cut
 * to what buf takes. -ENOENT: btf does not have it, and buf is left alone.
 */
int map_type_btf_name(const struct btf *btf, __u32 type, char *buf, size_t size);

/*
 * All of them but "unspec", each with a newline behind it; to be freed. NULL: as above, or no
 * memory.
 */
char *map_type_btf_names(const struct btf *btf);

#endif
