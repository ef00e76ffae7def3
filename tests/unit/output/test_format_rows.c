// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads tables of rows and histograms back as people and programs see them.
 */
#include "output/histogram.h"
#include "support/rendered_teardowns.h"

static const char *rendered(enum format format, const struct rows *rows, __u64 interval)
{
	FILE *out = out_open();

	assert_int_equal(format_rows(out, format, rows, false, interval), 0);
	return out_close(out);
}

TEST(row_json)
{
	struct call calls[] = {plain, plain, plain, unknown};
	struct aggregate *aggregate;
	struct rows rows;
	const char *text;

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

/* The other row has no CPU: null, not the text of other keys. */
TEST(other_row_without_text)
{
	static const enum key by[] = {KEY_CPU};
	struct aggregate *aggregate = aggregate_new(by, 1, 0);
	struct rows rows;

	assert_non_null(aggregate);
	assert_int_equal(aggregate_add(aggregate, &plain), 0);
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 0, &rows), 0);
	check_has(rendered(FORMAT_JSON, &rows, INTERVAL_NONE), "\"cpu\":null,");
	aggregate_free(aggregate);
}

TEST(row_csv)
{
	struct call calls[] = {plain, plain};
	struct aggregate *aggregate;
	struct rows rows;
	FILE *out = out_open();

	strcpy(calls[0].map.name, "a,\"b\"");
	strcpy(calls[1].map.name, "a,\"b\"");
	aggregate = rows_of(calls, 2, &rows);
	assert_int_equal(format_rows_heading(out, FORMAT_TABLE, &rows, false, INTERVAL_NONE), 0);
	assert_int_equal(format_rows_heading(out, FORMAT_JSON, &rows, false, INTERVAL_NONE), 0);
	assert_int_equal(format_rows_heading(out, FORMAT_CSV, &rows, false, 1), 0);
	assert_int_equal(format_rows(out, FORMAT_CSV, &rows, false, 1), 0);
	assert_int_equal(format_rows(out, FORMAT_CSV, &rows, false, INTERVAL_WHOLE), 0);
	assert_string_equal(
		out_close(out),
		"type,interval,caller,map_type,map_name,count,empty,unmeasured,total_ns,min_ns,"
		"mean_ns,p50_ns,p90_ns,p99_ns,max_ns\n"
		"row,1,htab_map_free,hash,\"a,\"\"b\"\"\",2,0,0,2468,1234,1234,1234,1234,1234,1234\n"
		"row,,htab_map_free,hash,\"a,\"\"b\"\"\",2,0,0,2468,1234,1234,1234,1234,1234,1234\n");
	aggregate_free(aggregate);
}

/* Six calls of five kinds: rows_of() makes three rows and the other one. */
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

TEST(row_table)
{
	struct rows rows;
	struct aggregate *aggregate = many_rows(&rows);

	/* Ties are in the order of the keys: no name, "events", then non-ASCII. */
	assert_string_equal(
		rendered(FORMAT_TABLE, &rows, INTERVAL_NONE),
		"CALLER              TYPE                NAME                COUNT  EMPTY"
		"  UNMEASURED   TOTAL     MIN    MEAN     P50     P90     P99     MAX\n"
		"htab_map_free       hash                \"\"                      1      1"
		"           0       -       -       -       -       -       -       -\n"
		"htab_map_free       hash                events                  1      0"
		"           0  1.23us  1.23us  1.23us  1.23us  1.23us  1.23us  1.23us\n"
		"htab_map_free       hash                häsh 名                 1      0"
		"           0   67.2s   67.2s   67.2s   67.2s   67.2s   67.2s   67.2s\n"
		"(other: row limit)  (other: row limit)  (other: row limit)      3      0"
		"           2  1.23us  1.23us  1.23us  1.23us  1.23us  1.23us  1.23us\n");
	aggregate_free(aggregate);
}

TEST(row_table_leaves_out)
{
	struct rows rows;
	struct aggregate *aggregate = many_rows(&rows);

	/* No row of these has an unmeasured call. */
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 3, &rows), 0);
	assert_null(strstr(rendered(FORMAT_TABLE, &rows, 1), "UNMEASURED"));
	check_has(rendered(FORMAT_TABLE, &rows, 1), "\n1 more row\n");
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 2, &rows), 0);
	check_has(rendered(FORMAT_TABLE, &rows, 1), "\n2 more rows\n");
	assert_null(strstr(rendered(FORMAT_JSON, &rows, 1), "more"));

	aggregate_reset(aggregate);
	assert_int_equal(aggregate_sort(aggregate, SORT_KEY, 2, &rows), 0);
	assert_string_equal(rendered(FORMAT_TABLE, &rows, 1), "no calls\n");
	assert_string_equal(rendered(FORMAT_JSON, &rows, 1), "");
	aggregate_free(aggregate);
}

