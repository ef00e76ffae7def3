/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of traces share: a teardown of which all is known, a trace that is written and
 * read back, and how to find in it what there should be.
 */
#ifndef MEMDESTROY_SUPPORT_TRACED_H
#define MEMDESTROY_SUPPORT_TRACED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "output/perfetto.h"

#define ORIGIN 5000000000000ULL
#define WORKER 101
#define OTHER  102 /* the worker that frees what is left */
#define TASK   201
#define START  (ORIGIN + 1500)
#define MAP    0xffff888000001000ULL

/* All is known: released at the origin, 2 destroy calls, of which the second leaves memory. */
static const struct teardown plain = {
	.run.start_ns = START,
	.run.latency_ns = 200000,
	.map.address = MAP,
	.entries = 42,
	.map.identity =
		{
			.map_id = 7,
			.released_ns = ORIGIN,
			.released_by =
				{
					.known = true,
					.task.pid = 200,
					.task.tid = TASK,
					.cgroup_id = 4242,
					.task.comm = "agent",
				},
			.closed_by =
				{
					.known = true,
					.task.pid = 200,
					.task.tid = 200,
					.cgroup_id = 4243,
					.task.comm = "main",
				},
		},
	.run.worker.pid = WORKER,
	.run.worker.tid = WORKER,
	.map.type = 1,
	.map.known = CALL_MAP | CALL_NAME,
	.map.name = "events",
	.run.worker.comm = "kworker/0:1",
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
static const struct deferred_free left = {
	.run.start_ns = START + 5000001,
	.run.latency_ns = 199999,
	.map.address = MAP,
	.run.worker.pid = OTHER,
	.run.worker.tid = OTHER,
	.map.type = 1,
	.map.known = CALL_MAP | CALL_NAME,
	.map.name = "events",
	.run.worker.comm = "kworker/u8:2",
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

static inline void begin(__u64 origin_ns)
{
	out = open_memstream(&text, &text_len);
	assert_non_null(out);
	assert_int_equal(perfetto_begin(&perfetto, out, origin_ns), 0);
	assert_non_null(perfetto);
}

static inline void add(const struct teardown *teardown)
{
	assert_int_equal(perfetto_teardown(perfetto, teardown), 0);
}

static inline void add_reclaim(const struct deferred_free *reclaim)
{
	assert_int_equal(perfetto_reclaim(perfetto, reclaim), 0);
}

static inline void end(void)
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

static inline void forget(void)
{
	json_decref(trace);
	free(text);
}

static inline void trace_of(const struct teardown *teardown)
{
	begin(ORIGIN);
	add(teardown);
	end();
}

static inline const char *member(const json_t *event, const char *name)
{
	const char *value = json_string_value(json_object_get(event, name));

	return value ? value : "";
}

static inline long long number(const json_t *event, const char *name)
{
	json_t *value = json_object_get(event, name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

/* How many events there are of a phase (0: of any) with a name that begins so; the first one. */
static inline size_t count(char phase, const char *name, const json_t **first)
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

static inline const json_t *only(char phase, const char *name)
{
	const json_t *event = NULL;
	size_t nr = count(phase, name, &event);

	if (nr != 1)
		fail_msg("%zu events %c %s in %s", nr, phase, name, text);
	return event;
}

static inline bool is_null(const json_t *event, const char *arg)
{
	return json_is_null(json_object_get(json_object_get(event, "args"), arg));
}

/* Times are compared as they are written. */
static inline void check_place(const json_t *event, long long pid, long long tid, const char *times)
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

/* Both ends have the same id, name and category, lie on their slices and come after them. */
static inline void check_arrow(const char *name, const char *from, const char *to)
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

#endif
