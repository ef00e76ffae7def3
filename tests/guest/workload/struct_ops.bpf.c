// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations of a congestion control that no socket uses, as the least that the kernel registers.
 * One of its programs uses a map, and so holds it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* The kernel's, by the names of its members. */
struct tcp_congestion_ops {
	__u32 (*ssthresh)(void *sk);
	__u32 (*undo_cwnd)(void *sk);
	void (*cong_avoid)(void *sk, __u32 ack, __u32 acked);
	char name[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} held SEC(".maps");

SEC("struct_ops/h_struct_ops")
__u32 h_struct_ops(void *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&held, &key);

	(void)ctx;
	return value ? *value : 0;
}

SEC("struct_ops/undo_cwnd")
__u32 undo_cwnd(void *ctx)
{
	(void)ctx;
	return 0;
}

SEC("struct_ops/cong_avoid")
int cong_avoid(void *ctx)
{
	(void)ctx;
	return 0;
}

SEC(".struct_ops")
struct tcp_congestion_ops ops = {
	.ssthresh = (void *)h_struct_ops,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "held",
};
