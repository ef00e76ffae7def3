// SPDX-License-Identifier: GPL-2.0-only
/* Makes the benchmark's maps, and releases them from several threads at the same time. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bench/fill.h"
#include "bench/maps.h"
#include "bench/owners.h"
#include "bench/programs.h"
#include "util/diag.h"

#define ENOTSUPP       524 /* the kernel's own; libc has no such error */
#define ENTRY_OVERHEAD 64  /* bytes of a node in the kernel besides key and value */
#define BUCKET_BYTES   16
#define SPARE_FILES    256

static __u32 nr_kept; /* maps that outlive their run */

struct run {
	const struct scenario *scenario;
	const struct map_limits *limits;
	const char *map_name;
	struct filler filler;
	int inner_fd; /* the map that maps of maps hold; outlives the run; -1: none */
	struct value_types types;
	__u64 nr; /* maps */
	int *fds; /* of the maps or their holders, by thread; -1: none */

	/* Each thread posts ready, and releases its maps when it gets a go. */
	sem_t ready, go;
};

/* A thread that releases maps. */
struct releaser {
	struct run *run;
	pthread_t thread;
	int *fds;
};

/* Reports the error of a step. Returns it, by libc's number. */
static int report_error(const struct run *run, const char *step, int err)
{
	diag_error("%s: cannot %s: %s%s", run->scenario->name, step,
		   err == -ENOTSUPP || err == -EOPNOTSUPP ? "not supported by this kernel"
							  : strerror(-err),
		   err == -EPERM    ? " (CAP_BPF is needed, or CAP_SYS_ADMIN)"
		   : err == -EMFILE ? " (raise ulimit -n)"
				    : "");
	return err == -ENOTSUPP ? -EOPNOTSUPP : err;
}

/* The same for programs, which take more capabilities than maps: other scenarios can go on. */
static int report_program_error(const struct run *run, const char *step, int err)
{
	if (err != -EPERM)
		return report_error(run, step, err);
	diag_error("%s: cannot %s: CAP_NET_ADMIN and CAP_SYS_ADMIN are needed", run->scenario->name,
		   step);
	return -EOPNOTSUPP;
}

/* -1: unknown. */
static long long available_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	long long kib = -1;
	char line[128];

	while (file && kib < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lld kB", &kib) != 1)
			kib = -1;
	if (file)
		fclose(file);
	return kib < 0 ? -1 : kib * 1024;
}

/* About the memory of one map. */
static double needed_bytes(const struct run *run)
{
	const struct scenario *s = run->scenario;
	int abilities = run->limits->abilities;
	int cpus = abilities & IS_PERCPU ? libbpf_num_possible_cpus() : 1;
	double values = (s->value_size + 7.0) * (cpus > 0 ? cpus : 1), room = s->max_entries;

	if (!(abilities & CAN_DELETE)) /* no nodes */
		return values * room;
	if (s->prealloc)
		return (values + ENTRY_OVERHEAD) * room;
	return (s->fill == FILL_EMPTY ? 0 : (values + ENTRY_OVERHEAD) * s->entries) +
	       (s->max_entries > s->entries || s->fill == FILL_EMPTY ? BUCKET_BYTES * room : 0);
}

/*
 * The kernel would not refuse maps that do not fit, but kill some process: use at most three
 * quarters of the available memory.
 */
static int check_memory(const struct run *run)
{
	long long available = available_bytes();
	double needed = needed_bytes(run) * run->nr;

	if (available < 0 || needed <= available * 0.75)
		return 0;
	diag_error("%s: its maps would take some %.0f MiB; %lld MiB are available",
		   run->scenario->name, needed / (1 << 20), available >> 20);
	return -ENOMEM;
}

/* Each map and each owner is an open file; some owners may exist already. */
static int allow_files(const struct run *run)
{
	rlim_t wanted = run->nr + owners_count() + nr_kept + SPARE_FILES;
	struct rlimit limit;

	if (run->limits->owner != OWNER_NONE)
		wanted += run->scenario->entries;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	limit.rlim_cur = MAX(limit.rlim_cur, wanted);
	limit.rlim_max = MAX(limit.rlim_max, wanted); /* more takes CAP_SYS_RESOURCE */
	return setrlimit(RLIMIT_NOFILE, &limit) ? -EMFILE : 0;
}

static bool needs_types(const struct run *run)
{
	return run->limits->owner != OWNER_NONE || run->scenario->special != SPECIAL_NONE;
}

