// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws teardowns whose edges are known to the column, with parts that are not, with lengths of
 * nothing and of centuries, and with hostile names.
 */
#include <errno.h>
#include <limits.h>

#include "support/written.h"
#include "output/timeline.h"
#include "util/macros.h"
#include "util/text.h"

#define START 5000000000ULL

/* 40 us: 10 wait, 20 worker with a destroy call from 5 to 15, 10 deferred. */
static const struct teardown plain = {
	.run.start_ns = START,
	.run.latency_ns = 20000,
	.map.identity = {.map_id = 7, .released_ns = START - 10000},
	.map.type = 1,
	.map.known = CALL_MAP | CALL_NAME,
	.map.name = "events",
	.phase = {10000, 20000, 10000, 10000, 40000},
	.nr_destroys = 1,
	.destroy = {{.ts_ns = START + 5000, .latency_ns = 10000}},
};

/* The cells before the bars, as wide as their headings, and the frames of the bars. */
#define BEFORE (sizeof("ID  TYPE  NAME     TOTAL  ||") - 1)

/* The drawing: line 0 is the legend, 1 the headings. */
static const char *drawn(const struct teardown *const *list, size_t nr, int width)
{
	FILE *out = out_open();

	assert_int_equal(timeline_draw(out, list, nr, width), 0);
	return out_close(out);
}

static const char *bar_of(const char *text, int n)
{
	const char *bar = strchr(line_of(text, n), '|');

	assert_non_null(bar);
	return bar;
}

/* A teardown beside plain, on a scale of 1 us a column. It takes marks columns beyond that. */
static void check_beside_plain(const struct teardown *teardown, int marks, const char *wanted)
{
	const struct teardown *list[] = {&plain, teardown};
	const char *text = drawn(list, 2, BEFORE + 40 + marks);

	assert_string_equal(bar_of(text, 3), wanted);
	check_has(line_of(text, 0), "(a column: 1.00us)");
}

TEST(to_scale)
{
	const struct teardown *list[] = {&plain, &plain};
	struct teardown half = plain;
	const char *text;

	text = drawn(list, 1, BEFORE + 40);
	assert_string_equal(line_of(text, 0),
			    ". wait  = worker  # destroy calls  ~ deferred  ? unknown  > running"
			    "  (a column: 1.00us)");
	assert_string_equal(line_of(text, 1), "ID  TYPE  NAME     TOTAL  "
					      "|0                                 40.0us|");
	assert_string_equal(line_of(text, 2), " 7  hash  events  40.0us  "
					      "|..........=====##########=====~~~~~~~~~~|");
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_string_equal(line_of(text, 3), "");

	half.phase[PHASE_WAIT] = 5000;
	half.phase[PHASE_DEFERRED] = 0;
	half.phase[PHASE_TOTAL] = 25000;
	list[1] = &half;
	assert_string_equal(bar_of(drawn(list, 2, BEFORE + 40), 3),
			    "|.....=====##########=====               |");
	/* In the order of the list. */
	list[0] = &half;
	list[1] = &plain;
	assert_string_equal(bar_of(drawn(list, 2, BEFORE + 40), 3),
			    "|..........=====##########=====~~~~~~~~~~|");
	assert_string_equal(bar_of(drawn(list, 2, BEFORE + 20), 3), "|.....===#####==~~~~~|");
}

