// SPDX-License-Identifier: GPL-2.0-only
/*
 * Releases maps in every way, each time from a process of its own, and prints who released the map
 * and who closed its last file descriptor. These differ if something else held the map at that
 * close.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/magic.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "process.h"
#include "workload.h"
#include "util/macros.h"

#define BPFFS	     "/sys/fs/bpf"
#define ELEMENTS     32
#define FEW_ELEMENTS 4
#define COMM_SIZE    16

struct task {
	pid_t pid;
	char comm[COMM_SIZE];
};

/* In shared memory, where a child describes the map that it made */
struct release {
	const char *way;
	unsigned int nth; /* of its way */
	struct kind kind;
	int refused; /* errno: the kernel does not know the kind */
	__u32 map_id;
	long elements; /* at its release; -1: does not apply */
	struct task released_by;
	struct task closed_by;
};

/* Map types, preallocated or not; filled, if they can be */
static const struct variant {
	const char *type;
	const char *abbr;
	bool prealloc;
} variants[] = {
	{"hash", "hash", true},		 {"hash", "hashn", false},
	{"percpu_hash", "phash", false}, {"hash_of_maps", "hom", false},
	{"lru_hash", "lru", true},	 {"lpm_trie", "lpm", false},
	{"array", "array", true},	 {"rhash", "rhash", false},
	{"percpu_array", "parr", true},	 {"task_storage", "task", false},
	{"array_of_maps", "aom", true},	 {"ringbuf", "rbuf", true},
	{"queue", "queue", true},	 {"stack", "stack", true},
};

enum { NR_VARIANTS = ARRAY_SIZE(variants) };

static bool unknown[NR_VARIANTS]; /* to the running kernel */

/* Maps that the parent needs to release others, and then releases itself */
enum { MAX_HELPERS = 2 * MAX_RELEASES + 1 };

static struct release *helpers;
static unsigned int nr_helpers;

static struct kind kind_of_variant(const struct variant *variant)
{
	const struct map_type *type = map_type_find(variant->type);

	return kind_of(type, variant->prealloc,
		       type->shape == SHAPE_BUFFER ? FILL_EMPTY : FILL_FILLED,
		       type->slow_update ? FEW_ELEMENTS : ELEMENTS);
}

static void describe(struct release *release, int fd)
{
	release->map_id = map_id(fd);
	release->elements = map_elements(&release->kind, fd);
}

/* Runs in a child, and ends it if the kernel does not know the kind. */
static int make(struct release *release)
{
	int fd = map_create(&release->kind);

	if (map_unknown(fd)) {
		release->refused = -fd;
		_exit(0);
	}
	if (fd < 0)
		fatal(-fd, "cannot create %s", release->kind.map_name);
	map_populate(&release->kind, fd);
	describe(release, fd);
	return fd;
}

/* Processes are named after their task and the number of their map. */
static void name_task(struct task *task, const char *does, const struct release *release)
{
	snprintf(task->comm, sizeof(task->comm), "%.11s_%u", does, release->nth % 100);
}

/* Starts a child with the task's name that runs the step. */
static void start_step(struct task *task, void (*step)(struct release *release),
		       struct release *release)
{
	pid_t pid = fork_child();

	if (!pid) {
		prctl(PR_SET_NAME, task->comm);
		step(release);
		_exit(0);
	}
	task->pid = pid;
}

static void run_step(struct task *task, void (*step)(struct release *release),
		     struct release *release)
{
	start_step(task, step, release);
	wait_for_child(task->pid);
}

static void make_and_close(struct release *release)
{
	close(make(release));
}

static void make_and_leave(struct release *release)
{
	make(release);
}

static void make_and_stop(struct release *release)
{
	make(release);
	raise(SIGSTOP);
}

static void release_by_kill(struct release *release)
{
	start_step(&release->released_by, make_and_stop, release);
	if (wait_for_stop(release->released_by.pid))
		kill_child(release->released_by.pid);
	release->closed_by = release->released_by;
}

/* A program that holds the map and does nothing */
static int load_holder(const struct release *release, int map_fd)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = map_fd},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, release->kind.map_name, "GPL", insns,
			       ARRAY_SIZE(insns), NULL);

	if (fd < 0)
		fatal(-fd, "cannot load a program that uses %s", release->kind.map_name);
	return fd;
}

