// SPDX-License-Identifier: GPL-2.0-only
/* Keeps samples in rows, and finds the rows of one aggregate in another. */
#include <errno.h>
#include <stdlib.h>

#include "support/aggregated.h"

static int refused; /* the nth reallocation from now on fails; 0: none */

/* Replaces the C library's. */
void *reallocarray(void *old, size_t nr, size_t size)
{
	if (refused && !--refused)
		return NULL;
	return realloc(old, nr * size);
}

TEST(none_unless_asked_for)
{
	struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);

	add(aggregate, &plain, 1);
	assert_null(sort(aggregate, SORT_KEY, 0).row[0]->samples);
	aggregate_free(aggregate);
}

/* Samples are latencies of calls that are not empty, in order of arrival. */
TEST(of_calls)
{
	struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);
	const struct samples *samples;
	struct call call = plain;
	int i;

	aggregate_keep_samples(aggregate, MEASURE_TIME);
	for (i = 100; i; i--) {
		call.latency_ns = i;
		add(aggregate, &call, 1);
	}
	call.latency_ns = UNKNOWN_NS;
	add(aggregate, &call, 1);
	call.latency_ns = 7;
	call.flags |= CALL_EMPTY;
	add(aggregate, &call, 1);

	samples = sort(aggregate, SORT_KEY, 0).row[0]->samples;
	assert_int_equal(sort(aggregate, SORT_KEY, 0).row[0]->count, 102);
	assert_int_equal(samples[PHASE_DESTROY].nr, 100);
	assert_int_equal(samples[PHASE_DESTROY].ns[0], 100);
	assert_int_equal(samples[PHASE_DESTROY].ns[99], 1);
	for (i = 0; i < NR_PHASES; i++)
		assert_true(i == PHASE_DESTROY || !samples[i].nr);
	aggregate_free(aggregate);
}

TEST(of_teardowns)
{
	struct teardown teardown = {.map = plain.map, .phase = {1, 2, 3, UNKNOWN_NS, UNKNOWN_NS}};
	struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);
	const struct row *row;
	int i;

	aggregate_keep_samples(aggregate, MEASURE_TIME);
	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	teardown.phase[PHASE_DEFERRED] = 4;
	teardown.phase[PHASE_TOTAL] = 7;
	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	row = sort(aggregate, SORT_KEY, 0).row[0];
	for (i = 0; i < NR_PHASES; i++)
		assert_int_equal(row->samples[i].nr, i < PHASE_DEFERRED || i == PHASE_HELD ? 2 : 1);
	assert_int_equal(row->samples[PHASE_DESTROY].ns[1], 3);
	assert_int_equal(row->samples[PHASE_DEFERRED].ns[0], 4);
	assert_int_equal(row->samples[PHASE_TOTAL].ns[0], 7);
	assert_int_equal(row->unmeasured, 1);
	aggregate_free(aggregate);
}

/* Counts are of free alone; one that is not known is none. */
TEST(of_counts)
{
	struct teardown teardown = {.map = plain.map, .phase = {1, 2, 3, 4, 10}};
	static const __u64 wanted[] = {
		[MEASURE_INSTRUCTIONS] = 700,
		[MEASURE_CYCLES] = 900,
	};

	for (enum measure measure = MEASURE_INSTRUCTIONS; measure < NR_MEASURES; measure++) {
		struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);
		const struct row *row;

		aggregate_keep_samples(aggregate, measure);
		teardown.run.time = (struct worker_time){.known = TIME_CPU_KNOWN};
		assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
		teardown.run.time = (struct worker_time){
			.known = TIME_INSTRUCTIONS_KNOWN | TIME_CYCLES_KNOWN,
			.events = {[COUNTER_INSTRUCTIONS] = 700, [COUNTER_CYCLES] = 900},
		};
		assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
		row = sort(aggregate, SORT_KEY, 0).row[0];
		assert_int_equal(row->count, 2);
		for (enum phase phase = 0; phase < NR_PHASES; phase++)
			assert_int_equal(row->samples[phase].nr, phase == PHASE_FREE);
		assert_int_equal(row->samples[PHASE_FREE].ns[0], wanted[measure]);
		/* The other figures stay those of time. */
		assert_int_equal(row->phases->phase[PHASE_FREE].count, 2);
		assert_int_equal(row->latency.max_ns, 10);
		aggregate_free(aggregate);
	}
}

