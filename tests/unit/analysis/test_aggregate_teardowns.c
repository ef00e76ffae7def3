// SPDX-License-Identifier: GPL-2.0-only
/* Aggregates teardowns, phase by phase. */
#include "support/aggregated.h"
#include "util/macros.h"

/* A teardown with all phases known; type distinguishes its row. */
static struct teardown teardown_of(__u32 type, __u64 wait, __u64 free_ns, __u64 destroy,
				   __u64 deferred)
{
	struct teardown teardown = {
		.map = plain.map,
		.phase = {wait, free_ns, destroy, deferred, wait + free_ns + deferred},
	};

	teardown.map.type = type;
	teardown.run.latency_ns = free_ns;
	teardown.entries = ENTRIES_UNKNOWN;
	return teardown;
}

static void add_teardown(struct aggregate *aggregate, const struct teardown *teardown)
{
	assert_int_equal(aggregate_add_teardown(aggregate, teardown), 0);
}

static void check_hist(const struct hist *hist, __u64 count, __u64 total_ns, __u64 max_ns)
{
	assert_int_equal(hist->count, count);
	assert_int_equal(hist->total_ns, total_ns);
	assert_int_equal(hist->max_ns, max_ns);
}

TEST(phases_are_added_up)
{
	static const enum key by[] = {KEY_TYPE};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct teardown teardown = teardown_of(1, 10, 200, 50, 3000);
	const struct row *row;
	struct rows rows;

	add_teardown(aggregate, &teardown);
	/* The row's latency is the total, not FREE. */
	teardown = teardown_of(1, 30, 100, 20, 0);
	add_teardown(aggregate, &teardown);
	teardown = teardown_of(2, 1, 2, 3, 4);
	add_teardown(aggregate, &teardown);
	rows = sort(aggregate, SORT_KEY, 0);
	assert_int_equal(rows.nr, 2);
	row = rows.row[0];
	assert_int_equal(row->key.map.type, 1);
	assert_int_equal(row->count, 2);
	check_hist(&row->latency, 2, 3340, 3210);
	check_hist(&row->phases->phase[PHASE_WAIT], 2, 40, 30);
	check_hist(&row->phases->phase[PHASE_FREE], 2, 300, 200);
	check_hist(&row->phases->phase[PHASE_DESTROY], 2, 70, 50);
	check_hist(&row->phases->phase[PHASE_DEFERRED], 2, 3000, 3000);
	check_hist(&rows.row[1]->latency, 1, 7, 7);
	check_hist(&rows.row[1]->phases->phase[PHASE_DEFERRED], 1, 4, 4);
	aggregate_free(aggregate);
}

/* By the path, if it is known; else by the id. */
TEST(rows_by_memcg)
{
	static const struct cgroup a = {1, "/a", NULL, NULL, NULL},
				   again = {2, "/a", NULL, NULL, NULL};
	static const struct {
		__u64 id;
		const struct cgroup *cgroup;
	} charged[] = {{1, &a}, {2, &again}, {3, NULL}, {3, NULL}, {4, NULL}, {0, NULL}};
	static const enum key by[] = {KEY_MEMCG};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct teardown teardown = teardown_of(1, 10, 200, 50, 3000);
	struct rows rows;

	for (size_t i = 0; i < ARRAY_SIZE(charged); i++) {
		teardown.memcg_id = charged[i].id;
		teardown.memcg = charged[i].cgroup;
		add_teardown(aggregate, &teardown);
	}
	rows = sort(aggregate, SORT_KEY, 0);
	assert_int_equal(rows.nr, 4);
	assert_string_equal(rows.row[0]->key.memcg->path, "/a");
	assert_int_equal(rows.row[0]->count, 2);
	assert_true(rows.row[0]->several_memcgs);
	assert_int_equal(rows.row[1]->key.memcg_id, 3);
	assert_int_equal(rows.row[1]->count, 2);
	assert_false(rows.row[1]->several_memcgs);
	assert_int_equal(rows.row[2]->key.memcg_id, 4);
	assert_int_equal(rows.row[3]->key.memcg_id, 0);
	aggregate_free(aggregate);
}

