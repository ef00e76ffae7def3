/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model and a screen for tests, with teardowns whose times are round.
 */
#pragma once

#include "support/test.h"
#include "output/wall_time.h"
#include "screen/screen_view.h"
#include "util/text.h"

#define BEGAN	  1000000000000ULL
#define AT(s)	  (BEGAN + (__u64)((s)*NSEC_PER_SEC))
#define MAP_BYTES 4096

static struct screened {
	struct filter filter;
	struct view_options show;
	struct screen_model *model;
	struct event_sink sink;
	struct screen_state state;
	struct screen_lines lines;
} screened;

static inline int screened_open(enum view view)
{
	static const enum key by[] = {KEY_CALLER, KEY_TYPE};
	const struct start start = {BEGAN, BEGAN, false};

	memset(&screened, 0, sizeof(screened));
	screened.show = (struct view_options){.view = view, .by = {KEY_CALLER, KEY_TYPE}};
	screened.show.nr_by = view == VIEW_CALLS ? 2 : 0;
	screened.model = screen_model_new(&screened.filter, by, 2, BEGAN);
	assert_non_null(screened.model);
	screened.sink = screen_model_sink(screened.model, view);
	screen_state_init(&screened.state, &screened.show);
	wall_time_set(&start, false);
	return 0;
}

static inline int screened_close(void **state __attribute__((unused)))
{
	screen_model_free(screened.model);
	return 0;
}

/* A test of a screen of this view. */
#define SCREEN_TEST(name, view)                                                                    \
	static int open_for_##name(void **state __attribute__((unused)))                           \
	{                                                                                          \
		return screened_open(view);                                                        \
	}                                                                                          \
	TEST_BETWEEN(name, open_for_##name, screened_close)

/* Released then; 1 s wait, 2 s free with 1 s destroy in its middle, 3 s deferred. */
static inline struct teardown teardown_of(__u32 id, const char *name, double released)
{
	struct teardown teardown = {
		.map = {.address = id,
			.type = 1,
			.known = CALL_MAP | CALL_NAME,
			.identity = {.map_id = id,
				     .released_ns = AT(released),
				     .released_by = {.known = true,
						     .task = {.pid = 500, .tid = 501}}}},
		.run = {.start_ns = AT(released + 1),
			.latency_ns = 2 * NSEC_PER_SEC,
			.worker = {.pid = 70, .tid = 70, .comm = "kworker/0:1"}},
		.queued_ns = UNKNOWN_NS,
		.entries = 10,
		.memory = {.bytes = MAP_BYTES, .flags = MEMORY_KNOWN | MEMORY_EXACT},
		.phase = {NSEC_PER_SEC, 2 * NSEC_PER_SEC, NSEC_PER_SEC, 3 * NSEC_PER_SEC,
			  6 * NSEC_PER_SEC},
		.nr_destroys = 1,
		.destroy = {{AT(released + 1.5), NSEC_PER_SEC, AT(released + 6), ALLOC_MA,
			     OUTCOME_DEFERRED}},
		.outcomes = {[OUTCOME_DEFERRED] = 1},
	};

	snprintf(teardown.map.name, sizeof(teardown.map.name), "%s", name);
	strcpy(teardown.map.identity.released_by.task.comm, "loader");
	return teardown;
}

static inline void end_one(const struct teardown *teardown)
{
	assert_int_equal(screened.sink.ops->teardown(screened.sink.ctx, teardown), 0);
}

/* Updates the model, with those of the teardowns that are in progress then. */
static inline void update(double seconds, const struct teardown *teardowns, size_t nr)
{
	struct unfinished unfinished;

	screen_model_begin(screened.model);
	for (size_t i = 0; i < nr; i++)
		if (unfinished_at(&unfinished, &teardowns[i], AT(seconds)))
			screen_model_add(screened.model, &unfinished);
	screen_model_end(screened.model, AT(seconds));
}

/* No line is wider than the screen, and no more are used than it has. */
static inline void draw(size_t width, size_t height)
{
	lines_clear(&screened.lines, width, height, true);
	assert_int_equal(screen_view_draw(&screened.lines, screened.model, &screened.state), 0);
	assert_true(screened.lines.nr <= height);
	for (size_t i = 0; i < screened.lines.nr; i++) {
		const struct screen_line *line = &screened.lines.line[i];

		assert_true(line->width <= width);
		assert_int_equal(line->width, text_width(line->text));
		for (size_t s = 0; s < line->nr_spans; s++)
			assert_true(line->spans[s].from < line->spans[s].to &&
				    line->spans[s].to <= line->len &&
				    (!s || line->spans[s].from >= line->spans[s - 1].to));
	}
}

/* The number of the first line that has this text; -1: none. */
static inline int find_line(const char *text)
{
	for (size_t i = 0; i < screened.lines.nr; i++)
		if (strstr(screened.lines.line[i].text, text))
			return (int)i;
	return -1;
}

static inline void check_shown(const char *text)
{
	if (find_line(text) >= 0)
		return;
	for (size_t i = 0; i < screened.lines.nr; i++)
		print_message("%s\n", screened.lines.line[i].text);
	fail_msg("not shown: %s", text);
}

static inline void press(const char *keys)
{
	for (; *keys; keys++)
		screen_state_key(&screened.state, *keys == '\n'	    ? SCREEN_ENTER
						  : *keys == '\033' ? SCREEN_ESCAPE
						  : *keys == '\t'   ? SCREEN_TAB
								    : *keys);
}