TEST(histograms)
{
	struct call calls[10];
	struct aggregate *aggregate;
	struct rows rows;
	const char *text;
	FILE *out = out_open();
	size_t i;

	for (i = 0; i < 10; i++)
		calls[i] = plain;
	calls[8].latency_ns = 67ULL * 1000000000;
	calls[9] = unknown;
	aggregate = rows_of(calls, 10, &rows);
	assert_int_equal(histogram_draw(out, &rows), 0);
	text = out_close(out);

	check_has(
		text,
		"caller=htab_map_free map_type=hash map_name=events count=9 empty=0 unmeasured=0\n");
	check_has(text, "   1.02us .. 2.05us           8 "
			"|****************************************|\n");
	check_has(text, "   2.05us .. 4.10us           0 "
			"|                                        |\n");
	/* 67 s are between 2^35 and 2^36 ns, the last range shown. */
	check_has(text, "    34.4s .. 68.7s            1 "
			"|*****                                   |\n\n");
	assert_null(strstr(text, "512ns"));
	check_has(text, "caller=? map_type=? map_name=? count=1 empty=0 "
			"unmeasured=1\n  no latencies\n");
	aggregate_free(aggregate);
}

TEST(histogram_of_extremes)
{
	struct call calls[] = {plain, plain, plain};
	struct aggregate *aggregate;
	struct rows rows;
	const char *text;
	FILE *out = out_open();
	size_t lines = 0;

	calls[0].latency_ns = 0;
	calls[1].latency_ns = 1;
	calls[2].latency_ns = UNKNOWN_NS - 1;
	aggregate = rows_of(calls, 3, &rows);
	assert_int_equal(histogram_draw(out, &rows), 0);
	text = out_close(out);
	check_has(text, "      0ns .. 2ns              2 |***");
	check_has(text, "  106752d .. 213504d          1 |***");
	while ((text = strchr(text, '\n'))) {
		text++;
		lines++;
	}
	assert_int_equal(lines, 2 + 64);
	aggregate_free(aggregate);
}

/* The figures of a row with one teardown without a known time. */
#define NULL_PHASE(name)                                                                           \
	"\"" name "_sum_ns\":null,\"" name "_p50_ns\":null,\"" name "_p90_ns\":null,"              \
	"\"" name "_p99_ns\":null,\"" name "_max_ns\":null,"
#define UNMEASURED                                                                                 \
	"\"count\":1,\"unmeasured\":1," NULL_PHASE("wait") NULL_PHASE("free")                      \
		NULL_PHASE("destroy") NULL_PHASE("deferred")                                       \
			NULL_PHASE("total") "\"entries\":null,\"ns_per_entry\":null}\n"

