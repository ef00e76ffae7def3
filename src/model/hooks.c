// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names the functions and tracepoints that the BPF programs attach to.
 */
#include "model/hooks.h"

const struct hook_info hook_info[NR_HOOKS] = {
	[HOOK_DESTROY] = {"destroy", "bpf_mem_alloc_destroy"},
	[HOOK_FREE] = {"free", "bpf_map_free_deferred"},
	[HOOK_DEFERRED_FREE] = {"deferred_free", "free_mem_alloc_deferred"},
	[HOOK_PUT] = {"put", "bpf_map_put"},
	[HOOK_PUT_UREF] = {"put_uref", "bpf_map_put_with_uref"},
	[HOOK_RELEASE] = {"release", "bpf_map_release"},
	[HOOK_QUEUE] = {"queue", "workqueue_queue_work", .tracepoint = true},
};
