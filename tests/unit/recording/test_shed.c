// SPDX-License-Identifier: GPL-2.0-only
/* What is left out of a recording is whole maps, by a rule. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "recording/shed.h"
#include "util/macros.h"

#define LIMIT ((size_t)32 << 20)
#define MAPS  20000

static struct shed shed;
static __u64 now_ns;

static void start(void)
{
	memset(&shed, 0, sizeof(shed));
	now_ns = 1000 * NSEC_PER_SEC;
}

static struct map_info map_of(__u32 id, __u64 released_ns)
{
	return (struct map_info){.identity = {.map_id = id, .released_ns = released_ns}};
}

static bool keeps(__u32 id, __u64 released_ns)
{
	const struct map_info map = map_of(id, released_ns);

	return shed_keeps_map(&shed, &map);
}

/* A look after such a time. */
static const struct shed_change *look(__u64 later_ns, size_t pending)
{
	now_ns += later_ns;
	return shed_adjust(&shed, pending, LIMIT, now_ns);
}

static void raise_to(__u32 level)
{
	while (shed_level(&shed) < level)
		look(NSEC_PER_SEC, LIMIT / 4);
	assert_int_equal(shed_level(&shed), level);
}

TEST(keeps_all_until_too_much_waits)
{
	start();
	for (int i = 0; i < 100; i++) {
		assert_null(look(NSEC_PER_SEC / 10, LIMIT / 4 - 1));
		assert_true(keeps(i + 1, now_ns));
	}
	assert_int_equal(shed_level(&shed), 0);
}

TEST(level_follows_what_waits)
{
	start();
	assert_int_equal(look(0, LIMIT / 4)->level, 1);
	assert_null(look(NSEC_PER_SEC / 20, LIMIT)); /* too soon */
	assert_int_equal(look(NSEC_PER_SEC / 20, LIMIT / 2)->level, 3);
	assert_null(look(NSEC_PER_SEC / 10, LIMIT / 2 - 1)); /* it becomes less */
	assert_int_equal(look(NSEC_PER_SEC / 10, LIMIT)->level, 7);
	assert_int_equal(look(NSEC_PER_SEC / 10, LIMIT)->level, SHED_MAX_LEVEL);
	assert_null(look(NSEC_PER_SEC / 10, LIMIT));
	assert_null(look(2 * NSEC_PER_SEC, LIMIT / 16)); /* not little enough */
	assert_null(look(NSEC_PER_SEC, 0));
	for (int level = SHED_MAX_LEVEL - 1; level >= 0; level--)
		assert_int_equal(look(2 * NSEC_PER_SEC, 0)->level, level);
	assert_null(look(2 * NSEC_PER_SEC, 0));
}

/* One of 2^level, and of those the ones that a higher level keeps, too. */
TEST(share_of_the_maps)
{
	bool before[MAPS], kept;

	start();
	memset(before, true, sizeof(before));
	for (__u32 level = 1; level <= 6; level++) {
		int nr = 0, expected = MAPS >> level;

		raise_to(level);
		for (__u32 id = 1; id < MAPS; id++) {
			kept = keeps(id, now_ns + 1);
			assert_true(before[id] || !kept);
			before[id] = kept;
			nr += kept;
		}
		assert_in_range(nr, expected - expected / 5, expected + expected / 5);
	}
}

/* Calls that belong to no teardown are chosen one by one. */
TEST(calls_of_no_teardown)
{
	struct call call = {.map = map_of(0, UNKNOWN_NS), .task = {.tid = 7}};
	int nr = 0;

	start();
	raise_to(2);
	for (call.ts_ns = now_ns + 1; call.ts_ns <= now_ns + 4000; call.ts_ns++)
		nr += shed_keeps_call(&shed, &call);
	assert_in_range(nr, 800, 1200);
	/* What may belong to a map that is kept is kept. */
	call.of_teardown = true;
	assert_true(shed_keeps_call(&shed, &call));
	call = (struct call){.ts_ns = UNKNOWN_NS};
	assert_true(shed_keeps_call(&shed, &call));
	assert_true(keeps(0, now_ns + 1));
	for (__u32 id = 1; id < 100; id++)
		assert_true(keeps(id, UNKNOWN_NS));
}

/* Whenever its events come, and however the level changes meanwhile. */
TEST(a_map_is_whole)
{
	static struct {
		__u64 released_ns;
		enum { UNDECIDED, KEPT, LEFT_OUT } fate;
	} maps[MAPS + 1];
	int nr[LEFT_OUT + 1] = {};

	start();
	srand(1);
	memset(maps, 0, sizeof(maps));
	for (__u32 next = 1, i = 0; i < 10 * MAPS; i++) {
		__u32 id = 1 + rand() % MAPS;
		bool keep;

		if (next <= MAPS) /* released in this order; the events come later, in any */
			maps[next].released_ns = now_ns + next, next++;
		if (id >= next)
			continue;
		if (rand() % 50 == 0)
			look(NSEC_PER_SEC / 10, rand() % LIMIT);
		if (rand() % 200 == 0)
			look(2 * NSEC_PER_SEC, 0);
		keep = keeps(id, maps[id].released_ns);
		if (maps[id].fate == UNDECIDED)
			maps[id].fate = keep ? KEPT : LEFT_OUT;
		assert_int_equal(maps[id].fate, keep ? KEPT : LEFT_OUT);
	}
	for (__u32 id = 1; id <= MAPS; id++)
		nr[maps[id].fate]++;
	assert_true(nr[KEPT] > MAPS / 100 && nr[LEFT_OUT] > MAPS / 100);
	assert_true(shed.nr > 100 && shed.nr < SHED_CHANGES);
}

/* Maps of before the first change are recorded even if their events come last. */
TEST(released_before)
{
	start();
	assert_true(keeps(1, 5000));
	raise_to(SHED_MAX_LEVEL);
	for (__u32 id = 1; id < 1000; id++)
		assert_true(keeps(id, 5000 - id));
}

TEST(many_changes)
{
	int nr = 0;

	start();
	for (int i = 0; i < 3 * SHED_CHANGES; i++) {
		keeps(1, now_ns);
		look(2 * NSEC_PER_SEC, i % 2 ? 0 : LIMIT / 4);
	}
	assert_true(shed.nr > 2 * SHED_CHANGES);
	for (__u32 id = 1; id < 1000; id++) /* by the oldest change that is remembered */
		nr += keeps(id, 1);
	assert_true(nr == 999 || (nr > 400 && nr < 600));
}

TEST_MAIN(NULL, NULL)
