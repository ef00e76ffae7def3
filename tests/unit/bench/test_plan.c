// SPDX-License-Identifier: GPL-2.0-only
/*
 * The plan of a benchmark: every run is made, in turns, and is over when it should be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench/plan.h"

static const struct scenario list[] = {
	{.name = "a", .map_name = "bench_0", .threads = 1, .maps = 1, .runs = 3, .entries = 1},
	{.name = "b", .map_name = "bench_1", .threads = 2, .maps = 3, .runs = 1, .entries = 1000},
	{.name = "c", .map_name = "bench_2", .threads = 1, .maps = 2, .runs = 2, .entries = 1},
};
#define NR 3

static struct bench *make(void)
{
	struct bench *bench = bench_new(list, NR);

	assert_non_null(bench);
	assert_true(bench_over(bench, 0));
	return bench;
}

static void see(struct bench *bench, const char *map_name, __u64 times)
{
	struct teardown teardown = {.free = {.flags = CALL_MAP | CALL_NAME}};

	snprintf(teardown.free.map_name, sizeof(teardown.free.map_name), "%s", map_name);
	while (times--)
		bench_saw(bench, &teardown);
}

/* Begins the next run, which has to be this one. */
static void begin(struct bench *bench, size_t want, bool want_warm_up)
{
	bool warm_up;
	size_t index;

	assert_true(bench_next(bench, &index, &warm_up));
	assert_int_equal(index, want);
	assert_int_equal(warm_up, want_warm_up);
	assert_false(bench_over(bench, ~0ULL - 1));
	assert_int_equal(bench_deadline(bench), UNKNOWN_NS);
}

static void run(struct bench *bench, size_t index, bool warm_up)
{
	begin(bench, index, warm_up);
	bench_answered(bench, 0, 0);
	assert_false(bench_over(bench, 0));
	see(bench, warm_up ? SCENARIO_WARM_UP_MAP : list[index].map_name,
	    scenario_maps(&list[index]));
	assert_true(bench_over(bench, 0));
}

static void the_end(struct bench *bench)
{
	bool warm_up;
	size_t index;

	assert_true(bench_over(bench, 0));
	assert_false(bench_next(bench, &index, &warm_up));
	assert_false(bench_next(bench, &index, &warm_up));
	assert_int_equal(bench_progress(bench).percent, 100);
}

static void check_counts(const struct bench *bench, size_t index, __u64 runs, __u64 maps,
			 __u64 seen, int err)
{
	const struct bench_counts *counts = bench_counts(bench, index);

	assert_int_equal(counts->runs, runs);
	assert_int_equal(counts->maps, maps);
	assert_int_equal(counts->seen, seen);
	assert_int_equal(counts->err, err);
}

static void scenarios_take_turns(void **state)
{
	struct bench *bench = make();

	(void)state;
	run(bench, 0, true);
	run(bench, 1, true);
	run(bench, 2, true);
	run(bench, 0, false);
	run(bench, 1, false);
	run(bench, 2, false);
	run(bench, 0, false);
	run(bench, 2, false);
	run(bench, 0, false);
	the_end(bench);
	check_counts(bench, 0, 3, 3, 3, 0);
	check_counts(bench, 1, 1, 6, 6, 0);
	check_counts(bench, 2, 2, 4, 4, 0);
	bench_free(bench);
}

static void a_run_is_over_when_all_of_it_was_seen(void **state)
{
	struct bench *bench = make();

	(void)state;
	run(bench, 0, true);
	begin(bench, 1, true);
	see(bench, SCENARIO_WARM_UP_MAP, 2); /* while the worker is still at it */
	bench_answered(bench, 100, 0);
	see(bench, SCENARIO_WARM_UP_MAP, 3);
	assert_false(bench_over(bench, 100));
	see(bench, "bench_1", 1); /* not of the warm-up */
	see(bench, "other", 10);
	assert_false(bench_over(bench, 100));
	see(bench, SCENARIO_WARM_UP_MAP, 1);
	assert_true(bench_over(bench, 100));
	bench_free(bench);
}

/* Of a map whose name is not known, nothing tells that it was one of these. */
static void names_have_to_be_known(void **state)
{
	struct teardown teardown = {.free = {.map_name = SCENARIO_WARM_UP_MAP, .flags = CALL_MAP}};
	struct bench *bench = make();

	(void)state;
	begin(bench, 0, true);
	bench_answered(bench, 0, 0);
	bench_saw(bench, &teardown);
	assert_false(bench_over(bench, 0));
	bench_free(bench);
}

