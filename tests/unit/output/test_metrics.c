// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gathers metrics from calls, teardowns and stuck reports, and compares the text with what
 * happened.
 */
#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "output/metrics/render.h"
#include "output/metrics/stuck_set.h"
#include "support/test.h"

#define START 5000000000000ULL

static const struct cgroup cgroup = {4242, "/a.slice/b.service", "b.service", NULL, NULL};
static struct metrics_options opts;
static struct gatherer *gatherer;
static struct event_sink sink;
static char *text;

static struct teardown complete(void)
{
	return (struct teardown){
		.run.start_ns = START + 1000,
		.run.latency_ns = 200000,
		.map.type = 1,
		.map.known = CALL_MAP | CALL_NAME,
		.map.name = "events",
		.map.identity.released_ns = START,
		.map.identity.released_by = {true, 4242, {200, 200, "agent"}, &cgroup},
		.memory = {.bytes = 4096, .flags = MEMORY_KNOWN | MEMORY_EXACT},
		.phase = {1000, 200000, 90000, 5000000, 5201000},
		.nr_destroys = 1,
	};
}

static void begin(unsigned int labels, __u64 limit)
{
	static const struct run_info run_info = {
		.attach = "fentry/fexit",
		.kernel_release = "6.12 \"x\"",
		.start_realtime_ns = 1500000000,
	};

	opts = (struct metrics_options){labels, limit};
	gatherer = gatherer_new(&opts);
	assert_non_null(gatherer);
	gatherer_begin(gatherer, &run_info, false);
	sink = gatherer_sink(gatherer);
}

static void add(const struct teardown *teardown)
{
	assert_int_equal(sink.ops->teardown(sink.ctx, teardown), 0);
}

static void write_all(enum metrics_format format)
{
	struct metrics *metrics = gatherer_copy(gatherer);
	size_t len;

	assert_non_null(metrics);
	free(text);
	text = metrics_text(format, metrics, &len);
	free(metrics);
	assert_non_null(text);
	assert_int_equal(len, strlen(text));
}

static int end(void **state)
{
	(void)state;
	gatherer_free(gatherer);
	free(text);
	text = NULL;
	return 0;
}

/* Whether the text has this line, once. */
static bool has(const char *line)
{
	const char *at = strstr(text, line);
	size_t len = strlen(line);

	return at && (at == text || at[-1] == '\n') && at[len] == '\n' && !strstr(at + len, line);
}

TEST_BETWEEN(counts_sizes_that_are_lower_bounds, NULL, end)
{
	struct teardown teardown = complete();

	begin(0, 1);
	add(&teardown);
	teardown.memory.flags = 0;
	add(&teardown);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_inexact_teardowns_total{map_type=\"hash\"} 0"));
	teardown.memory.flags = MEMORY_KNOWN;
	add(&teardown);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_inexact_teardowns_total{map_type=\"hash\"} 1"));
	assert_true(has("memdestroy_freed_bytes_total{map_type=\"hash\"} 8192"));
	assert_true(has("memdestroy_unsized_teardowns_total{map_type=\"hash\"} 1"));
}

#define PHASE_OF(name)                                                                             \
	"memdestroy_teardown_phase_seconds_sum{map_type=\"hash\",phase=\"" name "\"} "