TEST(group_rows)
{
	static const enum key by[] = {KEY_RELEASED_BY, KEY_RELEASED_PID, KEY_CGROUP,
				      KEY_TYPE,	       KEY_NAME,	 KEY_ID};
	struct aggregate *aggregate = aggregate_new(by, 6, 2);
	struct teardown teardown = known_teardown();
	struct rows rows;
	FILE *out = out_open();
	__u64 i;

	assert_non_null(aggregate);
	/* 1 to 100, small enough for exact percentiles. */
	for (i = 1; i <= 100; i++) {
		teardown.phase[PHASE_WAIT] = i;
		teardown.phase[PHASE_TOTAL] = 101 - i;
		assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	}
	teardown = unknown_teardown();
	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	teardown.map.identity.map_id = 9;
	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	assert_int_equal(aggregate_sort(aggregate, SORT_COUNT, 0, &rows), 0);
	assert_int_equal(format_rows(out, FORMAT_JSON, &rows, true, 3), 0);
	assert_string_equal(
		out_close(out),
		"{\"type\":\"row\",\"interval\":3,\"released_by\":\"loader\",\"released_pid\":500,"
		"\"cgroup_id\":4242,\"map_type\":\"hash\",\"map_name\":\"events\",\"map_id\":7,"
		"\"count\":100,\"unmeasured\":0,\"wait_sum_ns\":5050,\"wait_p50_ns\":50,"
		"\"wait_p90_ns\":90,\"wait_p99_ns\":99,\"wait_max_ns\":100,"
		"\"free_sum_ns\":200000,\"free_p50_ns\":2000,\"free_p90_ns\":2000,"
		"\"free_p99_ns\":2000,\"free_max_ns\":2000,\"destroy_sum_ns\":30000,"
		"\"destroy_p50_ns\":300,\"destroy_p90_ns\":300,\"destroy_p99_ns\":300,"
		"\"destroy_max_ns\":300,\"deferred_sum_ns\":4000,\"deferred_p50_ns\":40,"
		"\"deferred_p90_ns\":40,\"deferred_p99_ns\":40,\"deferred_max_ns\":40,"
		"\"total_sum_ns\":5050,\"total_p50_ns\":50,\"total_p90_ns\":90,"
		"\"total_p99_ns\":99,\"total_max_ns\":100,\"entries\":100000,"
		"\"ns_per_entry\":2}\n"
		"{\"type\":\"row\",\"interval\":3,\"released_by\":null,\"released_pid\":null,"
		"\"cgroup_id\":null,\"map_type\":null,\"map_name\":null,\"map_id\":null," UNMEASURED
		"{\"type\":\"row\",\"interval\":3,\"released_by\":\"(other: row limit)\","
		"\"released_pid\":null,\"cgroup_id\":null,\"map_type\":\"(other: row limit)\","
		"\"map_name\":\"(other: row limit)\",\"map_id\":null," UNMEASURED);
	aggregate_free(aggregate);
}

TEST(group_rows_as_text)
{
	static const enum key by[] = {KEY_RELEASED_BY};
	struct aggregate *aggregate = aggregate_new(by, 1, 10);
	struct teardown teardown = known_teardown();
	struct rows rows;
	FILE *out = out_open();

	assert_non_null(aggregate);
	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, &rows), 0);
	assert_int_equal(format_rows(out, FORMAT_TABLE, &rows, true, INTERVAL_NONE), 0);
	assert_string_equal(out_close(out), "no teardowns\n");

	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, &rows), 0);
	out = out_open();
	assert_int_equal(format_rows(out, FORMAT_TABLE, &rows, true, INTERVAL_NONE), 0);
	assert_string_equal(
		out_close(out),
		"RELEASED BY  COUNT  WAIT P50  WAIT P99  FREE P50  FREE P99  DESTROY P50  DESTROY"
		" P99  DEFERRED P50  DEFERRED P99  TOTAL P50  TOTAL P99  ENTRIES  PER ENTRY\n"
		"loader           1     1.00s     1.00s    2.00us    2.00us        300ns"
		"        300ns          40ns          40ns      1.00s      1.00s     1000"
		"        2ns\n");

	out = out_open();
	assert_int_equal(format_rows_heading(out, FORMAT_TABLE, &rows, true, INTERVAL_NONE), 0);
	assert_int_equal(format_rows_heading(out, FORMAT_CSV, &rows, true, INTERVAL_NONE), 0);
	assert_int_equal(format_rows(out, FORMAT_CSV, &rows, true, INTERVAL_NONE), 0);
	assert_string_equal(
		out_close(out),
		"type,released_by,count,unmeasured,wait_sum_ns,wait_p50_ns,wait_p90_ns,"
		"wait_p99_ns,wait_max_ns,free_sum_ns,free_p50_ns,free_p90_ns,free_p99_ns,"
		"free_max_ns,destroy_sum_ns,destroy_p50_ns,destroy_p90_ns,destroy_p99_ns,"
		"destroy_max_ns,deferred_sum_ns,deferred_p50_ns,deferred_p90_ns,"
		"deferred_p99_ns,deferred_max_ns,total_sum_ns,total_p50_ns,total_p90_ns,"
		"total_p99_ns,total_max_ns,entries,ns_per_entry\n"
		"row,loader,1,0,1000000123,1000000123,1000000123,1000000123,1000000123,2000,2000,"
		"2000,2000,2000,300,300,300,300,300,40,40,40,40,40,1000002163,1000002163,"
		"1000002163,1000002163,1000002163,1000,2\n");
	aggregate_free(aggregate);
}

TEST_MAIN(NULL, NULL)
