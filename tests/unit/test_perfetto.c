// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads traces back: what there is of a teardown, what is left out where something is not known,
 * times to the last digit, names nobody should have, and a disk that is full.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "perfetto.h"

#define ORIGIN 5000000000000ULL
#define WORKER 101
#define OTHER  102 /* the worker that frees what is left */
#define TASK   201
#define START  (ORIGIN + 1500)
#define MAP    0xffff888000001000ULL

/* All is known: released at the origin, 2 destroy calls, of which the second leaves memory. */
static const struct teardown plain = {
	.free =
		{
			.ts_ns = START,
			.latency_ns = 200000,
			.map = MAP,
			.entries = 42,
			.identity =
				{
					.map_id = 7,
					.released_ns = ORIGIN,
					.released_by =
						{
							.known = true,
							.pid = 200,
							.tid = TASK,
							.cgroup_id = 4242,
							.comm = "agent",
						},
					.closed_by =
						{
							.known = true,
							.pid = 200,
							.tid = 200,
							.cgroup_id = 4243,
							.comm = "main",
						},
				},
			.pid = WORKER,
			.tid = WORKER,
			.map_type = 1,
			.flags = CALL_MAP | CALL_NAME,
			.map_name = "events",
			.comm = "kworker/0:1",
		},
	.queued_ns = ORIGIN + 500,
	.phase = {1500, 200000, 90000, 5000000, 5201500},
	.outcomes = {[OUTCOME_EMPTY] = 1, [OUTCOME_DEFERRED] = 1},
	.nr_destroys = 2,
	.destroy =
		{
			{
				.ts_ns = START + 10000,
				.latency_ns = 40000,
				.freed_ns = UNKNOWN_NS,
				.alloc = ALLOC_PCPU_MA,
				.outcome = OUTCOME_EMPTY,
			},
			{
				.ts_ns = START + 60000,
				.latency_ns = 50000,
				.freed_ns = START + 5200000,
				.alloc = ALLOC_MA,
				.outcome = OUTCOME_DEFERRED,
			},
		},
};

/* What its second destroy call left. */
static const struct reclaim left = {
	.call =
		{
			.ts_ns = START + 5000001,
			.latency_ns = 199999,
			.map = MAP,
			.pid = OTHER,
			.tid = OTHER,
			.map_type = 1,
			.flags = CALL_MAP | CALL_NAME,
			.map_name = "events",
			.comm = "kworker/u8:2",
		},
	.alloc = ALLOC_MA,
	.destroy_ns = START + 60000,
	.latency_ns = 5140000,
};

/* A trace that is being written, and what has been. */

static char *text;
static size_t text_len;
static FILE *out;
static struct perfetto *perfetto;
static json_t *trace, *events;

static void begin(__u64 origin_ns)
{
	out = open_memstream(&text, &text_len);
	assert_non_null(out);
	assert_int_equal(perfetto_begin(&perfetto, out, origin_ns), 0);
	assert_non_null(perfetto);
}

static void add(const struct teardown *teardown)
{
	assert_int_equal(perfetto_teardown(perfetto, teardown), 0);
}

static void add_reclaim(const struct reclaim *reclaim)
{
	assert_int_equal(perfetto_reclaim(perfetto, reclaim), 0);
}

static void end(void)
{
	json_error_t error;

	assert_int_equal(perfetto_end(perfetto), 0);
	perfetto_free(perfetto);
	fclose(out);
	trace = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!trace)
		fail_msg("%s in %s", error.text, text);
	events = json_object_get(trace, "traceEvents");
	assert_true(json_is_array(events));
}

static void forget(void)
{
	json_decref(trace);
	free(text);
}

static void trace_of(const struct teardown *teardown)
{
	begin(ORIGIN);
	add(teardown);
	end();
}

static const char *member(const json_t *event, const char *name)
{
	const char *value = json_string_value(json_object_get(event, name));

	return value ? value : "";
}

