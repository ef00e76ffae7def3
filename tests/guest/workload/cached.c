// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes maps, and prints how many bytes their allocators keep for reuse when they are closed.
 *
 * The kernel shows no such figure. Two tracepoints show what the allocators get: objects of slabs
 * and of per-CPU memory, by size. Nothing is given back before the map is closed, so what is not in
 * an element is in a free list.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "maps.h"
#include "util/macros.h"
#include "workload.h"

#define TRACEFS	     "/sys/kernel/tracing/events/"
#define MAX_SIZES    256
#define REFILL_US    20000 /* for interrupts that refill the lists */
#define MAX_VALUE    1024
#define IPV4_BITS    32
#define TASK_STORAGE 29

static const struct cached_map {
	const char *name;
	__u32 number, key_size, value_size, flags;
	/* Elements. So few deleted ones stay in the lists; per-CPU memory (from 6.8 on) and those
	 * of rhash would wait for RCU. */
	__u32 put, deleted;
} maps[] = {
	{"cached_empty", 1, 4, 40, BPF_F_NO_PREALLOC, 0, 0},
	{"cached_hash", 1, 4, 72, BPF_F_NO_PREALLOC, 50, 0},
	{"cached_deleted", 1, 4, 104, BPF_F_NO_PREALLOC, 50, 30},
	{"cached_large", 1, 4, 1000, BPF_F_NO_PREALLOC, 30, 0},
	{"cached_none", 5, 4, 136, BPF_F_NO_PREALLOC, 0, 0},
	{"cached_percpu", 5, 4, 136, BPF_F_NO_PREALLOC, 40, 0},
	{"cached_trie", 11, 8, 20, BPF_F_NO_PREALLOC, 1, 0},
	{"cached_rhash", 35, 4, 40, BPF_F_NO_PREALLOC, 40, 0},
	{"cached_storage", TASK_STORAGE, 4, 8, BPF_F_NO_PREALLOC, 0, 0},
	{"cached_prealloc", 1, 4, 40, 0, 50, 0},
	{"cached_array", 2, 4, 40, 0, 0, 0},
};

/* What was allocated so far, by size. */
struct objects {
	size_t nr;
	struct {
		unsigned long size, count;
	} of[MAX_SIZES];
};

static const struct histogram {
	const char *event, *size;
} slabs = {"kmem/kmalloc", "bytes_req"}, percpu = {"percpu/percpu_alloc_percpu", "size"};

static FILE *open_event(const struct histogram *histogram, const char *name, const char *mode)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), TRACEFS "%s/%s", histogram->event, name);
	file = fopen(path, mode);
	if (!file)
		fatal(errno, "cannot open %s", path);
	return file;
}

static void switch_histogram(const struct histogram *histogram, const char *prefix)
{
	FILE *file = open_event(histogram, "trigger", "we");

	fprintf(file, "%shist:keys=call_site.sym,%s:size=2048\n", prefix, histogram->size);
	if (fclose(file))
		fatal(errno, "cannot count by %s", histogram->event);
}

/* { call_site: [ffffffff8128aa11] alloc_bulk   , bytes_req:  104 } hitcount:  52 */
static struct objects read_histogram(const struct histogram *histogram)
{
	FILE *file = open_event(histogram, "hist", "re");
	struct objects objects = {};
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		const char *size = strstr(line, histogram->size),
			   *count = strstr(line, "hitcount:");

		if (!size || !count ||
		    (!strstr(line, "] alloc_bulk ") && !strstr(line, "] __alloc ")))
			continue;
		if (objects.nr == MAX_SIZES)
			fatal(ENOMEM, "too many sizes");
		objects.of[objects.nr].size = strtoul(size + strlen(histogram->size) + 1, NULL, 10);
		objects.of[objects.nr++].count = strtoul(count + strlen("hitcount:"), NULL, 10);
	}
	fclose(file);
	return objects;
}

static unsigned long count_of(const struct objects *objects, unsigned long size)
{
	unsigned long count = 0;

	for (size_t i = 0; i < objects->nr; i++)
		if (objects->of[i].size == size)
			count += objects->of[i].count;
	return count;
}

/* Bytes of new objects without those in elements, which have one of each size. */
static unsigned long bytes_between(const struct objects *before, const struct objects *after,
				   unsigned long elements)
{
	unsigned long bytes = 0;

	for (size_t i = 0; i < after->nr; i++) {
		unsigned long size = after->of[i].size;
		unsigned long count = after->of[i].count - count_of(before, size);

		if (!count)
			continue;
		if (count < elements)
			fatal(ENOENT, "%lu objects of %lu bytes for %lu elements", count, size,
			      elements);
		bytes += size * (count - elements);
	}
	return bytes;
}

static void run_on(unsigned int nth)
{
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(nth % sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		fatal(errno, "cannot choose a processor");
}

static int make(const struct cached_map *map)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = map->flags);
	bool storage = map->number == TASK_STORAGE;
	struct btf *btf = storage ? btf__new_empty() : NULL;
	int fd;

	if (storage) {
		opts.btf_key_type_id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
		opts.btf_value_type_id = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
		if (btf__load_into_kernel(btf))
			fatal(errno, "cannot load BTF");
		opts.btf_fd = btf__fd(btf);
	}
	fd = bpf_map_create(map->number, map->name, map->key_size, map->value_size,
			    storage ? 0 : 256, &opts);
	btf__free(btf);
	return fd;
}

/* Each element on the next processor. */
static void fill(const struct cached_map *map, int fd)
{
	char *value = calloc(libbpf_num_possible_cpus(), MAX_VALUE);
	__u32 key[2] = {};

	for (__u32 i = 0; i < map->put; i++) {
		run_on(i);
		key[0] = map->key_size == sizeof(key) ? IPV4_BITS : i;
		if (bpf_map_update_elem(fd, key, value, BPF_ANY))
			fatal(errno, "cannot update element %u of %s", i, map->name);
		usleep(REFILL_US / 10);
	}
	for (__u32 i = 0; i < map->deleted; i++) {
		run_on(i);
		key[0] = i;
		if (bpf_map_delete_elem(fd, key))
			fatal(errno, "cannot delete element %u of %s", i, map->name);
	}
	free(value);
}

static void measure(const struct cached_map *map)
{
	struct objects slabs_before = read_histogram(&slabs), slabs_after;
	struct objects percpu_before = read_histogram(&percpu), percpu_after;
	unsigned long elements = map->put - map->deleted, of_slabs, of_percpu;
	int fd = make(map);

	if (fd < 0) {
		printf("{\"kind\":\"cached\",\"map_name\":\"%s\",\"skipped\":\"%s\"}\n", map->name,
		       error_name(-fd));
		return;
	}
	fill(map, fd);
	usleep(REFILL_US);
	slabs_after = read_histogram(&slabs);
	percpu_after = read_histogram(&percpu);
	of_slabs = bytes_between(&slabs_before, &slabs_after, elements);
	of_percpu =
		bytes_between(&percpu_before, &percpu_after, elements) * libbpf_num_possible_cpus();
	printf("{\"kind\":\"cached\",\"maps\":1,\"map_name\":\"%s\",\"map_id\":%u,"
	       "\"elements\":%lu,\"slabs\":%lu,\"percpu\":%lu,\"bytes_cached\":%lu}\n",
	       map->name, map_id(fd), elements, of_slabs, of_percpu, of_slabs + of_percpu);
	close(fd);
}

void cached_run(void)
{
	switch_histogram(&slabs, "");
	switch_histogram(&percpu, "");
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		measure(&maps[i]);
	switch_histogram(&slabs, "!");
	switch_histogram(&percpu, "!");
}