static int create(const struct run *run, const char *name, __u32 entries)
{
	const struct scenario *s = run->scenario;
	bool in_pages = run->limits->abilities & IN_PAGES;
	__u32 page = getpagesize();
	LIBBPF_OPTS(bpf_map_create_opts, opts);

	if (!s->prealloc)
		opts.map_flags = in_pages ? BPF_F_MMAPABLE : BPF_F_NO_PREALLOC;
	if (needs_types(run)) {
		opts.btf_fd = btf__fd(run->types.btf);
		opts.btf_key_type_id = run->types.key;
		opts.btf_value_type_id = run->types.value;
	}
	if (run->inner_fd >= 0)
		opts.inner_map_fd = run->inner_fd;
	if (run->limits->owner != OWNER_NONE)
		entries = 0;
	else if (in_pages)
		entries = MAX(entries * SCENARIO_PAGE, page) / (s->prealloc ? 1 : page);
	return bpf_map_create(s->map_type, name, run->limits->key_size,
			      in_pages ? 0 : s->value_size, entries, &opts);
}

/* Types newer than libbpf cannot be probed; their maps are made with the right attributes. */
static bool lacks_type(__u32 type)
{
	return !libbpf_bpf_map_type_str(type) || libbpf_probe_bpf_map_type(type, NULL) == 0;
}

/* The kernel returns the same errors for types that it lacks and for other reasons. */
static int create_error(const struct run *run, int err)
{
	if ((err == -EINVAL || err == -EOPNOTSUPP || err == -ENOTSUPP) &&
	    lacks_type(run->scenario->map_type)) {
		diag_error("%s: this kernel has no maps of this type", run->scenario->name);
		return -EOPNOTSUPP;
	}
	/* So an older kernel says that it does not know the field. */
	if (run->scenario->special && (err == -EINVAL || err == -ENOENT || err == -EOPNOTSUPP))
		err = -ENOTSUPP;
	return report_error(run, "make its maps", err);
}

/* The map that maps of maps hold. Kept, so that its teardown is never measured. */
static int inner_map(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bench_inner", 4, 4, 1, NULL);
	return fd;
}

static int prepare(struct run *run)
{
	int err = check_memory(run);

	if (err)
		return err;
	err = allow_files(run);
	if (err)
		return report_error(run, "open as many maps", err);
	run->fds = malloc(run->nr * sizeof(*run->fds));
	if (!run->fds)
		return report_error(run, "make its maps", -ENOMEM);
	memset(run->fds, 0xff, run->nr * sizeof(*run->fds));
	/* Before there is a map that an owner process could inherit. */
	err = owners_make(run->limits->owner, run->scenario->entries);
	if (err)
		return report_error(run, "make the owners of its entries", err);
	err = needs_types(run) ? value_types_load(&run->types, run->scenario) : 0;
	if (err)
		return report_error(run, "load BTF for its maps", err);
	if (run->limits->abilities & HOLDS_MAPS) {
		run->inner_fd = inner_map();
		if (run->inner_fd < 0)
			return report_error(run, "make the map that its maps hold", run->inner_fd);
	}
	err = fill_init(&run->filler, run->scenario, run->limits, run->inner_fd);
	return err ? report_error(run, "fill its maps", err) : 0;
}

/*
 * Freeing the last area in a page of per-CPU memory makes the kernel scan the whole chunk. By
 * chance, all measured maps or none would have such an area. With a kept map in the page, none has.
 */
static int keep_one(const struct run *run)
{
	int fd = create(run, SCENARIO_KEPT_MAP, 1);

	if (fd < 0)
		return create_error(run, fd);
	nr_kept++;
	return 0;
}

/* Special fields are of entries that were just added. */
static int add_special(struct run *run, int fd)
{
	struct special_program program;
	int err = special_load(&program, run->scenario, &run->types, fd), unload_err;
	__u32 key[2];

	if (err)
		return err;
	for (__u32 i = 0; !err && i < run->scenario->entries; i++) {
		fill_key(run->limits, run->scenario->keys, i, key);
		err = special_init_entry(&program, key[0]);
	}
	unload_err = special_unload(&program);
	return err ? err : unload_err;
}

static int add_entries(struct run *run, int fd)
{
	int err = fill_map(&run->filler, fd, false);

	if (err == -EBADF && run->limits->owner == OWNER_INODE) /* inodes have no room for it */
		err = -EOPNOTSUPP;
	if (err)
		return report_error(run, "fill its maps", err);
	err = run->scenario->special ? add_special(run, fd) : 0;
	return err ? report_program_error(run, "add the special fields of its maps", err) : 0;
}

