// SPDX-License-Identifier: GPL-2.0-only
/* What a screen shows, at several sizes, and what the keys change. */
#include "support/screened.h"

static const struct {
	size_t width, height;
} sizes[] = {{80, 24}, {160, 50}, {250, 60}, {10, 3}, {20, 6}, {1, 1}, {79, 7}, {300, 200}};

static void fill(double seconds)
{
	const struct teardown teardowns[] = {
		teardown_of(1, "first", 0),
		teardown_of(2, "second", 2),
		teardown_of(3, "\033[2J\xff\u6f22\u5b57", 2.7),
	};
	struct teardown ended = teardown_of(9, "ended", -7);

	end_one(&ended);
	ended = teardown_of(8, "older", -6.5);
	ended.map.type = 2;
	end_one(&ended);
	update(seconds, teardowns, 3);
}

SCREEN_TEST(tables, VIEW_BOTH)
{
	fill(3.8);
	draw(80, 24);
	check_shown("IN PROGRESS: 3, sorted by AGE");
	check_shown("ENDED IN THE LAST MINUTE: 2");
	check_shown("oldest 3.80s");
	check_shown("now 3: 0 wait, 1 free, 1 destroy, 1 deferred");
	check_shown("Pending 12.0KiB");
	/* The oldest first; the newest that ended first. */
	assert_true(find_line("first ") < find_line("second "));
	assert_true(find_line("older ") < find_line("ended "));
	check_shown("\\x1b[2J\\xff\u6f22\u5b57");
	assert_int_equal(screened.lines.nr, 24);
	check_shown("? help");
	/* The phase, how long, the age, what it waits for. */
	check_shown("deferred  800ms  3.80s  a grace period");
	check_shown("destroy   300ms  1.80s  kworker/0:1");
	check_shown("free      100ms  1.10s  kworker/0:1");
}

SCREEN_TEST(all_sizes, VIEW_BOTH)
{
	static const char *const keys[] = {"", "?", "\033", "b", "w", "\t\n", "\033", "/x"};

	fill(3.8);
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		press(keys[k]);
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
			draw(sizes[i].width, sizes[i].height);
	}
}

SCREEN_TEST(smallest, VIEW_BOTH)
{
	fill(3.8);
	draw(10, 3);
	assert_string_equal(screened.lines.line[0].text, "3 now");
	assert_string_equal(screened.lines.line[1].text, "3.80s old");
	draw(10, 1);
	assert_int_equal(screened.lines.nr, 1);
}

