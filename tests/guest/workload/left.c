// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes maps of the types whose free may leave memory to RCU, with elements and without, and prints
 * how many elements each had. Of two maps it prints when RCU freed the elements: of a sockhash, by
 * the number of objects of their size; of an array of perf events, closed while a reader holds up
 * RCU, by the number of open files.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "reader.h"
#include "workload.h"
#include "util/macros.h"

#define CGROUP	    "/sys/fs/cgroup/workload-left"
#define ELEMENTS    4
#define EVENTS	    500 /* far more files than the kernel's count of them is wrong */
#define KEY_SIZE    512 /* the most that a sockhash takes */
#define BATCH_S	    5	/* that kfree_rcu() waits (KFREE_DRAIN_JIFFIES) ... */
#define SOCKETS	    400 /* ... unless there is a page full of pointers */
#define READ_MS	    1000
#define MAX_WAIT_NS (30 * NSEC_PER_SEC)

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static int make(__u32 type, const char *name, __u32 key_size, __u32 value_size, __u32 entries,
		__u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	int fd = bpf_map_create(type, name, key_size, value_size, entries, &opts);

	if (fd < 0)
		fatal(-fd, "cannot create %s", name);
	return fd;
}

static void put(int fd, __u32 key, __u32 value)
{
	if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
		fatal(errno, "cannot update element %u", key);
}

static void close_map(int fd, const char *type, const char *name, __u32 elements)
{
	printf("{\"kind\":\"left\",\"maps\":1,\"map_type\":\"%s\",\"map_name\":\"%s\","
	       "\"map_id\":%u,\"elements\":%u}\n",
	       type, name, map_id(fd), elements);
	close(fd);
}

/* Maps that the matrix has, too. */
static void leave_storage(const char *type, bool filled)
{
	struct kind kind = kind_of(map_type_find(type), false, filled ? FILL_FILLED : FILL_EMPTY,
				   filled ? ELEMENTS : 0);
	int fd;

	snprintf(kind.map_name, sizeof(kind.map_name), "left_%.4s_%u", type, kind.elements);
	owners_prepare(&kind);
	fd = map_create(&kind);
	if (map_unknown(fd)) {
		print_skipped(&kind, -fd);
		return;
	}
	if (fd < 0)
		fatal(-fd, "cannot create %s", kind.map_name);
	map_populate(&kind, fd);
	close_map(fd, type, kind.map_name, kind.elements);
}

static void leave_sockhash(bool filled)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	const char *name = filled ? "left_socks" : "left_socks_0";
	int fd = make(BPF_MAP_TYPE_SOCKHASH, name, 4, 4, 8, 0), sock;

	if (filled) {
		sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (sock < 0 || bind(sock, (const void *)&any, sizeof(any)))
			fatal(errno, "cannot make a socket");
		put(fd, 0, sock);
	}
	close_map(fd, "sockhash", name, filled);
}

static void leave_cpumap(bool filled)
{
	const char *name = filled ? "left_cpus" : "left_cpus_0";
	int fd = make(BPF_MAP_TYPE_CPUMAP, name, 4, 4, 2, 0);

	if (filled)
		put(fd, 1, 64); /* packets in the queue of processor 1 */
	close_map(fd, "cpumap", name, filled);
}

/* Makes an element for the cgroup when it is attached there. */
static int load_user(int map_fd)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_IMM | BPF_DW,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = map_fd},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_local_storage},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "left_user", "GPL", insns,
			       ARRAY_SIZE(insns), NULL);

	if (fd < 0)
		fatal(-fd, "cannot load a program");
	return fd;
}

static void leave_cgroup_storage(__u32 number, const char *type, bool filled)
{
	char name[16];
	int fd, cgroup, prog;

	snprintf(name, sizeof(name), "left_%.3s_%u", type, filled);
	fd = make(number, name, sizeof(struct bpf_cgroup_storage_key), 8, 0, 0);
	if (filled) {
		if (mkdir(CGROUP, 0755) && errno != EEXIST)
			fatal(errno, "cannot make a cgroup");
		cgroup = open(CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		prog = load_user(fd);
		if (bpf_prog_attach(prog, cgroup, BPF_CGROUP_INET_INGRESS, 0) ||
		    bpf_prog_detach2(prog, cgroup, BPF_CGROUP_INET_INGRESS))
			fatal(errno, "cannot attach a program to a cgroup");
		close(prog);
		close(cgroup);
	}
	close_map(fd, type, name, filled);
}

static long nr_files(void)
{
	FILE *file = fopen("/proc/sys/fs/file-nr", "re");
	long nr;

	if (!file || fscanf(file, "%ld", &nr) != 1)
		fatal(errno, "cannot count files");
	fclose(file);
	return nr;
}

/* Objects of the elements of a sockhash with such keys, charged to a cgroup */
static long nr_objects(void)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	char line[256];
	long nr = -1;

	while (file && nr < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "kmalloc-cg-1k %ld", &nr);
	if (file)
		fclose(file);
	if (nr < 0)
		fatal(0, "/proc/slabinfo lacks kmalloc-cg-1k");
	return nr;
}

