// SPDX-License-Identifier: GPL-2.0-only
/* Makes the benchmark's maps, and releases them from several threads at the same time. */
#include <errno.h>
#include <pthread.h>
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
#include "util/diag.h"

#define ENOTSUPP       524 /* the kernel's own; libc has no such error */
#define ENTRY_OVERHEAD 64  /* bytes of an entry in the kernel besides key and value */
#define SPARE_FILES    256

static __u32 nr_kept; /* maps that outlive their run */

struct run {
	const struct scenario *scenario;
	const struct map_limits *limits;
	const char *map_name;
	struct filler filler;
	int inner_fd;	 /* the map that maps of maps hold; outlives the run; -1: none */
	struct btf *btf; /* NULL: none */
	int btf_key, btf_value;
	__u64 nr; /* maps */
	int *fds; /* by thread; -1: none */

	/* Each thread posts ready, and releases its maps when it gets a go. */
	sem_t ready, go;
};

/* A thread that releases maps. */
struct releaser {
	struct run *run;
	pthread_t thread;
	int *fds;
};

/* Reports the error of a step. Returns err. */
static int report_error(const struct run *run, const char *step, int err)
{
	diag_error("%s: cannot %s: %s%s", run->scenario->name, step,
		   err == -ENOTSUPP ? "not supported by this kernel" : strerror(-err),
		   err == -EPERM    ? " (CAP_BPF is needed, or CAP_SYS_ADMIN)"
		   : err == -EMFILE ? " (raise ulimit -n)"
				    : "");
	return err;
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

/*
 * The kernel would not refuse maps that do not fit, but kill some process: use at most three
 * quarters of the available memory.
 */
static int check_memory(const struct run *run)
{
	const struct scenario *s = run->scenario;
	int cpus = run->limits->percpu ? libbpf_num_possible_cpus() : 1;
	long long available = available_bytes();
	double needed = ((double)s->value_size * (cpus > 0 ? cpus : 1) + ENTRY_OVERHEAD) *
			s->entries * run->nr;

	if (available < 0 || needed <= available * 0.75)
		return 0;
	diag_error("%s: its maps would take some %.0f MiB; %lld MiB are available", s->name,
		   needed / (1 << 20), available >> 20);
	return -ENOMEM;
}

/* Each map and each owner is an open file; some owners may exist already. */
static int allow_files(const struct run *run)
{
	rlim_t wanted = run->nr + fill_count_owners() + nr_kept + SPARE_FILES;
	struct rlimit limit;

	if (run->limits->owner != OWNER_NONE)
		wanted += run->scenario->entries;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	limit.rlim_cur = MAX(limit.rlim_cur, wanted);
	limit.rlim_max = MAX(limit.rlim_max, wanted); /* more takes CAP_SYS_RESOURCE */
	return setrlimit(RLIMIT_NOFILE, &limit) ? -EMFILE : 0;
}

/* Local storage requires BTF types for key and value. */
static int load_btf(struct run *run)
{
	int byte;

	run->btf = btf__new_empty();
	if (!run->btf)
		return -ENOMEM;
	run->btf_key = btf__add_int(run->btf, "int", 4, BTF_INT_SIGNED);
	byte = btf__add_int(run->btf, "char", 1, BTF_INT_CHAR);
	run->btf_value = btf__add_array(run->btf, run->btf_key, byte, run->scenario->value_size);
	return run->btf_value > 0 ? btf__load_into_kernel(run->btf) : -ENOMEM;
}

static int create(const struct run *run, const char *name, __u32 entries)
{
	const struct scenario *s = run->scenario;
	bool storage = run->limits->owner != OWNER_NONE;
	LIBBPF_OPTS(bpf_map_create_opts, opts);

	if (!s->prealloc)
		opts.map_flags = BPF_F_NO_PREALLOC;
	if (storage) {
		opts.btf_fd = btf__fd(run->btf);
		opts.btf_key_type_id = run->btf_key;
		opts.btf_value_type_id = run->btf_value;
	}
	if (run->inner_fd >= 0)
		opts.inner_map_fd = run->inner_fd;
	return bpf_map_create(s->map_type, name, run->limits->key_size, s->value_size,
			      storage ? 0 : entries, &opts);
}

/* The kernel returns the same errors for types that it lacks and for other reasons. */
static int create_error(const struct run *run, int err)
{
	if ((err == -EINVAL || err == -EOPNOTSUPP || err == -ENOTSUPP) &&
	    libbpf_probe_bpf_map_type(run->scenario->map_type, NULL) == 0) {
		diag_error("%s: this kernel has no maps of this type", run->scenario->name);
		return -EOPNOTSUPP;
	}
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
	err = fill_make_owners(run->limits->owner, run->scenario->entries);
	if (err)
		return report_error(run, "make the owners of its entries", err);
	if (run->limits->owner != OWNER_NONE) {
		err = load_btf(run);
		if (err)
			return report_error(run, "load BTF for its maps", err);
	}
	if (run->limits->map_type == BPF_MAP_TYPE_HASH_OF_MAPS) {
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

static int make_maps(struct run *run)
{
	for (__u64 i = 0; i < run->nr; i++) {
		int err = 0, fd = create(run, run->map_name, run->scenario->entries);

		if (fd < 0)
			return create_error(run, fd);
		run->fds[i] = fd;
		err = fill_map(&run->filler, fd, false);
		if (err)
			return report_error(run, "fill its maps", err);
		if (run->scenario->fill == FILL_EMPTIED)
			err = fill_map(&run->filler, fd, true);
		if (err)
			return report_error(run, "empty its maps", err);
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
	btf__free(run->btf);
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
