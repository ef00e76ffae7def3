// SPDX-License-Identifier: GPL-2.0-only
/* How long a map was held after its last close, and by what; and when that is not known. */
#include "support/test.h"
#include "correlate/map_releases.h"

enum { MAP = 0x1000, WORK = 0x2000, PROGRAM = 0x3000, LINK = 0x4000, OUTER = 0x5000 };
enum { CLOSER = 50, WORKER = 70 };

static struct map_releases *releases;

static void drop(enum hook hook, __u32 tid, __u8 flags, __u32 users, __u64 work, __u64 ts_ns)
{
	const struct record_release rec = {
		.head = {.type = RECORD_RELEASE,
			 .hook = hook,
			 .tid = tid,
			 .map = MAP,
			 .ts_ns = ts_ns},
		.map_id = 7,
		.flags = flags,
		.users = users,
		.work = work,
	};

	assert_int_equal(map_releases_add(releases, &rec), 0);
}

/* Of two users, this leaves one. */
static void close_fd(__u32 users, __u64 ts_ns)
{
	drop(HOOK_RELEASE, CLOSER, 0, users, 0, ts_ns);
}

static void last_put(__u64 work, __u64 ts_ns)
{
	drop(HOOK_PUT, WORKER, RELEASE_LAST | RELEASE_KERNEL, 0, work, ts_ns);
}

static void goes(enum hook hook, __u64 arg, __u32 id, __u64 ts_ns)
{
	struct record_holder rec = {
		.head = {.type = RECORD_HOLDER,
			 .hook = hook,
			 .tid = WORKER,
			 .arg = arg,
			 .map = MAP,
			 .ts_ns = ts_ns},
		.prog = hook == HOOK_PIN_FREE ? 0 : PROGRAM,
		.id = id,
	};

	strcpy(rec.name, hook == HOOK_PROG_PUT ? "agent" : "");
	assert_int_equal(map_releases_add_holder(releases, &rec), 0);
}

static struct map_release release_of(void)
{
	struct map_info map = {.address = MAP};
	struct map_release release;

	map_releases_identify(releases, &map, &release);
	return release;
}

static void check_held(__u64 held_ns, const char *kinds)
{
	const struct map_release release = release_of();
	char found[64] = "";

	for (__u32 i = 0; i < release.holders.nr; i++) {
		strcat(found, i ? "," : "");
		strcat(found, holder_kind_names[release.holders.by[i].kind]);
	}
	assert_true(release.held_ns == held_ns);
	assert_string_equal(found, kinds);
}

static int setup(void **state)
{
	(void)state;
	releases = map_releases_new(8);
	return releases ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	map_releases_free(releases);
	return 0;
}

#define HELD_TEST(name) TEST_BETWEEN(name, setup, teardown)

HELD_TEST(the_close_releases)
{
	drop(HOOK_RELEASE, CLOSER, RELEASE_LAST, 1, 0, 1000);
	drop(HOOK_PUT, CLOSER, RELEASE_LAST, 0, 0, 1010);
	check_held(0, "");
}

HELD_TEST(by_a_program_and_its_pinned_link)
{
	struct map_release release;

	close_fd(1, 1000);
	goes(HOOK_PIN_FREE, LINK, 0, 4000);
	goes(HOOK_LINK_FREE, LINK, 5, 4100);
	goes(HOOK_PROG_PUT, WORK, 12, 4200);
	map_releases_prog_queued(releases, WORK, 5000);
	last_put(WORK, 5700);
	check_held(4700, "program,link,pin");
	release = release_of();
	assert_int_equal(release.holders.by[0].id, 12);
	assert_string_equal(release.holders.by[0].name, "agent");
	assert_int_equal(release.holders.by[0].grace_ns, 800);
	assert_int_equal(release.holders.by[0].worker_ns, 700);
	assert_int_equal(release.holders.by[1].id, 5);
}

