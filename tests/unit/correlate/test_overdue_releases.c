// SPDX-License-Identifier: GPL-2.0-only
/*
 * Released maps that wait for a worker too long: handed over once, and once more at the end.
 */
#include "support/joined.h"

struct told {
	__u64 map[8];
	struct released last;
	size_t nr;
};

static void on_overdue(void *ctx, const struct released *released)
{
	struct told *told = ctx;

	assert_true(told->nr < 8);
	told->map[told->nr++] = released->map.address;
	told->last = *released;
}

static void overdue_is_handed_over_once(void **state)
{
	struct joined *joined = *state;
	struct map_releases *releases = joined->releases;
	struct told told = {};

	release_map(joined, 1, RELEASE_LAST, 1000);
	release_map(joined, 2, RELEASE_LAST, 2000);
	release_map(joined, 3, 0, 500); /* not released */
	map_releases_queued(releases, 2, 2100);
	map_releases_for_each_overdue(releases, 999, false, on_overdue, &told);
	assert_int_equal(told.nr, 0);
	map_releases_for_each_overdue(releases, 1000, false, on_overdue, &told);
	assert_int_equal(told.nr, 1);
	assert_int_equal(told.map[0], 1);
	assert_false(told.last.queued);
	assert_string_equal(told.last.map.name, "events");
	assert_int_equal(told.last.map.type, 1);
	assert_int_equal(told.last.map.identity.map_id, 7);
	assert_int_equal(told.last.map.identity.released_ns, 1000);
	map_releases_for_each_overdue(releases, 2000, false, on_overdue, &told);
	assert_int_equal(told.nr, 2);
	assert_int_equal(told.map[1], 2);
	assert_true(told.last.queued);
	map_releases_for_each_overdue(releases, ~0ULL, false, on_overdue, &told);
	assert_int_equal(told.nr, 2);
	/* It waits on for all that. */
	assert_int_equal(map_releases_waiting(releases), 2);

	/* Asked for again, and those being freed no more. */
	map_releases_forget(releases, 1);
	map_releases_for_each_overdue(releases, 1999, true, on_overdue, &told);
	assert_int_equal(told.nr, 2);
	map_releases_for_each_overdue(releases, 2000, true, on_overdue, &told);
	assert_int_equal(told.nr, 3);
	assert_int_equal(told.map[2], 2);
}

/* What was told of a map that lived on, or of another one there, is not told of this wait. */
static void each_wait_is_handed_over(void **state)
{
	struct joined *joined = *state;
	struct map_releases *releases = joined->releases;
	struct record_release rec = release_of(MAP, RELEASE_LAST, 5000);
	struct told told = {};

	release_map(joined, MAP, RELEASE_LAST, 1000);
	map_releases_for_each_overdue(releases, 1000, false, on_overdue, &told);
	assert_int_equal(told.nr, 1);
	release_map(joined, MAP, 0, 2000);
	map_releases_for_each_overdue(releases, 2500, false, on_overdue, &told);
	assert_int_equal(told.nr, 1);
	release_map(joined, MAP, RELEASE_LAST, 3000);
	map_releases_for_each_overdue(releases, 3000, false, on_overdue, &told);
	assert_int_equal(told.nr, 2);
	assert_int_equal(told.last.map.identity.released_ns, 3000);

	rec.map_id = 8;
	assert_int_equal(map_releases_add(releases, &rec), 0);
	map_releases_for_each_overdue(releases, 5000, false, on_overdue, &told);
	assert_int_equal(told.nr, 3);
	assert_int_equal(told.last.map.identity.map_id, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOINED_TEST(overdue_is_handed_over_once),
		JOINED_TEST(each_wait_is_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
