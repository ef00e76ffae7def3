/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan of a benchmark: which scenario runs next, and when a run is over.
 *
 * Each scenario runs once to warm up. Then they run round by round, so that changes over time (a
 * CPU that heats up, memory that fragments) affect all scenarios alike; a scenario whose runs are
 * done drops out. A run is over when all of its maps have been seen torn down, or after a timeout.
 *
 *   while (plan_next(plan, &index, &warm_up)) {
 *           start the run; plan_count_teardown() for each teardown; plan_take_answer() once the
 *           maps are released; go on until plan_is_over()
 *   }
 *
 * Times are in ns, of any one clock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bench/scenario.h"
#include "model/teardown.h"

struct plan;

/* The result of a scenario, without the warm-up. */
struct plan_counts {
	__u64 runs; /* done */
	__u64 maps; /* released in these runs */
	__u64 seen; /* maps seen torn down; after an error, those of the failed run included */
	int err;    /* why the scenario was left out; 0: it was not */
};

struct plan_progress {
	__u64 round;	      /* from 1; 0: warming up */
	__u64 rounds;	      /* in all */
	size_t index;	      /* of the scenario that runs, or ran last */
	unsigned int percent; /* of all runs, warm-up included */
};

/* list, whose maps have names, must outlive the plan. NULL: no memory. Free it with free(). */
struct plan *plan_new(const struct scenario *list, size_t nr);

/*
 * Begins the next run: sets the index of its scenario, and whether it is a warm-up. The previous
 * run must be over. False: all runs are done.
 */
bool plan_next(struct plan *plan, size_t *index, bool *warm_up);

/* The run's maps are released; or, with an error, the scenario is left out from here on. */
void plan_take_answer(struct plan *plan, __u64 now_ns, int err);

/*
 * Takes any teardown and counts those of the run's maps, also of the warm-up and of runs that are
 * over. Returns the scenario whose measured map it was, or NULL.
 */
const struct scenario *plan_count_teardown(struct plan *plan, const struct teardown *teardown);

/* True also before the first run. */
bool plan_is_over(const struct plan *plan, __u64 now_ns);

struct plan_progress plan_progress(const struct plan *plan);

/* Owned by the plan. */
const struct plan_counts *plan_counts(const struct plan *plan, size_t index);