static void what_is_lost_is_not_waited_for_forever(void **state)
{
	struct bench *bench = make();
	__u64 small, large;

	(void)state;
	begin(bench, 0, true);
	bench_answered(bench, 5000, 0);
	small = bench_deadline(bench) - 5000;
	assert_true(small >= 2000000000);
	assert_false(bench_over(bench, 5000 + small - 1));
	assert_true(bench_over(bench, 5000 + small));
	begin(bench, 1, true);
	bench_answered(bench, 7000, 0);
	large = bench_deadline(bench) - 7000;
	assert_true(large > small);
	see(bench, SCENARIO_WARM_UP_MAP, 5); /* of 6 */
	assert_false(bench_over(bench, 7000 + large - 1));
	assert_true(bench_over(bench, 7000 + large));
	bench_free(bench);
}

static void what_was_not_seen_is_counted(void **state)
{
	struct bench *bench = make();
	int i;

	(void)state;
	for (i = 0; i < NR; i++)
		run(bench, i, true);
	run(bench, 0, false);
	begin(bench, 1, false);
	bench_answered(bench, 0, 0);
	see(bench, "bench_1", 4); /* of 6 */
	begin(bench, 2, false);
	see(bench, "bench_1", 1); /* late, and of no use to this run */
	bench_answered(bench, 0, 0);
	see(bench, "bench_2", 1);
	assert_false(bench_over(bench, 0));
	see(bench, "bench_2", 1);
	run(bench, 0, false);
	run(bench, 2, false);
	run(bench, 0, false);
	the_end(bench);
	check_counts(bench, 0, 3, 3, 3, 0);
	check_counts(bench, 1, 1, 6, 5, 0);
	check_counts(bench, 2, 2, 4, 4, 0);
	bench_free(bench);
}

static void what_fails_is_left_out(void **state)
{
	struct bench *bench = make();

	(void)state;
	begin(bench, 0, true);
	bench_answered(bench, 0, -EOPNOTSUPP);
	run(bench, 1, true);
	run(bench, 2, true);
	assert_int_equal(bench_progress(bench).rounds, 2); /* without the first one's third */
	run(bench, 1, false);
	begin(bench, 2, false);
	bench_answered(bench, 0, -ENOMEM);
	the_end(bench);
	check_counts(bench, 0, 0, 0, 0, -EOPNOTSUPP);
	check_counts(bench, 1, 1, 6, 6, 0);
	check_counts(bench, 2, 0, 0, 0, -ENOMEM);
	bench_free(bench);
}

static void nothing_is_left_if_all_fail(void **state)
{
	struct bench *bench = make();

	(void)state;
	for (int i = 0; i < NR; i++) {
		begin(bench, i, true);
		bench_answered(bench, 0, -EPERM);
	}
	the_end(bench);
	bench_free(bench);
}

static void progress_is_told(void **state)
{
	struct bench *bench = make();
	struct bench_progress progress;

	(void)state;
	assert_int_equal(bench_progress(bench).percent, 0);
	for (int i = 0; i < NR; i++)
		run(bench, i, true);
	progress = bench_progress(bench);
	assert_int_equal(progress.round, 0);
	assert_int_equal(progress.rounds, 3);
	assert_int_equal(progress.percent, 33); /* 3 of 9 */
	run(bench, 0, false);
	run(bench, 1, false);
	run(bench, 2, false);
	begin(bench, 0, false);
	progress = bench_progress(bench);
	assert_int_equal(progress.round, 2);
	assert_int_equal(progress.index, 0);
	assert_int_equal(progress.percent, 66); /* what runs is not done */
	bench_free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scenarios_take_turns),
		cmocka_unit_test(a_run_is_over_when_all_of_it_was_seen),
		cmocka_unit_test(names_have_to_be_known),
		cmocka_unit_test(what_is_lost_is_not_waited_for_forever),
		cmocka_unit_test(what_was_not_seen_is_counted),
		cmocka_unit_test(what_fails_is_left_out),
		cmocka_unit_test(nothing_is_left_if_all_fail),
		cmocka_unit_test(progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
