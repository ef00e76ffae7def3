// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes maps that something holds for a time after the process that made them has ended, and prints
 * what held them, and for how long. The kernel itself says when a map goes: its id goes then.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "process.h"
#include "tests/guest/workload/struct_ops.skel.h"
#include "workload.h"
#include "util/macros.h"

#define PATIENCE_S 60
#define POLL_US	   500

/* In shared memory, written by the watcher */
struct watching {
	bool watches;
	__u64 from_ns, to_ns; /* the map's id went between these */
};

/* In shared memory: what the maker made, for the holder to take over */
struct making {
	char name[16];
	__u32 map_id, prog_id, link_id, outer_id;
	int fd;	    /* in the maker: what holds the map */
	int map_fd; /* there, too */
	__u64 closing_ns, closed_ns;
};

static struct making *making;
static volatile struct watching *watching;
static int outer = -1; /* a map of maps, for the maker to inherit */

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void sleep_ms(unsigned int ms)
{
	const struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&time, NULL);
}

/* A program that uses the map and does nothing */
static int load_program(enum bpf_prog_type type, __u32 flags)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = flags);
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = making->map_fd},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int fd = bpf_prog_load(type, making->name, "GPL", insns, ARRAY_SIZE(insns), &opts);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		fatal(errno, "cannot load %s", making->name);
	making->prog_id = info.id;
	return fd;
}

static const char *pin_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/sys/fs/bpf/%s", making->name);
	return path;
}

static void pin(int fd)
{
	if (bpf_obj_pin(fd, pin_path()))
		fatal(errno, "cannot pin %s", pin_path());
}

static int hold_by_program(void)
{
	return load_program(BPF_PROG_TYPE_SOCKET_FILTER, 0);
}

static int hold_by_sleepable(void)
{
	return load_program(BPF_PROG_TYPE_SYSCALL, BPF_F_SLEEPABLE);
}

static int hold_by_link(void)
{
	int prog = load_program(BPF_PROG_TYPE_RAW_TRACEPOINT, 0);
	int fd = bpf_raw_tracepoint_open("sched_process_exec", prog);
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		fatal(errno, "cannot attach %s", making->name);
	making->link_id = info.id;
	close(prog);
	return fd;
}

static int hold_by_program_pin(void)
{
	int fd = hold_by_program();

	pin(fd);
	close(fd);
	return -1;
}

static int hold_by_link_pin(void)
{
	int fd = hold_by_link();

	pin(fd);
	close(fd);
	return -1;
}

/* It is registered until its element is deleted. */
static int hold_by_struct_ops(void)
{
	struct struct_ops_bpf *ops = struct_ops_bpf__open();
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (!ops || bpf_map__reuse_fd(ops->maps.held, making->map_fd) ||
	    struct_ops_bpf__load(ops) || !bpf_map__attach_struct_ops(ops->maps.ops) ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(ops->progs.h_struct_ops), &info, &len))
		fatal(errno, "cannot register operations that hold a map");
	making->prog_id = info.id;
	return bpf_map__fd(ops->maps.ops);
}

static int hold_by_pin(void)
{
	pin(making->map_fd);
	return -1;
}

static int hold_by_map(void)
{
	__u32 key = 0;

	if (bpf_map_update_elem(outer, &key, &making->map_fd, BPF_ANY))
		fatal(errno, "cannot put %s into a map", making->name);
	return -1;
}

static int hold_by_nothing(void)
{
	return -1;
}

static void drop_pin(int fd)
{
	(void)fd;
	if (unlink(pin_path()))
		fatal(errno, "cannot unlink %s", pin_path());
}

static void drop_fd(int fd)
{
	close(fd);
}

static void drop_struct_ops(int fd)
{
	__u32 key = 0;

	if (bpf_map_delete_elem(fd, &key))
		fatal(errno, "cannot unregister operations");
	close(fd);
}

static void drop_outer(int fd)
{
	(void)fd;
	close(outer);
}

static void take_out(int fd)
{
	__u32 key = 0;

	(void)fd;
	if (bpf_map_delete_elem(outer, &key))
		fatal(errno, "cannot take %s out of a map", making->name);
}

static void drop_nothing(int fd)
{
	(void)fd;
}

static const struct way {
	const char *name;
	int (*hold)(void);
	void (*drop)(int fd);
	bool outer, program, link, pin;
} ways[] = {
	{"h_nothing", hold_by_nothing, drop_nothing, .outer = false},
	{"h_program", hold_by_program, drop_fd, .program = true},
	{"h_sleepable", hold_by_sleepable, drop_fd, .program = true},
	{"h_link", hold_by_link, drop_fd, .program = true, .link = true},
	{"h_prog_pin", hold_by_program_pin, drop_pin, .program = true, .pin = true},
	{"h_link_pin", hold_by_link_pin, drop_pin, .program = true, .link = true, .pin = true},
	{"h_struct_ops", hold_by_struct_ops, drop_struct_ops, .program = true},
	{"h_pin", hold_by_pin, drop_pin, .pin = true},
	{"h_outer", hold_by_map, drop_outer, .outer = true},
	{"h_taken_out", hold_by_map, take_out, .outer = true},
};

