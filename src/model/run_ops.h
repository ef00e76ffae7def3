/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other callbacks of the loop that feeds an event sink: when to end, and who needs the time.
 * Reading a recording calls only tick() and done().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/map_info.h"

/* All get the ctx of the event sink. Any may be NULL. */
struct run_ops {
	/* Bytes of records that wait in memory while the sink is slow, at most; 0: 256 MB. */
	size_t max_pending;
	/* The sink keeps no pointer to an event or its data after the call with it. */
	bool keeps_no_events;
	/*
	 * Called at the start, and at *next_ns or soon after; events that end later follow the
	 * call. now_ns is CLOCK_MONOTONIC. Sets *next_ns to the next time; 0: never again. Returns
	 * 0 or -errno, which ends the run.
	 */
	int (*tick)(void *ctx, __u64 now_ns, __u64 *next_ns);
	/* Called when no events are pending. Returns 0 or -errno, which ends the run. */
	int (*drained)(void *ctx);
	/* Whether the run shall end. */
	bool (*done)(void *ctx);
	/*
	 * A file descriptor that gets an error when the run shall end, so that done() is not
	 * polled. NULL: done() is polled.
	 */
	int (*outlet)(void *ctx);
	/*
	 * A signal that ends a run has come; to_group: from the terminal, to all of its foreground
	 * processes. Returns whether the run goes on. NULL: it ends.
	 */
	bool (*signalled)(void *ctx, int signal, bool to_group);
	/* A file descriptor whose input wakes the loop up; -1: none. NULL: none. */
	int (*input)(void *ctx);
	/* Takes the input, if there is any. Returns 0 or -errno, which ends the run. */
	int (*take_input)(void *ctx, __u64 now_ns);
	/* Called when the run is over and what is pending is taken. */
	void (*ending)(void *ctx);
	/* Whether to report a stuck call or teardown of this map. NULL: yes. */
	bool (*wants_stuck)(void *ctx, const struct map_info *map);
};
