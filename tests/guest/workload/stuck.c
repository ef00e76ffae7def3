// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds up the teardown of a map: a task waits inside the kernel for a page of memory that nobody
 * provides (userfaultfd(2)), and keeps there
 *
 *   free      the lock of a socket in a sockmap, which sock_map_free() takes
 *   wait      a read section of RCU Tasks Trace, whose grace period a map waits for that was in
 *             another map
 *   deferred  the same read section, whose grace period memory of deleted elements waits for
 *
 * The rest of the system needs neither, except to free memory.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/userfaultfd.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "workload.h"
#include "util/macros.h"

#define ELEMENTS 512 /* more than an allocator keeps for reuse */

/* The page, and the task that waits for it */
struct obstacle {
	int uffd;
	size_t size;
	void *page;
	pthread_t thread;
	int fd; /* what the task uses: a socket, or a program */
};

/* A missing page that the kernel leaves to us */
static void obstacle_make(struct obstacle *obstacle)
{
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	struct uffdio_api api = {.api = UFFD_API};

	obstacle->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (obstacle->uffd < 0 || ioctl(obstacle->uffd, UFFDIO_API, &api))
		fatal(errno, "cannot use userfaultfd");
	obstacle->size = getpagesize();
	obstacle->page = mmap(NULL, obstacle->size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (obstacle->page == MAP_FAILED)
		fatal(errno, "cannot map a page");
	range.range.start = (unsigned long)obstacle->page;
	range.range.len = obstacle->size;
	if (ioctl(obstacle->uffd, UFFDIO_REGISTER, &range))
		fatal(errno, "cannot register a page");
}

/* Starts a thread, and returns when it waits for the page. */
static void obstacle_run_into(struct obstacle *obstacle, void *(*run)(void *obstacle), int fd)
{
	struct uffd_msg msg;
	int err;

	obstacle->fd = fd;
	err = pthread_create(&obstacle->thread, NULL, run, obstacle);
	if (err)
		fatal(err, "cannot start a thread");
	if (read(obstacle->uffd, &msg, sizeof(msg)) != sizeof(msg))
		fatal(errno, "no thread reached the page");
}

static void obstacle_remove(struct obstacle *obstacle)
{
	struct uffdio_zeropage zero = {
		.range = {.start = (unsigned long)obstacle->page, .len = obstacle->size}};

	if (ioctl(obstacle->uffd, UFFDIO_ZEROPAGE, &zero))
		fatal(errno, "cannot provide a page");
	pthread_join(obstacle->thread, NULL);
}

/* The map whose teardown gets stuck */
struct victim {
	const char *map_type, *map_name;
	__u32 map_id;
	int fd;
	int outer_fd; /* the map that holds it */
};

static struct kind hash_kind(const char *name)
{
	struct kind kind = kind_of(map_type_find("hash"), false, FILL_FILLED, ELEMENTS);

	snprintf(kind.map_name, sizeof(kind.map_name), "%s", name);
	return kind;
}

/* send() copies the page with the socket locked. */
static void *send_page(void *arg)
{
	const struct obstacle *obstacle = arg;

	if (send(obstacle->fd, obstacle->page, obstacle->size, 0) < 0)
		fatal(errno, "cannot send");
	return NULL;
}

/* One end of a connection; the other end stays open. */
static int make_connection(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(address);

	if (listener < 0 || client < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &size) ||
	    connect(client, (struct sockaddr *)&address, sizeof(address)) ||
	    accept(listener, NULL, NULL) < 0)
		fatal(errno, "cannot make a connection");
	close(listener);
	return client;
}

static void block_free(struct victim *victim, struct obstacle *obstacle)
{
	const int socket = make_connection();
	const __u32 key = 0;

	victim->map_type = "sockmap";
	victim->map_name = "stuck_free";
	victim->fd = bpf_map_create(BPF_MAP_TYPE_SOCKMAP, victim->map_name, 4, 4, 1, NULL);
	if (victim->fd < 0)
		fatal(-victim->fd, "cannot create %s", victim->map_name);
	if (bpf_map_update_elem(victim->fd, &key, &socket, BPF_ANY))
		fatal(errno, "cannot put a socket into %s", victim->map_name);
	victim->map_id = map_id(victim->fd);
	obstacle_run_into(obstacle, send_page, socket);
}

