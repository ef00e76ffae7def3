/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of records of teardowns share: the way from bytes to joined teardowns.
 */
#ifndef MEMDESTROY_SUPPORT_STREAMED_H
#define MEMDESTROY_SUPPORT_STREAMED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "correlate/call_matcher.h"
#include "correlate/decode.h"
#include "correlate/teardown_tracker.h"
#include "support/chance.h"

/* The reader of the records, as session.c has it. */
struct stream {
	struct call_matcher *matcher[NR_CALL_HOOKS];
	struct map_releases *releases;
	struct teardown_tracker *tracker;
	bool flushing;
	bool lost[NR_HOOKS];
	__u64 starts, ends, bad;
	__u64 frees, ends_only; /* deferred ones; those of which only the end was seen */
	__u64 nr, nr_reclaims;
	__u64 outcomes[NR_OUTCOMES];
	/* What else becomes of them; NULL: nothing. */
	void (*teardown)(struct stream *stream, const struct teardown *teardown);
	void (*reclaim)(struct stream *stream, const struct deferred_free *reclaim);
	void *ctx; /* for these */
};

static inline void on_teardown(void *ctx, const struct teardown *teardown)
{
	struct stream *stream = ctx;
	const __u64 *phase = teardown->phase;
	int i;

	for (i = 0; i < NR_PHASES; i++)
		assert_true(phase[i] == UNKNOWN_NS || phase[i] < 1ULL << 62);
	if (phase[PHASE_TOTAL] != UNKNOWN_NS)
		assert_int_equal(phase[PHASE_TOTAL],
				 phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED]);
	for (i = 0; i < NR_OUTCOMES; i++)
		stream->outcomes[i] += teardown->outcomes[i];
	stream->nr++;
	if (stream->teardown)
		stream->teardown(stream, teardown);
}

static inline void on_reclaim(void *ctx, const struct deferred_free *reclaim)
{
	struct stream *stream = ctx;

	assert_true(reclaim->latency_ns == UNKNOWN_NS || reclaim->latency_ns < 1ULL << 62);
	stream->nr_reclaims++;
	if (stream->reclaim)
		stream->reclaim(stream, reclaim);
}

static inline bool sees_all(void *ctx, enum hook hook)
{
	return !((struct stream *)ctx)->lost[hook];
}

static inline void on_destroy(void *ctx, struct call *call)
{
	assert_int_equal(teardown_tracker_destroy(((struct stream *)ctx)->tracker, call), 0);
}

static inline struct worker_run run_of(const struct call *call)
{
	return (struct worker_run){call->ts_ns, call->latency_ns, call->task};
}

static inline void on_free(void *ctx, struct call *call)
{
	const struct worker_run run = run_of(call);
	struct stream *stream = ctx;

	if (!stream->flushing)
		assert_int_equal(teardown_tracker_end(stream->tracker, &call->map, &run), 0);
}

static inline void on_deferred(void *ctx, struct call *call)
{
	const struct worker_run run = run_of(call);
	struct stream *stream = ctx;

	if (stream->flushing)
		return;
	stream->ends_only += call->ts_ns == UNKNOWN_NS;
	assert_int_equal(teardown_tracker_deferred_end(stream->tracker, call->key, &run), 0);
}

static inline void stream_open(struct stream *stream, size_t max_releases)
{
	/* The run began long before. */
	static const struct teardown_tracker_ops ops = {on_teardown, on_reclaim, sees_all,
							0ULL - 1000000000};
	static const call_matcher_call_fn fns[NR_CALL_HOOKS] = {on_destroy, on_free, on_deferred};
	int i;

	*stream = (struct stream){};
	for (i = 0; i < NR_CALL_HOOKS; i++)
		stream->matcher[i] = call_matcher_new(fns[i], stream);
	stream->releases = map_releases_new(max_releases);
	stream->tracker = teardown_tracker_new(stream->releases, &ops, stream);
	assert_non_null(stream->tracker);
}

static inline void take_call(struct stream *stream, const struct record_call *rec)
{
	struct worker_run run;
	struct call call;

	assert_int_equal(call_matcher_add(stream->matcher[rec->head.hook], rec), 0);
	if (rec->head.type != RECORD_ENTRY) {
		stream->ends += rec->head.hook == HOOK_FREE;
		return;
	}
	call = call_matcher_call_of(rec);
	call.ts_ns = rec->head.ts_ns;
	run = run_of(&call);
	if (rec->head.hook == HOOK_FREE) {
		stream->starts++;
		assert_int_equal(
			teardown_tracker_start(stream->tracker, &call.map, &run, call.entries), 0);
	} else if (rec->head.hook == HOOK_DEFERRED_FREE) {
		stream->frees += !!call.key;
		assert_int_equal(teardown_tracker_deferred_start(stream->tracker, call.key, &run),
				 0);
	}
}

static inline void take(struct stream *stream, const void *data, size_t size)
{
	union record rec;

	if (decode_record(data, size, &rec)) {
		stream->bad++;
		return;
	}
	if (rec.head.type == RECORD_RELEASE)
		assert_int_equal(map_releases_add(stream->releases, &rec.release), 0);
	else if (rec.head.type != RECORD_QUEUE)
		take_call(stream, &rec.call);
	else if (rec.head.hook == HOOK_FREE)
		map_releases_queued(stream->releases, rec.head.map, rec.head.ts_ns);
	else if (rec.head.hook == HOOK_DEFERRED_FREE)
		assert_int_equal(teardown_tracker_queued(stream->tracker, &rec.head), 0);
}

static inline void stream_flush(struct stream *stream)
{
	int i;

	stream->flushing = true;
	for (i = 0; i < NR_CALL_HOOKS; i++)
		call_matcher_flush(stream->matcher[i]);
	teardown_tracker_flush(stream->tracker);
}

static inline void stream_close(struct stream *stream)
{
	int i;

	teardown_tracker_free(stream->tracker);
	map_releases_free(stream->releases);
	for (i = 0; i < NR_CALL_HOOKS; i++)
		call_matcher_free(stream->matcher[i]);
}

/* The equations at the head of ledger.h, and that nothing is told that was not counted. */
static inline struct teardown_ledger adds_up(const struct stream *stream)
{
	struct teardown_ledger ledger = {};

	teardown_tracker_count(stream->tracker, &ledger);
	assert_int_equal(stream->starts, ledger.completed + ledger.running + ledger.start_only);
	assert_int_equal(stream->ends, ledger.completed + ledger.end_only);
	assert_int_equal(ledger.completed + ledger.running + ledger.start_only + ledger.end_only,
			 ledger.shown + ledger.before);
	assert_int_equal(ledger.shown, stream->nr);
	assert_int_equal(ledger.deferred, ledger.reclaimed + ledger.pending);
	assert_int_equal(ledger.reclaimed, stream->outcomes[OUTCOME_DEFERRED]);
	assert_int_equal(ledger.pending, stream->outcomes[OUTCOME_PENDING]);
	assert_int_equal(ledger.undecided, stream->outcomes[OUTCOME_UNKNOWN]);
	/* Each deferred free is part of a teardown, or a stray. */
	if (!ledger.before) {
		assert_int_equal(stream->nr_reclaims,
				 ledger.reclaimed + ledger.strays - stream->ends_only);
		assert_true(stream->nr_reclaims <= stream->frees);
	}
	return ledger;
}

#endif
