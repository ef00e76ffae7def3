/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of BPF maps the workload makes, and how one is made, filled and emptied.
 */
#ifndef WORKLOAD_MAPS_H
#define WORKLOAD_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define ENOTSUPP 524 /* the kernel's own, known to no libc */

/* What a local storage map hangs its elements on; its key is a file descriptor of one. */
enum owner {
	OWNER_NONE,
	OWNER_TASK,
	OWNER_SOCKET,
	OWNER_INODE,
	OWNER_CGROUP,
};

/* What a map is made of. */
enum shape {
	SHAPE_TABLE,  /* elements come and go; the others never reach the function */
	SHAPE_ARRAY,  /* elements are always there */
	SHAPE_QUEUE,  /* elements without keys */
	SHAPE_BUFFER, /* no elements */
};

enum fill {
	FILL_EMPTY,
	FILL_FILLED,
	FILL_EMPTIED, /* filled, then all deleted: leaves objects waiting for RCU */
};

struct map_type {
	const char *name; /* as bpftool has it */
	const char *abbr; /* for the names of maps */
	__u32 number;
	enum shape shape;
	__u32 key_size;
	__u32 value_size;
	bool can_prealloc;
	bool can_no_prealloc;
	bool slow_update; /* by an RCU grace period, or needs an owner */
	enum owner owner;
};

struct kind {
	const struct map_type *type;
	char map_name[16];
	bool prealloc;
	enum fill fill;
	__u32 elements; /* how many a fill puts in */
	__u32 max_entries;
};

extern const struct map_type map_types[];
extern const size_t nr_map_types;

const struct map_type *map_type_find(const char *name);
struct kind kind_of(const struct map_type *type, bool prealloc, enum fill fill, __u32 elements);
__u32 kind_flags(const struct kind *kind);

/* A file descriptor, or -errno where the kernel refuses. */
int map_create(const struct kind *kind);
/* Does what map_create() gave say that the running kernel has no such kind? */
bool map_unknown(int fd);
/* These do not return when a system call fails. */
void map_populate(const struct kind *kind, int fd);
void map_update(const struct kind *kind, int fd, __u32 index);
void map_delete(const struct kind *kind, int fd, __u32 index);

/* How many elements it holds; -1 where that has no meaning. */
long map_elements(const struct kind *kind, int fd);

/*
 * The map that maps of maps hold: a map that never reaches the function. One for the whole process,
 * made on first use.
 */
int inner_map(void);
const struct kind *inner_kind(void);

/* Make what elements will hang on. A task that is made later than a map holds it open. */
void owners_prepare(const struct kind *kind);
/* Lets go of tasks and cgroups that owned elements of local storage. */
void owners_release(void);

/* Print what failed and why, and exit. error is an errno value, kernel-internal ones included. */
void fatal(int error, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
const char *error_name(int error);

#endif
