// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a BPF program, which the kernel runs in a read section of RCU, until a deadline: callbacks
 * of bpf_loop() look at the clock.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <time.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/bpf.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "maps.h"
#include "reader.h"
#include "util/macros.h"

#define LOOPS	  (1 << 23) /* the most that bpf_loop() takes */
#define NR_LOOPS  8	    /* more than enough for some seconds, on a fast processor too */
#define FIRST	  4	    /* instructions before the loops */
#define LOOP_SIZE 6
#define CALLBACK  (FIRST + NR_LOOPS * LOOP_SIZE + 4)
#define FRAME	  64 /* bytes of a packet for the program */

/* In an array that both sides map. */
struct times {
	__u64 deadline, begin, end; /* 0: not yet */
};

static struct {
	pthread_t thread;
	volatile struct times *times;
	int map_fd, prog_fd;
} reader;

#define INSN(op, dst, src, offset, number)                                                         \
	{                                                                                          \
		.code = (op), .dst_reg = (dst), .src_reg = (src), .off = (offset), .imm = (number) \
	}
#define CALL(function)	   INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_##function)
#define NUMBER(reg, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value)
#define STORE_R0(member)   INSN(BPF_STX | BPF_MEM | BPF_DW, 6, 0, offsetof(struct times, member), 0)
#define EXIT		   INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* Of two instructions; r6 is the times' address. */
#define TIMES                                                                                      \
	INSN(BPF_LD | BPF_IMM | BPF_DW, 6, BPF_PSEUDO_MAP_VALUE, 0, reader.map_fd),                \
	{                                                                                          \
	}
/* The nth; the callback's address is relative to the instruction behind the second one. */
#define LOOP(nth)                                                                                  \
	NUMBER(1, LOOPS),                                                                          \
		INSN(BPF_LD | BPF_IMM | BPF_DW, 2, BPF_PSEUDO_FUNC, 0,                             \
		     CALLBACK - (FIRST + (nth)*LOOP_SIZE + 1) - 1),                                \
		{}, NUMBER(3, 0), NUMBER(4, 0), CALL(loop)

/* Both functions need a type. */
static struct btf *load_types(struct bpf_func_info info[2])
{
	struct btf *btf = btf__new_empty();
	int number, program, callback;

	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	program = btf__add_func_proto(btf, number);
	btf__add_func_param(btf, "packet", number);
	callback = btf__add_func_proto(btf, number);
	btf__add_func_param(btf, "nth", number);
	btf__add_func_param(btf, "ctx", number);
	info[0] = (struct bpf_func_info){0, btf__add_func(btf, "reader", BTF_FUNC_GLOBAL, program)};
	info[1] = (struct bpf_func_info){CALLBACK,
					 btf__add_func(btf, "is_over", BTF_FUNC_STATIC, callback)};
	if (btf__load_into_kernel(btf))
		fatal(errno, "cannot load BTF");
	return btf;
}

static void load(void)
{
	const struct bpf_insn insns[] = {
		TIMES,
		CALL(ktime_get_ns),
		STORE_R0(begin),
		LOOP(0),
		LOOP(1),
		LOOP(2),
		LOOP(3),
		LOOP(4),
		LOOP(5),
		LOOP(6),
		LOOP(7),
		CALL(ktime_get_ns),
		STORE_R0(end),
		NUMBER(0, 0),
		EXIT,
		/* Callback: 1 ends the loop. */
		TIMES,
		CALL(ktime_get_ns),
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 1, 6, offsetof(struct times, deadline), 0),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 2, 0),
		NUMBER(0, 0),
		EXIT,
		NUMBER(0, 1),
		EXIT,
	};
	struct bpf_func_info info[2];
	struct btf *btf = load_types(info);
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_btf_fd = btf__fd(btf), .func_info = info,
		    .func_info_cnt = 2, .func_info_rec_size = sizeof(*info));

	_Static_assert(NR_LOOPS == 8, "a loop each");
	reader.prog_fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "reader", "GPL", insns,
				       ARRAY_SIZE(insns), &opts);
	if (reader.prog_fd < 0)
		fatal(-reader.prog_fd, "cannot load a program");
	btf__free(btf);
}

static void make_times(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	reader.map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "reader_times", 4, sizeof(struct times),
				       1, &opts);
	if (reader.map_fd < 0)
		fatal(-reader.map_fd, "cannot create a map");
	reader.times =
		mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, reader.map_fd, 0);
	if (reader.times == MAP_FAILED)
		fatal(errno, "cannot map a map");
}

static void *run(void *arg)
{
	char frame[FRAME] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame));
	cpu_set_t last;
	int err;

	(void)arg;
	CPU_ZERO(&last);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &last);
	if (sched_setaffinity(0, sizeof(last), &last))
		fatal(errno, "cannot move to the last processor");
	err = bpf_prog_test_run_opts(reader.prog_fd, &opts);
	if (err)
		fatal(-err, "cannot run a program");
	return NULL;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void reader_start(unsigned int ms)
{
	int err;

	make_times();
	load();
	reader.times->deadline = now_ns() + ms * NSEC_PER_MSEC;
	err = pthread_create(&reader.thread, NULL, run, NULL);
	if (err)
		fatal(err, "cannot start a thread");
	while (!reader.times->begin)
		usleep(100);
}

void reader_join(__u64 *begin_ns, __u64 *end_ns)
{
	pthread_join(reader.thread, NULL);
	*begin_ns = reader.times->begin;
	*end_ns = reader.times->end;
	close(reader.prog_fd);
}