TEST(memory_is_added_up)
{
	static const enum key by[] = {KEY_TYPE};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct teardown teardown = teardown_of(1, 10, 200, 50, 3000);
	const struct row_phases *phases;
	struct rows rows;

	add_teardown(aggregate, &teardown); /* unknown */
	teardown.memory = (struct map_memory){.bytes = 1000, .flags = MEMORY_KNOWN};
	add_teardown(aggregate, &teardown);
	teardown.memory = (struct map_memory){.bytes = 500, .flags = MEMORY_KNOWN | MEMORY_EXACT};
	add_teardown(aggregate, &teardown);
	teardown = teardown_of(2, 1, 1, 1, 1);
	teardown.memory = (struct map_memory){.bytes = 1501, .flags = MEMORY_KNOWN | MEMORY_EXACT};
	add_teardown(aggregate, &teardown);
	rows = sort(aggregate, SORT_BYTES, 0);
	assert_int_equal(rows.nr, 2);
	assert_int_equal(rows.row[0]->key.map.type, 2);
	phases = rows.row[0]->phases;
	assert_true(phases->bytes == 1501 && phases->measured == 1 && phases->exact == 1);
	phases = rows.row[1]->phases;
	assert_true(phases->bytes == 1500 && phases->measured == 2 && phases->exact == 1);
	aggregate_free(aggregate);
}

TEST(parts_of_frees_are_added_up)
{
	static const enum key by[] = {KEY_TYPE};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct teardown teardown = teardown_of(1, 10, 200, 50, 3000);
	const struct worker_time *time;
	struct rows rows;

	add_teardown(aggregate, &teardown); /* unknown */
	teardown.run.time = (struct worker_time){
		100,
		20,
		30,
		TIME_CPU_KNOWN | TIME_GRACE_KNOWN | TIME_INSTRUCTIONS_KNOWN | TIME_DTLB_MISSES_KNOWN,
		1,
		{[COUNTER_INSTRUCTIONS] = 700, [COUNTER_CYCLES] = 9}};
	add_teardown(aggregate, &teardown);
	add_teardown(aggregate, &teardown);
	teardown = teardown_of(2, 10, 200, 50, 3000);
	teardown.run.time =
		(struct worker_time){150, 1, 61, TIME_CPU_KNOWN | TIME_RUNQUEUE_KNOWN, 0, {}};
	add_teardown(aggregate, &teardown);
	rows = sort(aggregate, SORT_CPU, 0);
	time = &rows.row[0]->phases->time;
	assert_int_equal(rows.row[0]->key.map.type, 1);
	assert_true(time->cpu_ns == 200 && time->grace_ns == 60);
	assert_int_equal(time->known, TIME_CPU_KNOWN | TIME_GRACE_KNOWN | TIME_INSTRUCTIONS_KNOWN |
					      TIME_DTLB_MISSES_KNOWN);
	assert_true(time->events[COUNTER_INSTRUCTIONS] == 1400 && !time->events[COUNTER_CYCLES]);
	assert_int_equal(rows.row[0]->phases->with_events[COUNTER_INSTRUCTIONS], 2);
	assert_int_equal(rows.row[0]->phases->with_events[COUNTER_CYCLES], 0);
	assert_int_equal(rows.row[0]->phases->with_events[COUNTER_DTLB_MISSES], 2); /* of 0 */
	assert_int_equal(sort(aggregate, SORT_RUNQUEUE, 0).row[0]->key.map.type, 2);
	assert_int_equal(sort(aggregate, SORT_GRACE, 0).row[0]->key.map.type, 1);
	aggregate_free(aggregate);
}

/* An unknown phase is left out of that figure only. */
TEST(unknown_phases_are_left_out)
{
	struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);
	struct teardown teardown = teardown_of(1, 10, 200, 50, 3000);
	const struct row *row;
	int i;

	add_teardown(aggregate, &teardown);
	for (i = 0; i < PHASE_TOTAL; i++) {
		teardown = teardown_of(1, 10, 200, 50, 3000);
		teardown.phase[i] = UNKNOWN_NS;
		if (i != PHASE_DESTROY)
			teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
		add_teardown(aggregate, &teardown);
	}
	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	teardown.run.latency_ns = UNKNOWN_NS;
	add_teardown(aggregate, &teardown);
	row = sort(aggregate, SORT_TOTAL, 0).row[0];
	assert_int_equal(row->count, 6);
	assert_int_equal(row->unmeasured, 4);
	assert_int_equal(row->empty, 0);
	check_hist(&row->latency, 2, 6420, 3210);
	check_hist(&row->phases->phase[PHASE_WAIT], 4, 40, 10);
	check_hist(&row->phases->phase[PHASE_FREE], 4, 800, 200);
	check_hist(&row->phases->phase[PHASE_DESTROY], 4, 200, 50);
	check_hist(&row->phases->phase[PHASE_DEFERRED], 4, 12000, 3000);
	aggregate_free(aggregate);
}