TEST_BETWEEN(counts_teardowns, NULL, end)
{
	struct teardown teardown = complete();

	begin(0, 1);
	add(&teardown);
	teardown.memory.flags = 0;
	teardown.nr_destroys = 0;
	teardown.phase[PHASE_WAIT] = teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	teardown.phase[PHASE_DESTROY] = teardown.phase[PHASE_DEFERRED] = 0;
	add(&teardown);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_teardowns_total{map_type=\"hash\"} 2"));
	assert_true(has("memdestroy_freed_bytes_total{map_type=\"hash\"} 4096"));
	assert_true(has("memdestroy_unsized_teardowns_total{map_type=\"hash\"} 1"));
	assert_true(has(PHASE_OF("wait") "0.000001000"));
	assert_true(has(PHASE_OF("free") "0.000400000"));
	/* The second one has no such phases. */
	assert_true(has("memdestroy_teardown_phase_seconds_count{map_type=\"hash\","
			"phase=\"destroy\"} 1"));
	assert_true(has(PHASE_OF("deferred") "0.005000000"));
	assert_true(has(PHASE_OF("total") "0.005201000"));
	/* 1 us is in the bucket of 1 us. */
	assert_true(has("memdestroy_teardown_phase_seconds_bucket{map_type=\"hash\","
			"phase=\"wait\",le=\"1e-06\"} 1"));
	assert_null(strstr(text, "memdestroy_owner"));
	assert_true(has("memdestroy_start_time_seconds 1.500000000"));
	assert_true(has("memdestroy_run_info{attach=\"fentry/fexit\",kernel=\"6.12 \\\"x\\\"\","
			"machine=\"\",source=\"live\"} 1"));
	write_all(METRICS_OPENMETRICS);
	assert_true(has("memdestroy_teardowns_total{map_type=\"hash\"} 2"));
	assert_true(has("# TYPE memdestroy_teardowns counter"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
}

TEST_BETWEEN(counts_calls_and_stuck_reports, NULL, end)
{
	struct call call = {.caller.name = "trie_free", .latency_ns = 1001};
	const struct stuck stuck = {.where = "wait"};
	char name[32];

	begin(0, 1);
	sink.ops->call(sink.ctx, &call);
	call.flags = CALL_EMPTY_KNOWN | CALL_EMPTY;
	sink.ops->call(sink.ctx, &call);
	call.flags = 0;
	call.latency_ns = UNKNOWN_NS;
	sink.ops->call(sink.ctx, &call);
	sink.ops->stuck(sink.ctx, &stuck);
	for (int i = 0; i < 100; i++) { /* more callers than have a series */
		call.caller.name = i ? name : NULL;
		sprintf(name, "f%d", i);
		sink.ops->call(sink.ctx, &call);
	}
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_destroy_calls_total{caller=\"trie_free\"} 3"));
	assert_true(has("memdestroy_empty_destroy_calls_total{caller=\"trie_free\"} 1"));
	assert_true(has("memdestroy_destroy_call_seconds_count{caller=\"trie_free\"} 1"));
	assert_true(has("memdestroy_destroy_call_seconds_bucket{caller=\"trie_free\",le=\"1e-06\"}"
			" 0"));
	assert_true(has("memdestroy_destroy_calls_total{caller=\"unknown\"} 1"));
	/* "other", trie_free, unknown, and 29 of them */
	assert_true(has("memdestroy_destroy_calls_total{caller=\"f29\"} 1"));
	assert_true(has("memdestroy_destroy_calls_total{caller=\"other\"} 70"));
	/* Those that alerts go by are there from the start. */
	assert_true(has("memdestroy_stuck_reports_total{where=\"wait\"} 1"));
	assert_true(has("memdestroy_stuck_reports_total{where=\"deferred\"} 0"));
	assert_true(has("memdestroy_stuck_reports_total{where=\"" TRACED_FUNCTION "\"} 0"));
}

/* A run reports a stuck call when it finds it and, if it is still stuck, at the end. */
TEST_BETWEEN(counts_what_is_stuck_once, NULL, end)
{
	struct stuck call = {
		.where = TRACED_FUNCTION, .worker.tid = 7, .since_ns = START, .in_worker = true};
	struct stuck wait = {
		.where = "wait", .map.identity.map_id = 5, .since_ns = START, .for_ns = 10};

	begin(0, 1);
	for (int i = 0; i < 2; i++) {
		sink.ops->stuck(sink.ctx, &call);
		sink.ops->stuck(sink.ctx, &wait);
		call.for_ns = wait.for_ns = 20;
		call.map.identity.map_id = 9; /* it became known */
	}
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_stuck_reports_total{where=\"wait\"} 1"));
	assert_true(has("memdestroy_stuck_reports_total{where=\"" TRACED_FUNCTION "\"} 1"));
	call.since_ns++; /* the next call of that thread */
	sink.ops->stuck(sink.ctx, &call);
	wait.map.identity.map_id++; /* released at the same time */
	sink.ops->stuck(sink.ctx, &wait);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_stuck_reports_total{where=\"wait\"} 2"));
	assert_true(has("memdestroy_stuck_reports_total{where=\"" TRACED_FUNCTION "\"} 2"));
}