/* Maps and memory are freed after the program has ended. */
static void *run_program(void *arg)
{
	const struct obstacle *obstacle = arg;
	__u64 context = (unsigned long)obstacle->page;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &context, .ctx_size_in = sizeof(context));
	int err = bpf_prog_test_run_opts(obstacle->fd, &opts);

	if (err)
		fatal(-err, "cannot run a program");
	return NULL;
}

/*
 * A sleepable program that reads memory at the address in its context. It delays removals from a
 * map only if it uses that map; map_fd -1: none.
 */
static int load_reader(int map_fd)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_IMM | BPF_DW,
		 .dst_reg = BPF_REG_0,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = map_fd},
		{},
		{.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_3, .src_reg = BPF_REG_1},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_copy_from_user},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	const size_t first = map_fd < 0 ? 2 : 0;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "stuck_reader", "GPL", insns + first,
			       ARRAY_SIZE(insns) - first, &opts);

	if (fd < 0)
		fatal(-fd, "cannot load a program");
	return fd;
}

static void make_hash(struct victim *victim)
{
	struct kind kind = hash_kind(victim->map_name);

	victim->map_type = kind.type->name;
	victim->fd = map_create(&kind);
	if (victim->fd < 0)
		fatal(-victim->fd, "cannot create %s", victim->map_name);
	map_populate(&kind, victim->fd);
	victim->map_id = map_id(victim->fd);
}

static void block_wait(struct victim *victim, struct obstacle *obstacle)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	const __u32 key = 0;

	victim->map_name = "stuck_wait";
	make_hash(victim);
	opts.inner_map_fd = victim->fd;
	victim->outer_fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "stuck_outer", 4, 4, 1, &opts);
	if (victim->outer_fd < 0)
		fatal(-victim->outer_fd, "cannot create a map of maps");
	if (bpf_map_update_elem(victim->outer_fd, &key, &victim->fd, BPF_ANY))
		fatal(errno, "cannot put %s into a map", victim->map_name);
	close(victim->fd);
	obstacle_run_into(obstacle, run_program, load_reader(victim->outer_fd));
}

static void take_out(const struct victim *victim)
{
	const __u32 key = 0;

	if (bpf_map_delete_elem(victim->outer_fd, &key))
		fatal(errno, "cannot take %s out of a map", victim->map_name);
}

static void block_deferred(struct victim *victim, struct obstacle *obstacle)
{
	victim->map_name = "stuck_deferred";
	make_hash(victim);
	obstacle_run_into(obstacle, run_program, load_reader(-1));
}

/* Memory of elements deleted from now on waits for RCU. */
static void empty_and_close(const struct victim *victim)
{
	struct kind kind = hash_kind(victim->map_name);

	for (__u32 i = 0; i < kind.elements; i++)
		map_delete(&kind, victim->fd, i);
	close(victim->fd);
}

static void just_close(const struct victim *victim)
{
	close(victim->fd);
}

static const struct place {
	const char *where;
	void (*block)(struct victim *victim, struct obstacle *obstacle);
	void (*release)(const struct victim *victim);
} places[] = {
	{"wait", block_wait, take_out},
	{"free", block_free, just_close},
	{"deferred", block_deferred, empty_and_close},
};

static const struct place *place_find(const char *where)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strcmp(places[i].where, where))
			return &places[i];
	return NULL;
}

bool stuck_where_is_known(const char *where)
{
	return place_find(where);
}

void stuck_run(const char *where, unsigned int seconds)
{
	const struct place *place = place_find(where);
	const struct timespec most = {.tv_sec = seconds};
	struct obstacle obstacle;
	struct victim victim = {};
	sigset_t enough;

	/* Blocked before threads start, so that none takes the signal */
	sigemptyset(&enough);
	sigaddset(&enough, SIGTERM);
	sigprocmask(SIG_BLOCK, &enough, NULL);
	obstacle_make(&obstacle);
	place->block(&victim, &obstacle);
	place->release(&victim);
	printf("{\"kind\":\"stuck\",\"map_id\":%u,\"map_type\":\"%s\",\"map_name\":\"%s\","
	       "\"seconds\":%u,\"where\":\"%s\"}\n",
	       victim.map_id, victim.map_type, victim.map_name, seconds, where);
	sigtimedwait(&enough, NULL, &most);
	obstacle_remove(&obstacle);
}
