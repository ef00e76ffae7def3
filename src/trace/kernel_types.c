// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the kernel's BTF, finds types by name, and writes a BTF of some of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "trace/kernel_types.h"
#include "util/macros.h"
#include "util/text.h"

#ifndef BTF_KIND_ENUM64 /* linux/btf.h before 6.0 */
#define BTF_KIND_ENUM64 19
#endif

#define NR_FIRSTS 4096
#define MAX_DEPTH 64 /* of types in types */

struct kernel_types {
	char *data;
	size_t size;
	const char *types, *strings; /* in data */
	__u32 types_len, strings_len;
	__u32 *offsets; /* in types, by id; filled in by kernel_types_find() */
	__u32 nr;	/* one more than the highest id */
};

/* sysfs returns at most a page at a time, and copies it twice. */
static int read_all(struct kernel_types *types, int fd)
{
	size_t done = 0;
	ssize_t size;

	while (done < types->size) {
		size = read(fd, types->data + done, types->size - done);
		if (size < 0)
			return -errno;
		if (!size)
			return -EIO;
		done += size;
	}
	return 0;
}

/*
 * The kernel's own types in one go, which takes CAP_SYS_ADMIN. They are the first BTF, unless no
 * program was loaded before others' BTF was.
 */
static int ask_kernel(struct kernel_types *types)
{
	char name[16] = "";
	struct bpf_btf_info info = {.name = (__u64)(unsigned long)name, .name_len = sizeof(name)};
	__u32 id, len = sizeof(info);
	int fd, err;

	if (bpf_btf_get_next_id(0, &id))
		return -errno;
	fd = bpf_btf_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	info.btf = (__u64)(unsigned long)types->data;
	info.btf_size = types->size;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	if (!err && info.kernel_btf && !strcmp(name, "vmlinux") && info.btf_size == types->size)
		return 0;
	return err ?: -ESRCH;
}

