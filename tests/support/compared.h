/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by tests of comparisons: two aggregates by map name, and functions to add values.
 */
#pragma once

#include "support/test.h"
#include "analysis/diff.h"

static const enum key by_name[] = {KEY_NAME};

#define MAX_RUNS 20 /* on a side */

/* The sides and options of a comparison. All zero except for members that sides_new() sets. */
struct sides {
	struct aggregate *of[NR_DIFF_SIDES];
	struct diff_run run[NR_DIFF_SIDES][MAX_RUNS];
	size_t nr_runs[NR_DIFF_SIDES]; /* 0: values are compared as those of one run */
	struct diff_options opts;
	struct diff diff;
};

static inline struct sides sides_of(enum measure measure, const enum key *by, size_t nr_by,
				    size_t max_rows)
{
	struct sides sides = {.opts = {.measure = measure, .alpha = 0.05, .within_run = true}};
	int i;

	for (i = 0; i < NR_DIFF_SIDES; i++) {
		sides.of[i] = aggregate_new(by, nr_by, max_rows);
		assert_non_null(sides.of[i]);
		aggregate_keep_samples(sides.of[i], measure);
	}
	return sides;
}

static inline struct sides sides_by(const enum key *by, size_t nr_by, size_t max_rows)
{
	return sides_of(MEASURE_TIME, by, nr_by, max_rows);
}

static inline struct sides sides_new(void)
{
	return sides_by(by_name, 1, 100);
}

static inline void sides_free(struct sides *sides)
{
	diff_free(&sides->diff);
	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		aggregate_free(sides->of[i]);
		for (size_t nth = 0; nth < sides->nr_runs[i]; nth++)
			aggregate_free(sides->run[i][nth].aggregate);
	}
}

static inline struct call call_of(const char *name, __u64 latency_ns)
{
	struct call call = {
		.latency_ns = latency_ns,
		.map.type = 1,
		.map.known = CALL_MAP | CALL_NAME,
	};

	snprintf(call.map.name, sizeof(call.map.name), "%s", name);
	return call;
}

/* The values that follow on this side are of a new run. */
static inline void begin_run(struct sides *sides, enum diff_side side, const char *run_id,
			     const char *boot_id)
{
	struct aggregate *aggregate = aggregate_new(by_name, 1, 100);

	assert_non_null(aggregate);
	aggregate_keep_samples(aggregate, sides->opts.measure);
	sides->run[side][sides->nr_runs[side]++] = (struct diff_run){aggregate, run_id, boot_id};
	sides->opts.within_run = false;
}

static inline void put(struct sides *sides, enum diff_side side, const char *name, __u64 ns)
{
	struct call call = call_of(name, ns);
	size_t nr = sides->nr_runs[side];

	assert_int_equal(aggregate_add(sides->of[side], &call), 0);
	if (nr)
		assert_int_equal(aggregate_add(sides->run[side][nr - 1].aggregate, &call), 0);
}

/* A teardown whose free took so many instructions; 0: it is not known how many. */
static inline struct teardown counted_of(const char *name, __u64 instructions)
{
	return (struct teardown){
		.map = call_of(name, 0).map,
		.phase = {1, 5000, 3000, 0, 5001},
		.run.time.events[COUNTER_INSTRUCTIONS] = instructions,
		.run.time.known = instructions ? TIME_INSTRUCTIONS_KNOWN : 0,
	};
}

static inline void put_counted(struct sides *sides, enum diff_side side, const char *name,
			       __u64 instructions)
{
	const struct teardown teardown = counted_of(name, instructions);
	size_t nr = sides->nr_runs[side];

	assert_int_equal(aggregate_add_teardown(sides->of[side], &teardown), 0);
	if (nr)
		assert_int_equal(
			aggregate_add_teardown(sides->run[side][nr - 1].aggregate, &teardown), 0);
}

/* nr values from "from" on, each "step" more than the one before. */
static inline void put_steps(struct sides *sides, enum diff_side side, const char *name, __u64 from,
			     __u64 step, size_t nr)
{
	while (nr--) {
		put(sides, side, name, from);
		from += step;
	}
}

/* The same on both sides, from "base" and from "new_from" on. */
static inline void put_both(struct sides *sides, const char *name, __u64 base, __u64 new_from,
			    __u64 step, size_t nr)
{
	put_steps(sides, DIFF_BASE, name, base, step, nr);
	put_steps(sides, DIFF_NEW, name, new_from, step, nr);
}

static inline void limit(struct sides *sides, enum metric metric, double percent)
{
	sides->opts.limits[sides->opts.nr_limits++] = (struct diff_limit){metric, percent};
}

static inline const struct diff *compare(struct sides *sides)
{
	struct diff_input input[NR_DIFF_SIDES] = {};

	for (int i = 0; i < NR_DIFF_SIDES; i++)
		input[i] = (struct diff_input){sides->of[i], sides->run[i], sides->nr_runs[i]};
	diff_free(&sides->diff);
	assert_int_equal(diff_make(&sides->diff, input, &sides->opts), 0);
	return &sides->diff;
}
