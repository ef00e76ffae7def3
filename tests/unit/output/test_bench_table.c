// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a benchmark measured, in all formats, and how it grows.
 */
#include <math.h>

#include <linux/bpf.h>

#include "output/bench_table.h"
#include "support/json.h"
#include "support/rendered.h"
#include "util/macros.h"
#include "util/text.h"

#define SCENARIO(of_name, of_map, type, nr, value, filled, nr_threads, nr_maps, nr_runs)           \
	{                                                                                          \
		.name = (of_name), .map_name = (of_map), .map_type = BPF_MAP_TYPE_##type,          \
		.entries = (nr), .max_entries = (nr), .value_size = (value), .fill = (filled),     \
		.threads = (nr_threads), .maps = (nr_maps), .runs = (nr_runs)                      \
	}

/* Medians grow as entries^0.5 in one family, and as entries in another. */
static const struct scenario list[] = {
	SCENARIO("h1", "bench_0", HASH, 1, 64, FILL_FULL, 1, 1, 3),
	SCENARIO("t|1", "bench_1", LPM_TRIE, 100, 8, FILL_FULL, 4, 50, 1),
	SCENARIO("h2", "bench_2", HASH, 10000, 64, FILL_FULL, 1, 1, 3),
	SCENARIO("t2", "bench_3", LPM_TRIE, 10000, 8, FILL_FULL, 4, 50, 1),
	SCENARIO("e1", "bench_4", HASH, 100, 64, FILL_EMPTIED, 1, 1, 3),
	SCENARIO("left out", "bench_5", HASH, 1000000, 64, FILL_FULL, 1, 1, 3),
};
#define NR (ARRAY_SIZE(list))

static void add(struct aggregate *aggregate, const char *scenario, __u64 free_ns, __u64 deferred_ns)
{
	struct teardown teardown = {
		.run.latency_ns = free_ns,
		.entries = ENTRIES_UNKNOWN,
		.map.scenario = scenario,
		.phase = {1000, free_ns, free_ns / 2, deferred_ns, UNKNOWN_NS},
	};

	if (deferred_ns != UNKNOWN_NS)
		teardown.phase[PHASE_TOTAL] = 1000 + free_ns + deferred_ns;
	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
}

static struct aggregate *measured(struct rows *rows)
{
	static const enum key by[] = {KEY_SCENARIO};
	struct aggregate *aggregate = aggregate_new(by, 1, 100);

	assert_non_null(aggregate);
	for (int i = 0; i < 3; i++) {
		add(aggregate, "h1", 100, 0);
		add(aggregate, "h2", 10000, 0);
		add(aggregate, "t2", 1000000, 5000000);
	}
	add(aggregate, "t|1", 10000, UNKNOWN_NS);
	add(aggregate, "e1", 200, 30);
	add(aggregate, "of no interest", 1, 1);
	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, rows), 0);
	return aggregate;
}

static const char *shown(enum format format)
{
	struct rows rows;
	struct aggregate *aggregate = measured(&rows);
	FILE *out = out_open();

	assert_int_equal(bench_table(out, format, list, NR, &rows, NULL), 0);
	aggregate_free(aggregate);
	return out_close(out);
}

TEST(slopes_are_right)
{
	double x[] = {1, 1000, 100000, 1000000}, y[4];
	/* Calculated by hand from the logarithms to base 10: x 0, 1, 2; y 0, 2, 1. */
	double noisy_x[] = {1, 10, 100}, noisy_y[] = {1, 100, 10};
	double same[] = {7, 7, 7}, none[] = {0, NAN, -1};

	for (int i = 0; i < 4; i++)
		y[i] = 41 * pow(x[i], 0.97);
	assert_true(fabs(bench_exponent(x, y, 4) - 0.97) < 1e-9);
	assert_true(fabs(bench_exponent(noisy_x, noisy_y, 3) - 0.5) < 1e-9);
	y[0] = NAN;
	y[1] = 0;
	assert_true(fabs(bench_exponent(x, y, 4) - 0.97) < 1e-9);
	y[2] = NAN;
	assert_true(isnan(bench_exponent(x, y, 4)));
	assert_true(isnan(bench_exponent(same, noisy_y, 3)));
	assert_true(isnan(bench_exponent(noisy_x, none, 3)));
	assert_true(isnan(bench_exponent(x, y, 0)));
}

TEST(tables_have_a_line_for_each_scenario)
{
	assert_string_equal(
		shown(FORMAT_TABLE),
		"SCENARIO  COUNT  ENTRIES  FREE P50  DESTROY P50  DEFERRED P50  TOTAL P50  TOTAL"
		" P99  FREE P50 PER ENTRY\n"
		"h1            3        1     100ns         50ns           0ns     1.10us"
		"     1.10us               100ns\n"
		"t|1           1      100    10.0us       5.00us             ?          ?"
		"          ?               100ns\n"
		"h2            3    10000    10.0us       5.00us           0ns     11.0us"
		"     11.0us                 1ns\n"
		"t2            3    10000    1.00ms        500us        5.00ms     6.00ms"
		"     6.00ms               100ns\n"
		"e1            1      100     200ns        100ns          30ns     1.23us"
		"     1.23us                   -\n"
		"left out      0  1000000         ?            ?             ?          ?"
		"          ?                   ?\n"
		"\n"
		"SCENARIOS                           POINTS  ENTRIES FROM     TO  FREE P50 ~"
		" ENTRIES^  OF THE LAST TWO  TOTAL P50 ~ ENTRIES^  FREE P50 PER ENTRY AT THE MOST\n"
		"hash,value=64                            2             1  10000"
		"                  0.5              0.5                  0.25"
		"                             1ns\n"
		"lpm_trie,value=8,threads=4,maps=50       2           100  10000"
		"                    1                1                     ?"
		"                           100ns\n");
}

