// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads traces back: arrows from slice to slice, waits, and the names of threads and processes.
 */
#include "support/traced.h"

TEST(arrows)
{
	struct deferred_free deferred = left;
	struct teardown teardown = plain;

	begin(ORIGIN);
	add_deferred_free(&left);
	add(&plain);
	end();
	check_arrow("released", "release events", "free events");
	check_arrow("deferred", "bpf_mem_alloc_destroy ma", "reclaim ma");
	assert_string_not_equal(member(only('s', "released"), "id"),
				member(only('s', "deferred"), "id"));

	/* Also to a running worker. */
	teardown.running = true;
	teardown.run.latency_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_arrow("released", "release events", "free events");
	assert_int_equal(count('s', "deferred"), 0);

	/* None from an instant. */
	teardown = plain;
	teardown.destroy[1].latency_ns = UNKNOWN_NS;
	begin(ORIGIN);
	add_deferred_free(&left);
	add(&teardown);
	end();
	only('i', "bpf_mem_alloc_destroy ma");
	assert_int_equal(count('s', "deferred") + count('f', "deferred"), 0);

	/* None if one end is missing, or belongs to another teardown. */
	begin(ORIGIN);
	deferred.map.address++;
	add_deferred_free(&deferred);
	deferred = left;
	deferred.destroy_ns++;
	add_deferred_free(&deferred);
	deferred.destroy_ns = UNKNOWN_NS;
	add_deferred_free(&deferred);
	deferred = left;
	deferred.alloc = ALLOC_PCPU_MA;
	add_deferred_free(&deferred);
	deferred = left;
	deferred.run.latency_ns = UNKNOWN_NS;
	add_deferred_free(&deferred);
	deferred.run.start_ns = UNKNOWN_NS;
	add_deferred_free(&deferred);
	add(&plain);
	add_deferred_free(&left);
	end();
	assert_int_equal(count('X', "reclaim"), 5);
	assert_int_equal(count('i', "reclaim"), 1);
	assert_int_equal(count('s', "deferred") + count('f', "deferred"), 0);
}

TEST(arrows_to_too_many)
{
	struct teardown teardown = plain;
	struct deferred_free deferred = left;
	size_t i;

	begin(ORIGIN);
	for (i = 0; i <= PERFETTO_MAX_DEFERRED; i++) {
		deferred.map.address = MAP + i;
		add_deferred_free(&deferred);
	}
	add(&teardown); /* of the first one, which was dropped */
	fflush(out);
	assert_null(strstr(written_text, "\"deferred\",\"pid\""));
	teardown.map.address = MAP + 1;
	add(&teardown);
	teardown.map.address = MAP + PERFETTO_MAX_DEFERRED;
	add(&teardown);
	add(&teardown); /* once only */
	end();
	assert_int_equal(count('s', "deferred"), 2);
	assert_int_equal(count('f', "deferred"), 2);
}

TEST(waits_have_different_ids)
{
	char begun[2][32], ended[2][32];
	size_t nr_begun = 0, nr_ended = 0;
	const char *event;

	begin(ORIGIN);
	add(&plain);
	add(&plain);
	end();
	assert_int_equal(count('b', ""), 2);
	assert_int_equal(count('e', ""), 2);
	for (event = next(NULL); event; event = next(event)) {
		if (*member(event, "ph") == 'b')
			strcpy(begun[nr_begun++], member(json_find(event, "id2"), "local"));
		if (*member(event, "ph") == 'e')
			strcpy(ended[nr_ended++], member(json_find(event, "id2"), "local"));
	}
	assert_string_equal(begun[0], ended[0]);
	assert_string_equal(begun[1], ended[1]);
	assert_string_not_equal(begun[0], begun[1]);
	assert_string_not_equal(begun[0], "");
}