/* Memory of its own goes back whole. Since 6.16 the file can be mapped (a539e2a6d51d). */
static int get_data(struct kernel_types *types, int fd)
{
	struct stat stat;
	void *data;
	bool mapped;

	if (fstat(fd, &stat))
		return -errno;
	data = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	mapped = data != MAP_FAILED;
	if (!mapped)
		data = mmap(NULL, stat.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	if (data == MAP_FAILED)
		return -errno;
	types->data = data;
	types->size = stat.st_size;
	return mapped || !ask_kernel(types) ? 0 : read_all(types, fd);
}

static int set_sections(struct kernel_types *types)
{
	const struct btf_header *header = (void *)types->data;
	__u64 rest;

	if (types->size < sizeof(*header) || header->magic != BTF_MAGIC ||
	    header->hdr_len < sizeof(*header) || header->hdr_len > types->size)
		return -EINVAL;
	rest = types->size - header->hdr_len;
	if ((__u64)header->type_off + header->type_len > rest ||
	    (__u64)header->str_off + header->str_len > rest || !header->str_len ||
	    (header->hdr_len + header->type_off) % 4)
		return -EINVAL;
	types->types = types->data + header->hdr_len + header->type_off;
	types->types_len = header->type_len;
	types->strings = types->data + header->hdr_len + header->str_off;
	types->strings_len = header->str_len;
	return types->strings[types->strings_len - 1] ? -EINVAL : 0;
}

int kernel_types_read(struct kernel_types **out, const char *path)
{
	struct kernel_types *types = calloc(1, sizeof(*types));
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (!types || fd < 0)
		err = types ? -errno : -ENOMEM;
	else
		err = get_data(types, fd) ?: set_sections(types);
	if (fd >= 0)
		close(fd);
	if (err) {
		kernel_types_free(types);
		return err;
	}
	*out = types;
	return 0;
}

void kernel_types_free(struct kernel_types *types)
{
	if (!types)
		return;
	if (types->data)
		munmap(types->data, types->size);
	free(types->offsets);
	free(types);
}

/* The search */

/* The data behind a type of each kind: so many bytes, and so many for each of its members. */
static const struct {
	__u8 bytes, member;
} sizes[] = {
	[BTF_KIND_INT] = {4, 0},
	[BTF_KIND_PTR] = {0, 0},
	[BTF_KIND_ARRAY] = {sizeof(struct btf_array), 0},
	[BTF_KIND_STRUCT] = {0, sizeof(struct btf_member)},
	[BTF_KIND_UNION] = {0, sizeof(struct btf_member)},
	[BTF_KIND_ENUM] = {0, sizeof(struct btf_enum)},
	[BTF_KIND_FUNC_PROTO] = {0, sizeof(struct btf_param)},
	[BTF_KIND_VAR] = {sizeof(struct btf_var), 0},
	[BTF_KIND_DATASEC] = {0, sizeof(struct btf_var_secinfo)},
	[BTF_KIND_DECL_TAG] = {sizeof(struct btf_decl_tag), 0},
	[BTF_KIND_ENUM64] = {0, 12},
};

/* 0: it is not sound. */
static size_t size_of(const struct kernel_types *types, size_t at)
{
	const struct btf_type *t = (void *)(types->types + at);
	size_t room = types->types_len - at, size;
	__u32 kind;

	if (room < sizeof(*t))
		return 0;
	kind = btf_kind(t);
	if (kind >= ARRAY_SIZE(sizes) || t->name_off >= types->strings_len)
		return 0;
	size = sizeof(*t) + sizes[kind].bytes + sizes[kind].member * btf_vlen(t);
	return size > room ? 0 : size;
}

/* Of the first two characters; most names have others than those that are wanted. */
static __u32 first_of(const char *name)
{
	return ((unsigned char)name[0] << 5 ^ (unsigned char)name[1]) % NR_FIRSTS;
}

/* wanted: the first of those that begin alike. */
static void note_if_wanted(const struct btf_type *t, const char *name, __u32 id,
			   struct wanted_type *wanted)
{
	__u32 kind = btf_kind(t);

	for (; wanted; wanted = wanted->next)
		if (wanted->kind == kind && wanted->nr < MAX_SAME_NAME &&
		    !strcmp(wanted->name, name))
			wanted->ids[wanted->nr++] = id;
}

int kernel_types_find(struct kernel_types *types, struct wanted_type *wanted, size_t nr_wanted)
{
	struct wanted_type *firsts[NR_FIRSTS] = {};
	__u32 id = 1;
	size_t size;

	free(types->offsets);
	types->offsets = calloc(types->types_len / sizeof(struct btf_type) + 1, sizeof(__u32));
	if (!types->offsets)
		return -ENOMEM;
	for (struct wanted_type *one = wanted; one < wanted + nr_wanted; one++) {
		if (!one->name)
			continue;
		one->next = firsts[first_of(one->name)];
		firsts[first_of(one->name)] = one;
	}
	for (size_t at = 0; at < types->types_len; at += size, id++) {
		const struct btf_type *t = (void *)(types->types + at);
		const char *name;

		size = size_of(types, at);
		if (!size)
			return -EINVAL;
		types->offsets[id] = at;
		name = types->strings + t->name_off;
		if (*name && firsts[first_of(name)])
			note_if_wanted(t, name, id, firsts[first_of(name)]);
	}
	types->nr = id;
	return 0;
}

const struct btf_type *kernel_types_at(const struct kernel_types *types, __u32 id)
{
	return id && id < types->nr ? (void *)(types->types + types->offsets[id]) : NULL;
}

const char *kernel_types_string(const struct kernel_types *types, __u32 at)
{
	return at < types->strings_len ? types->strings + at : "";
}

/* The BTF of some types */

struct reduced {
	const struct kernel_types *from;
	const char **members; /* the names of those wanted */
	size_t nr_members;
	bool firsts[NR_FIRSTS]; /* of these names */
	FILE *types, *strings;
	__u32 *ids; /* the new ones, by those in "from"; 0: not written yet */
	__u32 nr, strings_len, depth;
	int err;
};

static int set_members(struct reduced *reduced, const struct btf *like)
{
	__u32 nr = btf__type_cnt(like), nr_members = 0;

	for (__u32 id = 1; id < nr; id++)
		if (btf_is_composite(btf__type_by_id(like, id)))
			nr_members += btf_vlen(btf__type_by_id(like, id));
	reduced->members = calloc(nr_members + 1, sizeof(*reduced->members));
	if (!reduced->members)
		return -ENOMEM;
	for (__u32 id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(like, id);

		for (int i = 0; btf_is_composite(t) && i < btf_vlen(t); i++) {
			const char *name = btf__name_by_offset(like, btf_members(t)[i].name_off);

			reduced->members[reduced->nr_members++] = name;
			reduced->firsts[first_of(name)] = true;
		}
	}
	return 0;
}

static bool is_member_wanted(const struct reduced *reduced, const char *name)
{
	for (size_t i = 0; reduced->firsts[first_of(name)] && i < reduced->nr_members; i++)
		if (*reduced->members[i] == *name && !strcmp(reduced->members[i], name))
			return true;
	return false;
}

static __u32 write_name(struct reduced *reduced, __u32 name_off)
{
	const char *name = kernel_types_string(reduced->from, name_off);
	__u32 at = reduced->strings_len;

	if (!*name)
		return 0;
	reduced->strings_len += fwrite(name, 1, strlen(name) + 1, reduced->strings);
	return at;
}

/* more: what follows the type. */
static __u32 write_type(struct reduced *reduced, const struct btf_type *like, __u32 info,
			__u32 size_or_type, const void *more, size_t size)
{
	struct btf_type t = {write_name(reduced, like->name_off), info, {size_or_type}};

	fwrite(&t, sizeof(t), 1, reduced->types);
	if (size)
		fwrite(more, 1, size, reduced->types);
	return ++reduced->nr;
}

static __u32 copy_type(struct reduced *reduced, __u32 id);

static __u32 copy_composite(struct reduced *reduced, const struct btf_type *t)
{
	const struct btf_member *members = btf_members(t);
	struct btf_member *kept = calloc(btf_vlen(t) + 1, sizeof(*kept));
	__u32 nr = 0, id;

	if (!kept) {
		reduced->err = -ENOMEM;
		return 0;
	}
	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = kernel_types_string(reduced->from, members[i].name_off);

		if (*name && !is_member_wanted(reduced, name))
			continue;
		kept[nr].type = copy_type(reduced, members[i].type);
		kept[nr].name_off = write_name(reduced, members[i].name_off);
		kept[nr++].offset = members[i].offset;
	}
	id = write_type(reduced, t, (t->info & ~0xffffU) | nr, t->size, kept, nr * sizeof(*kept));
	free(kept);
	return id;
}

