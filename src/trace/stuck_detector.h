/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks for what does not end: teardowns and destroy calls under way for longer than --stuck.
 */
#ifndef MEMDESTROY_TRACE_STUCK_DETECTOR_H
#define MEMDESTROY_TRACE_STUCK_DETECTOR_H

#include "correlate/call_matcher.h"
#include "correlate/map_releases.h"
#include "correlate/teardown_tracker.h"
#include "model/stuck.h"
#include "trace/ksyms.h"
#include "trace/probe.h"

typedef void (*stuck_fn)(void *ctx, const struct stuck *stuck);

/* Where there is to look. */
struct stuck_search {
	struct probe *probe;
	struct ksyms *ksyms;
	struct call_matcher *const *matcher; /* by enum point; NULL where there are none */
	struct map_releases *releases;	     /* NULL: not known */
	struct teardown_tracker *tracker;    /* NULL: not known */
	bool again;			     /* hand over what has been handed over before, too */
	stuck_fn fn;
	void *ctx;
};

/*
 * Hands over what has taken longer than limit_ns by now, and had not when it was last looked (0:
 * never): each once. What of teardowns is only waited for has no stack.
 */
void stuck_detector_look(const struct stuck_search *search, __u64 now_ns, __u64 last_ns,
			 __u64 limit_ns);

#endif
