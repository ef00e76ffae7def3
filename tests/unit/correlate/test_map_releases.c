// SPDX-License-Identifier: GPL-2.0-only
/* Who released a map: the facts remembered for each map, and for how long. */
#include "support/test.h"
#include "correlate/map_releases.h"
#include "model/teardown.h"

#define MAP	  0xffff888100001000
#define OTHER_MAP 0xffff888100002000
#define PID	  100 /* the releasing thread group unless a test names another */

static struct record_release record(__u64 map, __u8 flags, __u64 ts_ns)
{
	struct record_release rec = {
		.head = {.type = RECORD_RELEASE,
			 .hook = HOOK_PUT,
			 .size = sizeof(rec),
			 .tid = PID + 1,
			 .ts_ns = ts_ns,
			 .map = map},
		.pid = PID,
		.map_id = 7,
		.cgroup_id = 4242,
		.map_type = 1,
		.flags = flags,
		.map_name = "events",
		.comm = "loader",
	};

	return rec;
}

static struct map_releases *releases; /* of up to 10 maps */

static int open_releases(void **state)
{
	(void)state;
	releases = map_releases_new(10);
	return releases ? 0 : -1;
}

static int close_releases(void **state)
{
	(void)state;
	map_releases_free(releases);
	return 0;
}

#define RELEASES_TEST(name) TEST_BETWEEN(name, open_releases, close_releases)

static void release_map(__u64 map, __u8 flags, __u64 ts_ns)
{
	struct record_release rec = record(map, flags, ts_ns);

	assert_int_equal(map_releases_add(releases, &rec), 0);
}

/* A release by another task. */
static void release_by(__u32 pid, const char *comm, __u8 flags, __u64 ts_ns)
{
	struct record_release rec = record(MAP, flags, ts_ns);

	rec.pid = pid;
	rec.head.tid = pid + 1;
	rec.cgroup_id = pid + 2;
	strcpy(rec.comm, comm);
	assert_int_equal(map_releases_add(releases, &rec), 0);
}

static struct identity identity_of(__u64 map)
{
	struct map_info map_info = {.address = map};

	memset(&map_info.identity, 0xa5, sizeof(map_info.identity));
	assert_true(map_releases_identify(releases, &map_info, NULL));
	return map_info.identity;
}

static bool knows(__u64 map)
{
	struct map_info map_info = {.address = map};

	return map_releases_identify(releases, &map_info, NULL);
}

static __u64 queued_at(__u64 map)
{
	struct map_info map_info = {.address = map};
	struct map_release release = {.queued_ns = 1};

	map_releases_identify(releases, &map_info, &release);
	return release.queued_ns;
}

static void assert_task(const struct releaser *releaser, __u32 pid, const char *comm)
{
	assert_true(releaser->known);
	assert_int_equal(releaser->task.pid, pid);
	assert_int_equal(releaser->task.tid, pid + 1);
	assert_string_equal(releaser->task.comm, comm);
}

RELEASES_TEST(last_and_closed)
{
	struct identity identity;

	/* One task closes the map, and another one drops the last reference. */
	release_by(500, "bpftool", 0, 1000);
	identity = identity_of(MAP);
	assert_int_equal(identity.map_id, 7);
	assert_true(identity.released_ns == UNKNOWN_NS);
	assert_false(identity.released_by.known);
	assert_task(&identity.closed_by, 500, "bpftool");
	assert_ptr_equal(identity_releaser(&identity), &identity.closed_by);
	assert_int_equal(map_releases_waiting(releases), 0);

	release_map(MAP, RELEASE_LAST, 2000);
	identity = identity_of(MAP);
	assert_int_equal(identity.released_ns, 2000);
	assert_false(identity.by_kernel || identity.by_interrupt);
	assert_task(&identity.released_by, PID, "loader");
	assert_int_equal(identity.released_by.cgroup_id, 4242);
	assert_task(&identity.closed_by, PID, "loader");
	assert_ptr_equal(identity_releaser(&identity), &identity.released_by);
	assert_int_equal(map_releases_waiting(releases), 1);
}

