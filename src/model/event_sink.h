/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where events go, from the running kernel or from a recording: a report, a recording, one side of
 * a comparison.
 */
#pragma once

#include "model/call.h"
#include "model/stuck.h"
#include "model/teardown.h"

/*
 * Each takes an event that is valid during the call only. NULL: not wanted. They return 0 or
 * -errno; after an error they are not called again.
 */
struct event_sink_ops {
	int (*call)(void *ctx, const struct call *call);
	int (*teardown)(void *ctx, const struct teardown *teardown);
	int (*deferred_free)(void *ctx, const struct deferred_free *deferred_free);
	int (*stuck)(void *ctx, const struct stuck *stuck);
};

struct event_sink {
	const struct event_sink_ops *ops;
	void *ctx;
};