/* The program has the last reference; a worker drops it. */
static void make_and_load(struct release *release)
{
	int map_fd = make(release), prog_fd = load_holder(release, map_fd);

	close(map_fd);
	close(prog_fd);
}

static const char *pin_path(const struct release *release)
{
	static char path[64];

	snprintf(path, sizeof(path), BPFFS "/%s", release->kind.map_name);
	return path;
}

static void make_and_pin(struct release *release)
{
	int fd = make(release);

	if (bpf_obj_pin(fd, pin_path(release)))
		fatal(errno, "cannot pin %s", pin_path(release));
	close(fd);
}

static void unpin(struct release *release)
{
	if (unlink(pin_path(release)))
		fatal(errno, "cannot unlink %s", pin_path(release));
}

void mount_bpffs(void)
{
	struct statfs fs;

	if (statfs(BPFFS, &fs))
		fatal(errno, "cannot use " BPFFS);
	if (fs.f_type != (__fsword_t)BPF_FS_MAGIC && mount("bpffs", BPFFS, "bpf", 0, NULL))
		fatal(errno, "cannot mount " BPFFS);
}

static void release_by_unpin(struct release *release)
{
	mount_bpffs();
	name_task(&release->closed_by, "pin_close", release);
	run_step(&release->closed_by, make_and_pin, release);
	if (!release->refused)
		run_step(&release->released_by, unpin, release);
}

static void identify_self(struct task *task)
{
	task->pid = getpid();
	prctl(PR_GET_NAME, task->comm);
}

/* A map of the parent's, which closes it after all children have */
static void add_helper(const struct kind *kind, int fd)
{
	struct release *helper = &helpers[nr_helpers++];

	helper->way = "fd";
	helper->kind = *kind;
	describe(helper, fd);
	identify_self(&helper->released_by);
	helper->closed_by = helper->released_by;
}

/* A map of maps for this kind, with another map as its model; or -errno */
static int make_outer(const struct release *release)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct kind model = release->kind, outer;
	int fd;

	/* Has the map's name with another first letter */
	model.map_name[0] = 'm';
	model.fill = FILL_EMPTY;
	opts.inner_map_fd = map_create(&model);
	if ((int)opts.inner_map_fd < 0)
		return opts.inner_map_fd;
	add_helper(&model, opts.inner_map_fd);

	outer = kind_of(map_type_find("array_of_maps"), true, FILL_EMPTY, 0);
	outer.max_entries = 1;
	memcpy(outer.map_name, release->kind.map_name, sizeof(outer.map_name));
	outer.map_name[0] = 'o';
	fd = bpf_map_create(outer.type->number, outer.map_name, outer.type->key_size,
			    outer.type->value_size, outer.max_entries, &opts);
	if (fd < 0)
		fatal(-fd, "cannot create %s", outer.map_name);
	add_helper(&outer, fd);
	close(opts.inner_map_fd);
	return fd;
}

static int outer_fd; /* children inherit it */
static const __u32 first_key;

static void make_and_nest(struct release *release)
{
	int fd = make(release);

	if (bpf_map_update_elem(outer_fd, &first_key, &fd, BPF_ANY))
		fatal(errno, "cannot put %s into a map", release->kind.map_name);
	close(fd);
}

static void take_out(struct release *release)
{
	if (bpf_map_delete_elem(outer_fd, &first_key))
		fatal(errno, "cannot take %s out of a map", release->kind.map_name);
}

static void release_by_take_out(struct release *release)
{
	outer_fd = make_outer(release);
	if (map_unknown(outer_fd)) {
		release->refused = -outer_fd;
		return;
	}
	if (outer_fd < 0)
		fatal(-outer_fd, "cannot create a model of %s", release->kind.map_name);
	name_task(&release->closed_by, "inn_close", release);
	run_step(&release->closed_by, make_and_nest, release);
	run_step(&release->released_by, take_out, release);
	close(outer_fd);
}

static int passed_fd; /* a child inherits it */

static void close_passed(struct release *release)
{
	(void)release;
	raise(SIGSTOP);
	close(passed_fd);
}

static void make_and_pass(struct release *release)
{
	struct task *heir = &release->released_by;

	passed_fd = make(release);
	start_step(heir, close_passed, release);
	if (!wait_for_stop(heir->pid))
		fatal(0, "%s did not wait", heir->comm);
	close(passed_fd);
	kill(heir->pid, SIGCONT);
	wait_for_child(heir->pid);
}

