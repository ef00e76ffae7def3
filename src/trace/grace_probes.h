/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs on functions that wait for grace periods (enum grace): for teardowns only. A trace
 * does without those that a kernel lacks or refuses.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "model/hooks.h"
#include "model/worker_time.h"
#include "trace/ksyms.h"

struct bpf_link;
struct bpf_object;
struct bpf_program;

/* All zero: not wanted. */
struct grace_probes {
	enum attach_mode mode;
	bool wanted;
	bool multi;	      /* one link for each side is of all functions */
	__u32 ids[NR_GRACES]; /* of the functions in the kernel's types; 0: it lacks one */
	struct bpf_program *progs[NR_GRACES][NR_HOOK_SIDES];
	struct bpf_link *links[NR_GRACES][NR_HOOK_SIDES]; /* multi: of the first only */
};

/*
 * Chooses the programs to be loaded. ids: of the kernel's functions. multi: the kernel can attach a
 * kprobe to many functions at once. That is preferred to the mode, because the kernel waits for
 * grace periods for each link that it removes.
 */
void grace_probes_choose(struct grace_probes *probes, const struct bpf_object *obj,
			 enum attach_mode mode, const __u32 ids[NR_GRACES], bool multi);

/* The id of the function that a program attaches to; 0: it is no program of these. */
__u32 grace_probes_attach_id(const struct grace_probes *probes, const struct bpf_program *prog);

/*
 * Attaches what was loaded, and reports what could not be. Returns whether all functions are
 * attached that the kernel has.
 */
bool grace_probes_attach(struct grace_probes *probes, const struct ksyms *ksyms);
void grace_probes_close(struct grace_probes *probes);