/* A screen with nothing on it. */
SCREEN_TEST(nothing, VIEW_BOTH)
{
	update(1, NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		draw(sizes[i].width, sizes[i].height);
	draw(80, 24);
	check_shown("IN PROGRESS: 0");
	press("\n\tgGjk><r\n");
	draw(80, 24);
	assert_int_equal(screened.state.overlay, OVERLAY_NONE);
}

SCREEN_TEST(order, VIEW_BOTH)
{
	fill(3.8);
	draw(160, 24);
	press("r");
	draw(160, 24);
	assert_true(find_line("first ") > find_line("second "));
	check_shown("sorted by AGE reversed");
	press(">");
	draw(160, 24);
	check_shown("sorted by WAITS FOR");
	press("<<<");
	draw(160, 24);
	check_shown("sorted by PHASE");
	assert_true(find_line("first ") < find_line("second ")); /* deferred, destroy */
	press("\t>");
	draw(160, 24);
	check_shown("sorted by START");
	press(">");
	draw(160, 24);
	assert_true(find_line("ended ") < find_line("older ")); /* ids: figures descend */
	press("b");						/* other columns */
	draw(160, 24);
	assert_string_equal(screened.state.panes[PANE_ENDED].sort, "");
}

SCREEN_TEST(typed_filter, VIEW_BOTH)
{
	fill(3.8);
	draw(80, 24);
	press("/SECoq");
	screen_state_key(&screened.state, SCREEN_BACKSPACE);
	screen_state_key(&screened.state, SCREEN_BACKSPACE);
	draw(80, 24);
	check_shown("filter: SEC");
	check_shown("IN PROGRESS: 3, 1 with 'SEC'");
	assert_int_equal(find_line("first "), -1);
	assert_int_equal(find_line("ended "), -1);
	press("\nq"); /* a key again */
	assert_true(screened.state.quit);
	press("\033");
	draw(80, 24);
	check_shown("first ");
	press("/");
	for (int i = 0; i < 100; i++) /* a part of it is kept */
		press("a");
	screen_state_key(&screened.state, 0xc3);
	screen_state_key(&screened.state, 0xa9);
	draw(80, 24);
	assert_true(strlen(screened.state.filter) < SCREEN_FILTER_SIZE);
	press("\033");
	screen_state_key(&screened.state, '/');
	screen_state_key(&screened.state, 0xc3);
	screen_state_key(&screened.state, 0xa9);
	screen_state_key(&screened.state, SCREEN_BACKSPACE);
	assert_string_equal(screened.state.filter, "");
}

SCREEN_TEST(rows_by_key, VIEW_BOTH)
{
	fill(3.8);
	press("b");
	draw(160, 24);
	check_shown("ENDED IN THE LAST MINUTE: 2, by type");
	check_shown("array ");
	assert_false(screened.state.has_details && screened.state.active == PANE_ENDED);
	for (int i = 0; i < 4; i++)
		press("b");
	draw(160, 24);
	check_shown("CALLS SINCE THE START: 0, by caller,type");
	press("b");
	draw(160, 24);
	check_shown("ended ");
}

/* In progress, then ended, then too long ago; with the stack of the task. */
SCREEN_TEST(details, VIEW_BOTH)
{
	struct teardown first = teardown_of(1, "first", 0);

	fill(3.8);
	draw(80, 40);
	press("\n");
	strcpy(screened.state.stack, "rcu_barrier+0x1\nfoo+0x2");
	draw(80, 40);
	check_shown("TEARDOWN (in progress)");
	check_shown("NAME           first");
	check_shown("AGE            3.80s");
	check_shown("|....."); /* the timeline */
	check_shown("rcu_barrier+0x1");
	press("\033");
	draw(80, 40);
	check_shown("IN PROGRESS: 3");
	press("\n");
	end_one(&first);
	update(7, NULL, 0);
	draw(80, 40);
	check_shown("TEARDOWN (ended)");
	check_shown("TOTAL          6.00s");
	update(100, NULL, 0);
	draw(80, 40);
	check_shown("TEARDOWN (ended)");
	screen_state_key(&screened.state, SCREEN_END);
	draw(80, 12);
	screen_state_key(&screened.state, SCREEN_UP);
	draw(80, 12);
}

SCREEN_TEST(selection_scrolls, VIEW_TEARDOWNS)
{
	char name[16];

	for (__u32 i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "map_%u.", i);
		const struct teardown teardown = teardown_of(i + 1, name, -10);

		end_one(&teardown);
	}
	update(1, NULL, 0);
	press("\t");
	draw(80, 24);
	check_shown("map_49.");
	press("G");
	draw(80, 24);
	check_shown("map_0.");
	assert_int_equal(find_line("map_49."), -1);
	screen_state_key(&screened.state, SCREEN_PAGE_UP);
	draw(80, 24);
	check_shown("map_12.");
	press("g");
	draw(80, 24);
	check_shown("map_49.");
	assert_string_equal(screened.state.selected_row.teardown.map.name, "map_49.");
}

SCREEN_TEST(first_table_is_empty, VIEW_TEARDOWNS)
{
	const struct teardown older = teardown_of(1, "older", -20),
			      newer = teardown_of(2, "newer", -10);

	draw(80, 24);
	press("j");
	assert_int_equal(screened.state.active, PANE_PROGRESS); /* both are empty */
	end_one(&older);
	end_one(&newer);
	update(1, NULL, 0);
	draw(80, 24);
	press("x");
	assert_int_equal(screened.state.active, PANE_PROGRESS);
	press("j");
	draw(80, 24);
	assert_string_equal(screened.state.selected_row.teardown.map.name, "newer");
	press("j");
	draw(80, 24);
	assert_string_equal(screened.state.selected_row.teardown.map.name, "older");
}

SCREEN_TEST(calls_alone, VIEW_CALLS)
{
	const struct call call = {.ts_ns = AT(1),
				  .latency_ns = 5000,
				  .caller = {.name = "htab_map_free"},
				  .map = {.type = 1, .known = CALL_MAP}};

	assert_int_equal(screened.sink.ops->call(screened.sink.ctx, &call), 0);
	update(2, NULL, 0);
	draw(80, 24);
	check_shown("CALLS SINCE THE START: 1, by caller,type");
	check_shown("htab_map_free  hash");
	check_shown("Calls 0.5/s");
	assert_int_equal(find_line("IN PROGRESS"), -1);
	press("\t\n");
	draw(80, 24);
	check_shown("CALLS SINCE");
}

TEST_MAIN(NULL, NULL)
