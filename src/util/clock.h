/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks of this machine.
 */
#pragma once

#include <linux/types.h>

/*
 * Before all others here, and before threads: "unshare --time" without a fork leaves a process in
 * one time namespace and its children in another one, and the kernel allows it no threads then.
 * This process joins the children's.
 */
void clock_join_children(void);

/*
 * The kernel's CLOCK_MONOTONIC in nanoseconds: the clock of bpf_ktime_get_ns(), and of all recorded
 * times. In a time namespace only after clock_correct(). It stops while the machine sleeps.
 */
__u64 clock_now_ns(void);

/* Corrects clock_now_ns(), which is ahead of the kernel's clock by ahead_ns, from now on. */
void clock_correct(__s64 ahead_ns);

/*
 * Estimates by how many ns a clock is ahead, from the bounds low and high: 0 if within them, else
 * the whole second nearest to their middle (time namespaces mostly shift by seconds), if within
 * them, else the middle.
 */
__s64 clock_shift(__s64 low, __s64 high);

/* A moment by all clocks. */
struct moment {
	__u64 ns;	   /* clock_now_ns() */
	__u64 realtime_ns; /* CLOCK_REALTIME, since 1970 */
	__u64 slept_ns;	   /* CLOCK_BOOTTIME less CLOCK_MONOTONIC; only differences count */
};

struct moment clock_moment(void);
