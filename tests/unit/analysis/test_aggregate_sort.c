// SPDX-License-Identifier: GPL-2.0-only
/* Sorts rows by each of their figures, and by their keys. */
#include "support/aggregated.h"
#include "util/macros.h"

/* Sorts rows that have another order for every figure, and checks their CPUs. */
TEST(all_sorts)
{
	/* Latencies of CPU 0, 1 and 2; CPU 3 has only empty calls, CPU 4 an unknown one. */
	static const __u64 latencies[3][12] = {
		{100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 900, 0},
		{50, 300, 300, 300, 300, 300, 0},
		{70, 70, 700, 700, 0},
	};
	static const struct {
		enum sort by;
		const char *order;
	} wanted[] = {
		{SORT_TOTAL, "01234"},
		{SORT_COUNT, "30124"},
		{SORT_EMPTY, "30124"},
		{SORT_MIN, "02134"},
		{SORT_MEAN, "21034"},
		{SORT_P50, "10234"},
		{SORT_P90, "21034"},
		{SORT_P99, "02134"},
		{SORT_MAX, "02134"},
		/* Calls have no phases. */
		{SORT_WAIT, "01234"},
		{SORT_FREE, "01234"},
		{SORT_DESTROY, "01234"},
		{SORT_DEFERRED, "01234"},
		{SORT_HELD, "01234"},
		{SORT_BYTES, "01234"},
		{SORT_KEY, "01234"},
	};
	static const enum key by[] = {KEY_CPU};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct call call = plain;
	struct rows rows;
	char order[6] = "";
	size_t i, j;

	for (call.cpu = 0; call.cpu < 3; call.cpu++) {
		for (i = 0; latencies[call.cpu][i]; i++) {
			call.latency_ns = latencies[call.cpu][i];
			add(aggregate, &call, 1);
		}
	}
	call.flags |= CALL_EMPTY;
	add(aggregate, &call, 20);
	call.cpu = 4;
	call.flags = 0;
	call.latency_ns = UNKNOWN_NS;
	add(aggregate, &call, 1);

	/* Nor parts of them: SORT_CPU to SORT_GRACE. */
	_Static_assert(ARRAY_SIZE(wanted) == NR_SORTS - 3, "each order");
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		rows = sort(aggregate, wanted[i].by, 0);
		assert_int_equal(rows.nr, 5);
		for (j = 0; j < rows.nr; j++)
			order[j] = '0' + rows.row[j]->key.cpu;
		assert_string_equal(order, wanted[i].order);
	}
	aggregate_free(aggregate);
}

TEST(no_time_is_more_than_no_latency)
{
	static const enum key by[] = {KEY_CPU};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct call call = plain;
	enum sort order;

	call.latency_ns = 0;
	add(aggregate, &call, 1);
	call.latency_ns = UNKNOWN_NS;
	call.cpu = 0;
	add(aggregate, &call, 1);
	for (order = 0; order <= SORT_MAX; order++)
		if (order != SORT_COUNT && order != SORT_EMPTY)
			assert_int_equal(sort(aggregate, order, 0).row[0]->key.cpu, plain.cpu);
	aggregate_free(aggregate);
}

TEST(ties_are_in_the_order_of_the_keys)
{
	static const char *const callers[] = {"b", "", "a", "ab", NULL};
	static const char *const sorted[] = {"", "a", "ab", "b", NULL};
	static const enum key by[] = {KEY_CALLER, KEY_CPU};
	struct aggregate *aggregate = make(by, 2, ALL_ROWS);
	struct call call = plain;
	struct rows rows;
	size_t i;

	for (i = 0; i < 5; i++) {
		call.caller.name = callers[i];
		call.cpu = 256;
		add(aggregate, &call, 1);
		call.cpu = 255;
		add(aggregate, &call, 1);
	}
	rows = sort(aggregate, SORT_COUNT, 9);
	assert_int_equal(rows.nr, 9);
	assert_int_equal(rows.left_out, 1);
	for (i = 0; i < 9; i++) {
		assert_int_equal(rows.row[i]->key.cpu, 255 + i % 2);
		if (sorted[i / 2])
			assert_string_equal(rows.row[i]->key.caller.name, sorted[i / 2]);
		else
			assert_null(rows.row[i]->key.caller.name);
	}
	aggregate_free(aggregate);
}

TEST_MAIN(NULL, NULL)
