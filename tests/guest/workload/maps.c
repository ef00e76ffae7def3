// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes, fills and empties BPF maps of the types that may reach bpf_mem_alloc_destroy(), and
 * others, and prints which were made.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "maps.h"
#include "util/macros.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define MAX_OWNERS  64
#define MIN_ENTRIES 64

/*
 * Numbers instead of the header's names, because the header may be older than the kernel. LRU maps
 * are always preallocated; LPM tries, resizable hashes and local storage never are. The matrix
 * makes few maps of the first kinds.
 */
const struct map_type map_types[] = {
	/* name, abbr, number, shape, key_size, value_size, prealloc, no_prealloc, slow, owner */
	{"hash_of_maps", "hom", 13, SHAPE_TABLE, 4, 4, true, true, true, OWNER_NONE},
	{"hash", "hash", 1, SHAPE_TABLE, 4, 48, true, true, false, OWNER_NONE},
	{"percpu_hash", "phash", 5, SHAPE_TABLE, 4, 24, true, true, false, OWNER_NONE},
	{"lru_hash", "lru", 9, SHAPE_TABLE, 4, 56, true, false, false, OWNER_NONE},
	{"lru_percpu_hash", "plru", 10, SHAPE_TABLE, 4, 16, true, false, false, OWNER_NONE},
	{"lpm_trie", "lpm", 11, SHAPE_TABLE, 8, 32, false, true, false, OWNER_NONE},
	{"task_storage", "task", 29, SHAPE_TABLE, 4, 8, false, true, true, OWNER_TASK},
	{"sk_storage", "sk", 24, SHAPE_TABLE, 4, 8, false, true, true, OWNER_SOCKET},
	{"inode_storage", "inode", 28, SHAPE_TABLE, 4, 8, false, true, true, OWNER_INODE},
	{"cgrp_storage", "cgrp", 32, SHAPE_TABLE, 4, 8, false, true, true, OWNER_CGROUP},
	{"rhash", "rhash", 35, SHAPE_TABLE, 4, 40, false, true, false, OWNER_NONE},
	{"array", "array", 2, SHAPE_ARRAY, 4, 48, true, false, false, OWNER_NONE},
	{"percpu_array", "parr", 6, SHAPE_ARRAY, 4, 24, true, false, false, OWNER_NONE},
	{"array_of_maps", "aom", 12, SHAPE_ARRAY, 4, 4, true, false, true, OWNER_NONE},
	{"queue", "queue", 22, SHAPE_QUEUE, 0, 8, true, false, false, OWNER_NONE},
	{"stack", "stack", 23, SHAPE_QUEUE, 0, 8, true, false, false, OWNER_NONE},
	{"ringbuf", "rbuf", 27, SHAPE_BUFFER, 0, 0, true, false, false, OWNER_NONE},
};
const size_t nr_map_types = ARRAY_SIZE(map_types);

static pid_t tasks[MAX_OWNERS];
static pid_t owners_pid; /* children must not release the owners */

const char *error_name(int error)
{
	return error == ENOTSUPP ? "ENOTSUPP" : strerrorname_np(error);
}

void fatal(int error, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "workload: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, error ? ": %s\n" : "\n", error_name(error));
	exit(1);
}

const struct map_type *map_type_find(const char *name)
{
	for (size_t i = 0; i < nr_map_types; i++)
		if (!strcmp(map_types[i].name, name))
			return &map_types[i];
	return NULL;
}

struct kind kind_of(const struct map_type *type, bool prealloc, enum fill fill, __u32 elements)
{
	static const char *const fill_abbr[] = {"empty", "full", "gone"};
	struct kind kind = {
		.type = type,
		.prealloc = prealloc,
		.fill = fill,
		.elements = elements,
		.max_entries = elements > MIN_ENTRIES ? elements : MIN_ENTRIES,
	};

	if (type->owner != OWNER_NONE)
		kind.max_entries = 0; /* the kernel insists */
	if (type->shape == SHAPE_BUFFER)
		kind.max_entries = getpagesize(); /* bytes */
	snprintf(kind.map_name, sizeof(kind.map_name), "%.5s_%s_%s", type->abbr,
		 prealloc ? "pre" : "np", fill_abbr[fill]);
	return kind;
}

__u32 kind_flags(const struct kind *kind)
{
	return kind->prealloc ? 0 : BPF_F_NO_PREALLOC;
}

