// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads traces back: the events of a teardown, unknown parts, times to the last digit, and a full
 * disk.
 */
#include <errno.h>

#include "support/traced.h"

TEST(all_is_known)
{
	const char *event, *args;

	begin(ORIGIN);
	add_deferred_free(&left);
	add(&plain);
	end();

	check_place(only('X', "release events (hash id 7)"), 200, TASK,
		    ",\"ts\":0.000,\"dur\":0.000,");
	check_place(only('b', "wait of events"), 200, TASK, ",\"ts\":0.000,");
	check_place(only('e', "wait of events"), 200, TASK, ",\"ts\":1.500,");
	check_place(only('X', "bpf_mem_alloc_destroy pcpu_ma"), WORKER, WORKER,
		    ",\"ts\":11.500,\"dur\":40.000,");
	check_place(only('X', "bpf_mem_alloc_destroy ma"), WORKER, WORKER,
		    ",\"ts\":61.500,\"dur\":50.000,");
	check_place(only('X', "reclaim ma of events"), OTHER, OTHER,
		    ",\"ts\":5001.501,\"dur\":199.999,");
	event = only('X', "free events (hash id 7)");
	check_place(event, WORKER, WORKER, ",\"ts\":1.500,\"dur\":200.000,");
	assert_string_equal(member(event, "cat"), "free");
	assert_string_equal(
		line_of(json_find(event, "args"), 0),
		"{\"released_ns\":5000000000000,\"queued_ns\":5000000000500,"
		"\"start_ns\":5000000001500,\"time\":\"1970-01-01T01:23:20.000001500Z\",\"id\":7,\"map_type\":\"hash\","
		"\"map_name\":\"events\",\"held_ns\":0,\"held_by\":[],\"wait_ns\":1500,\"free_ns\":200000,"
		"\"destroy_ns\":90000,\"deferred_ns\":5000000,\"total_ns\":5201500,"
		"\"cpu_ns\":null,\"runqueue_ns\":null,\"grace_ns\":null,\"grace_for\":null,\"deferred_for\":null,\"instructions\":null,\"cycles\":null,\"cache_misses\":null,\"dtlb_misses\":null,"
		"\"entries\":42,\"ns_per_entry\":4761,\"bytes\":null,"
		"\"bytes_exact\":null,\"bytes_cached\":null,\"memcg_id\":null,\"running\":false,\"freed_by_rcu\":null,\"destroys.empty\":1,"
		"\"destroys.direct\":0,\"destroys.deferred\":1,\"destroys.pending\":0,"
		"\"destroys.unknown\":0,\"key_size\":null,\"value_size\":null,"
		"\"max_entries\":null,\"map_flags\":null,\"worker.pid\":101,"
		"\"worker.comm\":\"kworker/0:1\",\"released_by.pid\":200,\"released_by.tid\":201,"
		"\"released_by.comm\":\"agent\",\"released_by.cgroup_id\":4242,"
		"\"released_in\":\"task\",\"closed_by.pid\":200,\"closed_by.tid\":200,"
		"\"closed_by.comm\":\"main\",\"closed_by.cgroup_id\":4243,"
		"\"cgroup\":null,\"unit\":null,\"pod_uid\":null,\"container_id\":null,"
		"\"closed_at_exit\":null,\"user_stack\":null}},");

	args = json_find(only('X', "bpf_mem_alloc_destroy ma"), "args");
	assert_string_equal(member(args, "outcome"), "deferred");
	assert_int_equal(number(args, "freed_ns"), START + 5200000);
	assert_true(is_null(only('X', "bpf_mem_alloc_destroy pcpu_ma"), "freed_ns"));
	assert_int_equal(count('i', "") + count('B', "") + count('E', ""), 0);
}

