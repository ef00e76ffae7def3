// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads tables of rows and histograms back as people and programs see them.
 */
#include "support/rendered.h"

static const char *rendered(enum format format, const struct rows *rows, __u64 interval)
{
	FILE *out = out_open();

	assert_int_equal(render_rows(out, format, rows, false, interval), 0);
	return out_close(out);
}

static void row_json(void **state)
{
	struct call calls[] = {plain, plain, plain, unknown};
	struct aggregate *aggregate;
	struct rows rows;
	const char *text;

	(void)state;
	calls[1].latency_ns = 2001;
	calls[2].flags |= CALL_EMPTY;
	aggregate = rows_of(calls, 4, &rows);
	text = rendered(FORMAT_JSON, &rows, INTERVAL_NONE);
	assert_string_equal(
		text, "{\"type\":\"row\",\"caller\":\"htab_map_free\",\"map_type\":\"hash\","
		      "\"map_name\":\"events\",\"count\":3,\"empty\":1,\"unmeasured\":0,"
		      "\"total_ns\":3235,\"min_ns\":1234,\"mean_ns\":1618,\"p50_ns\":1234,"
		      "\"p90_ns\":2001,\"p99_ns\":2001,\"max_ns\":2001}\n"
		      "{\"type\":\"row\",\"caller\":null,\"map_type\":null,\"map_name\":null,"
		      "\"count\":1,\"empty\":0,\"unmeasured\":1,\"total_ns\":null,\"min_ns\":null,"
		      "\"mean_ns\":null,\"p50_ns\":null,\"p90_ns\":null,\"p99_ns\":null,"
		      "\"max_ns\":null}\n");

	text = rendered(FORMAT_JSON, &rows, 7);
	assert_int_equal(strncmp(text, "{\"type\":\"row\",\"interval\":7,\"caller\"", 33), 0);
	text = rendered(FORMAT_JSON, &rows, INTERVAL_WHOLE);
	assert_int_equal(strncmp(text, "{\"type\":\"row\",\"interval\":null,\"caller", 35), 0);
	aggregate_free(aggregate);
}

/* It has no CPU; that there is no text for it must not make a text of a number. */
static void other_row_without_text(void **state)
{
	static const enum key by[] = {KEY_CPU};
	struct aggregate *aggregate = aggregate_new(by, 1, 0);
	struct rows rows;

	(void)state;
	assert_non_null(aggregate);
	assert_int_equal(aggregate_add(aggregate, &plain), 0);
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 0, &rows), 0);
	assert_non_null(strstr(rendered(FORMAT_JSON, &rows, INTERVAL_NONE), "\"cpu\":null,"));
	aggregate_free(aggregate);
}

static void row_csv(void **state)
{
	struct call calls[] = {plain, plain};
	struct aggregate *aggregate;
	struct rows rows;
	FILE *out = out_open();

	(void)state;
	strcpy(calls[0].map.name, "a,\"b\"");
	strcpy(calls[1].map.name, "a,\"b\"");
	aggregate = rows_of(calls, 2, &rows);
	assert_int_equal(render_rows_header(out, FORMAT_TABLE, &rows, false, INTERVAL_NONE), 0);
	assert_int_equal(render_rows_header(out, FORMAT_JSON, &rows, false, INTERVAL_NONE), 0);
	assert_int_equal(render_rows_header(out, FORMAT_CSV, &rows, false, 1), 0);
	assert_int_equal(render_rows(out, FORMAT_CSV, &rows, false, 1), 0);
	assert_int_equal(render_rows(out, FORMAT_CSV, &rows, false, INTERVAL_WHOLE), 0);
	assert_string_equal(
		out_close(out),
		"type,interval,caller,map_type,map_name,count,empty,unmeasured,total_ns,min_ns,"
		"mean_ns,p50_ns,p90_ns,p99_ns,max_ns\n"
		"row,1,htab_map_free,hash,\"a,\"\"b\"\"\",2,0,0,2468,1234,1234,1234,1234,1234,1234\n"
		"row,,htab_map_free,hash,\"a,\"\"b\"\"\",2,0,0,2468,1234,1234,1234,1234,1234,1234\n");
	aggregate_free(aggregate);
}

/* Six calls of five kinds, for which rows_of() has three rows and the other one. */
static struct aggregate *many_rows(struct rows *rows)
{
	struct call calls[] = {plain, plain, plain, unknown, unknown, plain};

	strcpy(calls[1].map.name, "h\xc3\xa4sh \xe5\x90\x8d");
	calls[1].latency_ns = 67200000000;
	calls[2].map.name[0] = '\0';
	calls[2].flags |= CALL_EMPTY;
	calls[4].caller.address = 0xabc;
	calls[5].map.type = 2;
	return rows_of(calls, 6, rows);
}