/* The types of key and value, without which local storage cannot be made */
static const struct btf *storage_btf(int *key_id, int *value_id)
{
	static struct btf *btf;
	static int key, value;
	int err;

	if (!btf) {
		btf = btf__new_empty();
		if (!btf)
			fatal(errno, "cannot make BTF");
		key = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
		value = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
		err = btf__load_into_kernel(btf);
		if (key < 0 || value < 0 || err)
			fatal(-err, "cannot load BTF");
	}
	*key_id = key;
	*value_id = value;
	return btf;
}

static bool holds_maps(const struct map_type *type)
{
	return type->number == BPF_MAP_TYPE_HASH_OF_MAPS ||
	       type->number == BPF_MAP_TYPE_ARRAY_OF_MAPS;
}

/* Has the process id in its name, so that processes differ. */
const struct kind *inner_kind(void)
{
	static struct kind kind;

	if (!kind.type) {
		kind = kind_of(map_type_find("array"), true, FILL_EMPTY, 0);
		snprintf(kind.map_name, sizeof(kind.map_name), "inner_%d", getpid());
	}
	return &kind;
}

int inner_map(void)
{
	static int fd;

	if (!fd)
		fd = map_create(inner_kind());
	if (fd < 0)
		fatal(-fd, "cannot create the inner map");
	return fd;
}

/* Without the bpf LSM inodes have no room for storage, though the map can be made. */
static bool bpf_lsm_is_on(void)
{
	FILE *file = fopen("/sys/kernel/security/lsm", "re");
	char names[256] = "";

	if (!file)
		return true; /* not known */
	if (!fgets(names, sizeof(names), file))
		names[0] = '\0';
	fclose(file);
	return strstr(names, "bpf");
}

int map_create(const struct kind *kind)
{
	const struct map_type *type = kind->type;
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = kind_flags(kind));
	int key_id, value_id;

	if (type->owner == OWNER_INODE && !bpf_lsm_is_on())
		return -EOPNOTSUPP;
	if (type->owner != OWNER_NONE) {
		opts.btf_fd = btf__fd(storage_btf(&key_id, &value_id));
		opts.btf_key_type_id = key_id;
		opts.btf_value_type_id = value_id;
	}
	if (holds_maps(type))
		opts.inner_map_fd = inner_map();
	return bpf_map_create(type->number, kind->map_name, type->key_size, type->value_size,
			      kind->max_entries, &opts);
}

__u32 map_id(int fd)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		fatal(errno, "cannot ask for a map's id");
	return info.id;
}

bool map_unknown(int fd)
{
	return fd == -EINVAL || fd == -EOPNOTSUPP || fd == -ENOTSUPP;
}

static int make_task(__u32 index)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		fatal(errno, "cannot fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	tasks[index] = pid;
	owners_pid = getpid();
	fd = syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		fatal(errno, "cannot open a pidfd");
	return fd;
}

static void cgroup_path(char *path, size_t size, __u32 index)
{
	snprintf(path, size, CGROUP_ROOT "/workload-%d-%u", owners_pid, index);
}

