// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts teardowns of few and of very many owners: what has a series, and what is folded.
 */
#include "output/metrics/owners.h"
#include "support/test.h"

#define LIMIT 4

static const struct owner_counts one = {1, 100, 7};
static struct owners *owners;
static struct owner_series list[LIMIT];

static int set_up(void **state)
{
	(void)state;
	owners = owners_new(LIMIT, "x=\"other\"");
	return !owners;
}

static int tear_down(void **state)
{
	(void)state;
	owners_free(owners);
	return 0;
}

static void add(const char *name, int times)
{
	while (times--)
		assert_int_equal(owners_add(owners, name, &one), 0);
}

/* 0: it has none. */
static __u64 shown(const char *name)
{
	size_t nr = owners_nr(owners);

	assert_true(nr <= LIMIT);
	owners_list(owners, list);
	for (size_t i = 0; i < nr; i++) {
		if (strcmp(list[i].labels, name))
			continue;
		assert_int_equal(list[i].counts.bytes, 100 * list[i].counts.teardowns);
		assert_int_equal(list[i].counts.total_ns, 7 * list[i].counts.teardowns);
		return list[i].counts.teardowns;
	}
	return 0;
}

static __u64 folded(void)
{
	return owners_other(owners).counts.teardowns;
}

TEST_BETWEEN(shows_all_while_there_is_room, set_up, tear_down)
{
	add("a", 3);
	add("b", 1);
	add("a", 2);
	assert_int_equal(owners_nr(owners), 2);
	assert_int_equal(shown("a"), 5);
	assert_int_equal(shown("b"), 1);
	assert_int_equal(folded(), 0);
	assert_string_equal(owners_other(owners).labels, "x=\"other\"");
}

TEST_BETWEEN(folds_the_rest_exactly, set_up, tear_down)
{
	char name[16];

	for (int i = 0; i < 1000; i++) {
		sprintf(name, "n%d", i);
		add(name, 1);
	}
	assert_int_equal(owners_nr(owners), LIMIT);
	for (int i = 0; i < LIMIT; i++) {
		sprintf(name, "n%d", i);
		assert_int_equal(shown(name), 1);
	}
	assert_int_equal(folded(), 1000 - LIMIT);
	assert_int_equal(owners_other(owners).counts.bytes, 100 * (1000 - LIMIT));
}

TEST_BETWEEN(gives_a_heavy_newcomer_the_series_of_the_lightest, set_up, tear_down)
{
	add("a", 50);
	add("b", 20);
	add("c", 20);
	add("d", 30);
	add("new", 39);
	assert_int_equal(shown("new"), 0);
	assert_int_equal(folded(), 39);
	add("new", 1); /* twice as many as "b" */
	assert_int_equal(shown("b"), 0);
	assert_int_equal(folded(), 40);
	assert_int_equal(owners_other_at_end(owners).counts.teardowns, 60);
	/* From here on in its own series; the one that lost its series is folded. */
	add("new", 5);
	add("b", 1);
	assert_int_equal(shown("new"), 5);
	assert_int_equal(folded(), 41);
	assert_int_equal(shown("a"), 50);
}

TEST_BETWEEN(finds_a_heavy_one_among_very_many_light_ones, set_up, tear_down)
{
	char name[16];

	for (int i = 0; i < LIMIT; i++) {
		sprintf(name, "old%d", i);
		add(name, 10);
	}
	for (int i = 0; i < 100000; i++) {
		sprintf(name, "n%d", i);
		add(name, 1);
		if (i % 3 == 0) /* Space-Saving finds what has more than an eighth */
			add("heavy", 1);
	}
	assert_true(shown("heavy") > 10000);
	/* The light ones have not driven the old ones out, although some of them must have gone. */
	assert_int_equal(owners_nr(owners), LIMIT);
}

TEST_BETWEEN(forgets_what_was_long_ago, set_up, tear_down)
{
	add("a", 1000);
	add("b", 1000);
	add("c", 1000);
	add("d", 1000);
	add("new", 100);
	assert_int_equal(shown("new"), 0);
	for (int i = 0; i < 10; i++)
		owners_age(owners);
	add("new", 20);
	assert_true(shown("new") > 0);
	assert_int_equal(owners_nr(owners), LIMIT);
}

TEST_BETWEEN(takes_an_owner_of_the_shared_name_for_another_of_the_rest, set_up, tear_down)
{
	add("x=\"other\"", 3);
	assert_int_equal(owners_nr(owners), 0);
	assert_int_equal(folded(), 3);
	assert_int_equal(owners_called_other(owners), 3);
}

TEST_MAIN(NULL, NULL)