TEST(pid_0_has_its_name)
{
	struct deferred_free deferred = left;

	deferred.run.worker.pid = 0;
	begin(ORIGIN);
	add_deferred_free(&deferred);
	deferred.run.worker.tid = 0;
	add_deferred_free(&deferred);
	add_deferred_free(&deferred);
	end();
	assert_int_equal(count('M', "thread_name"), 2);
	assert_int_equal(count('M', "process_name"), 2);
}

/* Not a task without a name. */
TEST(unknown_worker)
{
	struct deferred_free deferred = left;

	deferred.run.worker = (struct task){};
	begin(ORIGIN);
	add_deferred_free(&deferred);
	end();
	check_has(text,
		  "\"thread_name\",\"pid\":0,\"tid\":0,\"args\":{\"name\":\"(unknown task)\"}");
	assert_true(is_null(only('X', "reclaim"), "worker.pid"));
	assert_true(is_null(only('X', "reclaim"), "worker.comm"));
}

TEST(each_has_its_names_once)
{
	struct teardown teardown = plain;
	const char *name;

	begin(ORIGIN);
	add_deferred_free(&left);
	add(&teardown);
	add(&teardown);
	add_deferred_free(&left);
	/* The first thread comes after another one of its process. */
	teardown.map.identity.released_by.task.tid = 200;
	strcpy(teardown.map.identity.released_by.task.comm, "main");
	add(&teardown);
	/* Ids are used again, and one is beyond any kernel's. */
	teardown.map.identity.released_by.task.pid = TASK;
	teardown.map.identity.released_by.task.tid = TASK;
	strcpy(teardown.map.identity.released_by.task.comm, "reuser");
	add(&teardown);
	teardown.map.identity.released_by.task.tid = ~0U;
	teardown.map.identity.released_by.task.comm[0] = '\0';
	add(&teardown);
	end();
	assert_int_equal(count('M', "thread_name"), 6);
	assert_int_equal(count('M', "process_name"), 5);

	name = find(NULL, 'M', "process_name");
	assert_string_equal(member(json_find(name, "args"), "name"), "kworker/u8:2");
	check_has(text, "\"process_name\",\"pid\":200,\"tid\":201,"
			"\"args\":{\"name\":\"agent (thread 201)\"}");
	check_has(text, "\"process_name\",\"pid\":200,\"tid\":200,"
			"\"args\":{\"name\":\"main\"}");
	check_has(text, "\"thread_name\",\"pid\":200,\"tid\":201,"
			"\"args\":{\"name\":\"agent\"}");
	check_has(text, "\"process_name\",\"pid\":201,\"tid\":201,"
			"\"args\":{\"name\":\"reuser\"}");
	check_has(text, "\"thread_name\",\"pid\":201,\"tid\":4294967295,"
			"\"args\":{\"name\":\"(no name)\"}");
}

/* UTF-8 stays as it is, never \u; other bytes become \xNN; all of it is JSON. */
TEST(hostile_names)
{
	struct teardown teardown = plain;
	int byte;

	strcpy(teardown.map.name, "\"a,\n\033[2J\x7f\xff\\'");
	strcpy(teardown.run.worker.comm, "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80");
	strcpy(teardown.map.identity.released_by.task.comm, "</script>");
	trace_of(&teardown);
	only('X', "free \\\"a,\\\\x0a\\\\x1b[2J\\\\x7f\\\\xff\\\\' (hash id 7)");
	check_has(text, "{\"name\":\"gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80\"}");
	assert_null(strstr(text, "\\u"));

	for (byte = 1; byte < 256; byte++) {
		memset(teardown.map.name, byte, NAME_LEN - 1);
		memset(teardown.run.worker.comm, byte, NAME_LEN - 1);
		memset(teardown.map.identity.released_by.task.comm, byte, NAME_LEN - 1);
		memset(teardown.map.identity.closed_by.task.comm, byte, NAME_LEN - 1);
		trace_of(&teardown);
		assert_int_equal(count('X', "free "), 1);
		printable_lines(text);
	}
}

TEST_MAIN(NULL, NULL)
