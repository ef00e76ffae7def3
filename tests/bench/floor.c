// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor: a pair of programs that do nothing, on entry and return of bpf_mem_alloc_destroy().
 * What they cost no tracer of that kind can save.
 *
 * usage: floor fentry|kprobe     says when it is attached; ends by a signal
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define FUNCTION   "bpf_mem_alloc_destroy"
#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe/type"

static int load(enum bpf_prog_type type, enum bpf_attach_type attach)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};

	if (type == BPF_PROG_TYPE_TRACING) {
		opts.expected_attach_type = attach;
		opts.attach_btf_id = libbpf_find_vmlinux_btf_id(FUNCTION, attach);
	}
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

int main(int argc, char **argv)
{
	int err;

	if (argc == 2 && !strcmp(argv[1], "fentry"))
		err = attach_fentry(BPF_TRACE_FENTRY) < 0 || attach_fentry(BPF_TRACE_FEXIT) < 0;
	else if (argc == 2 && !strcmp(argv[1], "kprobe"))
		err = attach_kprobe(true) || attach_kprobe(false);
	else
		return 2;
	if (err) {
		perror("floor: " FUNCTION);
		return 1;
	}
	fprintf(stderr, "floor: tracing\n");
	pause();
	return 0;
}
