// SPDX-License-Identifier: GPL-2.0-only
/*
 * Released maps that wait for a worker too long are reported once, and again at the end.
 */
#include "support/joined.h"

struct reported {
	__u64 map[8];
	struct map_info last;
	size_t nr;
};

static void on_overdue(void *ctx, const struct map_info *map)
{
	struct reported *reported = ctx;

	assert_true(reported->nr < 8);
	reported->map[reported->nr++] = map->address;
	reported->last = *map;
}

JOINED_TEST(overdue_is_handed_over_once)
{
	struct map_releases *releases = joined.releases;
	struct reported reported = {};

	release_map(1, RELEASE_LAST, 1000);
	release_map(2, RELEASE_LAST, 2000);
	release_map(3, 0, 500); /* not released */
	map_releases_for_each_overdue(releases, 999, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 0);
	map_releases_for_each_overdue(releases, 1000, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 1);
	assert_int_equal(reported.map[0], 1);
	assert_string_equal(reported.last.name, "events");
	assert_int_equal(reported.last.type, 1);
	assert_int_equal(reported.last.identity.map_id, 7);
	assert_int_equal(reported.last.identity.released_ns, 1000);
	map_releases_for_each_overdue(releases, 2000, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 2);
	assert_int_equal(reported.map[1], 2);
	map_releases_for_each_overdue(releases, ~0ULL, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 2);
	/* Both still wait. */
	assert_int_equal(map_releases_waiting(releases), 2);

	/* A second search reports both again, except maps being freed. */
	map_releases_forget(releases, 1);
	map_releases_for_each_overdue(releases, 1999, true, on_overdue, &reported);
	assert_int_equal(reported.nr, 2);
	map_releases_for_each_overdue(releases, 2000, true, on_overdue, &reported);
	assert_int_equal(reported.nr, 3);
	assert_int_equal(reported.map[2], 2);
}

/* The reports on a map that lived on, or on an earlier one there, do not cover this wait. */
JOINED_TEST(each_wait_is_handed_over)
{
	struct map_releases *releases = joined.releases;
	struct record_release rec = release_of(MAP, RELEASE_LAST, 5000);
	struct reported reported = {};

	release_map(MAP, RELEASE_LAST, 1000);
	map_releases_for_each_overdue(releases, 1000, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 1);
	release_map(MAP, 0, 2000);
	map_releases_for_each_overdue(releases, 2500, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 1);
	release_map(MAP, RELEASE_LAST, 3000);
	map_releases_for_each_overdue(releases, 3000, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 2);
	assert_int_equal(reported.last.identity.released_ns, 3000);

	rec.map_id = 8;
	assert_int_equal(map_releases_add(releases, &rec), 0);
	map_releases_for_each_overdue(releases, 5000, false, on_overdue, &reported);
	assert_int_equal(reported.nr, 3);
	assert_int_equal(reported.last.identity.map_id, 8);
}

TEST_MAIN(NULL, NULL)