static int make_cgroup(__u32 index)
{
	char path[64];
	int fd;

	owners_pid = getpid();
	cgroup_path(path, sizeof(path), index);
	if (mkdir(path, 0755))
		fatal(errno, "cannot make cgroup %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fatal(errno, "cannot open %s", path);
	return fd;
}

/*
 * The file descriptor of the index-th owner of a sort. Owners live to the end, so that a map has to
 * unlink its elements from them.
 */
static int owner_fd(enum owner sort, __u32 index)
{
	static int fds[OWNER_CGROUP + 1][MAX_OWNERS];
	int *fd;

	if (index >= MAX_OWNERS)
		fatal(0, "at most %d elements of local storage", MAX_OWNERS);
	fd = &fds[sort][index];
	if (*fd)
		return *fd;
	if (sort == OWNER_TASK)
		*fd = make_task(index);
	else if (sort == OWNER_SOCKET)
		*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	else if (sort == OWNER_INODE)
		*fd = memfd_create("workload", MFD_CLOEXEC);
	else
		*fd = make_cgroup(index);
	if (*fd < 0)
		fatal(errno, "cannot make an owner of storage");
	return *fd;
}

void owners_prepare(const struct kind *kind)
{
	if (kind->type->owner == OWNER_NONE || kind->fill == FILL_EMPTY)
		return;
	for (__u32 i = 0; i < kind->elements; i++)
		owner_fd(kind->type->owner, i);
}

void owners_release(void)
{
	char path[64];

	if (owners_pid != getpid())
		return;
	for (__u32 i = 0; i < MAX_OWNERS; i++) {
		if (tasks[i])
			kill(tasks[i], SIGKILL);
		cgroup_path(path, sizeof(path), i);
		rmdir(path);
	}
}

/* The index-th key of the type */
static void make_key(const struct map_type *type, __u32 index, __u32 key[2])
{
	key[0] = index;
	if (type->number == BPF_MAP_TYPE_LPM_TRIE) {
		key[0] = 32; /* bits of prefix */
		key[1] = index;
	} else if (type->owner != OWNER_NONE) {
		key[0] = owner_fd(type->owner, index);
	}
}

void map_update(const struct kind *kind, int fd, __u32 index)
{
	static void *value;
	__u32 key[2];
	int err;

	/* Per-CPU maps take a value for each CPU; this is large enough for all types. */
	if (!value)
		value = calloc(libbpf_num_possible_cpus(), 64);
	if (!value)
		fatal(ENOMEM, "cannot make a value");
	make_key(kind->type, index, key);
	if (holds_maps(kind->type))
		*(__u32 *)value = inner_map();
	/*
	 * Up to 6.0 per-CPU memory may lack until a worker adds some. Local storage returns -EAGAIN
	 * while the storage of its owner is freed, as seen on 6.17's real-time kernel.
	 */
	for (int tries = 1000; tries; tries--) {
		err = bpf_map_update_elem(fd, kind->type->key_size ? key : NULL, value, BPF_ANY);
		if (err != -ENOMEM && err != -EAGAIN)
			break;
		usleep(1000);
	}
	if (err)
		fatal(-err, "cannot update element %u of %s", index, kind->map_name);
}

void map_delete(const struct kind *kind, int fd, __u32 index)
{
	__u32 key[2];
	int err;

	make_key(kind->type, index, key);
	err = bpf_map_delete_elem(fd, key);
	/* A small LRU map drops elements before it is full. */
	if (err == -ENOENT && strstr(kind->type->name, "lru"))
		return;
	if (err)
		fatal(-err, "cannot delete element %u of %s", index, kind->map_name);
}

void map_populate(const struct kind *kind, int fd)
{
	if (kind->fill == FILL_EMPTY)
		return;
	for (__u32 i = 0; i < kind->elements; i++)
		map_update(kind, fd, i);
	if (kind->fill == FILL_FILLED)
		return;
	for (__u32 i = 0; i < kind->elements; i++)
		map_delete(kind, fd, i);
}

static long count_keys(int fd)
{
	__u32 key[2], *previous = NULL;
	long count = 0;

	while (!bpf_map_get_next_key(fd, previous, key)) {
		previous = key;
		count++;
	}
	if (errno != ENOENT)
		fatal(errno, "cannot walk a map");
	return count;
}

long map_elements(const struct kind *kind, int fd)
{
	switch (kind->type->shape) {
	case SHAPE_BUFFER:
		return -1;
	case SHAPE_ARRAY:
		return kind->max_entries;
	case SHAPE_QUEUE:
		break;
	case SHAPE_TABLE:
		/* An LRU map may have dropped some. Local storage cannot be walked. */
		if (kind->type->owner == OWNER_NONE)
			return count_keys(fd);
	}
	return kind->fill == FILL_FILLED ? kind->elements : 0;
}

void print_kind(const char *name, const struct kind *kind, unsigned long maps)
{
	static const char *const fill[] = {"empty", "filled", "emptied"};

	printf("{\"kind\":\"%s\",\"map_type\":\"%s\",\"map_name\":\"%s\",\"maps\":%lu,"
	       "\"prealloc\":%s,\"fill\":\"%s\",\"key_size\":%u,\"value_size\":%u,"
	       "\"max_entries\":%u,\"map_flags\":%u}\n",
	       name, kind->type->name, kind->map_name, maps, kind->prealloc ? "true" : "false",
	       fill[kind->fill], kind->type->key_size, kind->type->value_size, kind->max_entries,
	       kind_flags(kind));
}

void print_skipped(const struct kind *kind, int error)
{
	printf("{\"kind\":\"%s\",\"map_type\":\"%s\",\"skipped\":\"%s when creating it\"}\n",
	       kind->map_name, kind->type->name, error_name(error));
}