/* The functions call each other, so each sends a record of one event; the last one counts. */
RELEASES_TEST(reported_more_than_once)
{
	release_map(MAP, RELEASE_LAST, 2000);
	release_map(MAP, RELEASE_LAST, 2100);
	release_map(MAP, RELEASE_LAST, 2200);
	assert_int_equal(identity_of(MAP).released_ns, 2200);
	assert_int_equal(map_releases_waiting(releases), 1);
}

RELEASES_TEST(unknown_map)
{
	struct map_info map_info = {.address = OTHER_MAP};
	struct map_release release = {};

	release_map(MAP, RELEASE_LAST, 2000);
	memset(&map_info.identity, 0xa5, sizeof(map_info.identity));
	assert_false(map_releases_identify(releases, &map_info, &release));
	assert_true(map_info.identity.released_ns == UNKNOWN_NS);
	assert_true(release.queued_ns == UNKNOWN_NS);
	assert_true(release.held_ns == UNKNOWN_NS);
	assert_int_equal(map_info.identity.map_id, 0);
	assert_null(identity_releaser(&map_info.identity));
	assert_int_equal(map_info.known, 0);
	map_releases_forget(releases, OTHER_MAP);
	assert_int_equal(map_releases_waiting(releases), 1);
	map_releases_free(NULL);
}

/* A call's own facts on its map stay; the release has no sizes. */
RELEASES_TEST(type_and_name_where_they_lack)
{
	struct map_info end = {.address = MAP},
			whole = {.address = MAP, .type = 1, .known = CALL_MAP};

	release_map(MAP, RELEASE_LAST, 2000);
	assert_true(map_releases_identify(releases, &end, NULL));
	assert_int_equal(end.known, CALL_MAP | CALL_NAME);
	assert_int_equal(end.type, 1);
	assert_string_equal(end.name, "events");
	assert_true(map_releases_identify(releases, &whole, NULL));
	assert_int_equal(whole.known, CALL_MAP);
}

/* The release of a later map at an address was missed. */
RELEASES_TEST(another_map_at_the_address)
{
	struct map_info
		same = {.address = MAP, .type = 1, .known = CALL_MAP | CALL_NAME, .name = "events"},
		type = {.address = MAP, .type = 9, .known = CALL_MAP},
		name = {.address = MAP, .type = 1, .known = CALL_MAP | CALL_NAME, .name = "event"};

	release_map(MAP, RELEASE_LAST, 2000);
	assert_false(map_releases_identify(releases, &type, NULL));
	assert_int_equal(type.identity.map_id, 0);
	assert_false(map_releases_identify(releases, &name, NULL));
	assert_true(name.identity.released_ns == UNKNOWN_NS);
	assert_true(map_releases_identify(releases, &same, NULL));
	assert_int_equal(same.identity.map_id, 7);
}

/* A kernel worker drops a reference that a program or another map held. */
RELEASES_TEST(kernel_thread_is_last)
{
	struct identity identity;

	release_map(MAP, 0, 1000);
	release_by(44, "kworker/1:2", RELEASE_LAST | RELEASE_KERNEL, 3000);
	identity = identity_of(MAP);
	assert_int_equal(identity.released_ns, 3000);
	assert_true(identity.by_kernel);
	assert_false(identity.by_interrupt);
	assert_task(&identity.released_by, 44, "kworker/1:2");
	/* The user task counts as the one that had it freed. */
	assert_task(&identity.closed_by, PID, "loader");
	assert_task(identity_releaser(&identity), PID, "loader");

	map_releases_forget(releases, MAP);
	release_by(44, "kworker/1:2", RELEASE_LAST | RELEASE_KERNEL, 3000);
	identity = identity_of(MAP);
	assert_false(identity.closed_by.known);
	assert_task(identity_releaser(&identity), 44, "kworker/1:2");
}