static void release_by_heir(struct release *release)
{
	struct task first;

	name_task(&first, "pass_close", release);
	run_step(&first, make_and_pass, release);
	release->closed_by = release->released_by;
}

static const struct way {
	const char *name;
	const char *abbr;		       /* for the names of maps and processes */
	void (*step)(struct release *release); /* one process makes and releases the map so, ... */
	void (*run)(struct release *release);  /* ... or several do */
	bool nests;			       /* into another map, so the map cannot hold any */
} ways[] = {
	{"fd", "fd", .step = make_and_close},
	{"exit", "exit", .step = make_and_leave},
	{"kill", "kill", .run = release_by_kill},
	{"prog", "prog", .step = make_and_load},
	{"pin", "pin", .run = release_by_unpin},
	{"inner", "inn", .run = release_by_take_out, .nests = true},
	{"fdpass", "pass", .run = release_by_heir},
};

enum { NR_WAYS = ARRAY_SIZE(ways) };

/* Each way goes through all variants, from another one on. */
static const struct variant *pick_variant(unsigned int nth_way, unsigned int nth)
{
	for (unsigned int i = 0; i < NR_VARIANTS; i++) {
		unsigned int nr = (nth_way + nth + i) % NR_VARIANTS;

		if (!unknown[nr] && !(ways[nth_way].nests && strstr(variants[nr].type, "of_maps")))
			return &variants[nr];
	}
	fatal(0, "this kernel has none of the types");
}

static void prepare(struct release *release, const struct way *way, unsigned int nth,
		    const struct variant *variant)
{
	char does[COMM_SIZE];

	memset(release, 0, sizeof(*release));
	release->way = way->name;
	release->nth = nth;
	release->kind = kind_of_variant(variant);
	snprintf(release->kind.map_name, sizeof(release->kind.map_name), "r_%.4s_%.5s_%02u",
		 way->abbr, variant->abbr, nth % 100);
	snprintf(does, sizeof(does), "rel_%s", way->abbr);
	name_task(&release->released_by, does, release);
}

/* The index-th of all maps, with the next kind if the kernel does not know this one */
static void run_release(struct release *release, unsigned int index)
{
	unsigned int nth_way = index % NR_WAYS, nth = index / NR_WAYS;
	const struct variant *variant;

	for (;;) {
		variant = pick_variant(nth_way, nth);
		prepare(release, &ways[nth_way], nth, variant);
		if (ways[nth_way].step) {
			run_step(&release->released_by, ways[nth_way].step, release);
			release->closed_by = release->released_by;
		} else {
			ways[nth_way].run(release);
		}
		if (!release->refused)
			return;
		print_skipped(&release->kind, release->refused);
		unknown[variant - variants] = true;
	}
}

static void print_release(const struct release *release)
{
	char elements[24] = "null";

	if (release->elements >= 0)
		snprintf(elements, sizeof(elements), "%ld", release->elements);
	printf("{\"kind\":\"release\",\"way\":\"%s\",\"map_id\":%u,\"map_type\":\"%s\","
	       "\"map_name\":\"%s\",\"elements\":%s,\"pid\":%d,\"comm\":\"%s\","
	       "\"closer_pid\":%d,\"closer_comm\":\"%s\"}\n",
	       release->way, release->map_id, release->kind.type->name, release->kind.map_name,
	       elements, release->released_by.pid, release->released_by.comm,
	       release->closed_by.pid, release->closed_by.comm);
}

void releases_run(unsigned int maps)
{
	struct release *releases = shared_memory(maps + 1, sizeof(*releases));

	helpers = shared_memory(MAX_HELPERS, sizeof(*helpers));
	for (size_t i = 0; i < NR_VARIANTS; i++) {
		struct kind kind = kind_of_variant(&variants[i]);

		owners_prepare(&kind);
	}
	add_helper(inner_kind(), inner_map());
	for (unsigned int i = 0; i < maps; i++)
		run_release(&releases[i], i);
	close(inner_map()); /* the last reference */

	for (unsigned int i = 0; i < maps; i++)
		print_release(&releases[i]);
	for (unsigned int i = 0; i < nr_helpers; i++)
		print_release(&helpers[i]);
	printf("{\"kind\":\"releases\",\"maps\":%u,\"outer\":%u}\n", maps, nr_helpers);
}
