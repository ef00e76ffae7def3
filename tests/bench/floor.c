// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor: a pair of programs that do nothing, on entry and return of bpf_mem_alloc_destroy(), or
 * one for both, called a session. No tracer of that kind can cost less.
 *
 * usage: floor fentry|kprobe|fsession|kprobe-session
 * Prints the time of attaching, in nanoseconds of the monotonic clock; a signal ends it.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "util/clock.h"

#define FUNCTION   "bpf_mem_alloc_destroy"
#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe/type"

/* include/uapi/linux/bpf.h; the installed header is older. */
#define KPROBE_SESSION ((enum bpf_attach_type)56) /* since 6.10 */
#define FSESSION       ((enum bpf_attach_type)58) /* since 7.0 */

/* Reading the kernel's types is most of a start's time, and few tracers can avoid it. */
static int function_id(void)
{
	static struct btf *kernel;

	if (!kernel)
		kernel = btf__load_vmlinux_btf();
	return btf__find_by_name_kind(kernel, FUNCTION, BTF_KIND_FUNC);
}

static int load(enum bpf_prog_type type, enum bpf_attach_type attach)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};

	opts.expected_attach_type = attach;
	if (type == BPF_PROG_TYPE_TRACING)
		opts.attach_btf_id = function_id();
	return bpf_prog_load(type, "floor", "GPL", nothing, 2, &opts);
}

static int attach_fentry(enum bpf_attach_type attach)
{
	return bpf_raw_tracepoint_open(NULL, load(BPF_PROG_TYPE_TRACING, attach));
}

static int attach_kprobe(bool at_return)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.config = at_return,
		.config1 = (unsigned long)FUNCTION,
	};
	FILE *file = fopen(KPROBE_PMU, "re");
	int fd;

	if (!file || fscanf(file, "%u", &attr.type) != 1)
		return -1;
	fclose(file);
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, load(BPF_PROG_TYPE_KPROBE, 0)))
		return -1;
	return ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
}

static int attach_kprobe_session(void)
{
	const char *function = FUNCTION;
	union bpf_attr attr = {
		.link_create.prog_fd = load(BPF_PROG_TYPE_KPROBE, KPROBE_SESSION),
		.link_create.attach_type = KPROBE_SESSION,
		.link_create.kprobe_multi.cnt = 1,
		.link_create.kprobe_multi.syms = (unsigned long)&function,
	};

	return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

static int attach(const char *how)
{
	if (!strcmp(how, "fentry"))
		return attach_fentry(BPF_TRACE_FENTRY) < 0 || attach_fentry(BPF_TRACE_FEXIT) < 0;
	if (!strcmp(how, "fsession"))
		return attach_fentry(FSESSION) < 0;
	if (!strcmp(how, "kprobe-session"))
		return attach_kprobe_session() < 0;
	return attach_kprobe(true) || attach_kprobe(false);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (attach(argv[1])) {
		fprintf(stderr, "floor: cannot attach %s to " FUNCTION "()\n", argv[1]);
		return 1;
	}
	fprintf(stderr, "attached: %llu\n", clock_now_ns());
	pause();
	return 0;
}
