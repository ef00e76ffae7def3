// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names the functions and tracepoints that the BPF programs attach to, and the ways to attach.
 */
#include "model/hooks.h"

const struct hook_info hook_info[NR_HOOKS] = {
	[HOOK_DESTROY] = {"destroy", TRACED_FUNCTION},
	[HOOK_FREE] = {"free", "bpf_map_free_deferred", .use = USE_TEARDOWNS,
		       .missing = "teardowns: their free, destroy and total times"},
	[HOOK_DEFERRED_FREE] = {"deferred_free", "free_mem_alloc_deferred", .use = USE_TEARDOWNS,
				.missing = "teardowns: the end of deferred frees"},
	[HOOK_PUT] = {"put", "bpf_map_put", .use = USE_IDENTITY,
		      .missing = "who released a map, where bpf_map_put drops the last reference"},
	[HOOK_PUT_UREF] = {"put_uref", "bpf_map_put_with_uref", .use = USE_IDENTITY,
			   .missing = "who released a map, where bpf_map_put_with_uref drops the "
				      "last reference"},
	[HOOK_RELEASE] = {"release", "bpf_map_release", .use = USE_IDENTITY,
			  .missing = "who released a map, by closing a file descriptor"},
	[HOOK_PROG_PUT] = {"prog_put", "bpf_prog_put_deferred", .use = USE_TEARDOWNS,
			   .missing = "teardowns: which program held a map"},
	[HOOK_LINK_FREE] = {"link_free", "bpf_link_free", .use = USE_TEARDOWNS,
			    .missing = "teardowns: which link held a map by its program"},
	[HOOK_PIN_FREE] = {"pin_free", "bpf_destroy_inode", .use = USE_TEARDOWNS,
			   .missing = "teardowns: that a pin held a map, or its program"},
	[HOOK_INNER_PUT] = {"inner_put", "bpf_map_fd_put_ptr", .use = USE_TEARDOWNS,
			    .missing = "teardowns: which map held a map that was taken out of it"},
	[HOOK_QUEUE] =
		{"queue", "workqueue_queue_work", .tracepoint = true, .use = USE_TEARDOWNS,
		 .missing = "teardowns: when the work is queued, and whether a free is deferred"},
};

const char *const attach_mode_names[NR_ATTACH_MODES] = {
	[ATTACH_AUTO] = "auto",
	[ATTACH_FENTRY] = "fentry",
	[ATTACH_KPROBE] = "kprobe",
};

const char *const attach_mode_programs[NR_ATTACH_MODES] = {
	[ATTACH_FENTRY] = "fentry/fexit",
	[ATTACH_KPROBE] = "kprobe/kretprobe",
};
