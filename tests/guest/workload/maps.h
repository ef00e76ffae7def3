/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kinds of BPF maps, and how to make, fill and empty one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define ENOTSUPP 524 /* in the kernel only */

/* The kind of owner of a local storage map's elements; the key is a file descriptor of an owner */
enum owner {
	OWNER_NONE,
	OWNER_TASK,
	OWNER_SOCKET,
	OWNER_INODE,
	OWNER_CGROUP,
};

/* The structure of a map */
enum shape {
	SHAPE_TABLE,  /* elements come and go; only these reach the function */
	SHAPE_ARRAY,  /* elements are always there */
	SHAPE_QUEUE,  /* elements without keys */
	SHAPE_BUFFER, /* no elements */
};

enum fill {
	FILL_EMPTY,
	FILL_FILLED,
	FILL_EMPTIED, /* filled, then all deleted: memory waits for RCU */
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
	__u32 elements; /* that a fill puts in */
	__u32 max_entries;
};

extern const struct map_type map_types[];
extern const size_t nr_map_types;

const struct map_type *map_type_find(const char *name);
struct kind kind_of(const struct map_type *type, bool prealloc, enum fill fill, __u32 elements);
__u32 kind_flags(const struct kind *kind);

/* A file descriptor, or -errno where the kernel refuses. */
int map_create(const struct kind *kind);
/* Does this result of map_create() mean that the kernel does not know the kind? */
bool map_unknown(int fd);
__u32 map_id(int fd);
/* These do not return when a system call fails. */
void map_populate(const struct kind *kind, int fd);
void map_update(const struct kind *kind, int fd, __u32 index);
void map_delete(const struct kind *kind, int fd, __u32 index);

/* The number of elements; -1 if the type has none */
long map_elements(const struct kind *kind, int fd);

/* An array for maps of maps to hold, one for the process, made on first use */
int inner_map(void);
const struct kind *inner_kind(void);

/* Makes the owners of elements, before the map: a child forked later would hold the map open. */
void owners_prepare(const struct kind *kind);
/* Ends the tasks and removes the cgroups that owned elements. */
void owners_release(void);

/* The truth, a JSON line: this many maps were made, or the kernel does not know the kind. */
void print_kind(const char *name, const struct kind *kind, unsigned long maps);
void print_skipped(const struct kind *kind, int error);

/* Prints the failure and exits. error: an errno value, also of the kernel alone; 0: none */
void fatal(int error, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
const char *error_name(int error);