/* Its releaser is unknown. */
TEST(releaser_unknown)
{
	struct teardown teardown = plain;
	const char *event;

	teardown.map.identity.released_by.known = false;
	trace_of(&teardown);
	assert_int_equal(count(0, "release"), 0);
	assert_int_equal(count('s', "") + count('f', ""), 0);
	check_place(only('b', "wait"), WORKER, WORKER, ",\"ts\":0.000,");
	check_place(only('e', "wait"), WORKER, WORKER, ",\"ts\":1.500,");
	event = only('X', "free events");
	assert_true(is_null(event, "released_by.pid"));
	assert_true(is_null(event, "released_by.comm"));
	assert_false(is_null(event, "closed_by.comm"));

	/* The time of the release, too. */
	teardown.map.identity.released_by.known = true;
	teardown.map.identity.released_ns = UNKNOWN_NS;
	teardown.phase[PHASE_WAIT] = UNKNOWN_NS;
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	trace_of(&teardown);
	assert_int_equal(count(0, "release") + count(0, "wait"), 0);
	event = only('X', "free events");
	assert_true(is_null(event, "wait_ns"));
	assert_true(is_null(event, "total_ns"));

	/* A release after the start is another map's. */
	teardown.map.identity.released_ns = START + 1;
	trace_of(&teardown);
	assert_int_equal(count(0, "wait") + count('s', ""), 0);
}

TEST(worker_part_unknown)
{
	struct teardown teardown = plain;

	/* Its end was missed: an instant, not a slice. */
	teardown.run.latency_ns = UNKNOWN_NS;
	teardown.destroy[1].latency_ns = UNKNOWN_NS;
	teardown.destroy[0].ts_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_place(only('i', "free events (hash id 7)"), WORKER, WORKER,
		    ",\"ts\":1.500,\"s\":\"t\",");
	check_place(only('i', "bpf_mem_alloc_destroy ma"), WORKER, WORKER, ",\"ts\":61.500,");
	assert_int_equal(count(0, "bpf_mem_alloc_destroy"), 1);
	assert_int_equal(count('X', ""), 1);
	assert_int_equal(count('s', ""), 0);
	assert_int_equal(count('b', ""), 1);

	/* Its start was missed, too: only the release is shown. */
	teardown = plain;
	teardown.run.start_ns = UNKNOWN_NS;
	teardown.run.latency_ns = UNKNOWN_NS;
	teardown.entries = ENTRIES_UNKNOWN;
	teardown.run.worker.pid = 0;
	teardown.run.worker.comm[0] = '\0';
	teardown.nr_destroys = 0;
	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	trace_of(&teardown);
	assert_int_equal(count(0, ""), 3);
	assert_true(is_null(only('X', "release"), "entries"));
	assert_true(is_null(only('X', "release"), "free_ns"));

	/* Without a known releaser, nothing is shown. */
	teardown.map.identity.released_by.known = false;
	trace_of(&teardown);
	assert_int_equal(count(0, ""), 0);
}

TEST(running)
{
	struct teardown teardown = plain;

	teardown.running = true;
	teardown.run.latency_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_place(only('B', "free events"), WORKER, WORKER, ",\"ts\":1.500,");
	assert_null(json_find(only('B', "free events"), "dur"));
	assert_int_equal(count('E', ""), 0);
	assert_int_equal(count('X', "bpf_mem_alloc_destroy"), 2);
}

TEST(map_unknown)
{
	struct teardown teardown = plain;
	struct deferred_free deferred = left;

	teardown.map.identity.map_id = 0;
	teardown.map.known = 0;
	teardown.destroy[1].alloc = ALLOC_UNKNOWN;
	deferred.map.known = CALL_MAP;
	deferred.alloc = ALLOC_UNKNOWN;
	begin(ORIGIN);
	add_deferred_free(&deferred);
	add(&teardown);
	end();
	assert_true(is_null(only('X', "free ? (? id ?)"), "id"));
	assert_true(is_null(only('X', "free ? (? id ?)"), "map_type"));
	assert_true(is_null(only('X', "free ? (? id ?)"), "map_name"));
	only('X', "bpf_mem_alloc_destroy unknown");
	only('X', "reclaim unknown of ?");
	check_arrow("deferred", "bpf_mem_alloc_destroy unknown", "reclaim unknown");

	/* An empty name is known. */
	teardown = plain;
	teardown.map.name[0] = '\0';
	trace_of(&teardown);
	only('X', "free \\\"\\\" (hash id 7)");
}