TEST_BETWEEN(forgets_the_oldest_stuck_reports, NULL, end)
{
	struct stuck stuck = {.where = "wait"};
	char line[128];

	begin(0, 1);
	for (stuck.since_ns = 1; stuck.since_ns <= STUCK_SET_MAX + 1; stuck.since_ns++)
		sink.ops->stuck(sink.ctx, &stuck);
	stuck.since_ns = 2; /* known */
	sink.ops->stuck(sink.ctx, &stuck);
	stuck.since_ns = 1; /* forgotten */
	sink.ops->stuck(sink.ctx, &stuck);
	write_all(METRICS_TEXT);
	sprintf(line, "memdestroy_stuck_reports_total{where=\"wait\"} %d", STUCK_SET_MAX + 2);
	assert_true(has(line));
}

TEST_BETWEEN(counts_by_owner, NULL, end)
{
	struct teardown teardown = complete();

	begin(1U << KEY_NAME | 1U << KEY_UNIT | 1U << KEY_POD, 3);
	add(&teardown);
	add(&teardown);
	teardown.map.known = CALL_MAP;
	teardown.map.identity.released_by.cgroup = NULL;
	add(&teardown);
	teardown.map.known = CALL_MAP | CALL_NAME;
	*teardown.map.name = '\0';
	add(&teardown);
	strcpy(teardown.map.name, "fourth"); /* no series is left for it */
	add(&teardown);
	write_all(METRICS_TEXT);
#define OWNER(name, unit, pod) "{map_name=\"" name "\",unit=\"" unit "\",pod_uid=\"" pod "\"}"
	assert_true(
		has("memdestroy_owner_teardowns_total" OWNER("events", "b.service", "none") " 2"));
	assert_true(has(
		"memdestroy_owner_freed_bytes_total" OWNER("events", "b.service", "none") " 8192"));
	assert_true(has("memdestroy_owner_teardown_seconds_total" OWNER("events", "b.service",
									"none") " 0.010402000"));
	assert_true(has(
		"memdestroy_owner_teardowns_total" OWNER("unknown", "unknown", "unknown") " 1"));
	assert_true(
		has("memdestroy_owner_teardowns_total" OWNER("none", "unknown", "unknown") " 1"));
	assert_true(has("memdestroy_owner_teardowns_total" OWNER("other", "other", "other") " 1"));
	assert_true(has("memdestroy_owner_folded_teardowns_total 1"));
	assert_true(has("memdestroy_teardowns_total{map_type=\"hash\"} 5"));
}

TEST_BETWEEN(folds_no_owner_that_is_called_other, NULL, end)
{
	struct teardown teardown = complete();

	begin(1U << KEY_NAME, 1);
	add(&teardown);
	strcpy(teardown.map.name, "other");
	add(&teardown);
	add(&teardown);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_owner_teardowns_total{map_name=\"other\"} 2"));
	assert_true(has("memdestroy_owner_folded_teardowns_total 0"));
	strcpy(teardown.map.name, "third"); /* no series is left for it */
	add(&teardown);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_owner_teardowns_total{map_name=\"other\"} 3"));
	assert_true(has("memdestroy_owner_folded_teardowns_total 1"));
}

