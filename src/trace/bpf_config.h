/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings of the BPF programs.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "model/filter.h"
#include "trace/ksyms.h"
#include "trace/trace_options.h"

struct bpf_config {
	struct config config;
	struct name_filter names;
	size_t buffer_bytes; /* of the ring buffer */
	__u32 hooks;	     /* bit N: enum hook N is wanted */
	bool stacks;	     /* kernel stacks of stuck threads are wanted */
};

/*
 * Fills *settings. filter: of calls, with VIEW_CALLS only; the programs do not filter teardowns.
 * Returns 0 or -errno; errors are already reported.
 */
int bpf_config_make(struct bpf_config *settings, const struct trace_options *opts,
		    const struct filter *filter, const struct ksyms *ksyms);
