/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks of this process.
 */
#pragma once

#include <linux/types.h>

/* CLOCK_MONOTONIC in nanoseconds: the clock of bpf_ktime_get_ns(), and of all recorded times. */
__u64 clock_now_ns(void);

/* CLOCK_REALTIME in nanoseconds since 1970. */
__u64 clock_realtime_ns(void);
