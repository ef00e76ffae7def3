/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses, configures and loads the BPF programs. The only file that knows the skeletons.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "model/hooks.h"
#include "trace/bpf_config.h"
#include "trace/ksyms.h"
#include "trace/prog_counts.h"

struct memdestroy_trace_bpf;

/* The loaded programs and maps, all owned by the skeleton. */
struct probe_object {
	struct memdestroy_trace_bpf *skel;
	int records_fd, counters_fd;
	int parked_fd;			/* negative: there are no filters */
	struct bpf_program *stack_prog; /* NULL: not wanted */
	/* Variables that programs and user space share. */
	enum stage *stage;
	__u32 *reader_sleeps;
	struct task_stack *task_stack;
};

/* Does the kernel have what the hook's programs need? */
bool probe_kernel_has(enum hook hook, const struct bpf_config *settings, const struct ksyms *ksyms);

/*
 * Loads the programs that settings want, mode takes and the kernel can have. Fills in *object, and
 * in attached the programs. Returns 0, or -errno as libbpf gave it; to be freed in both cases.
 */
int probe_load(struct probe_object *object, struct attached attached[NR_PROGS],
	       enum attach_mode mode, const struct bpf_config *settings, const struct ksyms *ksyms,
	       __u32 nr_cpus);
void probe_unload(struct probe_object *object);