TEST_BETWEEN(gauges_what_is_pending, NULL, end)
{
	struct teardown teardown = complete();
	struct map_info waits = {.identity.released_ns = START + 5};
	struct pending pending = {.map = &waits, .phase = PHASE_WAIT, .since_ns = START + 5};

	begin(0, 1);
	for (int i = 0; i < 2; i++) { /* what was pending before is replaced */
		gatherer_begin_pending(gatherer);
		gatherer_add_pending(gatherer, &pending);
		gatherer_add_pending(gatherer, &(struct pending){&teardown.map, PHASE_DEFERRED,
								 UNKNOWN_NS, &teardown, NULL});
		gatherer_end_pending(gatherer, true, START + 2000000001);
	}
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_pending_teardowns{phase=\"wait\"} 1"));
	assert_true(has("memdestroy_pending_teardowns{phase=\"free\"} 0"));
	assert_true(has("memdestroy_pending_teardowns{phase=\"deferred\"} 1"));
	assert_true(has("memdestroy_pending_bytes 4096"));
	assert_true(has("memdestroy_pending_unsized_teardowns 1"));
	assert_true(has("memdestroy_oldest_pending_seconds 2.000000001"));
	gatherer_begin_pending(gatherer);
	gatherer_end_pending(gatherer, false, START);
	write_all(METRICS_TEXT);
	assert_null(strstr(text, "pending_teardowns{phase=\"wait\"}"));
	assert_true(has("memdestroy_oldest_pending_seconds 0.000000000"));
}

TEST_BETWEEN(leaves_pending_what_the_end_has_cut, NULL, end)
{
	struct teardown teardown = complete();
	struct teardown_counts counts = {};
	struct ledger ledger = {};

	begin(0, 1);
	teardown.running = true;
	add(&teardown);
	teardown.running = false;
	teardown.outcomes[OUTCOME_PENDING] = 1;
	add(&teardown);
	gatherer_count(gatherer, &ledger, &counts, "", false);
	gatherer_end_run(gatherer, START + 70000000000);
	gatherer_end(gatherer);
	write_all(METRICS_TEXT);
	assert_null(strstr(text, "memdestroy_teardowns_total{map_type=\"hash\"}"));
	assert_true(has("memdestroy_pending_teardowns{phase=\"wait\"} 0"));
	assert_true(has("memdestroy_pending_teardowns{phase=\"free\"} 1"));
	assert_true(has("memdestroy_pending_teardowns{phase=\"deferred\"} 1"));
	assert_true(has("memdestroy_pending_bytes 8192"));
	assert_true(has("memdestroy_oldest_pending_seconds 70.000000000"));
}

/* Of several recordings: a map does not age after the end of its own. */
TEST_BETWEEN(ages_what_is_pending_until_the_end_of_its_recording, NULL, end)
{
	struct teardown teardown = complete();

	begin(0, 1);
	teardown.running = true;
	add(&teardown);
	gatherer_end_run(gatherer, START + 2000000000);
	gatherer_end_run(gatherer, START + 90000000000);
	teardown.map.identity.released_ns = START + 90000000000;
	add(&teardown);
	gatherer_end_run(gatherer, START + 91000000000);
	gatherer_end(gatherer);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_pending_teardowns{phase=\"free\"} 2"));
	assert_true(has("memdestroy_oldest_pending_seconds 2.000000000"));
	add(&teardown);
	gatherer_end_run(gatherer, UNKNOWN_NS);
	gatherer_end(gatherer);
	write_all(METRICS_TEXT);
	assert_null(strstr(text, "\nmemdestroy_oldest_pending_seconds"));
}

/* Of maps that wait at the end, only the number is known. */
TEST_BETWEEN(has_no_oldest_map_if_an_age_is_unknown, NULL, end)
{
	struct teardown_counts counts = {.ledger.waiting = 3};
	struct teardown teardown = complete();
	struct ledger ledger = {};

	begin(0, 1);
	teardown.running = true;
	add(&teardown);
	gatherer_count(gatherer, &ledger, &counts, "", false);
	gatherer_end_run(gatherer, START + 70000000000);
	gatherer_end(gatherer);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_pending_teardowns{phase=\"wait\"} 3"));
	assert_true(has("memdestroy_pending_unsized_teardowns 3"));
	assert_null(strstr(text, "\nmemdestroy_oldest_pending_seconds"));
}

