/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a screen shows: teardowns in progress, teardowns that ended lately, calls by key, and sums.
 * Pure: times and counts are passed in.
 */
#pragma once

#include "analysis/aggregate.h"
#include "model/event_sink.h"
#include "model/filter.h"
#include "model/ledger.h"
#include "model/unfinished.h"

#define SCREEN_MAX_ENDED      4096
#define SCREEN_MAX_UNFINISHED 4096
#define SCREEN_LATELY_NS      (60 * NSEC_PER_SEC)
#define SCREEN_MAX_STUCK      64
#define SCREEN_MAX_ROWS	      4096 /* of calls */

/* Bytes of which part may be unknown. */
struct known_bytes {
	__u64 bytes;
	bool more; /* of some maps, the memory is not known, or not all of it */
};

struct screen_figures {
	__u64 now_ns; /* CLOCK_MONOTONIC */
	double calls_per_s, teardowns_per_s, bytes_per_s;
	__u64 calls, teardowns;	       /* since the start */
	struct known_bytes given_back; /* since the start */
	struct known_bytes pending;    /* of the maps in progress */
	__u64 oldest_ns;	       /* the age of the oldest; UNKNOWN_NS: there is none */
	__u64 nr_unfinished;	       /* also of those that are not kept */
	__u64 by_phase[NR_PHASES];     /* of these */
	__u64 lost, missed, stuck;     /* records, events, reports */
	bool counted;		       /* lost and missed are known */
	char blind[128];	       /* why not all is seen; empty: nothing shows that */
};

struct screen_model {
	const struct filter *filter;
	struct screen_figures figures;
	__u64 start_ns;

	/* As of the last update; the newest ones are last. */
	struct unfinished *unfinished;
	size_t nr_unfinished;
	struct teardown *ended;
	size_t nr_ended;
	__u64 ended_since_ns; /* the end of the first of them */
	bool ended_cut;	      /* more ended in the last SCREEN_LATELY_NS */
	struct aggregate *calls;

	struct stuck stuck[SCREEN_MAX_STUCK]; /* the last ones, a ring */
	size_t nr_stuck;		      /* ever */

	/* For screen_model.c only. */
	struct ring {
		struct teardown *teardown;
		__u64 *ended_ns;
		size_t nr; /* ever */
	} ring;
	__u64 updated_ns, known_ns;
	__u64 calls_before, teardowns_before, bytes_before;
};

/* filter must outlive the model. calls_by: keys of the rows of calls. NULL: no memory. */
struct screen_model *screen_model_new(const struct filter *filter, const enum key *calls_by,
				      size_t nr_calls_by, __u64 start_ns);
void screen_model_free(struct screen_model *model); /* takes NULL */

/* Takes events of this view. */
struct event_sink screen_model_sink(struct screen_model *model, enum view view);

/* An update: begin, add what is in progress, end. */
void screen_model_begin(struct screen_model *model);
void screen_model_add(struct screen_model *model, const struct unfinished *unfinished);
void screen_model_end(struct screen_model *model, __u64 now_ns);

/* Sets the figures of losses. NULL: they are not known. */
void screen_model_count(struct screen_model *model, const struct ledger *ledger,
			const struct teardown_counts *counts, const char *blind);

/* Are both the teardown of one map? */
bool screen_same_teardown(const struct teardown *teardown, const struct teardown *other);

/* The newest stuck report of this teardown. NULL: there is none. */
const struct stuck *screen_model_stuck(const struct screen_model *model,
				       const struct teardown *teardown);
