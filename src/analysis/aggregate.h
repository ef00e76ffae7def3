/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Aggregates calls or teardowns in rows, one per combination of the requested keys.
 */
#ifndef MEMDESTROY_ANALYSIS_AGGREGATE_H
#define MEMDESTROY_ANALYSIS_AGGREGATE_H

#include "analysis/row_key.h"
#include "analysis/sort.h"
#include "model/call.h"
#include "model/keys.h"
#include "model/teardown.h"
#include "util/hist.h"
#include "util/samples.h"

/* Sums for teardowns only. */
struct row_phases {
	struct hist phase[PHASE_TOTAL]; /* each without the ones where it is not known */
	__u64 entries;			/* elements of the maps for which they are known */
	__u64 counted;			/* how many these are */
	__u64 counted_ns;		/* the workers' parts of these */
};

/* Read-only, and owned by the aggregate. */
struct row {
	struct row_key key;
	bool other;	     /* the calls for which there was no row left: key means nothing */
	__u64 count;	     /* all calls, or teardowns */
	__u64 empty;	     /* of these, known to have had nothing to destroy; no teardowns */
	__u64 unmeasured;    /* of these, the ones neither empty nor with a latency */
	struct hist latency; /* of the rest; the teardowns' totals */
	struct row_phases *phases; /* NULL for calls */
	/*
	 * All values as they are, by enum phase: of teardowns, all that are known; of calls, those
	 * of "latency", at PHASE_DESTROY. NULL unless they are kept.
	 */
	struct samples *samples;
};

/* A sorted view, valid until the aggregate is next changed, sorted or freed. */
struct rows {
	const enum key *by;
	size_t nr_by;
	const struct row *const *row;
	size_t nr;
	size_t left_out; /* rows beyond the first "top" ones */
};

struct aggregate;

/*
 * nr_by (up to NR_KEYS) keys, each at most once; none gives a single row. Keeps at most max_rows
 * rows; calls that would need more go to one further row, the "other" one. Each row takes about
 * 1 KiB, and 512 bytes for each power of two in the range of its latencies. NULL: no memory.
 */
struct aggregate *aggregate_new(const enum key *by, size_t nr_by, size_t max_rows);

/* Rows keep their samples, at 8 to 16 bytes each. Must precede the first aggregate_add(). */
void aggregate_keep_samples(struct aggregate *aggregate);

/* Adds a copy of a call, which only shares its host and scenario. Returns 0, or -ENOMEM with
 * nothing counted. */
int aggregate_add(struct aggregate *aggregate, const struct call *call);

/* The same for a teardown. An aggregate takes either calls or teardowns. */
int aggregate_add_teardown(struct aggregate *aggregate, const struct teardown *teardown);

/* Calls or teardowns in the "other" row since the creation or the last reset. */
__u64 aggregate_overflow(const struct aggregate *aggregate);

/*
 * Fills *rows with the first top rows (0: all). All orders except SORT_KEY are descending, with
 * rows without a latency after all others. Ties are in the order of the keys: names by their bytes,
 * types and CPUs by number, unknown keys last. The "other" row always comes last. Returns 0 or
 * -ENOMEM.
 */
int aggregate_sort(struct aggregate *aggregate, enum sort sort, __u64 top, struct rows *rows);

/*
 * Finds the row with the same keys as one of another aggregate by the same keys; the "other" row
 * for an "other" one. NULL: none.
 */
const struct row *aggregate_find(const struct aggregate *aggregate, const struct row *like);

/* Compares rows of such aggregates in the order of SORT_KEY: less than, equal to, or more than 0.
 */
int aggregate_compare_keys(const struct row *left, const struct row *right);

/* Forgets all rows. */
void aggregate_reset(struct aggregate *aggregate);

/* Takes NULL. */
void aggregate_free(struct aggregate *aggregate);

#endif
