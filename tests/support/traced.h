/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of the tests of Perfetto traces: a complete teardown, a trace that is written and read
 * back, and checks of its events.
 */
#pragma once

#include "output/perfetto.h"
#include "support/json.h"
#include "support/written.h"

#define ORIGIN 5000000000000ULL
#define WORKER 101
#define OTHER  102 /* the worker of the deferred free */
#define TASK   201
#define START  (ORIGIN + 1500)
#define MAP    0xffff888000001000ULL

/* Released at the origin; two destroy calls, and the second one defers its free. */
static const struct teardown plain = {
	.run.start_ns = START,
	.run.latency_ns = 200000,
	.map.address = MAP,
	.entries = 42,
	.map.identity.map_id = 7,
	.map.identity.released_ns = ORIGIN,
	.map.identity.released_by = {true, 4242, {200, TASK, "agent"}, NULL},
	.map.identity.closed_by = {true, 4243, {200, 200, "main"}, NULL},
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
	.destroy = {{START + 10000, 40000, UNKNOWN_NS, ALLOC_PCPU_MA, OUTCOME_EMPTY},
		    {START + 60000, 50000, START + 5200000, ALLOC_MA, OUTCOME_DEFERRED}},
};

/* The deferred free of its second destroy call. */
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

/* The trace while it is written, and after. */

static const char *text;
static FILE *out;
static struct perfetto *perfetto;
static const char *events; /* one a line */

static inline void begin(__u64 origin_ns)
{
	out = out_open();
	assert_int_equal(perfetto_begin(&perfetto, out, origin_ns), 0);
	assert_non_null(perfetto);
}

static inline void add(const struct teardown *teardown)
{
	assert_int_equal(perfetto_teardown(perfetto, teardown), 0);
}

static inline void add_deferred_free(const struct deferred_free *deferred)
{
	assert_int_equal(perfetto_deferred_free(perfetto, deferred), 0);
}

static inline void end(void)
{
	assert_int_equal(perfetto_end(perfetto), 0);
	perfetto_free(perfetto);
	text = out_close(out);
	json_check_lines(text);
	events = strchr(text, '\n') + 1;
}

static inline void trace_of(const struct teardown *teardown)
{
	begin(ORIGIN);
	add(teardown);
	end();
}

/* Text of up to 255 bytes, "" if there is none; valid until the fourth next call. */
static inline const char *member(const char *event, const char *name)
{
	static char last[4][256];
	static unsigned int nr;
	const char *value = json_find(event, name);
	char *to = last[nr++ % 4];

	*to = '\0';
	if (value && *value == '"')
		snprintf(to, sizeof(*last), "%.*s", (int)(json_string_end(value) - value - 2),
			 value + 1);
	return to;
}

static inline long long number(const char *event, const char *name)
{
	const char *value = json_find(event, name);

	assert_non_null(value);
	assert_int_equal(strspn(value, "-0123456789"), json_end(value) - value);
	return strtoll(value, NULL, 10);
}

/* The next event, the first one after NULL; NULL: there are no more. */
static inline const char *next(const char *event)
{
	event = event ? strchr(event, '\n') + 1 : events;
	return *event == '{' ? event : NULL;
}

/* The next event after this one (NULL: the first) of a phase and with this prefix of a name. */
static inline const char *find(const char *event, char phase, const char *name)
{
	while ((event = next(event)))
		if ((!phase || *member(event, "ph") == phase) &&
		    !strncmp(member(event, "name"), name, strlen(name)))
			break;
	return event;
}

static inline size_t count(char phase, const char *name)
{
	const char *event = NULL;
	size_t nr = 0;

	while ((event = find(event, phase, name)))
		nr++;
	return nr;
}

static inline const char *only(char phase, const char *name)
{
	if (count(phase, name) != 1)
		fail_msg("%zu events %c %s in %s", count(phase, name), phase, name, text);
	return find(NULL, phase, name);
}

static inline bool is_null(const char *event, const char *arg)
{
	return json_is(json_find(event, "args"), arg, "null");
}

/* Compares times as text. */
static inline void check_place(const char *event, long long pid, long long tid, const char *times)
{
	assert_int_equal(number(event, "pid"), pid);
	assert_int_equal(number(event, "tid"), tid);
	if (!memmem(event, strcspn(event, "\n"), times, strlen(times)))
		fail_msg("not %s: %s", times, event);
}

/* Both ends have the same id, name and category, lie on their slices and come after them. */
static inline void check_arrow(const char *name, const char *from, const char *to)
{
	const char *ends[] = {only('s', name), only('f', name)},
		   *slices[] = {only('X', from), find(NULL, count('X', to) == 1 ? 'X' : 'B', to)};
	char times[64];

	assert_non_null(slices[1]);
	assert_string_equal(member(ends[0], "id"), member(ends[1], "id"));
	assert_string_equal(member(ends[0], "cat"), member(ends[1], "cat"));
	assert_string_equal(member(ends[1], "bp"), "e");
	for (int i = 0; i < 2; i++) {
		const char *ts = json_find(slices[i], "ts");

		snprintf(times, sizeof(times), ",\"ts\":%.*s,", ts ? (int)strcspn(ts, ",") : 0,
			 ts ? ts : "");
		check_place(ends[i], number(slices[i], "pid"), number(slices[i], "tid"), times);
		assert_true(slices[i] < ends[0]);
	}
	assert_ptr_equal(next(ends[0]), ends[1]);
}