/* If any of the five phases finds no memory, none is kept. */
TEST(all_or_nothing)
{
	const struct teardown teardown = {.map = plain.map, .phase = {1, 2, 3, 4, 10}};
	struct aggregate *aggregate;
	const struct row *row;
	int nth, i;

	for (nth = 1; nth <= NR_PHASES; nth++) {
		/* In the "other" row, because a new row would not exist at all. */
		aggregate = make(NULL, 0, 0);
		aggregate_keep_samples(aggregate, MEASURE_TIME);
		refused = nth;
		assert_int_equal(aggregate_add_teardown(aggregate, &teardown), -ENOMEM);
		assert_int_equal(refused, 0);
		assert_int_equal(aggregate_overflow(aggregate), 0);
		assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
		row = sort(aggregate, SORT_KEY, 0).row[0];
		assert_int_equal(row->count, 1);
		assert_int_equal(row->latency.count, 1);
		for (i = 0; i < NR_PHASES; i++)
			assert_int_equal(row->samples[i].nr, 1);
		for (i = 0; i < PHASE_TOTAL; i++)
			assert_int_equal(row->phases->phase[i].count, 1);
		aggregate_free(aggregate);
	}
}

/* A reset frees all samples, also those of the "other" row. */
TEST(forgotten)
{
	struct aggregate *aggregate = make(NULL, 0, 0);

	aggregate_keep_samples(aggregate, MEASURE_TIME);
	add(aggregate, &plain, 3);
	assert_int_equal(sort(aggregate, SORT_KEY, 0).row[0]->samples[PHASE_DESTROY].nr, 3);
	aggregate_reset(aggregate);
	add(aggregate, &plain, 1);
	assert_int_equal(sort(aggregate, SORT_KEY, 0).row[0]->samples[PHASE_DESTROY].nr, 1);
	aggregate_free(aggregate);
}

TEST(finds_the_same_keys)
{
	static const enum key by[] = {KEY_NAME, KEY_CPU};
	struct aggregate *left = make(by, 2, 2), *right = make(by, 2, 2);
	struct call call = plain;
	struct rows rows;

	add(left, &call, 1);
	call.cpu++;
	add(left, &call, 1);
	add(right, &call, 2);
	rows = sort(left, SORT_KEY, 0);
	assert_null(aggregate_find(right, rows.row[0]));
	assert_int_equal(aggregate_find(right, rows.row[1])->count, 2);
	assert_ptr_equal(aggregate_find(left, rows.row[1]), rows.row[1]);
	assert_true(aggregate_compare_keys(rows.row[0], rows.row[1]) < 0);
	assert_int_equal(aggregate_compare_keys(rows.row[1], aggregate_find(right, rows.row[1])),
			 0);

	/* The same text, but the key is unknown. */
	call.map.known &= ~CALL_NAME;
	add(right, &call, 1);
	rows = sort(right, SORT_KEY, 0);
	assert_null(aggregate_find(left, rows.row[1]));

	/* An "other" row without calls is not found. */
	call.cpu++;
	add(left, &call, 1);
	rows = sort(left, SORT_KEY, 0);
	assert_true(rows.row[2]->other);
	assert_null(aggregate_find(right, rows.row[2]));
	add(right, &call, 5);
	assert_true(aggregate_find(right, rows.row[2])->other);
	assert_int_equal(aggregate_find(right, rows.row[2])->count, 5);
	assert_true(aggregate_compare_keys(rows.row[2], rows.row[0]) > 0);
	aggregate_free(left);
	aggregate_free(right);
}

TEST_MAIN(NULL, NULL)
