// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times only the destroy calls of a failing creation. In htab_map_alloc() they come after the
 * buckets are freed and before the map or its element counter is freed.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* For the measured thread: when it last freed an area, and the longest time to its next free. */
__u32 wanted;
__u64 from_ns;
__u64 longest_ns;

static __always_inline bool is_wanted(void)
{
	return (__u32)bpf_get_current_pid_tgid() == wanted;
}

static __always_inline int end(void)
{
	__u64 now = bpf_ktime_get_ns();

	if (is_wanted() && from_ns) {
		if (now - from_ns > longest_ns)
			longest_ns = now - from_ns;
		from_ns = 0;
	}
	return 0;
}

SEC("fexit/bpf_map_area_free")
int area_freed(void *ctx)
{
	(void)ctx;
	if (is_wanted())
		from_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("fentry/bpf_map_area_free")
int area_free(void *ctx)
{
	(void)ctx;
	return end();
}

SEC("fentry/free_percpu")
int percpu_free(void *ctx)
{
	(void)ctx;
	return end();
}
