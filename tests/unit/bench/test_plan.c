// SPDX-License-Identifier: GPL-2.0-only
/* The plan of a benchmark: every run takes place, in rounds, and ends when it should. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/plan.h"
#include "support/test.h"

static const struct scenario list[] = {
	{.name = "a", .map_name = "bench_0", .threads = 1, .maps = 1, .runs = 3, .entries = 1},
	{.name = "b", .map_name = "bench_1", .threads = 2, .maps = 3, .runs = 1, .entries = 1000},
	{.name = "c", .map_name = "bench_2", .threads = 1, .maps = 2, .runs = 2, .entries = 1},
};
#define NR 3

static struct plan *plan;

static int make(void **state)
{
	(void)state;
	plan = plan_new(list, NR);
	return !plan || !plan_is_over(plan, 0);
}

static int release(void **state)
{
	(void)state;
	free(plan);
	return 0;
}

#define TEST_PLAN(name) TEST_BETWEEN(name, make, release)

static void see(const char *map_name, __u64 times)
{
	size_t index;
	struct teardown teardown = {.map.known = CALL_MAP | CALL_NAME};

	snprintf(teardown.map.name, sizeof(teardown.map.name), "%s", map_name);
	while (times--) {
		const struct scenario *of = plan_count_teardown(plan, &teardown);

		if (sscanf(map_name, "bench_%zu", &index) == 1)
			assert_ptr_equal(of, &list[index]);
		else
			assert_null(of);
	}
}

/* Begins the next run, which has to be this one. */
static void begin(size_t want, bool want_warm_up)
{
	bool warm_up;
	size_t index;

	assert_true(plan_next(plan, &index, &warm_up));
	assert_int_equal(index, want);
	assert_int_equal(warm_up, want_warm_up);
	assert_false(plan_is_over(plan, ~0ULL - 1));
}

/* The time at which the run ends without further teardowns. */
static __u64 deadline(void)
{
	__u64 before = 0, over = ~0ULL;

	while (over - before > 1) {
		__u64 middle = before + (over - before) / 2;

		if (plan_is_over(plan, middle))
			over = middle;
		else
			before = middle;
	}
	return over;
}

static void run(size_t index, bool warm_up)
{
	begin(index, warm_up);
	plan_take_answer(plan, 0, 0);
	assert_false(plan_is_over(plan, 0));
	see(warm_up ? SCENARIO_WARM_UP_MAP : list[index].map_name, scenario_maps(&list[index]));
	assert_true(plan_is_over(plan, 0));
}

/* Runs that follow each other: 'A' is the warm-up of the first scenario, 'a' a run of it. */
static void run_all(const char *letters)
{
	for (; *letters; letters++)
		run((*letters | 0x20) - 'a', *letters < 'a');
}

static void the_end(void)
{
	bool warm_up;
	size_t index;

	assert_true(plan_is_over(plan, 0));
	assert_false(plan_next(plan, &index, &warm_up));
	assert_false(plan_next(plan, &index, &warm_up));
	assert_int_equal(plan_progress(plan).percent, 100);
}

static void check_counts(size_t index, __u64 runs, __u64 maps, __u64 seen, int err)
{
	const struct plan_counts *counts = plan_counts(plan, index);

	assert_int_equal(counts->runs, runs);
	assert_int_equal(counts->maps, maps);
	assert_int_equal(counts->seen, seen);
	assert_int_equal(counts->err, err);
}

TEST_PLAN(scenarios_take_turns)
{
	run_all("ABCabcaca");
	the_end();
	check_counts(0, 3, 3, 3, 0);
	check_counts(1, 1, 6, 6, 0);
	check_counts(2, 2, 4, 4, 0);
}

TEST_PLAN(a_run_is_over_when_all_of_it_was_seen)
{
	run(0, true);
	begin(1, true);
	see(SCENARIO_WARM_UP_MAP, 2); /* while the worker is still running */
	plan_take_answer(plan, 100, 0);
	see(SCENARIO_WARM_UP_MAP, 3);
	assert_false(plan_is_over(plan, 100));
	see("bench_1", 1); /* not of the warm-up */
	see("other", 10);
	assert_false(plan_is_over(plan, 100));
	see(SCENARIO_WARM_UP_MAP, 1);
	assert_true(plan_is_over(plan, 100));
}

/* A map without a known name counts for no scenario. */
TEST_PLAN(names_have_to_be_known)
{
	struct teardown teardown = {.map.name = SCENARIO_WARM_UP_MAP, .map.known = CALL_MAP};
	begin(0, true);
	plan_take_answer(plan, 0, 0);
	plan_count_teardown(plan, &teardown);
	assert_false(plan_is_over(plan, 0));
}

TEST_PLAN(what_is_lost_is_not_waited_for_forever)
{
	__u64 small, large;

	begin(0, true);
	plan_take_answer(plan, 5000, 0);
	small = deadline() - 5000;
	assert_true(small >= 2000000000);
	assert_false(plan_is_over(plan, 5000 + small - 1));
	assert_true(plan_is_over(plan, 5000 + small));
	begin(1, true);
	plan_take_answer(plan, 7000, 0);
	large = deadline() - 7000;
	assert_true(large > small);
	see(SCENARIO_WARM_UP_MAP, 5); /* of 6 */
	assert_false(plan_is_over(plan, 7000 + large - 1));
	assert_true(plan_is_over(plan, 7000 + large));
}

TEST_PLAN(what_was_not_seen_is_counted)
{
	run_all("ABCa");
	begin(1, false);
	plan_take_answer(plan, 0, 0);
	see("bench_1", 4); /* of 6 */
	begin(2, false);
	see("bench_1", 1); /* late: does not count for this run */
	plan_take_answer(plan, 0, 0);
	see("bench_2", 1);
	assert_false(plan_is_over(plan, 0));
	see("bench_2", 1);
	run_all("aca");
	the_end();
	check_counts(0, 3, 3, 3, 0);
	check_counts(1, 1, 6, 5, 0);
	check_counts(2, 2, 4, 4, 0);
}

TEST_PLAN(what_fails_is_left_out)
{
	begin(0, true);
	plan_take_answer(plan, 0, -EOPNOTSUPP);
	run_all("BC");
	assert_int_equal(plan_progress(plan).rounds, 2); /* without the first one's third */
	run(1, false);
	begin(2, false);
	plan_take_answer(plan, 0, -ENOMEM);
	the_end();
	check_counts(0, 0, 0, 0, -EOPNOTSUPP);
	check_counts(1, 1, 6, 6, 0);
	check_counts(2, 0, 0, 0, -ENOMEM);
}

TEST_PLAN(nothing_is_left_if_all_fail)
{
	for (int i = 0; i < NR; i++) {
		begin(i, true);
		plan_take_answer(plan, 0, -EPERM);
	}
	the_end();
}

TEST_PLAN(progress_is_told)
{
	struct plan_progress progress;

	assert_int_equal(plan_progress(plan).percent, 0);
	run_all("ABC");
	progress = plan_progress(plan);
	assert_int_equal(progress.round, 0);
	assert_int_equal(progress.rounds, 3);
	assert_int_equal(progress.percent, 33); /* 3 of 9 */
	run_all("abc");
	begin(0, false);
	progress = plan_progress(plan);
	assert_int_equal(progress.round, 2);
	assert_int_equal(progress.index, 0);
	assert_int_equal(progress.percent, 66); /* the current run is not done */
}

TEST_MAIN(NULL, NULL)
