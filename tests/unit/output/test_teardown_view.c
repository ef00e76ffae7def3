// SPDX-License-Identifier: GPL-2.0-only
/*
 * Views of teardowns: their filters, and the contents of each view.
 */
#include "model/glob.h"
#include "output/teardown_view.h"
#include "support/json.h"
#include "support/rendered.h"
#include "util/macros.h"

#define START_NS 1000000 /* of the run */

static const struct view_options defaults = {.view = VIEW_TEARDOWNS, .identity = true};

/* Of map N, in N microseconds. */
static struct teardown teardown_of(__u32 id)
{
	struct teardown teardown = {
		.map = plain.map,
		.run = {START_NS + id, plain.latency_ns, plain.task},
		.queued_ns = UNKNOWN_NS,
		.phase = {id * 300ULL, id * 700ULL, 0, 0, id * 1000ULL},
	};

	teardown.entries = ENTRIES_UNKNOWN;
	teardown.map.identity.map_id = id;
	teardown.map.identity.released_ns = START_NS + id;
	teardown.map.identity.released_by =
		(struct releaser){.known = true, .task.pid = 500, .task.comm = "loader"};
	return teardown;
}

static struct filter filter; /* reset by the tests that set it */

static struct teardown_view *view_of(const struct view_options *opts)
{
	struct teardown_view *view = teardown_view_new(opts, &filter);

	assert_non_null(view);
	return view;
}

static void take(struct teardown_view *view, FILE *out, const struct teardown *teardown)
{
	assert_int_equal(teardown_view_teardown(view, out, teardown), 0);
}

/* The output of a run with maps 1 to 5. */
static const char *whole_run(const struct view_options *opts)
{
	struct teardown_view *view = view_of(opts);
	const struct deferred_free deferred = {.map = plain.map, .destroy_ns = 1, .latency_ns = 2};
	struct teardown teardown;
	FILE *out = out_open();
	__u32 id;

	assert_int_equal(teardown_view_begin(view, out, START_NS), 0);
	for (id = 1; id <= 5; id++) {
		teardown = teardown_of(id);
		take(view, out, &teardown);
		assert_int_equal(teardown_view_deferred_free(view, out, &deferred), 0);
		if (opts->interval_ns && id % 2 == 0)
			assert_int_equal(teardown_view_interval(view, out, id / 2, 0), 0);
	}
	assert_int_equal(teardown_view_end(view, out, 0), 0);
	teardown_view_free(view);
	return out_close(out);
}

