// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes maps of every type in three sizes, fills half of each, and prints how many elements and how
 * many bytes the kernel says that it has, just before it is closed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <netinet/in.h>

#include "maps.h"
#include "util/macros.h"
#include "workload.h"

#define LOOPBACK    1 /* the interface's number */
#define MAX_SOCKETS 50U
#define MAX_BYTES   64 /* of a key or a value */

/* How elements get into a map. */
enum how {
	HOW_NOT,    /* it has none, or the kernel does not count them */
	HOW_KEYS,   /* numbers as keys, any values */
	HOW_ALWAYS, /* all elements are always there */
	HOW_LRU,    /* as HOW_KEYS, but the map may drop some */
	HOW_PUSH,   /* without keys */
	HOW_DEVICE,
	HOW_SOCKET,
	HOW_MAP,
	HOW_PAGES, /* by touching memory */
};

/* Numbers instead of names, because the header may be older than the kernel. */
static const struct memory_type {
	const char *name;
	__u32 number, key_size, value_size;
	__u32 flags;
	enum how how;
	__u32 unit; /* the sizes are multiples of it; 0: the map has no size */
} types[] = {
	{"hash", 1, 4, 20, 0, HOW_KEYS, 1},
	{"hash", 1, 12, 20, BPF_F_NO_PREALLOC, HOW_KEYS, 1},
	{"array", 2, 4, 20, 0, HOW_ALWAYS, 1},
	{"array", 2, 4, 20, BPF_F_MMAPABLE, HOW_ALWAYS, 1},
	{"prog_array", 3, 4, 4, 0, HOW_NOT, 1},
	{"perf_event_array", 4, 4, 4, 0, HOW_NOT, 1},
	{"percpu_hash", 5, 4, 20, 0, HOW_KEYS, 1},
	{"percpu_hash", 5, 4, 20, BPF_F_NO_PREALLOC, HOW_KEYS, 1},
	{"percpu_array", 6, 4, 20, 0, HOW_ALWAYS, 1},
	{"stack_trace", 7, 4, 80, 0, HOW_NOT, 1},
	{"cgroup_array", 8, 4, 4, 0, HOW_NOT, 1},
	{"lru_hash", 9, 4, 20, 0, HOW_LRU, 1},
	{"lru_hash", 9, 4, 20, BPF_F_NO_COMMON_LRU, HOW_LRU, 1},
	{"lru_percpu_hash", 10, 4, 20, 0, HOW_LRU, 1},
	{"lru_percpu_hash", 10, 4, 20, BPF_F_NO_COMMON_LRU, HOW_LRU, 1},
	{"lpm_trie", 11, 8, 20, BPF_F_NO_PREALLOC, HOW_KEYS, 1},
	{"array_of_maps", 12, 4, 4, 0, HOW_NOT, 1},
	{"hash_of_maps", 13, 4, 4, 0, HOW_MAP, 1},
	{"hash_of_maps", 13, 4, 4, BPF_F_NO_PREALLOC, HOW_MAP, 1},
	{"devmap", 14, 4, 4, 0, HOW_DEVICE, 1},
	{"sockmap", 15, 4, 4, 0, HOW_NOT, 1},
	{"cpumap", 16, 4, 4, 0, HOW_NOT, 1},
	{"xskmap", 17, 4, 4, 0, HOW_NOT, 1},
	{"sockhash", 18, 4, 4, 0, HOW_SOCKET, 1},
	{"cgroup_storage", 19, 8, 20, 0, HOW_NOT, 0},
	{"reuseport_sockarray", 20, 4, 4, 0, HOW_NOT, 1},
	{"percpu_cgroup_storage", 21, 8, 20, 0, HOW_NOT, 0},
	{"queue", 22, 0, 20, 0, HOW_PUSH, 1},
	{"stack", 23, 0, 20, 0, HOW_PUSH, 1},
	{"sk_storage", 24, 4, 8, BPF_F_NO_PREALLOC, HOW_NOT, 0},
	{"devmap_hash", 25, 4, 4, 0, HOW_DEVICE, 1},
	{"struct_ops", 26, 4, 0, 0, HOW_NOT, 0},
	{"ringbuf", 27, 0, 0, 0, HOW_NOT, 4096},
	{"inode_storage", 28, 4, 8, BPF_F_NO_PREALLOC, HOW_NOT, 0},
	{"task_storage", 29, 4, 8, BPF_F_NO_PREALLOC, HOW_NOT, 0},
	{"bloom_filter", 30, 0, 20, 0, HOW_NOT, 1},
	{"user_ringbuf", 31, 0, 0, 0, HOW_NOT, 4096},
	{"cgrp_storage", 32, 4, 8, BPF_F_NO_PREALLOC, HOW_NOT, 0},
	{"arena", 33, 0, 0, BPF_F_MMAPABLE, HOW_PAGES, 1},
	{"insn_array", 34, 4, 16, 0, HOW_NOT, 1},
	{"rhash", 35, 4, 20, BPF_F_NO_PREALLOC, HOW_KEYS, 1},
};

static const __u32 sizes[] = {2, 64, 256};

static __u32 max_entries_of(const struct memory_type *type, __u32 size)
{
	/* Other numbers than powers of two are rounded up in different ways. */
	return size * type->unit + (type->unit == 1 && size > 2 ? 3 : 0);
}

