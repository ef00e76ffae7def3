/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds up calls or teardowns in rows, one for each combination of keys.
 */
#pragma once

#include "analysis/row_key.h"
#include "analysis/sort.h"
#include "model/call.h"
#include "model/keys.h"
#include "model/measure.h"
#include "model/teardown.h"
#include "util/hist.h"
#include "util/samples.h"

/* The figures that only teardowns have. */
struct row_phases {
	struct hist phase[PHASE_TOTAL]; /* without teardowns that lack it or where it is unknown */
	struct hist held;		/* the same of PHASE_HELD */
	__u64 destroyers;		/* teardowns that have PHASE_DESTROY and PHASE_DEFERRED */
	__u64 entries;			/* elements of the maps where known */
	__u64 counted;			/* number of these maps */
	__u64 counted_ns;		/* PHASE_FREE of these maps */
	struct worker_time time;	/* in PHASE_FREE where known; no grace_for */
	__u32 with_events[NR_CPU_COUNTERS]; /* teardowns where these are known */
	__u64 bytes;			    /* memory of the maps where known */
	__u32 measured;			    /* number of these maps */
	__u32 exact;			    /* of these, without other memory */
};

/* Not for PHASE_TOTAL. */
static inline struct hist *phase_hist(struct row_phases *phases, enum phase phase)
{
	return phase == PHASE_HELD ? &phases->held : &phases->phase[phase];
}

/* Read only, and owned by the aggregate. */
struct row {
	struct row_key key;
	bool other;		   /* the row for calls without a row of their own; no key */
	bool several_cgroups;	   /* of a row by cgroup: one path, and several ids */
	bool several_memcgs;	   /* the same of a row by memcg */
	__u64 count;		   /* all calls, or teardowns */
	__u64 empty;		   /* calls known to have had nothing to destroy */
	__u64 unmeasured;	   /* not empty, and without a latency */
	struct hist latency;	   /* of all others; for teardowns, the total */
	struct row_phases *phases; /* NULL for calls */
	/*
	 * All known values, by enum phase; the latencies of calls are at PHASE_DESTROY, counts at
	 * PHASE_FREE. NULL unless samples are kept.
	 */
	struct samples *samples;
};

/* Sorted; valid until the aggregate is next changed, sorted or freed. */
struct rows {
	const enum key *by;
	size_t nr_by;
	const struct row *const *row;
	size_t nr;
	size_t left_out; /* rows beyond the first "top" ones */
};

/*
 * Whether the row can have times of this phase: not if all of its calls were empty, or if none of
 * its teardowns has the phase. The times of calls are their PHASE_TOTAL and their PHASE_DESTROY.
 */
bool row_has_phase(const struct row *row, enum phase phase);

/*
 * Of rows that keep samples of this measure: teardowns without a known count. 0 for times, and for
 * a row that is NULL.
 */
__u64 row_uncounted(const struct row *row, enum measure measure);

struct aggregate;

/*
 * nr_by (up to NR_KEYS) keys, each at most once; none gives a single row. At most max_rows rows
 * are kept; calls beyond these are added to one more row, the "other" one. A row takes about 1 KiB,
 * and 512 bytes for each power of two between its latencies. NULL: no memory.
 */
struct aggregate *aggregate_new(const enum key *by, size_t nr_by, size_t max_rows);

/*
 * Makes rows keep their samples of this measure: 8 to 16 bytes for each. To be called before the
 * first one.
 */
void aggregate_keep_samples(struct aggregate *aggregate, enum measure measure);

/*
 * Adds a call, whose host, scenario and cgroups must outlive the rows' use. Returns 0, or -ENOMEM
 * with nothing counted.
 */
int aggregate_add(struct aggregate *aggregate, const struct call *call);

/* The same for a teardown. An aggregate takes either calls or teardowns. */
int aggregate_add_teardown(struct aggregate *aggregate, const struct teardown *teardown);

/* Calls or teardowns added to the "other" row since the creation or the last reset. */
__u64 aggregate_overflow(const struct aggregate *aggregate);

/*
 * Fills *rows with the first top rows (0: all). All except SORT_KEY sort in descending order, rows
 * without a latency after all others. Ties are in the order of the keys: names by their bytes,
 * types and CPUs by number, unknown values last. The "other" row always comes last.
 * Returns 0 or -ENOMEM.
 */
int aggregate_sort(struct aggregate *aggregate, enum sort sort, __u64 top, struct rows *rows);

/*
 * The row with the same key as this one of another aggregate by the same keys; for the "other" row,
 * the "other" one. NULL: none.
 */
const struct row *aggregate_find(const struct aggregate *aggregate, const struct row *like);

/* Compares such rows as SORT_KEY does. Returns less than, equal to, or more than 0. */
int aggregate_compare_keys(const struct row *left, const struct row *right);

/* Drops all rows. */
void aggregate_reset(struct aggregate *aggregate);

/* Takes NULL. */
void aggregate_free(struct aggregate *aggregate);
