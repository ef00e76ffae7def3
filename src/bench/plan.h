/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan of a benchmark: what is to be run next, and when a run is over.
 *
 * First each scenario once to warm up, then round by round, so that what changes over time (a CPU
 * that heats up, memory that fragments) meets all scenarios alike; a scenario whose runs are done
 * drops out. A run is over when all of its maps have been seen to be torn down, or after a while.
 *
 *   while (bench_next(bench, &index, &warm_up)) {
 *           have it run; bench_saw() for each teardown; bench_answered() when the maps are let go
 *           of; and on until bench_over(), to be asked again at bench_deadline()
 *   }
 *
 * Times are of any one clock, in ns.
 */
#ifndef MEMDESTROY_BENCH_PLAN_H
#define MEMDESTROY_BENCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "bench/scenario.h"
#include "model/teardown.h"

struct bench;

/* What became of a scenario, less the warm-up. */
struct bench_counts {
	__u64 runs; /* done */
	__u64 maps; /* let go of in these */
	__u64 seen; /* of these, seen to be torn down; if there is an error, of the failed run too
		     */
	int err;    /* why it was left out; 0: it was not */
};

struct bench_progress {
	__u64 round;	      /* from 1; 0: warming up */
	__u64 rounds;	      /* in all */
	size_t index;	      /* of the scenario that runs, or ran last */
	unsigned int percent; /* of all runs, those to warm up too */
};

/* list, which has names of maps, must outlive it. NULL: no memory. Free with bench_free(). */
struct bench *bench_new(const struct scenario *list, size_t nr);
void bench_free(struct bench *bench); /* takes NULL */

/*
 * Begins the next run: sets which scenario it is of, and if it is one to warm up. The run before
 * must be over. False: all is done.
 */
bool bench_next(struct bench *bench, size_t *index, bool *warm_up);

/*
 * The run's maps have been let go of; or, with an error, the scenario cannot be run: that run is
 * over, and there will be no other of it.
 */
void bench_answered(struct bench *bench, __u64 now_ns, int err);

/* Takes any teardown: those of the run's maps, the warm-up's too, are counted. */
void bench_saw(struct bench *bench, const struct teardown *teardown);

/* True also before the first run. */
bool bench_over(const struct bench *bench, __u64 now_ns);

/* When the run will be over even if nothing more is seen; UNKNOWN_NS: not before an answer. */
__u64 bench_deadline(const struct bench *bench);

struct bench_progress bench_progress(const struct bench *bench);

/* Owned by the bench. What is seen after its run was over counts too. */
const struct bench_counts *bench_counts(const struct bench *bench, size_t index);

#endif