/* The interrupted task did not release the map, be it a user task or a kernel thread. */
RELEASES_TEST(last_in_an_interrupt)
{
	static const __u8 flags[] = {
		RELEASE_LAST | RELEASE_INTERRUPT,
		RELEASE_LAST | RELEASE_INTERRUPT | RELEASE_KERNEL,
	};
	struct identity identity;
	size_t i;

	for (i = 0; i < 2; i++) {
		release_by(300, "victim", flags[i], 3000);
		identity = identity_of(MAP);
		assert_int_equal(identity.released_ns, 3000);
		assert_true(identity.by_interrupt);
		assert_false(identity.by_kernel);
		assert_false(identity.released_by.known);
		assert_false(identity.closed_by.known);
		assert_null(identity_releaser(&identity));
		assert_int_equal(map_releases_waiting(releases), 1);

		/* The earlier close remains. */
		map_releases_forget(releases, MAP);
		release_map(MAP, 0, 1000);
		release_by(300, "victim", flags[i], 3000);
		identity = identity_of(MAP);
		assert_task(identity_releaser(&identity), PID, "loader");
		map_releases_forget(releases, MAP);
	}
}

/* On kernels that hide interrupts, a release that may be in one names no task. */
RELEASES_TEST(perhaps_in_an_interrupt)
{
	struct identity identity;

	release_by(300, "victim", RELEASE_UNSURE, 900);
	identity = identity_of(MAP);
	assert_false(identity.closed_by.known);
	release_map(MAP, 0, 1000);
	release_by(300, "victim", RELEASE_UNSURE | RELEASE_LAST | RELEASE_KERNEL, 2000);
	identity = identity_of(MAP);
	assert_true(identity.unsure);
	assert_false(identity.by_interrupt || identity.by_kernel || identity.released_by.known);
	assert_int_equal(identity.released_ns, 2000);
	assert_task(identity_releaser(&identity), PID, "loader");
	assert_int_equal(map_releases_waiting(releases), 1);

	/* The same put, recorded at a hook that knows the context. */
	map_releases_forget(releases, MAP);
	release_by(600, "user", RELEASE_LAST, 3000);
	release_by(600, "user", RELEASE_LAST | RELEASE_UNSURE, 3010);
	identity = identity_of(MAP);
	assert_false(identity.unsure);
	assert_task(&identity.released_by, 600, "user");
	/* Another task's put is another one. */
	release_by(300, "victim", RELEASE_LAST | RELEASE_UNSURE, 3020);
	identity = identity_of(MAP);
	assert_true(identity.unsure);
	assert_false(identity.released_by.known);
	assert_int_equal(identity.released_ns, 3020);
	assert_task(&identity.closed_by, 600, "user");
	/* A later put with a known context replaces it. */
	release_by(600, "user", RELEASE_LAST, 3030);
	identity = identity_of(MAP);
	assert_false(identity.unsure);
	release_by(300, "victim", RELEASE_LAST | RELEASE_UNSURE, 3040);
	release_by(600, "user", 0, 3050);
	assert_false(identity_of(MAP).unsure);
}

/*
 * A task takes another reference after the count was read as 1. The map lives on, and the drop of
 * that reference is the last one.
 */