/* Each edge is rounded on its own, so that errors do not add up. */
TEST(phases)
{
	static const struct {
		__u64 wait_ns, free_ns, deferred_ns;
		__u32 destroys;
		bool running;
		int marks;
		const char *bar;
	} cases[] = {
		{1499, 1000, 1001, 0, false, 0, "|.=~~                                    |"},
		{1500, 1000, 999, 0, false, 0, "|..=                                     |"},
		{499, 0, 0, 0, false, 0, "|                                        |"},
		{~0ULL, 20000, 10000, 1, false, 1, "|?=====##########=====~~~~~~~~~~          |"},
		{10000, 20000, ~0ULL, 1, false, 1, "|..........=====##########=====?          |"},
		/* The worker's end was missed, its destroy calls were not. */
		{10000, ~0ULL, ~0ULL, 1, false, 2, "|..........=====##########??               |"},
		{10000, ~0ULL, ~0ULL, 1, true, 1, "|..........=====##########>               |"},
		{10000, ~0ULL, ~0ULL, 0, true, 1, "|..........>                              |"},
		{~0ULL, ~0ULL, ~0ULL, 0, true, 2, "|?>                                        |"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct teardown teardown = plain;

		teardown.phase[PHASE_WAIT] = cases[i].wait_ns;
		teardown.phase[PHASE_FREE] = cases[i].free_ns;
		teardown.phase[PHASE_DEFERRED] = cases[i].deferred_ns;
		teardown.nr_destroys = cases[i].destroys;
		teardown.running = cases[i].running;
		check_beside_plain(&teardown, cases[i].marks, cases[i].bar);
	}
}

TEST(destroy_calls_are_where_they_were)
{
	struct teardown teardown = plain;
	const struct teardown *list[1];

	teardown.nr_destroys = 3;
	teardown.destroy[0] = (struct destroy){.ts_ns = START, .latency_ns = 1000};
	teardown.destroy[1] = (struct destroy){.ts_ns = START + 1000, .latency_ns = 2000};
	teardown.destroy[2] = (struct destroy){.ts_ns = START + 19000, .latency_ns = 1000};
	check_beside_plain(&teardown, 0, "|..........###================#~~~~~~~~~~|");
	/* A very short one. */
	teardown.destroy[1].latency_ns = 0;
	check_beside_plain(&teardown, 0, "|..........#==================#~~~~~~~~~~|");

	/* A destroy call that ends after the worker moves the rest to the right. */
	list[0] = &teardown;
	teardown.nr_destroys = 1;
	teardown.destroy[0] = (struct destroy){.ts_ns = START + 5000, .latency_ns = 20000};
	assert_string_equal(bar_of(drawn(list, 1, BEFORE + 45), 2),
			    "|..........=====####################~~~~~~~~~~|");
}

TEST(unknown_destroy_calls_are_marked)
{
	struct teardown teardown = plain;

	/* Unknown latency, then unknown start of a destroy call. */
	teardown.destroy[0].latency_ns = UNKNOWN_NS;
	check_beside_plain(&teardown, 1, "|..........=====?===============~~~~~~~~~~|");
	teardown.destroy[0].ts_ns = UNKNOWN_NS;
	check_beside_plain(&teardown, 1, "|..........?====================~~~~~~~~~~|");
	teardown.destroy[0] = plain.destroy[0];
	teardown.destroy[0].ts_ns = START - 1;
	check_beside_plain(&teardown, 1, "|..........?====================~~~~~~~~~~|");

	/* More destroy calls than are kept. */
	teardown = plain;
	teardown.nr_destroys = MAX_DESTROYS + 1;
	teardown.destroy[1] = teardown.destroy[2] = teardown.destroy[3] =
		(struct destroy){.ts_ns = START + 19000, .latency_ns = 500};
	check_beside_plain(&teardown, 1, "|..........=====##########====#?~~~~~~~~~~|");
}

TEST(cells)
{
	struct teardown teardown = plain, other = plain;
	const struct teardown *list[] = {&teardown, &other};
	const char *text;

	teardown.map.identity.map_id = 0;
	teardown.map.known = 0;
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	other.map.identity.map_id = ~0U;
	other.map.type = 5;
	other.map.name[0] = '\0';
	text = drawn(list, 2, 80);
	check_begins(line_of(text, 1), "        ID  TYPE         NAME   TOTAL  |0");
	check_begins(line_of(text, 2), "         ?  ?            ?          ?  |.");
	check_begins(line_of(text, 3), "4294967295  percpu_hash  \"\"    40.0us  |.");
}

TEST(hostile_names)
{
	struct teardown teardown = plain;
	const struct teardown *list[] = {&plain, &teardown};
	const char *text;
	int byte, n;

	strcpy(teardown.map.name, "\"a|\n\033[2J\xff");
	text = drawn(list, 2, 100);
	check_has(text, " 7  hash  \"a|\\x0a\\x1b[2J  40.0us  |...");

	/* Characters two columns wide: the next cells stay in place. */
	strcpy(teardown.map.name, "\xe5\x90\x8d\xe5\x89\x8d");
	text = drawn(list, 2, 100);
	check_has(text, " 7  hash  \xe5\x90\x8d\xe5\x89\x8d    40.0us  |...");

	for (byte = 1; byte < 256; byte++) {
		memset(teardown.map.name, byte, NAME_LEN - 1);
		text = drawn(list, 2, 100);
		assert_int_equal(printable_lines(text), 4);
		for (n = 1; n < 4; n++)
			assert_int_equal(strlen(line_of(text, n)), 100);
	}
}

/* All lines fit and are equally long, with any number of marks. */
TEST(widths)
{
	struct teardown unknown = plain, running = plain;
	const struct teardown *list[] = {&plain, &unknown, &running};
	const char *text;
	int width, n;

	memset(unknown.phase, 0xff, sizeof(unknown.phase));
	unknown.nr_destroys = ~0U;
	memset(unknown.destroy, 0xff, sizeof(unknown.destroy));
	running.running = true;
	for (width = BEFORE + 10 + 8; width <= TIMELINE_MAX_WIDTH; width++) {
		text = drawn(list, 3, width);
		for (n = 1; n < 5; n++)
			assert_int_equal(text_width(line_of(text, n)), width);
	}
	assert_string_equal(bar_of(drawn(list, 3, BEFORE + 40 + 8), 3),
			    "|????????                                        |");

	/* Beyond any width. */
	assert_string_equal(bar_of(drawn(list, 1, 0), 2), "|...=##==~~|");
	assert_int_equal(strlen(line_of(drawn(list, 1, INT_MIN), 2)), BEFORE + 10);
	assert_int_equal(strlen(line_of(drawn(list, 1, INT_MAX), 2)), TIMELINE_MAX_WIDTH);
	assert_int_equal(strlen(line_of(drawn(list, 3, 1000000), 3)), TIMELINE_MAX_WIDTH);
}

TEST(edge_values)
{
	struct teardown teardown = plain;
	const struct teardown *list[] = {&teardown, &plain};
	const char *text;

	assert_string_equal(drawn(NULL, 0, 80), "no teardowns\n");

	/* All took 0 ns. */
	memset(teardown.phase, 0, sizeof(teardown.phase));
	teardown.nr_destroys = 0;
	text = drawn(list, 1, BEFORE + 10);
	check_has(line_of(text, 0), "(a column: 0ns)");
	assert_string_equal(bar_of(text, 1), "|0       0ns|");
	assert_string_equal(bar_of(text, 2), "|           |");

	/* Without any known time there is no scale. */
	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	text = drawn(list, 1, BEFORE + 10);
	check_has(line_of(text, 0), "(a column: ?)");
	check_has(bar_of(text, 1), " ?|");
	check_begins(bar_of(text, 2), "|???    ");

	/* The longest times, whose sum overflows. */
	memset(teardown.phase, 0, sizeof(teardown.phase));
	teardown.phase[PHASE_WAIT] = UNKNOWN_NS - 1;
	teardown.phase[PHASE_FREE] = UNKNOWN_NS - 1;
	teardown.phase[PHASE_DEFERRED] = UNKNOWN_NS - 1;
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS - 1;
	teardown.run.start_ns = 0;
	teardown.nr_destroys = 1;
	teardown.destroy[0] = (struct destroy){.ts_ns = UNKNOWN_NS - 1};
	text = drawn(list, 2, 100);
	assert_int_equal(strlen(line_of(text, 2)), 100);
	assert_null(strpbrk(bar_of(text, 3), ".=#~"));
}

TEST(write_errors)
{
	const struct teardown *list[] = {&plain};
	FILE *full = full_disk();

	assert_int_equal(timeline_draw(full, list, 1, 80), -ENOSPC);
	assert_int_equal(timeline_draw(full, list, 1, 80), -EIO);
	clearerr(full);
	assert_int_equal(timeline_draw(full, NULL, 0, 80), -ENOSPC);
	clearerr(full);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(timeline_draw(full, list, 1, 80), -ENOSPC);
	fclose(full);
}

TEST_MAIN(NULL, NULL)
