/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A correlator for tests: fed with records, its events checked and counted.
 */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/call_matcher.h"
#include "correlate/correlator.h"
#include "correlate/decode.h"
#include "support/chance.h"
#include "support/equations.h"

struct stream {
	struct correlator *correlator;
	struct call_matcher *frees_alone;      /* counts deferred frees without a start */
	bool lost[NR_HOOKS];		       /* was something lost at this hook? */
	bool impossible;		       /* records come in orders that no kernel makes */
	__u64 starts, ends, bad;	       /* records: of workers' runs, and damaged ones */
	__u64 frees, ends_only;		       /* deferred frees; those with only the end seen */
	__u64 nr, nr_deferred_frees, nr_stuck; /* events */
	__u64 calls, of_teardowns;	       /* events; those that are part of a teardown */
	__u64 nr_destroys;		       /* calls that teardowns say they have */
	__u64 outcomes[NR_OUTCOMES];
	/* Called for each event; NULL: none. */
	void (*call)(struct stream *stream, const struct call *call);
	void (*teardown)(struct stream *stream, const struct teardown *teardown);
	void (*deferred_free)(struct stream *stream, const struct deferred_free *deferred_free);
	void *ctx; /* for these */
	struct event_sink sink;
};

static inline int stream_call(void *ctx, const struct call *call)
{
	struct stream *stream = ctx;

	stream->calls++;
	stream->of_teardowns += call->of_teardown;
	if (stream->call)
		stream->call(stream, call);
	return 0;
}

static inline int stream_teardown(void *ctx, const struct teardown *teardown)
{
	struct stream *stream = ctx;
	const __u64 *phase = teardown->phase;
	int i;

	for (i = 0; i < NR_PHASES; i++)
		assert_true(phase[i] == UNKNOWN_NS || phase[i] < 1ULL << 62);
	check_total(phase);
	check_freed_by_rcu(teardown);
	for (i = 0; i < NR_OUTCOMES; i++)
		stream->outcomes[i] += teardown->outcomes[i];
	stream->nr++;
	stream->nr_destroys += teardown->nr_destroys;
	if (stream->teardown)
		stream->teardown(stream, teardown);
	return 0;
}

static inline int stream_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	struct stream *stream = ctx;

	assert_true(deferred_free->latency_ns == UNKNOWN_NS ||
		    deferred_free->latency_ns < 1ULL << 62);
	stream->nr_deferred_frees++;
	if (stream->deferred_free)
		stream->deferred_free(stream, deferred_free);
	return 0;
}

static inline int stream_stuck(void *ctx, const struct stuck *stuck)
{
	assert_non_null(stuck->where);
	((struct stream *)ctx)->nr_stuck++;
	return 0;
}

static inline void stream_count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	*counts = (struct hook_counts){
		.attached = true,
		.lost = ((struct stream *)ctx)->lost[hook],
	};
}

static inline void stream_free(void *ctx, const struct matched_call *matched)
{
	((struct stream *)ctx)->ends_only += matched->ts_ns == UNKNOWN_NS;
}

static inline void stream_open(struct stream *stream, size_t max_releases)
{
	static const struct correlator_ops ops = {.count_hook = stream_count_hook};
	static const struct event_sink_ops sink_ops = {
		.call = stream_call,
		.teardown = stream_teardown,
		.deferred_free = stream_deferred_free,
		.stuck = stream_stuck,
	};
	const struct correlator_options opts = {
		.view = VIEW_TEARDOWNS,
		.identity = true,
		.start_ns = LONG_BEFORE,
		.max_releases = max_releases,
	};

	*stream = (struct stream){.sink = {&sink_ops, stream}};
	stream->correlator = correlator_new(&opts, &stream->sink, &ops, stream);
	stream->frees_alone = call_matcher_new(stream_free, stream);
	assert_non_null(stream->correlator);
	assert_non_null(stream->frees_alone);
}

static inline void stream_add(struct stream *stream, const void *data, size_t size)
{
	int err = correlator_add(stream->correlator, data, size);
	union record rec;

	assert_int_equal(err, decode_record(data, size, &rec));
	if (err) {
		stream->bad++;
		return;
	}
	if (rec.head.type == RECORD_RELEASE || rec.head.type == RECORD_QUEUE)
		return;
	if (rec.head.hook == HOOK_FREE) {
		stream->starts += rec.head.type == RECORD_ENTRY;
		stream->ends += rec.head.type != RECORD_ENTRY;
	} else if (rec.head.hook == HOOK_DEFERRED_FREE) {
		stream->frees += rec.head.type == RECORD_ENTRY && rec.call.key;
		assert_int_equal(call_matcher_add(stream->frees_alone, &rec.call), 0);
	}
}

static inline void stream_close(struct stream *stream)
{
	correlator_free(stream->correlator);
	call_matcher_free(stream->frees_alone);
}

/* Checks the equations at the head of ledger.h, and that all events are counted. */
static inline struct teardown_ledger adds_up(const struct stream *stream)
{
	struct teardown_counts counts;
	struct teardown_ledger ledger;
	struct ledger calls = {};

	correlator_count(stream->correlator, &calls, &counts);
	ledger = counts.ledger;
	assert_int_equal(correlator_error(stream->correlator), 0);
	assert_int_equal(calls.bad_records, stream->bad);
	assert_int_equal(stream->starts, ledger.completed + ledger.running + ledger.start_only);
	assert_int_equal(stream->ends, ledger.completed + ledger.end_only);
	check_equations(&ledger, stream->nr, stream->outcomes);
	assert_int_equal(stream->calls, calls.completed + calls.still_running + calls.entry_only +
						calls.return_only);
	/* Some calls are of teardowns that are not shown: see teardown_ledger.before. */
	assert_true(stream->nr_destroys <= stream->of_teardowns);
	/*
	 * Each deferred free is part of a teardown, or a stray. It is not handed over if memory in
	 * use again is the only proof of it, or its map seems to be of before the run at that time.
	 */
	if (!ledger.before) {
		__u64 most = ledger.reclaimed + ledger.strays - stream->ends_only;

		assert_in_range(stream->nr_deferred_frees, stream->impossible ? 0 : most, most);
		assert_true(stream->nr_deferred_frees <= stream->frees);
	}
	return ledger;
}