/* More destroy calls than are kept. */
TEST(too_many_destroys)
{
	struct teardown teardown = plain;
	int i;

	for (i = 0; i < MAX_DESTROYS; i++)
		teardown.destroy[i] = plain.destroy[0];
	teardown.nr_destroys = MAX_DESTROYS + 100;
	trace_of(&teardown);
	assert_int_equal(count('X', "bpf_mem_alloc_destroy"), MAX_DESTROYS);
}

/* To the nanosecond, for any uptime, before and after the origin. */
TEST(times)
{
	struct teardown teardown = plain;

	teardown.map.identity.released_ns = 0;
	teardown.run.start_ns = 12345678901234567890ULL;
	teardown.run.latency_ns = 999;
	teardown.destroy[0].ts_ns = 12345678901234567891ULL;
	teardown.destroy[0].latency_ns = UNKNOWN_NS - 1;
	begin(0);
	add(&teardown);
	end();
	assert_int_equal(number(text, "origin_ns"), 0);
	check_place(only('X', "release"), 200, TASK, ",\"ts\":0.000,");
	check_place(only('X', "free"), WORKER, WORKER,
		    ",\"ts\":12345678901234567.890,\"dur\":0.999,");
	check_place(only('X', "bpf_mem_alloc_destroy pcpu_ma"), WORKER, WORKER,
		    ",\"ts\":12345678901234567.891,\"dur\":18446744073709551.614,");

	begin(1000000007);
	teardown = plain;
	teardown.map.identity.released_ns = 1000000006;
	teardown.run.start_ns = 1000000007;
	add(&teardown);
	teardown.map.identity.released_ns = 1;
	add(&teardown);
	end();
	assert_int_equal(number(text, "origin_ns"), 1000000007);
	check_has(text, ",\"ts\":-0.001,\"dur\":0.000,");
	check_has(text, ",\"ts\":-1000000.006,\"dur\":0.000,");
	check_has(text, ",\"ts\":0.000,\"dur\":200.000,");
}

TEST(zero_lengths)
{
	struct teardown teardown = plain;

	teardown.run.start_ns = ORIGIN;
	teardown.run.latency_ns = 0;
	teardown.nr_destroys = 1;
	teardown.destroy[0].ts_ns = ORIGIN;
	teardown.destroy[0].latency_ns = 0;
	trace_of(&teardown);
	check_place(only('X', "free"), WORKER, WORKER, ",\"ts\":0.000,\"dur\":0.000,");
	check_place(only('X', "bpf"), WORKER, WORKER, ",\"ts\":0.000,\"dur\":0.000,");
	check_place(only('b', "wait"), 200, TASK, ",\"ts\":0.000,");
	check_place(only('e', "wait"), 200, TASK, ",\"ts\":0.000,");
	check_arrow("released", "release", "free");
}

TEST(empty_trace)
{
	begin(ORIGIN);
	end();
	assert_int_equal(count(0, ""), 0);
	assert_string_equal(member(text, "clock"), "CLOCK_MONOTONIC");
	perfetto_free(NULL);
}

/* Reported when the buffer is full, and from then on. */
TEST(write_errors)
{
	FILE *full = full_disk();
	int i, err = 0;

	assert_int_equal(perfetto_begin(&perfetto, full, ORIGIN), 0);
	for (i = 0; i < 10000 && !err; i++)
		err = perfetto_teardown(perfetto, &plain);
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(perfetto_teardown(perfetto, &plain), -EIO);
	clearerr(full);
	for (i = 0, err = 0; i < 10000 && !err; i++)
		err = perfetto_deferred_free(perfetto, &left);
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(perfetto_end(perfetto), -EIO);
	clearerr(full);
	assert_int_equal(perfetto_end(perfetto), -ENOSPC);
	perfetto_free(perfetto);

	assert_int_equal(perfetto_begin(&perfetto, full, ORIGIN), -EIO);
	assert_null(perfetto);
	fclose(full);
}

TEST_MAIN(NULL, NULL)
