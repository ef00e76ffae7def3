/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The recordings of one side of a comparison, and their values: all together, and run by run.
 */
#pragma once

#include "analysis/diff.h"
#include "cmd/options.h"
#include "recording/reader_set.h"

/* All zero before. */
struct gathering {
	struct reader_set readers;
	struct aggregate *aggregate;
	struct diff_run run[MAX_FILES]; /* an only one has the aggregate of the side */
	struct aggregate *current;	/* of the run that is read; NULL: none of its own */
	struct aggregate *measured;	/* teardowns by scenario, all of them; NULL: not counted */
	const struct filter *filter;
	__u64 taken, filtered; /* events that the filter wants, and others */
};

/*
 * Reads the recordings, which are open: fills aggregate and run[], and measured if limits need it.
 * Returns 0, -EINVAL, already reported, or another -errno. Call gathering_free() in any case.
 */
int gather(struct gathering *side, const struct view_options *show, const struct options *opts);

/*
 * Fills measured, of recordings that are open; gather() does it if limits need it. Returns 0,
 * -EINVAL, already reported, or another -errno.
 */
int gathering_count_measured(struct gathering *side);

/* Whether benchmarks measured all maps of each scenario that they began; reported if not. */
bool gathering_is_measured(const struct gathering *side);

/*
 * Checks that each run with teardowns has counts of this measure; times need none. Returns 0, or
 * -ENODATA or -EINVAL, both already reported, or another -errno.
 */
int gathering_check_counts(struct reader_set *readers, enum measure measure);

/* The options, with defaults that depend on whether the recordings are benchmarks. */
struct view_options gathering_view(const struct options *opts, bool bench);

/* Whether a comparison of runs can be significant at --alpha. Returns 0, or -EINVAL; reported. */
int gathering_check_alpha(const struct options *opts);

/* Without a view on the command line: options that apply to one view only choose it. */
void gathering_imply_view(struct options *opts);

/* Frees the aggregates of single runs: diff_make() no longer needs them. */
void gathering_free_runs(struct gathering *side);

/* Frees all of it, and closes the recordings. */
void gathering_free(struct gathering *side);