/* Neither table is wider than a terminal; numbers are whole. */
TEST(tables_fit_a_terminal)
{
	static const struct table_style narrow = {.width = 60};
	struct rows rows;
	struct aggregate *aggregate = measured(&rows);
	FILE *out = out_open();
	char text[4096], *line, *rest = text;

	assert_int_equal(bench_table(out, FORMAT_TABLE, list, NR, &rows, &narrow), 0);
	aggregate_free(aggregate);
	snprintf(text, sizeof(text), "%s", out_close(out));
	check_has(text, "not shown: ");
	check_has(text, "t2          1.00ms        500us        5.00ms     6.00ms\n");
	while ((line = strsep(&rest, "\n")))
		if (text_width(line) > narrow.width)
			fail_msg("too wide: %s", line);
}

static void check_number(const char *line, const char *name, double want)
{
	const char *value = json_find(line, name);

	if (!value || fabs(strtod(value, NULL) - want) > 0.001)
		fail_msg("%s is not %f: %s", name, want, line);
}

TEST(json_has_it_all)
{
	const char *text = shown(FORMAT_JSON), *line = line_of(text, 3);

	json_check_lines(text);
	assert_int_equal(
		strncmp(line,
			"{\"type\":\"bench\",\"scenario\":\"t2\",\"map_type\":\"lpm_trie\","
			"\"value_size\":8,\"prealloc\":false,\"fill\":\"full\","
			"\"threads\":4,\"maps\":50,\"runs\":1,"
			"\"max_entries\":10000,\"keys\":\"spread\",\"special\":\"none\",\"held\":\"fd\","
			"\"family\":\"lpm_trie,value=8,threads=4,maps=50\",\"count\":3,"
			"\"entries\":10000,",
			268),
		0);
	check_number(line, "free_p50_ns", 1000000);
	check_number(line, "deferred_p99_ns", 5000000);
	check_number(line, "total_p50_ns", 6001000);
	check_number(line, "free_ns_per_entry", 100);
	assert_true(json_is(line_of(text, 1), "total_p50_ns", "null"));
	line = line_of(text, 4);
	assert_true(json_is(line, "fill", "\"emptied\""));
	assert_true(json_is(line, "free_ns_per_entry", "null"));
	line = line_of(text, 6);
	assert_true(json_is(line, "type", "\"scaling\""));
	assert_true(json_is(line, "points", "2")); /* the one left out is none */
	assert_true(json_is(line, "entries_min", "1"));
	assert_true(json_is(line, "entries_max", "10000"));
	check_number(line, "free_exponent", 0.5);
	check_number(line, "free_exponent_top", 0.5); /* of two there are no others */
	check_number(line, "total_exponent", log(11.0 / 1.1) / log(10000));
	check_number(line, "free_ns_per_entry", 1);
	line = line_of(text, 7);
	check_number(line, "free_exponent", 1);
	assert_true(json_is(line, "total_exponent", "null"));
	assert_string_equal(line_of(text, 8), "");
}

TEST(csv_is_one_table)
{
	const char *text = shown(FORMAT_CSV);

	check_begins(text, "type,scenario,map_type,");
	check_begins(line_of(text, 1), "bench,h1,hash,64,false,full,1,1,3,1,spread,none,fd,");
	check_begins(line_of(text, 6), "bench,left out,hash,");
	assert_string_equal(line_of(text, 7), "");
}

TEST(markdown_has_two_tables)
{
	const char *text = shown(FORMAT_MARKDOWN);

	check_begins(text, "| SCENARIO | COUNT | ENTRIES |");
	check_begins(line_of(text, 3), "| `t\\|1` | 1 | 100 |");
	assert_string_equal(line_of(text, 8), "");
	check_begins(line_of(text, 9), "| SCENARIOS |");
	check_has(line_of(text, 11), " 0.5 |");
}

TEST(nothing_measured_is_shown_as_that)
{
	const struct rows none = {.nr = 0};
	FILE *out = out_open();
	const char *text;

	assert_int_equal(bench_table(out, FORMAT_TABLE, list, 1, &none, NULL), 0);
	text = out_close(out);
	check_has(line_of(text, 1), "h1");
	assert_string_equal(line_of(text, 2), "");
	out = out_open();
	assert_int_equal(bench_table(out, FORMAT_TABLE, list, 0, &none, NULL), 0);
	assert_string_equal(out_close(out), "no scenarios\n");
}

/* If a part of the time is constant, the greatest maps show the growth. */
TEST(growth_of_the_greatest_maps)
{
	static const enum key by[] = {KEY_SCENARIO};
	static const __u64 medians[] = {500000, 100, 5000}; /* of 10,000, 1 and 100 entries */
	static const __u32 entries[] = {10000, 1, 100};
	struct aggregate *aggregate = aggregate_new(by, 1, 100);
	struct scenario three[3] = {list[0], list[0], list[0]};
	struct rows rows;
	FILE *out = out_open();
	const char *line;

	for (int i = 0; i < 3; i++) {
		snprintf(three[i].name, sizeof(three[i].name), "%d", i);
		three[i].entries = three[i].max_entries = entries[i];
		add(aggregate, three[i].name, medians[i], 0);
	}
	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, &rows), 0);
	assert_int_equal(bench_table(out, FORMAT_JSON, three, 3, &rows, NULL), 0);
	line = line_of(out_close(out), 3);
	check_number(line, "free_exponent_top", 1);
	check_number(line, "free_exponent",
		     log(5000) / log(10000)); /* evenly spaced: the ends decide */
	check_number(line, "free_ns_per_entry", 50);
	aggregate_free(aggregate);
}

TEST_MAIN(NULL, NULL)