/* Its value has a type of the kernel. */
static int create_struct_ops(const struct memory_type *type, const char *name,
			     struct bpf_map_create_opts *opts)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	int id = vmlinux ? btf__find_by_name(vmlinux, "bpf_struct_ops_tcp_congestion_ops") : -1;
	int fd;

	if (id < 0)
		fatal(ENOENT, "cannot find the type of a struct_ops");
	opts->btf_vmlinux_value_type_id = id;
	fd = bpf_map_create(type->number, name, type->key_size, btf__type_by_id(vmlinux, id)->size,
			    1, opts);
	btf__free(vmlinux);
	return fd;
}

static struct btf *load_types(__u32 *key, __u32 *value)
{
	struct btf *btf = btf__new_empty();

	*key = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	*value = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	if (btf__load_into_kernel(btf))
		fatal(errno, "cannot load BTF");
	return btf;
}

static int create(const struct memory_type *type, const char *name, __u32 max_entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = type->flags);
	bool is_struct_ops = !strcmp(type->name, "struct_ops");
	struct btf *btf = NULL;
	__u32 key, value;
	int fd;

	if (type->how == HOW_MAP || !strcmp(type->name, "array_of_maps"))
		opts.inner_map_fd = inner_map();
	if (is_struct_ops || (strstr(type->name, "_storage") && !strstr(type->name, "cgroup"))) {
		btf = load_types(&key, &value);
		opts.btf_fd = btf__fd(btf);
	}
	if (is_struct_ops) {
		fd = create_struct_ops(type, name, &opts);
	} else {
		if (btf) {
			opts.btf_key_type_id = key;
			opts.btf_value_type_id = value;
		}
		fd = bpf_map_create(type->number, name, type->key_size, type->value_size,
				    max_entries, &opts);
	}
	btf__free(btf);
	return fd;
}

/* The nth of sockets that stay open. */
static __u32 socket_fd(__u32 nth)
{
	static int fds[MAX_SOCKETS];
	const struct sockaddr_in any = {.sin_family = AF_INET};

	if (!fds[nth]) {
		fds[nth] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fds[nth] < 0 || bind(fds[nth], (const void *)&any, sizeof(any)))
			fatal(errno, "cannot make a socket");
	}
	return fds[nth];
}

static void touch_pages(int fd, __u32 max_entries, __u32 nr)
{
	size_t page = getpagesize();
	char *at = mmap(NULL, max_entries * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		fatal(errno, "cannot map an arena");
	for (__u32 i = 0; i < nr; i++)
		at[i * page] = 1;
	munmap(at, max_entries * page);
}

static void put(const struct memory_type *type, int fd, __u32 nth)
{
	static char *value;
	__u32 key[MAX_BYTES / sizeof(__u32)] = {nth};
	__u32 number = 0;

	if (!value && !(value = calloc(libbpf_num_possible_cpus(), MAX_BYTES)))
		fatal(ENOMEM, "cannot make a value");
	if (!strcmp(type->name, "lpm_trie")) {
		key[0] = 32; /* bits of prefix */
		key[1] = nth;
	}
	if (type->how == HOW_DEVICE)
		number = LOOPBACK;
	else if (type->how == HOW_SOCKET)
		number = socket_fd(nth);
	else if (type->how == HOW_MAP)
		number = inner_map();
	memcpy(value, &number, sizeof(number));
	if (bpf_map_update_elem(fd, type->key_size ? key : NULL, value, BPF_ANY))
		fatal(errno, "cannot update element %u of a %s", nth, type->name);
}

/* The number of elements; -1: the kernel does not show it. */
static long fill(const struct memory_type *type, int fd, __u32 max_entries)
{
	__u32 nr = max_entries / 2 < MAX_SOCKETS ? max_entries / 2 : MAX_SOCKETS;

	switch (type->how) {
	case HOW_NOT:
		return -1;
	case HOW_ALWAYS:
		return (long)max_entries;
	case HOW_PAGES:
		touch_pages(fd, max_entries, nr);
		return nr;
	default:
		for (__u32 i = 0; i < nr; i++)
			put(type, fd, i);
		return type->how == HOW_LRU ? -1 : (long)nr;
	}
}

static long long memlock_of(int fd)
{
	long long bytes = -1;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "memlock: %lld", &bytes);
	if (file)
		fclose(file);
	return bytes;
}

static void measure(const struct memory_type *type, __u32 size)
{
	__u32 max_entries = max_entries_of(type, size);
	long elements;
	char name[16];
	int fd;

	snprintf(name, sizeof(name), "mem_%u_%u%s", type->number, size, type->flags ? "_f" : "");
	fd = create(type, name, max_entries);
	if (fd < 0) {
		printf("{\"kind\":\"memory\",\"map_type\":\"%s\",\"skipped\":\"%s\"}\n", type->name,
		       error_name(-fd));
		return;
	}
	elements = fill(type, fd, max_entries);
	printf("{\"kind\":\"memory\",\"maps\":1,\"map_type\":\"%s\",\"map_name\":\"%s\","
	       "\"map_id\":%u,\"elements\":%ld,\"memlock\":%lld}\n",
	       type->name, name, map_id(fd), elements, memlock_of(fd));
	close(fd);
}

void memory_run(void)
{
	char none;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		for (size_t size = 0; size < (types[i].unit ? ARRAY_SIZE(sizes) : 1); size++)
			measure(&types[i], types[i].unit ? sizes[size] : 0);
	puts("{\"kind\":\"made\"}");
	while (read(STDIN_FILENO, &none, 1) > 0)
		;
}