RELEASES_TEST(not_the_last_after_all)
{
	struct identity identity;

	release_map(MAP, RELEASE_LAST, 1000);
	assert_int_equal(map_releases_waiting(releases), 1);
	map_releases_queued(releases, MAP, 1100);
	release_by(500, "bpftool", 0, 2000);
	assert_int_equal(map_releases_waiting(releases), 0);
	identity = identity_of(MAP);
	assert_true(identity.released_ns == UNKNOWN_NS);
	assert_false(identity.released_by.known);
	assert_task(&identity.closed_by, 500, "bpftool");

	/* A live map has no queued work. */
	map_releases_queued(releases, MAP, 2500);
	assert_true(queued_at(MAP) == UNKNOWN_NS);

	release_by(600, "user", RELEASE_LAST, 3000);
	identity = identity_of(MAP);
	assert_int_equal(identity.released_ns, 3000);
	assert_task(&identity.released_by, 600, "user");
	assert_int_equal(map_releases_waiting(releases), 1);
	assert_true(queued_at(MAP) == UNKNOWN_NS);
	map_releases_queued(releases, MAP, 3100);
	assert_int_equal(queued_at(MAP), 3100);

	/* The context of the false last put does not matter. */
	release_map(OTHER_MAP, RELEASE_LAST | RELEASE_INTERRUPT, 1000);
	release_map(OTHER_MAP, RELEASE_LAST, 2000);
	identity = identity_of(OTHER_MAP);
	assert_false(identity.by_interrupt);
	assert_task(&identity.released_by, PID, "loader");
}

/* Nothing may remain of an earlier map at the address. */
RELEASES_TEST(other_map_at_the_address)
{
	struct record_release rec = record(MAP, 0, 5000);
	struct identity identity;

	release_map(MAP, RELEASE_LAST, 1000);
	map_releases_queued(releases, MAP, 1100);
	assert_int_equal(queued_at(MAP), 1100);

	rec.map_id = 8;
	rec.flags = RELEASE_KERNEL | RELEASE_LAST;
	assert_int_equal(map_releases_add(releases, &rec), 0);
	identity = identity_of(MAP);
	assert_int_equal(identity.map_id, 8);
	assert_int_equal(identity.released_ns, 5000);
	assert_false(identity.closed_by.known);
	assert_true(queued_at(MAP) == UNKNOWN_NS);
	assert_int_equal(map_releases_waiting(releases), 1);

	/* A map without its id is still the same map. */
	rec.map_id = 0;
	rec.head.ts_ns = 6000;
	assert_int_equal(map_releases_add(releases, &rec), 0);
	identity = identity_of(MAP);
	assert_int_equal(identity.map_id, 8);
	assert_int_equal(identity.released_ns, 6000);
}

RELEASES_TEST(forget_means_all_of_it)
{
	struct identity identity;

	release_map(MAP, RELEASE_LAST, 1000);
	release_map(OTHER_MAP, RELEASE_LAST, 1000);
	map_releases_forget(releases, MAP);
	assert_false(knows(MAP));
	assert_int_equal(map_releases_waiting(releases), 1);

	/* Even if the id is used again and does not distinguish the maps. */
	release_map(MAP, 0, 2000);
	identity = identity_of(MAP);
	assert_true(identity.released_ns == UNKNOWN_NS);
	assert_int_equal(map_releases_forgotten(releases), 0);
}

RELEASES_TEST(queued_once)
{
	map_releases_queued(releases, MAP, 900);
	assert_true(queued_at(MAP) == UNKNOWN_NS);
	release_map(MAP, RELEASE_LAST, 1000);
	assert_true(queued_at(MAP) == UNKNOWN_NS);
	/* The program's copies send the same event; the first record has the right time. */
	map_releases_queued(releases, MAP, 1100);
	map_releases_queued(releases, MAP, 1101);
	assert_int_equal(queued_at(MAP), 1100);
	assert_true(queued_at(OTHER_MAP) == UNKNOWN_NS);
}