/* Text that is in the output of a run so many times; first is before then. */
static const struct {
	struct view_options opts;
	struct {
		const char *text;
		size_t nr;
	} in[5];
	const char *first, *then;
} views[] = {
	/* Events: one sort of line only under one heading. */
	{.opts = {.events = true, .format = FORMAT_JSON},
	 .in = {{"{\"type\":\"teardown\",", 5}, {"{\"type\":\"reclaim\",", 5}, {"\n", 10}},
	 .first = "\"id\":1,",
	 .then = "\"id\":5,"},
	{.opts = {.events = true, .format = FORMAT_CSV},
	 .in = {{"type,released_ns,", 1}, {"\nteardown,", 5}, {"\n", 6}}},
	{.opts = {.events = true, .format = FORMAT_TABLE}, .in = {{"RELEASED BY", 1}, {"\n", 6}}},
	/* The slowest. */
	{.opts = {.format = FORMAT_TABLE},
	 .in = {{"RELEASED BY", 1}, {"\n", 6}},
	 .first = "5.00us",
	 .then = "1.00us"},
	{.opts = {.top = 2}, .in = {{"\n", 4}, {"\n3 more rows\n", 1}}},
	{.opts = {.top = 2, .sort = SORT_KEY, .format = FORMAT_JSON},
	 .in = {{"\n", 2}, {"reclaim", 0}},
	 .first = "\"id\":1,",
	 .then = "\"id\":2,"},
	{.opts = {.top = 2, .format = FORMAT_CSV}, .in = {{"type,released_ns,", 1}, {"\n", 3}}},
	/* Rows. */
	{.opts = {.by = {KEY_RELEASED_BY}, .nr_by = 1, .format = FORMAT_JSON},
	 .in = {{"{\"type\":\"row\",\"released_by\":\"loader\",\"count\":5,", 1}, {"\n", 1}}},
	{.opts = {.by = {KEY_RELEASED_BY}, .nr_by = 1, .format = FORMAT_CSV},
	 .in = {{"type,released_by,count,", 1}, {"\nrow,loader,5,", 1}}},
	/* An interval shows its own teardowns, the whole run shows all. */
	{.opts = {.interval_ns = 1, .by = {KEY_TYPE}, .nr_by = 1, .format = FORMAT_JSON},
	 .in = {{"{\"type\":\"row\",\"interval\":1,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"map_type\":\"hash\",\"count\":2,",
		 1},
		{"{\"type\":\"row\",\"interval\":2,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"map_type\":\"hash\",\"count\":2,",
		 1},
		{"{\"type\":\"row\",\"interval\":null,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"map_type\":\"hash\",\"count\":5,",
		 1},
		{"\n", 3}}},
	{.opts = {.interval_ns = 1, .by = {KEY_TYPE}, .nr_by = 1, .format = FORMAT_CSV},
	 .in = {{"type,interval,time,map_type,count,", 1}, {"\n", 4}}},
	{.opts = {.interval_ns = 1},
	 .in = {{"RELEASED BY", 3}, {"\n", 3 + 2 + 2 + 5}, {"1.00us", 2}}},
	/* Without the name of the list, each is shown once; the last one's interval is open. */
	{.opts = {.interval_ns = 1, .format = FORMAT_JSON}, .in = {{"\n", 4}}},
	{.opts = {.interval_ns = 1, .format = FORMAT_CSV}, .in = {{"\n", 1 + 4}}},
	/* Other viewers. */
	{.opts = {.format = FORMAT_FOLDED},
	 .in = {{"loader;hash;events;free 10500\nloader;hash;events;wait 4500\n", 1}, {"\n", 2}}},
	{.opts = {.timeline = true, .top = 3}, .in = {{"events", 3}}},
	{.opts = {.format = FORMAT_PERFETTO}, .in = {{"\n{\"ph\":\"X\"", 15}}},
};

TEST(whole_runs)
{
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		struct view_options opts = views[i].opts;
		const char *text;

		opts.view = VIEW_TEARDOWNS;
		opts.identity = true;
		text = whole_run(&opts);
		for (size_t j = 0; views[i].in[j].text; j++)
			if (occurrences(text, views[i].in[j].text) != views[i].in[j].nr)
				fail_msg("view %zu: not %zu times '%s':\n%s", i, views[i].in[j].nr,
					 views[i].in[j].text, text);
		if (views[i].first)
			assert_true(strstr(text, views[i].first) < strstr(text, views[i].then));
		if (opts.format == FORMAT_JSON || opts.format == FORMAT_PERFETTO)
			json_check_lines(text);
	}
}

static void filter_by_name(const char *pattern)
{
	assert_int_equal(glob_compile(pattern, &filter.names), 0);
	filter.by_name = true;
}

static bool is_wanted(const struct view_options *opts, const struct teardown *teardown)
{
	struct teardown_view *view = view_of(opts);
	struct teardown_ledger ledger = {.shown = 10};
	FILE *out = out_open();
	bool wanted;

	take(view, out, teardown);
	wanted = *out_close(out);
	teardown_view_count(view, &ledger);
	assert_int_equal(ledger.filtered, !wanted);
	assert_int_equal(ledger.shown, 10 - !wanted);
	teardown_view_free(view);
	return wanted;
}

