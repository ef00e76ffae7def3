// SPDX-License-Identifier: GPL-2.0-only
/* Aggregates calls by every combination of keys, and checks the rows. */
#include "support/aggregated.h"

/* The plain one's, each with another name, or without it. */
static const struct cgroup units[] = {{1, "/", "x.scope", "uid", "id"},
				      {1, "/", NULL, "uid", "id"}};
static const struct cgroup pods[] = {{1, "/", "a.scope", "other", "id"},
				     {1, "/", "a.scope", NULL, "id"}};
static const struct cgroup containers[] = {{1, "/", "a.scope", "uid", "x"},
					   {1, "/", "a.scope", "uid", NULL}};
static const struct cgroup elsewhere = {2, "/b", "a.scope", "uid", "id"};

/* A call that differs from plain in this key; the second variant has an unknown value. */
static struct call differing(enum key key, int variant)
{
	struct call call = plain;

	switch (key) {
	case KEY_CALLER:
		call.caller.name = variant ? NULL : "htab_map_alloc";
		break;
	case KEY_TYPE:
		call.map.type = 5;
		call.map.known &= variant ? ~(CALL_MAP | CALL_NAME) : ~0;
		break;
	case KEY_ALLOC:
		call.alloc = variant ? ALLOC_UNKNOWN : ALLOC_PCPU_MA;
		break;
	case KEY_NAME:
		memcpy(call.map.name, "", 1);
		call.map.known &= variant ? ~CALL_NAME : ~0;
		break;
	case KEY_COMM:
		memcpy(call.task.comm, variant ? "" : "bpftool", variant ? 1 : sizeof("bpftool"));
		break;
	case KEY_CPU:
		call.cpu = variant ? 0 : ~0U;
		break;
	case KEY_ID:
		call.map.identity.map_id = variant ? 0 : 8;
		break;
	case KEY_RELEASED_BY:
		memcpy(call.map.identity.released_by.task.comm, "other", sizeof("other"));
		call.map.identity.released_by.known = !variant;
		break;
	case KEY_RELEASED_PID:
		call.map.identity.released_by.task.pid = 0;
		call.map.identity.released_by.known = !variant;
		break;
	case KEY_CGROUP:
		call.map.identity.released_by.cgroup_id = ~0ULL;
		call.map.identity.released_by.cgroup = &elsewhere;
		call.map.identity.released_by.known = !variant;
		break;
	case KEY_UNIT:
		call.map.identity.released_by.cgroup = &units[variant];
		break;
	case KEY_POD:
		call.map.identity.released_by.cgroup = &pods[variant];
		break;
	case KEY_CONTAINER:
		call.map.identity.released_by.cgroup = &containers[variant];
		break;
	case KEY_HOST:
		call.map.host = variant ? NULL : "host2";
		break;
	case KEY_SCENARIO:
		call.map.scenario = variant ? NULL : "other";
		break;
	default: /* KEY_MEMCG: unknown of all calls */
		break;
	}
	return call;
}

/* For all subsets of the keys: calls get separate rows exactly if a requested key differs. */
TEST(all_combinations_of_keys)
{
	enum key by[NR_KEYS], key;
	struct aggregate *aggregate;
	struct call call;
	unsigned int subset;
	size_t nr_by, nr_of_task, nr_of_path, nr_the_same;
	struct rows rows;
	int variant;

	for (subset = 0; subset < 1 << NR_KEYS; subset++) {
		nr_by = nr_of_task = nr_of_path = nr_the_same = 0;
		for (key = 0; key < NR_KEYS; key++) {
			if (!(subset & 1 << key))
				continue;
			by[nr_by++] = key;
			nr_the_same += key == KEY_MEMCG;
			nr_of_task += key >= KEY_RELEASED_BY && key <= KEY_CGROUP;
			nr_of_path += key >= KEY_UNIT && key <= KEY_CONTAINER;
		}

		aggregate = make(by, nr_by, ALL_ROWS);
		add(aggregate, &plain, 1);
		for (key = 0; key < NR_KEYS; key++) {
			for (variant = 0; variant < 2; variant++) {
				call = differing(key, variant);
				add(aggregate, &call, 2);
			}
		}

		rows = sort(aggregate, SORT_COUNT, 0);
		/*
		 * A call without its map has no name either, and shares a row with unnamed maps. An
		 * unknown task has none of its keys, nor those of its path: one row for all of
		 * them.
		 */
		assert_int_equal(rows.nr, 1 + 2 * (nr_by - nr_the_same) - nr_of_task +
						  (nr_of_task + nr_of_path > 0));
		assert_int_equal(rows.nr_by, nr_by);
		assert_memory_equal(rows.by, by, nr_by * sizeof(*by));
		aggregate_free(aggregate);
	}
}