/* The map with the oldest last event is dropped first. */
TEST(room_is_bounded)
{
	__u64 i;

	releases = map_releases_new(3);
	release_map(1, RELEASE_LAST, 1000);
	release_map(2, RELEASE_LAST, 1000);
	release_map(3, 0, 1000);
	assert_int_equal(map_releases_forgotten(releases), 0);
	/* A lookup is no event. */
	assert_true(knows(2));
	release_map(1, RELEASE_LAST, 2000);
	release_map(4, RELEASE_LAST, 2000);
	assert_false(knows(2));
	assert_true(knows(1) && knows(3) && knows(4));
	assert_int_equal(map_releases_forgotten(releases), 1);
	assert_int_equal(map_releases_waiting(releases), 2);

	release_map(5, 0, 3000);
	assert_false(knows(3));
	/* Maps being freed make room. */
	map_releases_forget(releases, 1);
	release_map(6, 0, 3000);
	assert_int_equal(map_releases_forgotten(releases), 2);

	for (i = 100; i < 1100; i++)
		release_map(i, RELEASE_LAST, 4000);
	assert_int_equal(map_releases_forgotten(releases), 1002);
	assert_int_equal(map_releases_waiting(releases), 3);
	assert_true(knows(1097) && knows(1099));
	assert_false(knows(1096));
	map_releases_free(releases);

	/* With room for one, the last one is kept. */
	releases = map_releases_new(1);
	release_map(1, RELEASE_LAST, 1000);
	release_map(1, RELEASE_LAST, 1000);
	assert_int_equal(map_releases_forgotten(releases), 0);
	release_map(2, RELEASE_LAST, 1000);
	assert_false(knows(1));
	assert_true(knows(2));
	map_releases_free(releases);
}

RELEASES_TEST(paths_of_cgroups)
{
	struct identity identity;

	/* It comes before the releases that it is of. */
	release_map(MAP, RELEASE_LAST, 1000);
	assert_int_equal(map_releases_add_cgroup(releases, 4242, "/system.slice/a.service"), 0);
	assert_null(identity_of(MAP).released_by.cgroup);
	release_map(OTHER_MAP, RELEASE_LAST, 2000);
	identity = identity_of(OTHER_MAP);
	assert_string_equal(identity.released_by.cgroup->path, "/system.slice/a.service");
	assert_string_equal(identity.closed_by.cgroup->unit, "a.service");
	assert_string_equal(identity_cgroup(&identity)->unit, "a.service");
	release_by(900, "other", RELEASE_LAST, 3000);
	assert_null(identity_of(MAP).released_by.cgroup);
	assert_null(identity_cgroup(&(struct identity){}));
}

static void add_stack(__u32 tid, __u64 map, const char *text)
{
	map_releases_add_stack(releases, &(struct record_head){.tid = tid, .map = map}, text);
}

RELEASES_TEST(user_stacks_are_of_the_release_that_follows)
{
	const __u32 tid = PID + 1;

	add_stack(tid, MAP, "drop");
	release_map(MAP, RELEASE_LAST | RELEASE_STACK, 1000);
	assert_string_equal(identity_of(MAP).user_stack, "drop");
	assert_int_equal(identity_of(MAP).close_flags, CLOSE_KNOWN);
	/* The stack's record was lost, or that of the release before: another map, another thread.
	 */
	release_map(MAP, RELEASE_LAST, 2000);
	assert_null(identity_of(MAP).user_stack);
	release_map(OTHER_MAP, RELEASE_LAST | RELEASE_STACK, 3000);
	assert_null(identity_of(OTHER_MAP).user_stack);
	add_stack(tid + 1024, MAP, "other"); /* in the same place */
	release_map(MAP, RELEASE_LAST | RELEASE_STACK, 4000);
	assert_null(identity_of(MAP).user_stack);
}

RELEASES_TEST(user_stacks_are_of_the_last_user_task)
{
	add_stack(PID + 1, MAP, "drop");
	release_map(MAP, RELEASE_STACK, 1000);
	release_by(15, "kworker", RELEASE_LAST | RELEASE_KERNEL, 2000);
	assert_string_equal(identity_of(MAP).user_stack, "drop");
	/* By an exit, it has none. */
	release_map(MAP, RELEASE_LAST | RELEASE_EXIT, 3000);
	assert_null(identity_of(MAP).user_stack);
	assert_int_equal(identity_of(MAP).close_flags, CLOSE_KNOWN | CLOSE_AT_EXIT);
	release_map(OTHER_MAP, RELEASE_LAST | RELEASE_INTERRUPT, 4000);
	assert_int_equal(identity_of(OTHER_MAP).close_flags, 0);
}

TEST_MAIN(NULL, NULL)