TEST(filters)
{
	struct view_options opts = defaults;
	struct teardown teardown = teardown_of(1);

	opts.events = true;
	opts.format = FORMAT_JSON;
	assert_true(is_wanted(&opts, &teardown));

	filter.map_types = 1 << 2 | 1 << 5;
	assert_false(is_wanted(&opts, &teardown));
	teardown.map.type = 5;
	assert_true(is_wanted(&opts, &teardown));
	/* Unknown values do not match. */
	teardown.map.known &= ~CALL_MAP;
	assert_false(is_wanted(&opts, &teardown));
	teardown.map.known |= CALL_MAP;
	teardown.map.type = 64 + 5;
	assert_false(is_wanted(&opts, &teardown));
	filter.map_types = 0;
	assert_true(is_wanted(&opts, &teardown));

	filter_by_name("ev*s");
	assert_true(is_wanted(&opts, &teardown));
	strcpy(teardown.map.name, "other");
	assert_false(is_wanted(&opts, &teardown));
	filter_by_name("*");
	assert_true(is_wanted(&opts, &teardown));
	teardown.map.known &= ~CALL_NAME;
	assert_false(is_wanted(&opts, &teardown));
	filter.by_name = false;

	filter.min_latency_ns = 1000;
	assert_true(is_wanted(&opts, &teardown));
	filter.min_latency_ns = 1001;
	assert_false(is_wanted(&opts, &teardown));
	/* Only a lower bound of its time is known. */
	teardown.phase[PHASE_TOTAL] = teardown.phase[PHASE_DEFERRED] = UNKNOWN_NS;
	assert_false(is_wanted(&opts, &teardown));
	teardown.phase[PHASE_WAIT] = 1001;
	assert_true(is_wanted(&opts, &teardown));
	filter = (struct filter){};
}

/* A deferred free is filtered by its map; the time of its teardown is not known yet. */
TEST(filters_of_deferred_ends)
{
	struct view_options opts = defaults;
	struct deferred_free deferred = {.map = plain.map, .destroy_ns = 1, .latency_ns = 2};
	struct teardown_view *view;
	struct teardown_ledger ledger = {};
	FILE *out = out_open();

	opts.events = true;
	opts.format = FORMAT_JSON;
	filter.min_latency_ns = 1000000000000;
	filter_by_name("events");
	filter.map_types = 1 << 1;
	view = view_of(&opts);
	assert_int_equal(teardown_view_deferred_free(view, out, &deferred), 0);
	deferred.map.type = 2;
	assert_int_equal(teardown_view_deferred_free(view, out, &deferred), 0);
	deferred.map.type = 1;
	strcpy(deferred.map.name, "other");
	assert_int_equal(teardown_view_deferred_free(view, out, &deferred), 0);
	deferred.map.known = 0;
	assert_int_equal(teardown_view_deferred_free(view, out, &deferred), 0);
	teardown_view_count(view, &ledger);
	assert_int_equal(ledger.filtered, 0);
	assert_false(teardown_view_wants(view, &deferred.map));
	assert_true(teardown_view_wants(view, &plain.map));
	teardown_view_free(view);
	filter = (struct filter){};
	assert_int_equal(occurrences(out_close(out), "\n"), 1);
}

/* Teardowns without room are counted for the whole run. */
TEST(too_many)
{
	struct view_options opts = defaults;
	int by;

	opts.format = FORMAT_JSON;
	for (by = 0; by < 2; by++) {
		struct teardown_ledger ledger = {.shown = 5000};
		struct teardown_view *view;
		struct teardown teardown;
		FILE *out = out_open();
		__u32 id;

		opts.by[0] = KEY_ID;
		opts.nr_by = by;
		view = view_of(&opts);
		for (id = 1; id <= 5000; id++) {
			teardown = teardown_of(id);
			take(view, out, &teardown);
		}
		teardown_view_count(view, &ledger);
		assert_int_equal(ledger.rows_full, 5000 - 4096);
		assert_int_equal(ledger.shown, 5000);
		assert_int_equal(teardown_view_end(view, out, 0), 0);
		teardown_view_free(view);
		/* The slowest, or the first ones and the other row. */
		assert_int_equal(occurrences(out_close(out), "\n"), 4096 + by);
	}
}

/* In each view: taken, never shown. */
TEST(nothing_is_left)
{
	static const enum format formats[] = {FORMAT_TABLE, FORMAT_PERFETTO, FORMAT_FOLDED};
	struct view_options opts = defaults;
	struct teardown teardown = teardown_of(1);
	size_t i;

	for (i = 0; i < 3; i++) {
		struct teardown_view *view;
		FILE *out = out_open();

		opts.format = formats[i];
		view = view_of(&opts);
		assert_int_equal(teardown_view_begin(view, out, START_NS), 0);
		take(view, out, &teardown);
		teardown_view_free(view);
		out_close(out);
	}
	teardown_view_free(NULL);
}

TEST_MAIN(NULL, NULL)
