// SPDX-License-Identifier: GPL-2.0-only
/* What else happens on the machine: figures of /proc, and whose maps are torn down. */
#include <string.h>
#include <unistd.h>

#include "bench/others.h"
#include "bench/worker.h"
#include "support/test.h"
#include "util/macros.h"

static __u64 tick_ns(void)
{
	return NSEC_PER_SEC / sysconf(_SC_CLK_TCK);
}

TEST(test_exact)
{
	struct cpu_times times = {.user_ns = 5};

	assert_false(others_parse_schedstat("version 17\n", &times));
	assert_false(others_parse_schedstat("domain0 MC 3 1 2 3 4 5 6 7 8 9\n", &times));
	assert_true(others_parse_schedstat("cpu0 1 0 3 4 5 6 700 80 9\n", &times));
	assert_true(others_parse_schedstat("cpu11 1 0 3 4 5 6 7000 800 9\n", &times));
	assert_int_equal(times.busy_ns, 7700);
	assert_int_equal(times.queued_ns, 880);
}

TEST(test_machine)
{
	struct cpu_times times;

	assert_true(others_parse_stat("cpu  10 2 30 400 5 6 7 8 9 10\n", &times));
	assert_int_equal(times.user_ns, 12 * tick_ns());
	assert_int_equal(times.busy_ns, (10 + 2 + 30 + 6 + 7) * tick_ns());
	assert_int_equal(times.stolen_ns, 8 * tick_ns());
	assert_true(times.queued_ns == UNKNOWN_NS);
	assert_false(others_parse_stat("cpu  10 2 30 400 5 6 7\n", &times));
	assert_false(others_parse_stat("", &times));
}

TEST(test_process)
{
	struct cpu_times times;

	assert_true(others_parse_process("7 (a) R) 2 (b) S 1 2 3 4 -1 6 7 8 9 10 110 12 13 14\n",
					 &times));
	assert_int_equal(times.user_ns, 110 * tick_ns());
	assert_int_equal(times.busy_ns, 122 * tick_ns());
	assert_false(others_parse_process("7 (a) S 1 2 3", &times));
	assert_false(others_parse_process("7 a S 1 2 3 4 -1 6 7 8 9 10 110 12", &times));
}

static __u64 maps_of(const char *name, const char *comm)
{
	struct teardown teardown = {.map.known = CALL_MAP | CALL_NAME, .run.latency_ns = 1000};
	struct identity *identity = &teardown.map.identity;
	struct others others = {};

	strcpy(teardown.map.name, name);
	identity->released_by.known = comm;
	if (comm)
		strcpy(identity->released_by.task.comm, comm);
	others_teardown(&others, &teardown);
	assert_int_equal(others.freed_ns, others.maps ? 0 : 1000);
	return others.maps;
}

TEST(test_whose_maps)
{
	assert_int_equal(maps_of("bench_3", WORKER_COMM), 0);
	assert_int_equal(maps_of("any", WORKER_COMM), 0);
	assert_int_equal(maps_of("memdestr.bss", "memdestroy-trac"), 0);
	assert_int_equal(maps_of("bench_inner", NULL), 0);
	assert_int_equal(maps_of("any", NULL), 1);
	assert_int_equal(maps_of("any", "systemd"), 1);
}

/* What cannot be read is unknown. */
TEST(test_unknown)
{
	struct others others = {};
	struct activity activity;

	others_end(&others, &activity);
	assert_int_equal(activity.maps, 0);
	assert_true(activity.cpu_ns == UNKNOWN_NS && activity.stolen_ns == UNKNOWN_NS);
	assert_true(activity.low_khz == UNKNOWN_NS && activity.high_khz == UNKNOWN_NS);

	others_begin(&others, 0x7fffffff); /* there is no such process */
	others_end(&others, &activity);
	assert_true(activity.cpu_ns == UNKNOWN_NS);
}

/* The machine's time is more than its own. */
TEST(test_this_machine)
{
	struct others others = {};
	struct activity activity;

	others_begin(&others, getpid());
	others_end(&others, &activity);
	assert_true(!others.times_known || others.start.queued_ns);
	assert_true(activity.cpu_ns == UNKNOWN_NS || others.own_known);
	assert_true(activity.high_khz == UNKNOWN_NS || activity.high_khz >= activity.low_khz);
}

TEST_MAIN(NULL, NULL)