static __u32 copy_array(struct reduced *reduced, const struct btf_type *t)
{
	struct btf_array array = *btf_array(t);

	array.type = copy_type(reduced, array.type);
	array.index_type = copy_type(reduced, array.index_type);
	return write_type(reduced, t, t->info, 0, &array, sizeof(array));
}

/* Returns the new id. Names of other types, and their qualifiers, do not matter to libbpf. */
static __u32 copy_kind(struct reduced *reduced, const struct btf_type *t)
{
	if (btf_is_mod(t) || btf_is_typedef(t))
		return copy_type(reduced, t->type);
	if (btf_is_composite(t))
		return copy_composite(reduced, t);
	if (btf_is_array(t))
		return copy_array(reduced, t);
	if (btf_is_ptr(t))
		return write_type(reduced, t, t->info, 0, NULL, 0);
	if (btf_is_int(t))
		return write_type(reduced, t, t->info, t->size, t + 1, 4);
	/* an enumeration, whose values are not read, or a floating point number */
	return write_type(reduced, t, t->info & ~0xffffU, t->size, NULL, 0);
}

static __u32 copy_type(struct reduced *reduced, __u32 id)
{
	const struct btf_type *t = kernel_types_at(reduced->from, id);

	if (!t || reduced->err)
		return 0;
	if (reduced->ids[id])
		return reduced->ids[id];
	if (reduced->depth == MAX_DEPTH) { /* it contains itself */
		reduced->err = -EINVAL;
		return 0;
	}
	reduced->depth++;
	reduced->ids[id] = copy_kind(reduced, t);
	reduced->depth--;
	return reduced->ids[id];
}

static int write_file(const struct reduced *reduced, const char *types, size_t types_len,
		      const char *strings, int fd)
{
	struct btf_header header = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(header),
		.type_len = types_len,
		.str_off = types_len,
		.str_len = reduced->strings_len,
	};
	bool written = write(fd, &header, sizeof(header)) == sizeof(header) &&
		       write(fd, types, types_len) == (ssize_t)types_len &&
		       write(fd, strings, header.str_len) == (ssize_t)header.str_len;

	return written ? 0 : -(errno ?: ENOSPC);
}

int kernel_types_reduce(const struct kernel_types *types, const struct wanted_type *wanted,
			size_t nr_wanted, const struct btf *like, int fd)
{
	char *types_text = NULL, *strings_text = NULL;
	size_t types_len, strings_len;
	struct reduced reduced = {
		.from = types,
		.types = open_memstream(&types_text, &types_len),
		.strings = open_memstream(&strings_text, &strings_len),
		.ids = calloc(types->nr, sizeof(*reduced.ids)),
	};
	int err = reduced.types && reduced.strings && reduced.ids ? 0 : -ENOMEM;

	if (!err)
		err = set_members(&reduced, like);
	if (!err) {
		reduced.strings_len += fwrite("", 1, 1, reduced.strings);
		for (size_t i = 0; i < nr_wanted; i++)
			for (__u32 nth = 0; wanted[i].kind == BTF_KIND_STRUCT && nth < wanted[i].nr;
			     nth++)
				copy_type(&reduced, wanted[i].ids[nth]);
		err = reduced.err;
	}
	if (reduced.types && text_memory_end(reduced.types, &types_text))
		err = -ENOMEM;
	if (reduced.strings && text_memory_end(reduced.strings, &strings_text))
		err = -ENOMEM;
	if (!err)
		err = write_file(&reduced, types_text, types_len, strings_text, fd);
	free(types_text);
	free(strings_text);
	free(reduced.ids);
	free(reduced.members);
	return err;
}