/* A link that went before the close did not hold the map after it. */
HELD_TEST(by_a_program_alone)
{
	goes(HOOK_LINK_FREE, LINK, 5, 900);
	close_fd(1, 1000);
	goes(HOOK_PROG_PUT, WORK, 12, 4200);
	last_put(WORK, 5700);
	check_held(4700, "program");
	assert_true(release_of().holders.by[0].grace_ns == UNKNOWN_NS);
}

HELD_TEST(by_another_program)
{
	close_fd(1, 1000);
	goes(HOOK_PROG_PUT, WORK, 12, 4200);
	last_put(WORK + 8, 5700);
	check_held(4700, "");
}

HELD_TEST(by_a_map)
{
	close_fd(1, 1000);
	goes(HOOK_INNER_PUT, OUTER, 3, 4000);
	last_put(0, 4010);
	check_held(3010, "map");
	assert_int_equal(release_of().holders.by[0].id, 3);
}

HELD_TEST(by_a_pin)
{
	close_fd(2, 1000);
	goes(HOOK_PIN_FREE, MAP, 0, 4000);
	drop(HOOK_PUT_UREF, WORKER, RELEASE_LAST, 1, 0, 4010);
	drop(HOOK_PUT, WORKER, RELEASE_LAST, 0, 0, 4020);
	check_held(3020, "pin");
}

/* The pin goes first. */
HELD_TEST(by_a_pin_and_then_a_program)
{
	close_fd(2, 1000);
	goes(HOOK_PIN_FREE, MAP, 0, 2000);
	drop(HOOK_PUT_UREF, WORKER, 0, 1, 0, 2010);
	goes(HOOK_PROG_PUT, WORK, 12, 4200);
	last_put(WORK, 5000);
	check_held(4000, "program,pin");
}

/* From the last one on; the function that it calls is not another one. */
HELD_TEST(several_closes)
{
	close_fd(2, 1000);
	drop(HOOK_PUT_UREF, CLOSER, 0, 2, 0, 1001);
	close_fd(1, 2000);
	drop(HOOK_PUT_UREF, CLOSER, 0, 1, 0, 2001);
	goes(HOOK_PROG_PUT, WORK, 12, 2500);
	last_put(WORK, 3000);
	check_held(1000, "program");
}

HELD_TEST(no_close_is_seen)
{
	goes(HOOK_PROG_PUT, WORK, 12, 2500);
	last_put(WORK, 3000);
	check_held(UNKNOWN_NS, "");
}

/* The map still had users after the last close that was seen. */
HELD_TEST(a_close_is_missed)
{
	close_fd(2, 1000);
	last_put(WORK, 3000);
	check_held(UNKNOWN_NS, "");

	/* Only the function that a close calls is seen of the later one. */
	close_fd(2, 4000);
	drop(HOOK_PUT_UREF, CLOSER + 1, 0, 1, 0, 5000);
	last_put(0, 6000);
	check_held(UNKNOWN_NS, "");
}

/* Another map is at the address. */
HELD_TEST(nothing_stays_of_an_earlier_map)
{
	struct record_release other = {
		.head = {.type = RECORD_RELEASE, .hook = HOOK_PUT, .map = MAP, .ts_ns = 9000},
		.map_id = 8,
		.flags = RELEASE_LAST,
	};

	close_fd(1, 1000);
	assert_int_equal(map_releases_add(releases, &other), 0);
	check_held(UNKNOWN_NS, "");
}

/* The oldest are forgotten: their maps have an unknown holder, and a known time. */
HELD_TEST(programs_are_bounded)
{
	close_fd(1, 1000);
	goes(HOOK_PROG_PUT, WORK, 12, 1500);
	for (__u64 i = 1; i <= 5000; i++)
		goes(HOOK_PROG_PUT, WORK + i, 12, 1500 + i);
	last_put(WORK, 9000);
	check_held(8000, "");
	last_put(WORK + 5000, 9000);
	check_held(8000, "program");
}

TEST_MAIN(NULL, NULL)
