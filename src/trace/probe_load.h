/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses, configures and loads the BPF programs.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "memdestroy_trace.skel.h"
#include "model/hooks.h"
#include "trace/bpf_config.h"
#include "trace/grace_probes.h"
#include "trace/ksyms.h"
#include "trace/prog_counts.h"

/* Does the kernel have what the hook's programs need? */
bool probe_kernel_has(enum hook hook, const struct bpf_config *settings, const struct ksyms *ksyms);

/* Are the programs a variant that reads the kernel's memory without copying it? */
bool probe_reads_in_place(const struct ksyms *ksyms);

/* Are the programs the variant that finds threads outside of this process's PID namespace? */
bool probe_needs_all_threads(const struct ksyms *ksyms);

/*
 * Loads the programs that settings want, mode takes and the kernel can have, and fills in attached
 * the programs. *out is to be freed also on errors, if not NULL. Returns 0, or -errno as libbpf
 * gave it.
 */
int probe_load(struct memdestroy_trace_bpf **out, struct attached attached[NR_PROGS],
	       struct grace_probes *graces, enum attach_mode mode,
	       const struct bpf_config *settings, const struct ksyms *ksyms, __u32 nr_cpus);
