/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key of a row, common to its calls or teardowns, and its encoding as bytes that both identify
 * and order a row. memcmp() compares the bytes key by key, because numbers have their high byte
 * first and text ends with a NUL.
 */
#pragma once

#include <stddef.h>

#include "model/call.h"
#include "model/keys.h"
#include "model/teardown.h"

#define CALLER_LEN 512				      /* the kernel's KSYM_NAME_LEN, with its NUL */
#define KEYS_SIZE  (NR_KEYS * (1 + CGROUP_PATH_SIZE)) /* the longest key */
_Static_assert(CGROUP_PATH_SIZE > CALLER_LEN, "the longest key");

/* Only the members of the row's keys are valid. Unknown is a value of its own. */
struct row_key {
	struct caller caller;
	struct map_info map;
	enum alloc_member alloc;
	__u32 cpu;
	char comm[NAME_LEN];
	__u64 memcg_id; /* 0: unknown */
	const struct cgroup *memcg;
};

/* A call or a teardown as its row's key is read from it, without copying it. */
struct row_source {
	const struct caller *caller;
	const struct map_info *map;
	const struct task *task;
	enum alloc_member alloc;
	__u32 cpu;
	__u64 memcg_id;
	const struct cgroup *memcg;
};

struct row_key_bytes {
	size_t len;
	unsigned char at[KEYS_SIZE];
};

/* Encodes these keys in *bytes. Cuts names of functions after CALLER_LEN - 1 bytes. */
void row_key_read(struct row_key_bytes *bytes, const enum key *by, size_t nr_by,
		  const struct row_source *source);
