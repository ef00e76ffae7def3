// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes maps of the shapes that Cilium and Katran have, in two processes with the names of these
 * programs, which release them when they end.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "process.h"
#include "workload.h"
#include "util/macros.h"

enum { INNER_MAPS = 8, INNER_ENTRIES = 1021 };

/* A process and its maps; elements: that are in them at the end */
static const struct program_map {
	const char *program, *type, *name;
	bool prealloc;
	__u32 elements, max_entries;
} program_maps[] = {
	{"cilium-agent", "lru_hash", "cilium_ct4_glob", true, 50000, 1000000},
	{"cilium-agent", "lpm_trie", "cilium_ipcache", false, 20000, 512000},
	{"cilium-agent", "percpu_hash", "cilium_metrics", false, 1000, 1024},
	{"cilium-agent", "hash", "cilium_policy", false, 10000, 16384},
	{"cilium-agent", "hash_of_maps", "cilium_lb4_magl", false, INNER_MAPS, 64},
	{"katran", "hash", "vip_map", true, 512, 512},
	{"katran", "lru_percpu_hash", "fallback_cache", true, 1000, 1000},
	{"katran", "lpm_trie", "lpm_src_v4", false, 5000, 3000000},
	{"katran", "percpu_array", "stats", true, 0, 1024},
	{"katran", "array", "ch_rings", true, 0, 65537},
};

static struct kind inner_kind_of(const struct program_map *outer)
{
	struct kind kind = kind_of(map_type_find("array"), true, FILL_EMPTY, 0);

	kind.max_entries = INNER_ENTRIES;
	strncpy(kind.map_name, outer->name, sizeof(kind.map_name) - 1);
	kind.map_name[sizeof(kind.map_name) - 2] = 'i';
	return kind;
}

/* A map of maps, which holds the last reference to each of its maps */
static int make_nested(const struct program_map *map, const struct kind *kind)
{
	struct kind inner = inner_kind_of(map);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = kind_flags(kind));
	int fds[INNER_MAPS], outer;

	for (__u32 i = 0; i < map->elements; i++) {
		fds[i] = map_create(&inner);
		if (fds[i] < 0)
			fatal(-fds[i], "cannot create %s", inner.map_name);
	}
	opts.inner_map_fd = fds[0];
	outer = bpf_map_create(kind->type->number, kind->map_name, kind->type->key_size,
			       kind->type->value_size, kind->max_entries, &opts);
	if (outer < 0)
		fatal(-outer, "cannot create %s", kind->map_name);
	for (__u32 i = 0; i < map->elements; i++) {
		if (bpf_map_update_elem(outer, &i, &fds[i], BPF_ANY))
			fatal(errno, "cannot put %s into a map", inner.map_name);
		close(fds[i]);
	}
	print_kind(map->program, &inner, map->elements);
	return outer;
}

static void make_map(const struct program_map *map)
{
	struct kind kind = kind_of(map_type_find(map->type), map->prealloc,
				   map->elements ? FILL_FILLED : FILL_EMPTY, map->elements);
	int fd;

	kind.max_entries = map->max_entries;
	strncpy(kind.map_name, map->name, sizeof(kind.map_name) - 1);
	if (kind.type->slow_update) {
		make_nested(map, &kind);
	} else {
		fd = map_create(&kind);
		if (fd < 0)
			fatal(-fd, "cannot create %s", kind.map_name);
		map_populate(&kind, fd);
	}
	print_kind(map->program, &kind, 1);
}

void programs_run(void)
{
	const char *program = NULL;
	unsigned long children = 0;

	for (size_t i = 0; i < ARRAY_SIZE(program_maps); i++) {
		if (program && !strcmp(program, program_maps[i].program))
			continue;
		program = program_maps[i].program;
		children++;
		if (fork_child())
			continue;
		prctl(PR_SET_NAME, program);
		for (; i < ARRAY_SIZE(program_maps); i++)
			if (!strcmp(program, program_maps[i].program))
				make_map(&program_maps[i]);
		_exit(0); /* the last references */
	}
	wait_for(children);
}