static long long number(const json_t *event, const char *name)
{
	json_t *value = json_object_get(event, name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

/* How many events there are of a phase (0: of any) with a name that begins so; the first one. */
static size_t count(char phase, const char *name, const json_t **first)
{
	size_t i, nr = 0;
	json_t *event;

	json_array_foreach(events, i, event)
	{
		if ((phase && *member(event, "ph") != phase) ||
		    strncmp(member(event, "name"), name, strlen(name)))
			continue;
		if (!nr++ && first)
			*first = event;
	}
	return nr;
}

static const json_t *only(char phase, const char *name)
{
	const json_t *event = NULL;
	size_t nr = count(phase, name, &event);

	if (nr != 1)
		fail_msg("%zu events %c %s in %s", nr, phase, name, text);
	return event;
}

static bool is_null(const json_t *event, const char *arg)
{
	return json_is_null(json_object_get(json_object_get(event, "args"), arg));
}

/* Times are compared as they are written. */
static void check_place(const json_t *event, long long pid, long long tid, const char *times)
{
	char wanted[128], *line, *eol;

	assert_int_equal(number(event, "pid"), pid);
	assert_int_equal(number(event, "tid"), tid);
	snprintf(wanted, sizeof(wanted), "\"ph\":\"%s\",\"name\":\"%s\"", member(event, "ph"),
		 member(event, "name"));
	for (line = text; (line = strstr(line, wanted)); line++) {
		eol = strchr(line, '\n');
		if (memmem(line, eol - line, times, strlen(times)))
			return;
	}
	fail_msg("no %s with %s in %s", wanted, times, text);
}

static void all_is_known(void **state)
{
	const json_t *event, *args;

	(void)state;
	begin(ORIGIN);
	add_reclaim(&left);
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

	args = json_object_get(event, "args");
	assert_int_equal(number(args, "id"), 7);
	assert_string_equal(member(args, "map_type"), "hash");
	assert_string_equal(member(args, "map_name"), "events");
	assert_int_equal(number(args, "entries"), 42);
	assert_int_equal(number(args, "wait_ns"), 1500);
	assert_int_equal(number(args, "free_ns"), 200000);
	assert_int_equal(number(args, "destroy_ns"), 90000);
	assert_int_equal(number(args, "deferred_ns"), 5000000);
	assert_int_equal(number(args, "total_ns"), 5201500);
	assert_int_equal(number(args, "destroys.empty"), 1);
	assert_int_equal(number(args, "destroys.deferred"), 1);
	assert_int_equal(number(args, "destroys.pending"), 0);
	assert_int_equal(number(args, "released_by.pid"), 200);
	assert_int_equal(number(args, "released_by.cgroup_id"), 4242);
	assert_string_equal(member(args, "released_by.comm"), "agent");
	assert_string_equal(member(args, "closed_by.comm"), "main");
	assert_null(json_object_get(args, "type"));
	assert_null(json_object_get(args, ""));

	args = json_object_get(only('X', "bpf_mem_alloc_destroy ma"), "args");
	assert_string_equal(member(args, "outcome"), "deferred");
	assert_int_equal(number(args, "freed_ns"), START + 5200000);
	assert_true(is_null(only('X', "bpf_mem_alloc_destroy pcpu_ma"), "freed_ns"));
	assert_int_equal(count('i', "", NULL) + count('B', "", NULL) + count('E', "", NULL), 0);
	forget();
}

/* Both ends have the same id, name and category, lie on their slices and come after them. */
static void check_arrow(const char *name, const char *from, const char *to)
{
	const json_t *start = only('s', name), *finish = only('f', name);
	const json_t *slices[] = {only('X', from), NULL};
	size_t i, at_slice = 0, at_start = 0;
	json_t *event;

	if (count('X', to, &slices[1]) != 1)
		count('B', to, &slices[1]);
	assert_non_null(slices[1]);
	assert_string_equal(member(start, "id"), member(finish, "id"));
	assert_string_equal(member(start, "cat"), member(finish, "cat"));
	assert_string_equal(member(finish, "bp"), "e");
	assert_int_equal(number(start, "tid"), number(slices[0], "tid"));
	assert_int_equal(number(finish, "tid"), number(slices[1], "tid"));
	assert_int_equal(number(start, "pid"), number(slices[0], "pid"));
	assert_int_equal(number(finish, "pid"), number(slices[1], "pid"));
	assert_true(json_equal(json_object_get(start, "ts"), json_object_get(slices[0], "ts")));
	assert_true(json_equal(json_object_get(finish, "ts"), json_object_get(slices[1], "ts")));
	json_array_foreach(events, i, event)
	{
		if (event == slices[0] || event == slices[1])
			at_slice = i;
		if (event == start)
			at_start = i;
	}
	assert_true(at_slice < at_start);
	assert_ptr_equal(json_array_get(events, at_start + 1), finish);
}

static void arrows(void **state)
{
	struct reclaim reclaim = left;
	struct teardown teardown = plain;

	(void)state;
	begin(ORIGIN);
	add_reclaim(&left);
	add(&plain);
	end();
	check_arrow("released", "release events", "free events");
	check_arrow("deferred", "bpf_mem_alloc_destroy ma", "reclaim ma");
	assert_string_not_equal(member(only('s', "released"), "id"),
				member(only('s', "deferred"), "id"));
	forget();

	/* To what goes on, too. */
	teardown.running = true;
	teardown.free.latency_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_arrow("released", "release events", "free events");
	assert_int_equal(count('s', "deferred", NULL), 0);
	forget();

	/* None from what is an instant, for its length is not known. */
	teardown = plain;
	teardown.destroy[1].latency_ns = UNKNOWN_NS;
	begin(ORIGIN);
	add_reclaim(&left);
	add(&teardown);
	end();
	only('i', "bpf_mem_alloc_destroy ma");
	assert_int_equal(count('s', "deferred", NULL) + count('f', "deferred", NULL), 0);
	forget();

	/* None where one end is not there, or is another one's. */
	begin(ORIGIN);
	reclaim.call.map++;
	add_reclaim(&reclaim);
	reclaim = left;
	reclaim.destroy_ns++;
	add_reclaim(&reclaim);
	reclaim.destroy_ns = UNKNOWN_NS;
	add_reclaim(&reclaim);
	reclaim = left;
	reclaim.alloc = ALLOC_PCPU_MA;
	add_reclaim(&reclaim);
	reclaim = left;
	reclaim.call.latency_ns = UNKNOWN_NS;
	add_reclaim(&reclaim);
	reclaim.call.ts_ns = UNKNOWN_NS;
	add_reclaim(&reclaim);
	add(&plain);
	add_reclaim(&left);
	end();
	assert_int_equal(count('X', "reclaim", NULL), 5);
	assert_int_equal(count('i', "reclaim", NULL), 1);
	assert_int_equal(count('s', "deferred", NULL) + count('f', "deferred", NULL), 0);
	forget();
}

static void arrows_to_too_many(void **state)
{
	struct teardown teardown = plain;
	struct reclaim reclaim = left;
	size_t i;

	(void)state;
	begin(ORIGIN);
	for (i = 0; i <= PERFETTO_MAX_RECLAIMS; i++) {
		reclaim.call.map = MAP + i;
		add_reclaim(&reclaim);
	}
	add(&teardown); /* of the first one, which was given up */
	fflush(out);
	assert_null(strstr(text, "\"deferred\",\"pid\""));
	teardown.free.map = MAP + 1;
	add(&teardown);
	teardown.free.map = MAP + PERFETTO_MAX_RECLAIMS;
	add(&teardown);
	add(&teardown); /* once only */
	end();
	assert_int_equal(count('s', "deferred", NULL), 2);
	assert_int_equal(count('f', "deferred", NULL), 2);
	forget();
}

/* Nobody is known to have released it. */
static void releaser_unknown(void **state)
{
	struct teardown teardown = plain;
	const json_t *event;

	(void)state;
	teardown.free.identity.released_by.known = false;
	trace_of(&teardown);
	assert_int_equal(count(0, "release", NULL), 0);
	assert_int_equal(count('s', "", NULL) + count('f', "", NULL), 0);
	check_place(only('b', "wait"), WORKER, WORKER, ",\"ts\":0.000,");
	check_place(only('e', "wait"), WORKER, WORKER, ",\"ts\":1.500,");
	event = only('X', "free events");
	assert_true(is_null(event, "released_by.pid"));
	assert_true(is_null(event, "released_by.comm"));
	assert_false(is_null(event, "closed_by.comm"));
	forget();

	/* And when it was is not known either. */
	teardown.free.identity.released_by.known = true;
	teardown.free.identity.released_ns = UNKNOWN_NS;
	teardown.phase[PHASE_WAIT] = UNKNOWN_NS;
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	trace_of(&teardown);
	assert_int_equal(count(0, "release", NULL) + count(0, "wait", NULL), 0);
	event = only('X', "free events");
	assert_true(is_null(event, "wait_ns"));
	assert_true(is_null(event, "total_ns"));
	forget();

	/* A release after the start is some other one's. */
	teardown.free.identity.released_ns = START + 1;
	trace_of(&teardown);
	assert_int_equal(count(0, "wait", NULL) + count('s', "", NULL), 0);
	forget();
}

static void worker_part_unknown(void **state)
{
	struct teardown teardown = plain;

	(void)state;
	/* Its end was missed: it has no length, which is neither 0 nor all that is left. */
	teardown.free.latency_ns = UNKNOWN_NS;
	teardown.destroy[1].latency_ns = UNKNOWN_NS;
	teardown.destroy[0].ts_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_place(only('i', "free events (hash id 7)"), WORKER, WORKER,
		    ",\"ts\":1.500,\"s\":\"t\",");
	check_place(only('i', "bpf_mem_alloc_destroy ma"), WORKER, WORKER, ",\"ts\":61.500,");
	assert_int_equal(count(0, "bpf_mem_alloc_destroy", NULL), 1);
	assert_int_equal(count('X', "", NULL), 1);
	assert_int_equal(count('s', "", NULL), 0);
	assert_int_equal(count('b', "", NULL), 1);
	forget();

	/* Its start was missed, too: the release is all there is. */
	teardown = plain;
	teardown.free.ts_ns = UNKNOWN_NS;
	teardown.free.latency_ns = UNKNOWN_NS;
	teardown.free.entries = ENTRIES_UNKNOWN;
	teardown.free.pid = 0;
	teardown.free.comm[0] = '\0';
	teardown.nr_destroys = 0;
	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	trace_of(&teardown);
	assert_int_equal(json_array_size(events), 3);
	assert_true(is_null(only('X', "release"), "entries"));
	assert_true(is_null(only('X', "release"), "free_ns"));
	forget();

	/* And with that unknown, there is nothing. */
	teardown.free.identity.released_by.known = false;
	trace_of(&teardown);
	assert_int_equal(json_array_size(events), 0);
	forget();
}

static void running(void **state)
{
	struct teardown teardown = plain;

	(void)state;
	teardown.running = true;
	teardown.free.latency_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_place(only('B', "free events"), WORKER, WORKER, ",\"ts\":1.500,");
	assert_null(json_object_get(only('B', "free events"), "dur"));
	assert_int_equal(count('E', "", NULL), 0);
	assert_int_equal(count('X', "bpf_mem_alloc_destroy", NULL), 2);
	forget();
}

static void map_unknown(void **state)
{
	struct teardown teardown = plain;
	struct reclaim reclaim = left;

	(void)state;
	teardown.free.identity.map_id = 0;
	teardown.free.flags = 0;
	teardown.destroy[1].alloc = ALLOC_UNKNOWN;
	reclaim.call.flags = CALL_MAP;
	reclaim.alloc = ALLOC_UNKNOWN;
	begin(ORIGIN);
	add_reclaim(&reclaim);
	add(&teardown);
	end();
	assert_true(is_null(only('X', "free ? (? id ?)"), "id"));
	assert_true(is_null(only('X', "free ? (? id ?)"), "map_type"));
	assert_true(is_null(only('X', "free ? (? id ?)"), "map_name"));
	only('X', "bpf_mem_alloc_destroy unknown");
	only('X', "reclaim unknown of ?");
	check_arrow("deferred", "bpf_mem_alloc_destroy unknown", "reclaim unknown");
	forget();

	/* A map without a name is not one whose name is unknown. */
	teardown = plain;
	teardown.free.map_name[0] = '\0';
	trace_of(&teardown);
	only('X', "free \"\" (hash id 7)");
	forget();
}

/* More destroy calls than are kept must not be looked for. */
static void too_many_destroys(void **state)
{
	struct teardown teardown = plain;
	int i;

	(void)state;
	for (i = 0; i < MAX_DESTROYS; i++)
		teardown.destroy[i] = plain.destroy[0];
	teardown.nr_destroys = MAX_DESTROYS + 100;
	trace_of(&teardown);
	assert_int_equal(count('X', "bpf_mem_alloc_destroy", NULL), MAX_DESTROYS);
	forget();
}

static void pid_0_has_its_name(void **state)
{
	struct reclaim reclaim = left;

	(void)state;
	reclaim.call.pid = 0;
	begin(ORIGIN);
	add_reclaim(&reclaim);
	reclaim.call.tid = 0;
	add_reclaim(&reclaim);
	add_reclaim(&reclaim);
	end();
	assert_int_equal(count('M', "thread_name", NULL), 2);
	assert_int_equal(count('M', "process_name", NULL), 2);
	forget();
}

static void each_has_its_names_once(void **state)
{
	struct teardown teardown = plain;
	const json_t *name;

	(void)state;
	begin(ORIGIN);
	add_reclaim(&left);
	add(&teardown);
	add(&teardown);
	add_reclaim(&left);
	/* The first thread comes after another one of its process. */
	teardown.free.identity.released_by.tid = 200;
	strcpy(teardown.free.identity.released_by.comm, "main");
	add(&teardown);
	/* Ids are used again, and this is none of any kernel's. */
	teardown.free.identity.released_by.pid = TASK;
	teardown.free.identity.released_by.tid = TASK;
	strcpy(teardown.free.identity.released_by.comm, "reuser");
	add(&teardown);
	teardown.free.identity.released_by.tid = ~0U;
	teardown.free.identity.released_by.comm[0] = '\0';
	add(&teardown);
	end();
	assert_int_equal(count('M', "thread_name", NULL), 6);
	assert_int_equal(count('M', "process_name", NULL), 5);

	name = NULL;
	count('M', "process_name", &name);
	assert_string_equal(member(json_object_get(name, "args"), "name"), "kworker/u8:2");
	assert_non_null(strstr(text, "\"process_name\",\"pid\":200,\"tid\":201,"
				     "\"args\":{\"name\":\"agent (thread 201)\"}"));
	assert_non_null(strstr(text, "\"process_name\",\"pid\":200,\"tid\":200,"
				     "\"args\":{\"name\":\"main\"}"));
	assert_non_null(strstr(text, "\"thread_name\",\"pid\":200,\"tid\":201,"
				     "\"args\":{\"name\":\"agent\"}"));
	assert_non_null(strstr(text, "\"process_name\",\"pid\":201,\"tid\":201,"
				     "\"args\":{\"name\":\"reuser\"}"));
	assert_non_null(strstr(text, "\"thread_name\",\"pid\":201,\"tid\":4294967295,"
				     "\"args\":{\"name\":\"(no name)\"}"));
	forget();
}

/* To the nanosecond, however long the machine has been up, and on both sides of the origin. */
static void times(void **state)
{
	struct teardown teardown = plain;

	(void)state;
	teardown.free.identity.released_ns = 0;
	teardown.free.ts_ns = 12345678901234567890ULL;
	teardown.free.latency_ns = 999;
	teardown.destroy[0].ts_ns = 12345678901234567891ULL;
	teardown.destroy[0].latency_ns = UNKNOWN_NS - 1;
	begin(0);
	add(&teardown);
	end();
	assert_int_equal(number(json_object_get(trace, "metadata"), "origin_ns"), 0);
	check_place(only('X', "release"), 200, TASK, ",\"ts\":0.000,");
	check_place(only('X', "free"), WORKER, WORKER,
		    ",\"ts\":12345678901234567.890,\"dur\":0.999,");
	check_place(only('X', "bpf_mem_alloc_destroy pcpu_ma"), WORKER, WORKER,
		    ",\"ts\":12345678901234567.891,\"dur\":18446744073709551.614,");
	forget();

	begin(1000000007);
	teardown = plain;
	teardown.free.identity.released_ns = 1000000006;
	teardown.free.ts_ns = 1000000007;
	add(&teardown);
	teardown.free.identity.released_ns = 1;
	add(&teardown);
	end();
	assert_int_equal(number(json_object_get(trace, "metadata"), "origin_ns"), 1000000007);
	assert_non_null(strstr(text, ",\"ts\":-0.001,\"dur\":0.000,"));
	assert_non_null(strstr(text, ",\"ts\":-1000000.006,\"dur\":0.000,"));
	assert_non_null(strstr(text, ",\"ts\":0.000,\"dur\":200.000,"));
	forget();
}

static void zero_lengths(void **state)
{
	struct teardown teardown = plain;

	(void)state;
	teardown.free.ts_ns = ORIGIN;
	teardown.free.latency_ns = 0;
	teardown.nr_destroys = 1;
	teardown.destroy[0].ts_ns = ORIGIN;
	teardown.destroy[0].latency_ns = 0;
	trace_of(&teardown);
	check_place(only('X', "free"), WORKER, WORKER, ",\"ts\":0.000,\"dur\":0.000,");
	check_place(only('X', "bpf"), WORKER, WORKER, ",\"ts\":0.000,\"dur\":0.000,");
	check_place(only('b', "wait"), 200, TASK, ",\"ts\":0.000,");
	check_place(only('e', "wait"), 200, TASK, ",\"ts\":0.000,");
	check_arrow("released", "release", "free");
	forget();
}

static void waits_are_told_apart(void **state)
{
	const char *begun[2] = {}, *ended[2] = {};
	size_t i, nr_begun = 0, nr_ended = 0;
	json_t *event;

	(void)state;
	begin(ORIGIN);
	add(&plain);
	add(&plain);
	end();
	assert_int_equal(count('b', "", NULL), 2);
	assert_int_equal(count('e', "", NULL), 2);
	json_array_foreach(events, i, event)
	{
		if (*member(event, "ph") == 'b')
			begun[nr_begun++] = member(json_object_get(event, "id2"), "local");
		if (*member(event, "ph") == 'e')
			ended[nr_ended++] = member(json_object_get(event, "id2"), "local");
	}
	assert_string_equal(begun[0], ended[0]);
	assert_string_equal(begun[1], ended[1]);
	assert_string_not_equal(begun[0], begun[1]);
	assert_string_not_equal(begun[0], "");
	forget();
}

/* Valid UTF-8 as it is, which not all readers take as \u; the rest as \xNN; and valid JSON. */
static void hostile_names(void **state)
{
	struct teardown teardown = plain;
	int byte;
	char *c;

	(void)state;
	strcpy(teardown.free.map_name, "\"a,\n\033[2J\x7f\xff\\'");
	strcpy(teardown.free.comm, "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80");
	strcpy(teardown.free.identity.released_by.comm, "</script>");
	trace_of(&teardown);
	only('X', "free \"a,\\x0a\\x1b[2J\\x7f\\xff\\' (hash id 7)");
	assert_non_null(strstr(text, "{\"name\":\"gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80\"}"));
	assert_null(strstr(text, "\\u"));
	forget();

	for (byte = 1; byte < 256; byte++) {
		memset(teardown.free.map_name, byte, NAME_LEN - 1);
		memset(teardown.free.comm, byte, NAME_LEN - 1);
		memset(teardown.free.identity.released_by.comm, byte, NAME_LEN - 1);
		memset(teardown.free.identity.closed_by.comm, byte, NAME_LEN - 1);
		trace_of(&teardown);
		assert_int_equal(count('X', "free ", NULL), 1);
		for (c = text; *c; c++)
			if (*c != '\n')
				assert_in_range(*c, ' ', '~');
		forget();
	}
}

static void empty_trace(void **state)
{
	(void)state;
	begin(ORIGIN);
	end();
	assert_int_equal(json_array_size(events), 0);
	assert_string_equal(member(json_object_get(trace, "metadata"), "clock"), "CLOCK_MONOTONIC");
	forget();
	perfetto_free(NULL);
}

/* At the latest when the buffer is full; a stream that failed once is never fine again. */
static void write_errors(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	int i, err = 0;

	(void)state;
	assert_non_null(full);
	assert_int_equal(perfetto_begin(&perfetto, full, ORIGIN), 0);
	for (i = 0; i < 10000 && !err; i++)
		err = perfetto_teardown(perfetto, &plain);
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(perfetto_teardown(perfetto, &plain), -EIO);
	clearerr(full);
	for (i = 0, err = 0; i < 10000 && !err; i++)
		err = perfetto_reclaim(perfetto, &left);
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(perfetto_end(perfetto), -EIO);
	clearerr(full);
	assert_int_equal(perfetto_end(perfetto), -ENOSPC);
	perfetto_free(perfetto);

	assert_int_equal(perfetto_begin(&perfetto, full, ORIGIN), -EIO);
	assert_null(perfetto);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_known),
		cmocka_unit_test(arrows),
		cmocka_unit_test(arrows_to_too_many),
		cmocka_unit_test(releaser_unknown),
		cmocka_unit_test(worker_part_unknown),
		cmocka_unit_test(running),
		cmocka_unit_test(map_unknown),
		cmocka_unit_test(too_many_destroys),
		cmocka_unit_test(pid_0_has_its_name),
		cmocka_unit_test(each_has_its_names_once),
		cmocka_unit_test(times),
		cmocka_unit_test(zero_lengths),
		cmocka_unit_test(waits_are_told_apart),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(empty_trace),
		cmocka_unit_test(write_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