static size_t rows_by(enum key key, const struct call *calls, size_t nr)
{
	struct aggregate *aggregate = make(&key, 1, ALL_ROWS);
	size_t i;

	for (i = 0; i < nr; i++)
		add(aggregate, &calls[i], 1);
	nr = sort(aggregate, SORT_KEY, 0).nr;
	aggregate_free(aggregate);
	return nr;
}

TEST(unknowns_stay_apart)
{
	struct call calls[5];
	char name[] = "htab_map_free";
	size_t i;

	for (i = 0; i < 5; i++)
		calls[i] = plain;

	/* An address, another, none, and two functions with names that look like these. */
	calls[0].caller.name = NULL;
	calls[1].caller.name = NULL;
	calls[1].caller.address++;
	calls[2].caller.name = NULL;
	calls[2].caller.address = 0;
	calls[3].caller.name = "0xffffffff81234567";
	calls[4].caller.name = "?";
	assert_int_equal(rows_by(KEY_CALLER, calls, 5), 5);

	/* An address whose bytes spell a name. */
	calls[0].caller.address = 0x6162636465666700;
	calls[1] = plain;
	calls[1].caller.name = "abcdefg";
	assert_int_equal(rows_by(KEY_CALLER, calls, 2), 2);

	/* One function, for any offset in it and any storage of its name. */
	calls[0] = plain;
	calls[1] = plain;
	calls[1].caller.address += 32;
	calls[1].caller.offset = 32;
	calls[1].caller.name = name;
	assert_int_equal(rows_by(KEY_CALLER, calls, 2), 1);

	/* An unknown name, an empty name, and a name with garbage after its end. */
	calls[0].map.known &= ~CALL_NAME;
	memset(calls[0].map.name, 0, NAME_LEN);
	memset(calls[1].map.name, 0, NAME_LEN);
	calls[2] = calls[1];
	calls[2].map.name[5] = 'x';
	assert_int_equal(rows_by(KEY_NAME, calls, 3), 2);

	/* Type 0 is a type. */
	calls[0].map.known = 0;
	calls[0].map.type = 0;
	calls[1].map.type = 0;
	assert_int_equal(rows_by(KEY_TYPE, calls, 2), 2);

	/* A pid or a cgroup of 0 is valid; no map has id 0. */
	calls[0] = calls[1] = plain;
	calls[0].map.identity.released_by.task.pid = 0;
	calls[0].map.identity.released_by.cgroup_id = 0;
	calls[1].map.identity.released_by = (struct releaser){};
	assert_int_equal(rows_by(KEY_RELEASED_PID, calls, 2), 2);
	calls[0].map.identity.released_by.cgroup = NULL;
	assert_int_equal(rows_by(KEY_CGROUP, calls, 2), 2);
	calls[0].map.identity.released_by.task.comm[0] = '\0';
	assert_int_equal(rows_by(KEY_RELEASED_BY, calls, 2), 2);
}

/* A user task takes precedence over the kernel's. */
TEST(rows_are_of_the_releasing_task)
{
	const struct releaser user = {
		.known = true, .task.pid = 900, .cgroup_id = 9, .task.comm = "user"};
	struct call calls[5];
	size_t i;

	for (i = 0; i < 5; i++)
		calls[i] = plain;
	/* Closed by a user task, then released by the kernel, in a thread or an interrupt. */
	calls[0].map.identity.by_kernel = true;
	calls[0].map.identity.closed_by = user;
	calls[1].map.identity.by_interrupt = true;
	calls[1].map.identity.released_by = (struct releaser){};
	calls[1].map.identity.closed_by = user;
	/* Released by the user task. */
	calls[2].map.identity.closed_by = calls[2].map.identity.released_by;
	calls[2].map.identity.released_by = user;
	assert_int_equal(rows_by(KEY_RELEASED_BY, calls, 3), 1);
	assert_int_equal(rows_by(KEY_RELEASED_PID, calls, 3), 1);
	assert_int_equal(rows_by(KEY_CGROUP, calls, 3), 1);
	/* Only the kernel's task is known. */
	calls[3].map.identity.by_kernel = true;
	assert_int_equal(rows_by(KEY_RELEASED_BY, calls, 4), 2);
}