/* Every figure is in the text, by its name and value, except unknown ones. */
TEST_BETWEEN(writes_the_whole_ledger, NULL, end)
{
	struct teardown_counts counts = {};
	struct ledger ledger = {};
	char line[128];
	__u64 nr = 1000;

	begin(0, 1);
	for (const struct figure *figure = ledger_figures; figure->name; figure++)
		figure_set(figure, &ledger, nr++);
	for (const struct figure *figure = hook_figures; figure->name; figure++)
		figure_set(figure, &counts.hooks[HOOK_FREE], nr++);
	counts.hooks[HOOK_FREE].attached = counts.hooks[HOOK_FREE].returns = true;
	counts.ledger.completed = LEDGER_UNKNOWN;
	counts.ledger.started = LEDGER_ABSENT;
	gatherer_count(gatherer, &ledger, &counts, "why", false);
	write_all(METRICS_TEXT);
	nr = 1000;
	for (const struct figure *figure = ledger_figures; figure->name; figure++) {
		sprintf(line, "{ledger=\"calls\",reason=\"%s\"} %llu\n", figure->name, nr++);
		assert_non_null(strstr(text, line));
	}
	for (const struct figure *figure = hook_figures; figure->name; figure++) {
		sprintf(line, "memdestroy_hook_events_total{hook=\"free\",reason=\"%s\"} %llu",
			figure->name, nr++);
		assert_true(has(line));
	}
	assert_null(strstr(text, "hook=\"put\""));
	assert_null(strstr(text, "ledger=\"teardowns\",reason=\"completed\""));
	assert_null(strstr(text, "ledger=\"teardowns\",reason=\"started\""));
	assert_true(has("memdestroy_blind 1"));
	assert_true(has("memdestroy_ledger_state{ledger=\"calls\",reason=\"still_running\"} 1003"));
}

TEST_BETWEEN(lets_no_counter_go_back, NULL, end)
{
	struct teardown_counts counts = {.ledger = {.waiting = 9, .bytes = 7}};
	struct ledger ledger = {.entry_only = 5, .still_running = 4};

	begin(0, 1);
	gatherer_count(gatherer, &ledger, &counts, "", false);
	ledger.entry_only = 2;
	ledger.still_running = 1;
	counts.ledger.waiting = 0;
	gatherer_count(gatherer, &ledger, &counts, "", false);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_ledger_total{ledger=\"calls\",reason=\"entry_only\"} 5"));
	assert_true(has("memdestroy_ledger_state{ledger=\"calls\",reason=\"still_running\"} 1"));
	assert_true(has("memdestroy_ledger_state{ledger=\"teardowns\",reason=\"waiting\"} 0"));
}

/* A program preempted between its two counts looks like a miss, until it goes on. */
TEST_BETWEEN(counts_a_miss_once_it_lasts, NULL, end)
{
	struct teardown_counts counts = {.hooks[HOOK_DESTROY] = {.attached = true}};
	struct ledger ledger = {};
	const unsigned int missed[] = {0, 4, 3, 3, 5, 3};

	begin(0, 1);
	for (size_t i = 0; i < ARRAY_SIZE(missed); i++) {
		ledger.missed_entry = counts.hooks[HOOK_DESTROY].missed = missed[i];
		gatherer_count(gatherer, &ledger, &counts, "", true);
	}
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_ledger_total{ledger=\"calls\",reason=\"missed_entry\"} 3"));
	assert_true(has("memdestroy_hook_events_total{hook=\"destroy\",reason=\"missed\"} 3"));
	ledger.missed_entry = counts.hooks[HOOK_DESTROY].missed = 6;
	gatherer_count(gatherer, &ledger, &counts, "", false);
	write_all(METRICS_TEXT);
	assert_true(has("memdestroy_ledger_total{ledger=\"calls\",reason=\"missed_entry\"} 6"));
	assert_true(has("memdestroy_hook_events_total{hook=\"destroy\",reason=\"missed\"} 6"));
}

TEST_MAIN(NULL, NULL)
