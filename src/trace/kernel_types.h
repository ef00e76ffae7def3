/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's types: finds the few that the programs need by one walk through the BTF, and makes a
 * BTF of them alone. libbpf would index all of over 100,000, and search them for each one.
 */
#pragma once

#include <stddef.h>

#include <linux/types.h>

struct btf;
struct kernel_types;

#define MAX_SAME_NAME 4

/* A type to find. Some kernels have several structures of one name. */
struct wanted_type {
	const char *name; /* of at least two characters; NULL: none is wanted */
	__u32 kind;	  /* BTF_KIND_*, which must have names */
	__u32 nr;	  /* of those found, at most MAX_SAME_NAME */
	__u32 ids[MAX_SAME_NAME];
	struct wanted_type *next; /* for kernel_types_find(): of those that begin alike */
};

/*
 * Reads a file of raw BTF of this machine's byte order. Returns 0 or -errno, -EINVAL if it is not
 * sound. *out is to be freed.
 */
int kernel_types_read(struct kernel_types **out, const char *path);
void kernel_types_free(struct kernel_types *types);

/* Fills in nr and ids. Returns 0 or -EINVAL. */
int kernel_types_find(struct kernel_types *types, struct wanted_type *wanted, size_t nr_wanted);

/*
 * After kernel_types_find(): a type by its id, which has room for all of its members; NULL: there
 * is none. A string by its place; "" if there is none.
 */
struct btf_type;
const struct btf_type *kernel_types_at(const struct kernel_types *types, __u32 id);
const char *kernel_types_string(const struct kernel_types *types, __u32 at);

/*
 * The structures among what kernel_types_find() has found, as a BTF with new ids: of their members
 * those whose names a structure in "like" has. What pointers point to is left out. Writes it to a
 * file descriptor. Returns 0 or -errno.
 */
int kernel_types_reduce(const struct kernel_types *types, const struct wanted_type *wanted,
			size_t nr_wanted, const struct btf *like, int fd);