/* Adjacent texts must stay distinct, whatever their bytes. */
TEST(keys_do_not_run_together)
{
	static const enum key by[] = {KEY_NAME, KEY_COMM};
	static const char *const texts[][2] = {
		{"ab", "c"}, {"a", "bc"}, {"a\1b", "c"}, {"a", "b\1c"}, {"abc", ""}, {"", "abc"},
	};
	struct aggregate *aggregate = make(by, 2, ALL_ROWS);
	struct call call = plain;
	size_t i;

	for (i = 0; i < 6; i++) {
		strcpy(call.map.name, texts[i][0]);
		strcpy(call.task.comm, texts[i][1]);
		add(aggregate, &call, 1);
	}
	assert_int_equal(sort(aggregate, SORT_KEY, 0).nr, 6);
	aggregate_free(aggregate);
}

TEST(calls_are_counted_by_kind)
{
	struct aggregate *aggregate = make(NULL, 0, ALL_ROWS);
	struct call call = plain;
	const struct row *row;

	add(aggregate, &call, 3);
	/* Empty: the latency does not matter. */
	call.flags |= CALL_EMPTY;
	add(aggregate, &call, 5);
	call.latency_ns = UNKNOWN_NS;
	add(aggregate, &call, 7);
	/* CALL_EMPTY is invalid without CALL_EMPTY_KNOWN. */
	call.flags &= ~CALL_EMPTY_KNOWN;
	add(aggregate, &call, 11);
	call.flags = 0;
	add(aggregate, &call, 13);
	call.latency_ns = 2000;
	add(aggregate, &call, 17);

	row = sort(aggregate, SORT_TOTAL, 0).row[0];
	assert_int_equal(row->count, 56);
	assert_int_equal(row->empty, 12);
	assert_int_equal(row->unmeasured, 24);
	assert_int_equal(row->latency.count, 20);
	assert_int_equal(row->latency.total_ns, 37000);
	assert_false(row->other);
	aggregate_free(aggregate);
}

TEST(too_many_keys_go_to_the_other_row)
{
	static const enum key by[] = {KEY_CPU};
	struct aggregate *aggregate = make(by, 1, 10);
	struct call call = plain;
	struct rows rows;

	for (call.cpu = 0; call.cpu < 10; call.cpu++)
		add(aggregate, &call, 1);
	assert_int_equal(aggregate_overflow(aggregate), 0);
	assert_int_equal(sort(aggregate, SORT_COUNT, 0).nr, 10);

	for (; call.cpu < 30; call.cpu++)
		add(aggregate, &call, 1);
	call.cpu = 4;
	add(aggregate, &call, 1);
	call.flags |= CALL_EMPTY;
	call.cpu = 1000;
	add(aggregate, &call, 1);
	assert_int_equal(aggregate_overflow(aggregate), 21);

	/* Last in every order, although it has the greatest figures. */
	rows = sort(aggregate, SORT_COUNT, 0);
	assert_int_equal(rows.nr, 11);
	assert_int_equal(rows.row[0]->key.cpu, 4);
	assert_int_equal(rows.row[0]->count, 2);
	assert_true(rows.row[10]->other);
	assert_int_equal(rows.row[10]->count, 21);
	assert_int_equal(rows.row[10]->empty, 1);
	assert_int_equal(rows.row[10]->latency.count, 20);
	assert_true(sort(aggregate, SORT_KEY, 0).row[10]->other);
	rows = sort(aggregate, SORT_TOTAL, 3);
	assert_int_equal(rows.nr, 3);
	assert_int_equal(rows.left_out, 8);

	aggregate_reset(aggregate);
	assert_int_equal(aggregate_overflow(aggregate), 0);
	assert_int_equal(sort(aggregate, SORT_COUNT, 0).nr, 0);
	call.cpu = 4; /* found last before: it has to be made again */
	add(aggregate, &call, 1);
	rows = sort(aggregate, SORT_COUNT, 0);
	assert_int_equal(rows.nr, 1);
	assert_false(rows.row[0]->other);
	aggregate_free(aggregate);
}

/* Rows copy names, because the symbols may be freed before the rows are shown. */
TEST(rows_own_their_names)
{
	static const enum key by[] = {KEY_CALLER};
	struct aggregate *aggregate = make(by, 1, ALL_ROWS);
	char name[] = "trie_free";
	struct call call = plain;

	call.caller.name = name;
	add(aggregate, &call, 1);
	memset(name, 'x', sizeof(name) - 1);
	assert_string_equal(sort(aggregate, SORT_KEY, 0).row[0]->key.caller.name, "trie_free");
	aggregate_free(aggregate);
	aggregate_free(NULL);
}

/* The size of a row that aggregate.h promises; test_hist checks the histogram's bound. */
TEST(rows_are_small)
{
	assert_true(sizeof(struct row) <= 832);
	assert_true(sizeof(struct row_phases) <= 2648); /* in addition, for teardowns */
}

TEST_MAIN(NULL, NULL)
