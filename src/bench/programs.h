/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BTF types of the benchmark's maps, and the small programs that put special fields into
 * entries or hold a map.
 */
#pragma once

#include "bench/scenario.h"

struct btf;

/* Types of key and value, which local storage and special fields require. */
struct value_types {
	struct btf *btf; /* NULL: none */
	int key, value;
	int object, func; /* for SPECIAL_KPTR */
};

/*
 * Loads the types into the kernel. 0 or -errno, not reported. -EOPNOTSUPP: it has no such fields.
 * Free with value_types_free(), in any case.
 */
int value_types_load(struct value_types *types, const struct scenario *scenario);
void value_types_free(struct value_types *types); /* takes zeroes too */

/* Runs on the entries of a map whose values have a special field. */
struct special_program {
	int fd;
	int sentinel_fd; /* a map that the program releases after the measured one */
};

/* 0 or -errno, not reported. -EOPNOTSUPP: the kernel has no such fields. */
int special_load(struct special_program *program, const struct scenario *scenario,
		 const struct value_types *types, int map_fd);

/* Initializes the field of one entry. 0 or -errno, not reported. */
int special_init_entry(const struct special_program *program, __u32 key);

/*
 * Unloads the program, and waits until it no longer holds the map: the map's release is to be
 * measured. 0 or -errno, not reported: -EPERM not permitted to see that; -ETIMEDOUT.
 */
int special_unload(struct special_program *program);

/* Loads a program that holds the map until its file is closed. Returns that or -errno. */
int program_hold(int map_fd);
