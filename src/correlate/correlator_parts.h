/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inside of a correlator: for correlator.c, stuck_detector.c and ledger_fill.c only.
 */
#pragma once

#include "correlate/call_matcher.h"
#include "correlate/correlator.h"
#include "correlate/map_releases.h"
#include "correlate/teardown_tracker.h"

struct correlator {
	const struct event_sink *sink;
	const struct correlator_ops *ops;
	void *ctx;
	struct call_matcher *matchers[NR_CALL_HOOKS]; /* NULL: not traced */
	struct map_releases *releases;		      /* NULL: not asked for */
	struct teardown_tracker_ops tracker_ops;
	struct teardown_tracker *tracker; /* NULL: not traced */
	const struct record_freed *freed; /* that is being added; NULL: another record is */
	bool flushing;
	int memory_err; /* of the record that is being added */
	int err;	/* the first one of the sink */
	__u64 bad_records;
	__u64 stuck, still_stuck;		/* reports during the trace, and at its end */
	const struct correlator_search *search; /* the one in progress */
	int looks;				/* how many threads may still be looked at */
};

/* Are all starts of this worker function seen? If not, a wait may have ended unseen. */
bool correlator_sees_starts(const struct correlator *correlator, enum hook hook);
