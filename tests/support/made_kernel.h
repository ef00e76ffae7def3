/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for tests: its types, and the image that it would be booted from.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "util/macros.h"

#define MADE_BANNER "Linux version 9.8.7-made (me@here) (cc 1) #5 SMP PREEMPT Fri Nov 20 2026\n"

/* Like assert(), without a test's context. */
static inline void made(bool so)
{
	if (!so)
		abort();
}

/* Adds a structure of int members. size: its own; 0: as much as they take. */
static inline void made_struct(struct btf *btf, const char *name, unsigned int size,
			       const char *members)
{
	char copy[512], *member, *rest;
	unsigned int bit = 0, nr = 1;

	snprintf(copy, sizeof(copy), "%s", members);
	for (const char *c = members; *c; c++)
		nr += *c == ' ';
	made(btf__add_struct(btf, name, size ? size : 4 * nr) > 0);
	for (member = strtok_r(copy, " ", &rest); member; member = strtok_r(NULL, " ", &rest)) {
		made(!btf__add_field(btf, member, 1, bit, 0));
		bit += 32;
	}
}

static inline void made_function(struct btf *btf, const char *name)
{
	int proto = btf__add_func_proto(btf, 0);

	made(proto > 0);
	made(btf__add_func(btf, name, BTF_FUNC_GLOBAL, proto) > 0);
}

/* BTF with all types and functions that check looks for, except without_func (NULL: none). */
static inline struct btf *made_btf(const char *without_func)
{
	static const char *const functions[] = {
		"bpf_mem_alloc_destroy",   "bpf_map_free_deferred",
		"free_mem_alloc_deferred", "bpf_map_put",
		"bpf_map_put_with_uref",   "bpf_map_release",
		"bpf_prog_put_deferred",   "bpf_link_free",
		"bpf_destroy_inode",	   "bpf_map_fd_put_ptr",
		"register_kprobe",	   "register_ftrace_direct",
		"trace_call_bpf",	   "bpf_map_sum_elem_count",
		"bpf_prog_select_runtime", "bpf_trampoline_link_prog",
	};
	struct btf *btf = btf__new_empty();

	made(btf);
	made(btf__add_int(btf, "int", 4, BTF_INT_SIGNED) == 1);
	made_struct(
		btf, "bpf_map", 0,
		"ops map_type key_size value_size max_entries map_flags id refcnt usercnt name work"
		" elem_count");
	made_struct(btf, "bpf_mem_alloc", 0, "caches cache percpu work");
	made_struct(btf, "bpf_mem_cache", 0, "unit_size");
	made_struct(btf, "task_struct", 0,
		    "thread_info flags __state worker_private pid tgid start_time mm comm");
	made_struct(btf, "mm_struct", 0, "start_stack");
	made_struct(btf, "kthread", 0, "data");
	made_struct(btf, "worker", 0, "current_work current_func");
	made_struct(btf, "work_struct", 0, "func");
	made_struct(btf, "file", 0, "private_data");
	made_struct(btf, "inode", 0, "i_private");
	made_struct(btf, "bpf_prog", 0, "type aux");
	made_struct(btf, "bpf_prog_aux", 0, "id prog name work");
	made_struct(btf, "bpf_link", 0, "id type prog");
	made_struct(btf, "bpf_htab", 0, "ma count pcount use_percpu_counter");
	made_struct(btf, "lpm_trie", 0, "n_entries");
	made_struct(btf, "thread_info", 0, "preempt_count");
	made_struct(btf, "bpf_link_info", 56, "type");
	made(btf__add_enum(btf, "bpf_map_type", 4) > 0);
	made(!btf__add_enum_value(btf, "BPF_MAP_TYPE_UNSPEC", 0));
	made(!btf__add_enum_value(btf, "BPF_MAP_TYPE_HASH", 1));
	made(!btf__add_enum_value(btf, "BPF_MAP_TYPE_NEVER_SEEN", 99));
	made(btf__add_typedef(btf, "btf_trace_workqueue_queue_work", 1) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!without_func || strcmp(functions[i], without_func))
			made_function(btf, functions[i]);
	return btf;
}

/* The contents of a decompressed image; to be freed. btf may be NULL. */
static inline unsigned char *made_image(const struct btf *btf, size_t *size)
{
	static const char before[] = "some code\xeb\x9f\x01 that is none, and \x9f\xeb\x01\x00";
	const void *raw = NULL;
	unsigned char *image;
	__u32 raw_size = 0;
	size_t at;

	if (btf)
		raw = btf__raw_data(btf, &raw_size);
	*size = 4096 + raw_size + 1000;
	image = calloc(1, *size);
	made(image);
	memcpy(image + 16, before, sizeof(before));
	at = 512;
	memcpy(image + at, MADE_BANNER, sizeof(MADE_BANNER));
	if (raw)
		memcpy(image + 4096, raw, raw_size);
	return image;
}

static inline void made_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	made(file && fwrite(data, 1, size, file) == size && !fclose(file));
}
