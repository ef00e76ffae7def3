// SPDX-License-Identifier: GPL-2.0-only
/* Filters by the id of a map and by who released it. */
#include "support/test.h"
#include "model/filter.h"

static const struct cgroup pod = {7, "/kubepods/pod1/c1", "a.scope", "uid-1", "0123abcd"};
static const struct cgroup service = {8, "/system.slice/a\\x2db.service", "a\\x2db.service", NULL,
				      NULL};

static struct map_info map_of(const struct cgroup *cgroup)
{
	return (struct map_info){
		.identity = {.map_id = 5,
			     .released_ns = 1,
			     .released_by = {true, 7, {100, 101, "loader"}, cgroup}},
	};
}

static bool wants(const struct releaser_filter *releaser, const struct map_info *map)
{
	const struct filter filter = {.releaser = *releaser};

	assert_true(filter_by_releaser(&filter));
	assert_true(filter_is_set(&filter));
	return filter_wants_map(&filter, map);
}

static struct releaser_filter by_number(bool of_pid, __u32 number)
{
	struct releaser_filter filter = {};
	struct wanted_numbers *wanted = of_pid ? &filter.pids : &filter.ids;

	wanted->number[wanted->nr++] = number + 1;
	wanted->number[wanted->nr++] = number;
	return filter;
}

static bool wants_number(const struct map_info *map, bool of_pid, __u32 number)
{
	const struct releaser_filter filter = by_number(of_pid, number);

	return wants(&filter, map);
}

static bool wants_text(const struct map_info *map, size_t member, const char *pattern)
{
	struct releaser_filter filter = {};
	struct wanted_texts *wanted = (void *)((char *)&filter + member);

	wanted->text[wanted->nr++] = "/matches/nothing";
	wanted->text[wanted->nr++] = pattern;
	return wants(&filter, map);
}

#define WANTS_TEXT(map, member, pattern)                                                           \
	wants_text(map, offsetof(struct releaser_filter, member), pattern)

TEST(test_nothing_asked)
{
	const struct filter filter = {};
	const struct map_info map = {};

	assert_false(filter_by_releaser(&filter));
	assert_true(filter_wants_map(&filter, &map));
}

TEST(test_numbers)
{
	const struct map_info map = map_of(NULL), unknown = {};

	assert_true(wants_number(&map, false, 5));
	assert_false(wants_number(&map, false, 6));
	assert_true(wants_number(&map, true, 100));
	assert_false(wants_number(&map, true, 101)); /* the thread */
	assert_false(wants_number(&unknown, false, 5));
	assert_false(wants_number(&unknown, true, 100));
}

TEST(test_texts)
{
	const struct map_info map = map_of(&pod), other = map_of(&service), unknown = {};

	assert_true(WANTS_TEXT(&map, comms, "load*"));
	assert_false(WANTS_TEXT(&map, comms, "load"));
	assert_false(WANTS_TEXT(&unknown, comms, "*"));
	assert_true(WANTS_TEXT(&map, cgroups, "/kubepods"));
	assert_false(WANTS_TEXT(&other, cgroups, "/kubepods"));
	assert_true(WANTS_TEXT(&map, units, "[ab].scope"));
	/* A name with a backslash, as systemctl shows it */
	assert_true(WANTS_TEXT(&other, units, "a\\x2db.service"));
	assert_true(WANTS_TEXT(&map, pods, "uid-?"));
	assert_true(WANTS_TEXT(&map, containers, "0123*"));
	assert_false(WANTS_TEXT(&map, containers, "123*"));
	/* No pod is none, whatever the pattern. */
	assert_false(WANTS_TEXT(&other, pods, "*"));
	assert_false(WANTS_TEXT(&other, containers, "*"));
}

TEST(test_unknown_path)
{
	const struct map_info map = map_of(NULL);

	assert_true(WANTS_TEXT(&map, comms, "loader"));
	assert_false(WANTS_TEXT(&map, cgroups, "/"));
	assert_false(WANTS_TEXT(&map, units, "*"));
}

/* A kernel thread drops the last reference for the task that closed the map. */
TEST(test_closer)
{
	struct map_info map = map_of(NULL);

	map.identity.by_kernel = true;
	map.identity.closed_by = (struct releaser){true, 7, {300, 300, "agent"}, &pod};
	assert_true(wants_number(&map, true, 300));
	assert_false(wants_number(&map, true, 100));
	assert_true(WANTS_TEXT(&map, pods, "uid-1"));
}

/* All of several options have to match. */
TEST(test_several)
{
	const struct map_info map = map_of(&pod);
	struct releaser_filter filter = by_number(true, 100);

	filter.pods.text[filter.pods.nr++] = "uid-1";
	assert_true(wants(&filter, &map));
	filter.pods.text[0] = "uid-2";
	assert_false(wants(&filter, &map));
}

TEST_MAIN(NULL, NULL)