static void make_outer(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = inner_map());
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, making->name, 4, 4, 1, &opts);
	if (outer < 0 || bpf_obj_get_info_by_fd(outer, &info, &len))
		fatal(errno, "cannot create a map of maps");
	making->outer_id = info.id;
}

/* The maker: is stopped until what it made has been taken over, and then ends. */
static void make(const struct way *way)
{
	struct kind kind = *inner_kind();

	prctl(PR_SET_NAME, "held_maker");
	snprintf(kind.map_name, sizeof(kind.map_name), "%s", making->name);
	making->map_fd = map_create(&kind);
	if (making->map_fd < 0)
		fatal(-making->map_fd, "cannot create %s", kind.map_name);
	making->map_id = map_id(making->map_fd);
	making->fd = way->hold();
	raise(SIGSTOP);
	making->closing_ns = now_ns();
	close(making->map_fd);
	making->closed_ns = now_ns();
	_exit(0);
}

static int take_over(pid_t pid)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), fd;

	if (making->fd < 0)
		return -1;
	fd = syscall(SYS_pidfd_getfd, pidfd, making->fd, 0);
	if (pidfd < 0 || fd < 0)
		fatal(errno, "cannot take over a file descriptor");
	close(pidfd);
	return fd;
}

static bool map_exists(__u32 id)
{
	__u32 next = id - 1;

	return !bpf_map_get_next_id(next, &next) && next == id;
}

/* When the map's last reference is dropped, it loses its id. */
static void watch(__u32 id)
{
	__u64 before = now_ns(), until = before + PATIENCE_S * NSEC_PER_SEC, now = before;

	watching->watches = true;
	while (map_exists(id)) {
		if (now > until)
			fatal(0, "map %u stays", id);
		before = now;
		usleep(POLL_US);
		now = now_ns();
	}
	watching->from_ns = before;
	watching->to_ns = now_ns();
	_exit(0);
}

static void print_holder(const char *kind, __u32 id, const char *name)
{
	static const char *gap;

	if (!kind) {
		gap = "";
		return;
	}
	printf("%s{\"kind\":\"%s\"", gap, kind);
	if (id)
		printf(",\"id\":%u", id);
	if (name)
		printf(",\"name\":\"%s\"", name);
	printf("}");
	gap = ",";
}

static void print_held(const struct way *way, __u64 least_ns, __u64 most_ns)
{
	printf("{\"kind\":\"held\",\"map_id\":%u,\"map_name\":\"%s\",\"least_ns\":%llu,"
	       "\"most_ns\":%llu,\"held_by\":[",
	       making->map_id, making->name, least_ns, most_ns);
	print_holder(NULL, 0, NULL);
	if (way->program)
		print_holder("program", making->prog_id, making->name);
	if (way->link)
		print_holder("link", making->link_id, NULL);
	if (way->outer)
		print_holder("map", making->outer_id, making->name);
	if (way->pin)
		print_holder("pin", 0, NULL);
	printf("]}\n");
}

/* Returns a file descriptor of what holds the map; -1: none does. */
static int start_holding(const struct way *way)
{
	pid_t pid = fork_child();
	int fd;

	if (!pid)
		make(way);
	if (!wait_for_stop(pid))
		fatal(0, "the maker did not wait");
	fd = take_over(pid);
	kill(pid, SIGCONT);
	wait_for_child(pid);
	return fd;
}

static void hold(const struct way *way, unsigned int ms)
{
	bool held = way->hold != hold_by_nothing;
	pid_t watcher;
	int fd;

	*making = (struct making){.fd = -1};
	watching->watches = false;
	snprintf(making->name, sizeof(making->name), "%s", way->name);
	if (way->outer)
		make_outer();
	fd = start_holding(way);
	if (held)
		sleep_ms(ms);
	watcher = fork_child();
	if (!watcher) {
		close(fd);
		close(outer);
		watch(making->map_id);
	}
	while (!watching->watches)
		usleep(POLL_US);
	way->drop(fd);
	wait_for_child(watcher);
	if (way->drop == take_out)
		close(outer);
	print_held(way, held ? watching->from_ns - making->closed_ns : 0,
		   held ? watching->to_ns - making->closing_ns : 0);
}

void held_run(unsigned int ms)
{
	making = shared_memory(1, sizeof(*making));
	watching = shared_memory(1, sizeof(*watching));
	mount_bpffs();
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		hold(&ways[i], ms);
}