/* Elements, and the time to free them. */
TEST(elements_are_added_up)
{
	struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);
	struct teardown teardown = teardown_of(1, 10, 200, 50, 0);
	const struct row *row;

	add_teardown(aggregate, &teardown);
	row = sort(aggregate, SORT_TOTAL, 0).row[0];
	assert_int_equal(row->phases->counted, 0);
	teardown.entries = 0;
	add_teardown(aggregate, &teardown);
	teardown.entries = 30;
	teardown.phase[PHASE_FREE] = 700;
	add_teardown(aggregate, &teardown);
	/* An unknown FREE does not count. */
	teardown.phase[PHASE_FREE] = UNKNOWN_NS;
	add_teardown(aggregate, &teardown);
	row = sort(aggregate, SORT_TOTAL, 0).row[0];
	assert_int_equal(row->phases->counted, 2);
	assert_int_equal(row->phases->entries, 30);
	assert_int_equal(row->phases->counted_ns, 900);
	aggregate_free(aggregate);
}

TEST(rows_by_phase)
{
	/* wait, free, destroy, deferred; all unknown for type 3. */
	static const __u64 phases[][4] = {
		{10, 400, 30, 0},
		{300, 10, 20, 100},
		{20, 50, 50, 900},
	};
	static const struct {
		enum sort by;
		const char *order;
	} wanted[] = {
		{SORT_WAIT, "1203"},	 {SORT_FREE, "0213"},  {SORT_DESTROY, "2013"},
		{SORT_DEFERRED, "2103"}, {SORT_TOTAL, "2013"}, {SORT_MAX, "2013"},
		{SORT_KEY, "0123"},
	};
	static const enum key by[] = {KEY_TYPE};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct teardown teardown;
	struct rows rows;
	__u32 i, j;

	for (i = 0; i < 3; i++) {
		teardown = teardown_of(i, phases[i][0], phases[i][1], phases[i][2], phases[i][3]);
		add_teardown(aggregate, &teardown);
	}
	teardown = teardown_of(3, 0, 0, 0, 0);
	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	add_teardown(aggregate, &teardown);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		rows = sort(aggregate, wanted[i].by, 0);
		assert_int_equal(rows.nr, 4);
		for (j = 0; j < 4; j++)
			assert_int_equal(rows.row[j]->key.map.type, wanted[i].order[j] - '0');
	}
	aggregate_free(aggregate);
}

/* In each phase, a time of 0 sorts before an unknown time. */
TEST(no_time_is_a_time)
{
	static const enum key by[] = {KEY_TYPE};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	struct teardown teardown = teardown_of(0, 0, 0, 0, 0);
	enum sort order;

	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	add_teardown(aggregate, &teardown);
	teardown = teardown_of(1, 0, 0, 0, 0);
	teardown.nr_destroys = 1;
	add_teardown(aggregate, &teardown);
	for (order = SORT_WAIT; order <= SORT_DEFERRED; order++)
		assert_int_equal(sort(aggregate, order, 0).row[0]->key.map.type, 1);
	assert_int_equal(sort(aggregate, SORT_TOTAL, 0).row[0]->key.map.type, 1);
	aggregate_free(aggregate);
}

TEST(other_row_has_phases_too)
{
	static const enum key by[] = {KEY_TYPE};
	struct aggregate *aggregate = make(by, 1, 1);
	struct teardown teardown;
	struct rows rows;
	__u32 i, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < 4; i++) {
			teardown = teardown_of(i, 10, 200, 50, 3000);
			teardown.entries = 5;
			add_teardown(aggregate, &teardown);
		}
		assert_int_equal(aggregate_overflow(aggregate), 3);
		rows = sort(aggregate, SORT_DEFERRED, 0);
		assert_int_equal(rows.nr, 2);
		assert_true(rows.row[1]->other);
		check_hist(&rows.row[1]->phases->phase[PHASE_DEFERRED], 3, 9000, 3000);
		assert_int_equal(rows.row[1]->phases->entries, 15);
		/* A reset leaves nothing. */
		aggregate_reset(aggregate);
		assert_int_equal(aggregate_overflow(aggregate), 0);
	}
	aggregate_free(aggregate);
}

TEST_MAIN(NULL, NULL)