static void row_table(void **state)
{
	struct rows rows;
	struct aggregate *aggregate = many_rows(&rows);
	const char *header = rendered(FORMAT_TABLE, &rows, INTERVAL_NONE), *line[5];
	size_t i;

	(void)state;
	line[0] = header;
	for (i = 1; i < 5; i++)
		line[i] = strchr(line[i - 1], '\n') + 1;
	assert_int_equal(strncmp(header, "CALLER ", 7), 0);
	assert_null(strstr(header, " \n"));

	/* Ties are in the order of the keys: no name, "events", then what is not ASCII. */
	check_cell(header, line[1], "NAME", false, "\"\"");
	check_cell(header, line[1], "EMPTY", true, "1");
	check_cell(header, line[1], "TOTAL", true, "-");
	check_cell(header, line[1], "MAX", true, "-");
	check_cell(header, line[2], "NAME", false, "events");
	check_cell(header, line[2], "P50", true, "1.23us");
	check_cell(header, line[4], "CALLER", false, "(other: row limit)");
	check_cell(header, line[4], "COUNT", true, "3");
	check_cell(header, line[4], "UNMEASURED", true, "2");

	/* Six bytes and characters of which one is two columns wide take their true room. */
	i = edge(header, "COUNT", true) + strlen("h\xc3\xa4sh \xe5\x90\x8d") - strlen("hash xx");
	assert_int_equal(line[3][i - 1], '1');
	assert_non_null(strstr(line[3], " 67.2s"));
	aggregate_free(aggregate);
}

static void row_table_leaves_out(void **state)
{
	struct rows rows;
	struct aggregate *aggregate = many_rows(&rows);

	(void)state;
	/* No row of these has an unmeasured call. */
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 3, &rows), 0);
	assert_null(strstr(rendered(FORMAT_TABLE, &rows, 1), "UNMEASURED"));
	assert_non_null(strstr(rendered(FORMAT_TABLE, &rows, 1), "\n1 more row\n"));
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 2, &rows), 0);
	assert_non_null(strstr(rendered(FORMAT_TABLE, &rows, 1), "\n2 more rows\n"));
	assert_null(strstr(rendered(FORMAT_JSON, &rows, 1), "more"));

	aggregate_reset(aggregate);
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 2, &rows), 0);
	assert_string_equal(rendered(FORMAT_TABLE, &rows, 1), "no calls\n");
	assert_string_equal(rendered(FORMAT_JSON, &rows, 1), "");
	aggregate_free(aggregate);
}

static void histograms(void **state)
{
	struct call calls[10];
	struct aggregate *aggregate;
	struct rows rows;
	const char *text;
	FILE *out = out_open();
	size_t i;

	(void)state;
	for (i = 0; i < 10; i++)
		calls[i] = plain;
	calls[8].latency_ns = 67ULL * 1000000000;
	calls[9] = unknown;
	aggregate = rows_of(calls, 10, &rows);
	assert_int_equal(render_histogram(out, &rows), 0);
	text = out_close(out);

	assert_non_null(strstr(
		text,
		"caller=htab_map_free map_type=hash map_name=events count=9 empty=0 unmeasured=0\n"));
	assert_non_null(strstr(text, "   1.02us .. 2.05us           8 "
				     "|****************************************|\n"));
	assert_non_null(strstr(text, "   2.05us .. 4.10us           0 "
				     "|                                        |\n"));
	/* 67 s are between 2^35 and 2^36 ns, and the last there is. */
	assert_non_null(strstr(text, "    34.4s .. 68.7s            1 "
				     "|*****                                   |\n\n"));
	assert_null(strstr(text, "512ns"));
	assert_non_null(strstr(text, "caller=? map_type=? map_name=? count=1 empty=0 "
				     "unmeasured=1\n  no latencies\n"));
	aggregate_free(aggregate);
}

static void histogram_of_extremes(void **state)
{
	struct call calls[] = {plain, plain, plain};
	struct aggregate *aggregate;
	struct rows rows;
	const char *text;
	FILE *out = out_open();
	size_t lines = 0;

	(void)state;
	calls[0].latency_ns = 0;
	calls[1].latency_ns = 1;
	calls[2].latency_ns = UNKNOWN_NS - 1;
	aggregate = rows_of(calls, 3, &rows);
	assert_int_equal(render_histogram(out, &rows), 0);
	text = out_close(out);
	assert_non_null(strstr(text, "      0ns .. 2ns              2 |***"));
	assert_non_null(strstr(text, "  106752d .. 213504d          1 |***"));
	while ((text = strchr(text, '\n'))) {
		text++;
		lines++;
	}
	assert_int_equal(lines, 2 + 64);
	aggregate_free(aggregate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(row_json),
		cmocka_unit_test(other_row_without_text),
		cmocka_unit_test(row_csv),
		cmocka_unit_test(row_table),
		cmocka_unit_test(row_table_leaves_out),
		cmocka_unit_test(histograms),
		cmocka_unit_test(histogram_of_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
