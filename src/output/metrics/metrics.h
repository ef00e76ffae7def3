/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metrics of a run: gathered from its events by one thread, and copied for others.
 */
#pragma once

#include "model/event_sink.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "model/pending.h"
#include "model/run_info.h"
#include "output/metrics/buckets.h"
#include "output/metrics/owners.h"

/* Series of each kind; what more there is, is in the first one, "other". */
#define MAX_TYPE_SERIES	  64
#define MAX_CALLER_SERIES 32
#define MAX_STUCK_SERIES  16
#define SERIES_NAME	  128

struct type_metrics {
	char name[SERIES_NAME];
	__u64 teardowns; /* complete ones */
	__u64 bytes;	 /* of their maps, where known: a lower bound */
	__u64 unsized;	 /* of them, without known bytes */
	__u64 inexact;	 /* of them, whose known bytes are a lower bound */
	struct buckets phase[NR_PHASES];
};

struct caller_metrics {
	char name[SERIES_NAME];
	__u64 calls;
	__u64 empty; /* of them, on an unused allocator */
	struct buckets latency;
};

struct stuck_metrics {
	char name[SERIES_NAME]; /* where */
	__u64 reports;
};

/* What has been released and is not given back yet. */
struct pending_metrics {
	bool waits_known;	    /* otherwise teardowns[PHASE_WAIT] means nothing */
	__u64 teardowns[NR_PHASES]; /* by the phase in progress */
	__u64 bytes, unsized;
	__u64 since_ns; /* the oldest one; UNKNOWN_NS: there is none */
	__u64 undated;	/* maps whose age is not known: there is no oldest_ns then */
	__u64 oldest_ns;
};

struct metrics {
	char attach[RUN_INFO_LEN], kernel[RUN_INFO_LEN], machine[RUN_INFO_LEN];
	bool recorded;
	__u64 start_realtime_ns;
	bool blind; /* events may have gone unseen */
	struct ledger ledger;
	struct teardown_counts counts;
	struct pending_metrics pending;
	struct type_metrics types[MAX_TYPE_SERIES];
	size_t nr_types;
	struct caller_metrics callers[MAX_CALLER_SERIES];
	size_t nr_callers;
	struct stuck_metrics stuck[MAX_STUCK_SERIES];
	size_t nr_stuck;

	/* In copies only. */
	bool by_owner;
	__u64 folded;	  /* teardowns in the shared series because of the limit */
	size_t nr_owners; /* the shared series, which is the last one, included */
	struct owner_series owners[];
};

struct metrics_options {
	unsigned int labels; /* of owners; bit N: enum key N; 0: no owners */
	__u64 label_limit;   /* owners with a series of their own, at least 1 */
};

struct gatherer;

/* NULL: no memory. opts must outlive the gatherer. */
struct gatherer *gatherer_new(const struct metrics_options *opts);
void gatherer_free(struct gatherer *gatherer); /* takes NULL */

void gatherer_begin(struct gatherer *gatherer, const struct run_info *run_info, bool recorded);

/* Takes events, all of them: an unused function of the sink would leave figures at 0. */
struct event_sink gatherer_sink(struct gatherer *gatherer);

/*
 * Replaces the ledger. blind: as session_count() returns it. A counter in it never goes back; while
 * the trace is running, misses count once three calls in a row have them.
 */
void gatherer_count(struct gatherer *gatherer, const struct ledger *ledger,
		    const struct teardown_counts *counts, const char *blind, bool running);

/* Begins to replace what is pending; gatherer_add_pending() is a pending_fn. */
void gatherer_begin_pending(struct gatherer *gatherer);
void gatherer_add_pending(void *gatherer, const struct pending *pending);
void gatherer_end_pending(struct gatherer *gatherer, bool waits_known, __u64 now_ns);

/*
 * A run, or one of several recordings, ends: the maps still pending in its events age until then,
 * and no longer. UNKNOWN_NS: their ages are not known.
 */
void gatherer_end_run(struct gatherer *gatherer, __u64 end_ns);

/* After the last run and gatherer_count(): the gauges show the teardowns that have not ended. */
void gatherer_end(struct gatherer *gatherer);

/* Makes earlier teardowns weigh less where owners compete for series: every ten minutes. */
void gatherer_age(struct gatherer *gatherer);

/* A copy, to be freed with free(). NULL: no memory. */
struct metrics *gatherer_copy(const struct gatherer *gatherer);

/* The label of an owner that a key gives, and the keys that do; NULL: it gives none. */
extern const char *const owner_labels[NR_KEYS];