/* Waits until half of what was counted before is gone. Returns when it was. */
static __u64 wait_until_gone(long (*count)(void), long before, long more)
{
	__u64 start_ns = now_ns(), gone_ns;

	do {
		usleep(2000);
		gone_ns = now_ns();
	} while (count() >= before + more / 2 && gone_ns < start_ns + MAX_WAIT_NS);
	return gone_ns;
}

static void leave_sockets_to_batch(void)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	const char *name = "left_batch";
	__u32 key[KEY_SIZE / sizeof(__u32)] = {0}, id;
	int fd = make(BPF_MAP_TYPE_SOCKHASH, name, sizeof(key), 4, SOCKETS, 0), sock;
	long before;
	__u64 closed_ns;

	sleep(BATCH_S + 1); /* until no other batch waits */
	before = nr_objects();
	for (; key[0] < SOCKETS; key[0]++) {
		sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (sock < 0 || bind(sock, (const void *)&any, sizeof(any)) ||
		    bpf_map_update_elem(fd, key, &sock, BPF_ANY))
			fatal(errno, "cannot put a socket into %s", name);
	}
	if (nr_objects() < before + SOCKETS / 2)
		fatal(0, "elements of a sockhash are not counted");
	id = map_id(fd);
	closed_ns = now_ns();
	close(fd);
	printf("{\"kind\":\"left\",\"maps\":1,\"map_type\":\"sockhash\",\"map_name\":\"%s\","
	       "\"map_id\":%u,\"elements\":%d,\"closed_ns\":%llu,\"gone_ns\":%llu}\n",
	       name, id, SOCKETS, closed_ns, wait_until_gone(nr_objects, before, SOCKETS));
}

/* Files that only the map has open. */
static int make_events(const char *name, __u32 nr, __u32 flags)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
	};
	int fd = make(BPF_MAP_TYPE_PERF_EVENT_ARRAY, name, 4, 4, nr, flags), event;

	for (__u32 i = 0; i < nr; i++) {
		event = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (event < 0)
			fatal(errno, "cannot open a perf event");
		put(fd, i, event);
		close(event);
	}
	return fd;
}

static void leave_events_to_reader(void)
{
	const char *name = "left_events";
	__u64 begin_ns, end_ns, closed_ns, freed_ns;
	long before = nr_files();
	int fd = make_events(name, EVENTS, BPF_F_PRESERVE_ELEMS);
	__u32 id = map_id(fd);

	if (nr_files() < before + EVENTS / 2)
		fatal(0, "files of perf events are not counted");
	reader_start(READ_MS);
	closed_ns = now_ns();
	close(fd);
	freed_ns = wait_until_gone(nr_files, before, EVENTS);
	reader_join(&begin_ns, &end_ns);
	printf("{\"kind\":\"left\",\"maps\":1,\"map_type\":\"perf_event_array\",\"map_name\":\"%s\","
	       "\"map_id\":%u,\"elements\":%d,\"closed_ns\":%llu,\"reader_begin_ns\":%llu,"
	       "\"reader_end_ns\":%llu,\"freed_ns\":%llu}\n",
	       name, id, EVENTS, closed_ns, begin_ns, end_ns, freed_ns);
}

void left_run(void)
{
	static const char *const storages[] = {"task_storage", "sk_storage", "cgrp_storage", "hash",
					       "lpm_trie"};

	for (int filled = 0; filled < 2; filled++) {
		for (size_t i = 0; i < ARRAY_SIZE(storages); i++)
			leave_storage(storages[i], filled);
		leave_sockhash(filled);
		leave_cpumap(filled);
		leave_cgroup_storage(BPF_MAP_TYPE_CGROUP_STORAGE, "cgroup_storage", filled);
		leave_cgroup_storage(21, "percpu_cgroup_storage", filled);
	}
	close_map(make_events("left_events_0", 4, 0), "perf_event_array", "left_events_0", 0);
	rmdir(CGROUP);
	leave_sockets_to_batch();
	leave_events_to_reader();
}

void read_run(const char *type, const char *name, unsigned int ms)
{
	const struct map_type *map_type = map_type_find(type);
	__u64 begin_ns, end_ns, closed_ns;
	struct kind kind;
	int fd;

	if (!map_type)
		fatal(0, "%s: no type this program makes", type);
	kind = kind_of(map_type, map_type->can_prealloc, FILL_FILLED, ELEMENTS);
	snprintf(kind.map_name, sizeof(kind.map_name), "%s", name);
	owners_prepare(&kind);
	fd = map_create(&kind);
	if (fd < 0)
		fatal(-fd, "cannot create %s", name);
	map_populate(&kind, fd);
	reader_start(ms);
	closed_ns = now_ns();
	close(fd);
	reader_join(&begin_ns, &end_ns);
	printf("{\"kind\":\"read\",\"maps\":1,\"map_type\":\"%s\",\"map_name\":\"%s\","
	       "\"closed_ns\":%llu,\"reader_begin_ns\":%llu,\"reader_end_ns\":%llu}\n",
	       type, name, closed_ns, begin_ns, end_ns);
}