/* Moves the calling thread to another CPU than the one it is on. */
static int move_elsewhere(const cpu_set_t *allowed)
{
	int here = sched_getcpu();
	cpu_set_t one;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (cpu == here || !CPU_ISSET(cpu, allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		return sched_setaffinity(0, sizeof(one), &one) ? -errno : 0;
	}
	return -ENXIO; /* there is but one: not reported as the kernel's fault */
}

/* Adds the entries on one CPU and deletes them on another. */
static int fill_and_empty_elsewhere(struct run *run, int fd)
{
	cpu_set_t allowed, here;
	int err, restore_err;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return report_error(run, "choose its CPUs", -errno);
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	err = sched_setaffinity(0, sizeof(here), &here)
		      ? report_error(run, "choose its CPUs", -errno)
		      : add_entries(run, fd);
	if (!err) {
		err = move_elsewhere(&allowed);
		if (!err)
			err = fill_map(&run->filler, fd, true);
		if (err == -ENXIO)
			diag_error("%s: there is no other CPU to empty its maps",
				   run->scenario->name);
		else if (err)
			report_error(run, "empty its maps from another CPU", err);
	}
	restore_err = sched_setaffinity(0, sizeof(allowed), &allowed) ? -errno : 0;
	return err ? err : restore_err;
}

static int fill(struct run *run, int fd)
{
	enum fill how = run->scenario->fill;
	int err;

	if (how == FILL_EMPTY)
		return 0;
	if (how == FILL_EMPTIED_ELSEWHERE)
		return fill_and_empty_elsewhere(run, fd);
	err = add_entries(run, fd);
	if (!err && how == FILL_OVERWRITTEN)
		err = add_entries(run, fd);
	if (!err && how == FILL_EMPTIED) {
		err = fill_map(&run->filler, fd, true);
		if (err)
			report_error(run, "empty its maps", err);
	}
	return err;
}

/* Returns the file of an outer map that holds only this map, or -errno. */
static int outer_map(int map_fd)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = map_fd);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "bench_outer", 4, 4, 1, &opts), err;
	__u32 key = 0;

	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(fd, &key, &map_fd, BPF_ANY);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* The holder takes the place of the map's file. */
static int hand_over(struct run *run, int *fd)
{
	enum holder holder = run->scenario->held;
	int held_by = holder == HELD_BY_MAP ? outer_map(*fd) : program_hold(*fd);

	if (held_by < 0)
		return report_program_error(run, "make the holders of its maps", held_by);
	close(*fd);
	*fd = held_by;
	return 0;
}

static int make_maps(struct run *run)
{
	for (__u64 i = 0; i < run->nr; i++) {
		int err, fd = create(run, run->map_name, run->scenario->max_entries);

		if (fd < 0)
			return create_error(run, fd);
		run->fds[i] = fd;
		err = fill(run, fd);
		if (!err && run->scenario->held != HELD_BY_FD)
			err = hand_over(run, &run->fds[i]);
		if (err)
			return err;
	}
	return 0;
}

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore)) /* interrupted */
		continue;
}

static void *release_all(void *arg)
{
	struct releaser *releaser = arg;
	struct run *run = releaser->run;

	sem_post(&run->ready);
	wait_for(&run->go);
	for (__u32 i = 0; i < run->scenario->maps; i++) {
		close(releaser->fds[i]);
		releaser->fds[i] = -1;
	}
	return NULL;
}

static int release_maps(struct run *run)
{
	__u32 nr = run->scenario->threads, started = 0;
	struct releaser *releasers = calloc(nr, sizeof(*releasers));
	int err = releasers ? 0 : ENOMEM;

	while (!err && started < nr) {
		struct releaser *releaser = &releasers[started];

		releaser->run = run;
		releaser->fds = run->fds + (__u64)started * run->scenario->maps;
		err = pthread_create(&releaser->thread, NULL, release_all, releaser);
		started += !err;
	}
	for (__u32 i = 0; i < started; i++)
		wait_for(&run->ready);
	for (__u32 i = 0; i < started; i++)
		sem_post(&run->go);
	for (__u32 i = 0; i < started; i++)
		pthread_join(releasers[i].thread, NULL);
	free(releasers);
	return err ? report_error(run, "start its threads", -err) : 0;
}

static void clean_up(struct run *run)
{
	for (__u64 i = 0; run->fds && i < run->nr; i++)
		if (run->fds[i] >= 0)
			close(run->fds[i]);
	free(run->fds);
	value_types_free(&run->types);
	fill_free(&run->filler);
}

int maps_run(const struct scenario *scenario, const char *map_name, bool keep)
{
	struct run run = {
		.scenario = scenario,
		.limits = map_limits_find(scenario->map_type),
		.map_name = map_name,
		.inner_fd = -1,
		.nr = scenario_maps(scenario),
	};
	int err;

	if (!run.limits) /* a scenario that was not parsed */
		return report_error(&run, "make its maps", -EOPNOTSUPP);
	sem_init(&run.ready, 0, 0);
	sem_init(&run.go, 0, 0);
	err = prepare(&run);
	if (!err && keep)
		err = keep_one(&run);
	if (!err)
		err = make_maps(&run);
	if (!err)
		err = release_maps(&run);
	clean_up(&run);
	return err;
}
