/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Times of day of events, whose times are of CLOCK_MONOTONIC.
 *
 * There is one run that is shown, so its clock is kept here.
 */
#pragma once

#include <stdbool.h>

#include <linux/types.h>

#include "model/run_info.h"

#define WALL_TIME_SIZE 31 /* "2026-11-28T15:04:05.123456789Z" and its NUL */

/*
 * The run's clocks. A live run follows CLOCK_REALTIME when it is set or the machine sleeps. Events
 * before 1970 or after 2554 have no right time. in_tables: tables show times of day, too, instead
 * of the time since the start.
 */
void wall_time_set(const struct start *start, bool in_tables);
bool wall_time_in_tables(void);

/* CLOCK_REALTIME at this time of CLOCK_MONOTONIC. */
__u64 wall_time_ns(__u64 ns);

/* In UTC by RFC 3339, always as long. Returns dst. */
char *wall_time_utc(char dst[WALL_TIME_SIZE], __u64 ns);

/* Of the local day: "15:04:05.123456". Returns dst. */
char *wall_time_local(char dst[WALL_TIME_SIZE], __u64 ns);
