/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs are told: the options and the running kernel's symbols, in their terms.
 */
#ifndef MEMDESTROY_TRACE_BPF_CONFIG_H
#define MEMDESTROY_TRACE_BPF_CONFIG_H

#include <stdbool.h>

#include "cmd/options.h"
#include "event.h"
#include "trace/ksyms.h"

#define TRACED_FUNCTION "bpf_mem_alloc_destroy"

struct bpf_config {
	struct config config;
	struct name_filter names;
	size_t buffer_bytes;
	__u32 hooks; /* bit N: enum point N is wanted */
	bool stacks; /* so are kernel stacks of threads that hang */
};

/* Fills *settings. -errno, of which the user has been told. */
int bpf_config_make(struct bpf_config *settings, const struct options *opts,
		    const struct ksyms *ksyms);

#endif
