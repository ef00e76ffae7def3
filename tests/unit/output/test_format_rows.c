// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads tables of rows and histograms back as people and programs see them.
 */
#include "output/histogram.h"
#include "support/rendered_teardowns.h"

/* Of each test. */
static struct aggregate *aggregate;
static struct rows rows;

static int forget(void **state)
{
	(void)state;
	aggregate_free(aggregate);
	aggregate = NULL;
	return 0;
}

#define ROWS_TEST(name) TEST_BETWEEN(name, NULL, forget)

static void sort_rows(enum sort sort, size_t top)
{
	assert_int_equal(aggregate_sort(aggregate, sort, top, &rows), 0);
}

static void add_teardown(const struct teardown *teardown)
{
	assert_int_equal(aggregate_add_teardown(aggregate, teardown), 0);
}

static const char *rendered_of(bool teardowns, enum format format, __u64 interval)
{
	FILE *out = out_open();

	assert_int_equal(format_rows_heading(out, format, &rows, teardowns, interval, NULL), 0);
	assert_int_equal(format_rows(out, format, &rows, teardowns, interval, 0, NULL), 0);
	return out_close(out);
}

static const char *rendered(enum format format, __u64 interval)
{
	return rendered_of(false, format, interval);
}

ROWS_TEST(row_json)
{
	struct call calls[] = {plain, plain, plain, unknown};

	calls[1].latency_ns = 2001;
	calls[2].flags |= CALL_EMPTY;
	aggregate = rows_of(calls, 4, &rows);
	assert_string_equal(
		rendered(FORMAT_JSON, INTERVAL_NONE),
		"{\"type\":\"row\",\"caller\":\"htab_map_free\",\"map_type\":\"hash\","
		"\"map_name\":\"events\",\"count\":3,\"empty\":1,\"unmeasured\":0,"
		"\"total_ns\":3235,\"min_ns\":1234,\"mean_ns\":1618,\"p50_ns\":1234,"
		"\"p90_ns\":2001,\"p99_ns\":2001,\"max_ns\":2001}\n"
		"{\"type\":\"row\",\"caller\":null,\"map_type\":null,\"map_name\":null,"
		"\"count\":1,\"empty\":0,\"unmeasured\":1,\"total_ns\":null,\"min_ns\":null,"
		"\"mean_ns\":null,\"p50_ns\":null,\"p90_ns\":null,\"p99_ns\":null,"
		"\"max_ns\":null}\n");

	check_begins(
		rendered(FORMAT_JSON, 7),
		"{\"type\":\"row\",\"interval\":7,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"caller\"");
	check_begins(
		rendered(FORMAT_JSON, INTERVAL_WHOLE),
		"{\"type\":\"row\",\"interval\":null,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"caller");
}

/* The other row has no CPU: null, not the text of other keys. */
ROWS_TEST(other_row_without_text)
{
	static const enum key by[] = {KEY_CPU};

	aggregate = aggregate_new(by, 1, 0);
	assert_non_null(aggregate);
	assert_int_equal(aggregate_add(aggregate, &plain), 0);
	sort_rows(SORT_KEY, 0);
	check_has(rendered(FORMAT_JSON, INTERVAL_NONE), "\"cpu\":null,");
}

ROWS_TEST(row_csv)
{
	struct call calls[] = {plain, plain};
	FILE *out = out_open();

	strcpy(calls[0].map.name, "a,\"b\"");
	strcpy(calls[1].map.name, "a,\"b\"");
	aggregate = rows_of(calls, 2, &rows);
	assert_int_equal(format_rows_heading(out, FORMAT_CSV, &rows, false, 1, NULL), 0);
	assert_int_equal(format_rows(out, FORMAT_CSV, &rows, false, 1, 0, NULL), 0);
	assert_int_equal(format_rows(out, FORMAT_CSV, &rows, false, INTERVAL_WHOLE, 0, NULL), 0);
	assert_string_equal(
		out_close(out),
		"type,interval,time,caller,map_type,map_name,count,empty,unmeasured,total_ns,min_ns,"
		"mean_ns,p50_ns,p90_ns,p99_ns,max_ns\n"
		"row,1,1970-01-01T00:00:00.000000000Z,htab_map_free,hash,\"a,\"\"b\"\"\",2,0,0,2468,1234,1234,1234,1234,1234,1234\n"
		"row,,1970-01-01T00:00:00.000000000Z,htab_map_free,hash,\"a,\"\"b\"\"\",2,0,0,2468,1234,1234,1234,1234,1234,1234\n");
}

/* Six calls of five kinds: rows_of() makes three rows and the other one. */
static void many_rows(void)
{
	struct call calls[] = {plain, plain, plain, unknown, unknown, plain};

	strcpy(calls[1].map.name, "h\xc3\xa4sh \xe5\x90\x8d");
	calls[1].latency_ns = 67200000000;
	calls[2].map.name[0] = '\0';
	calls[2].flags |= CALL_EMPTY;
	calls[4].caller.address = 0xabc;
	calls[5].map.type = 2;
	aggregate = rows_of(calls, 6, &rows);
}

ROWS_TEST(row_table)
{
	many_rows();
	/* Ties are in the order of the keys: no name, "events", then non-ASCII. */
	assert_string_equal(
		rendered(FORMAT_TABLE, INTERVAL_NONE),
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
}

ROWS_TEST(row_table_leaves_out)
{
	many_rows();
	/* No row of these has an unmeasured call. */
	sort_rows(SORT_KEY, 3);
	assert_null(strstr(rendered(FORMAT_TABLE, 1), "UNMEASURED"));
	check_has(rendered(FORMAT_TABLE, 1), "\n1 more row\n");
	sort_rows(SORT_KEY, 2);
	check_has(rendered(FORMAT_TABLE, 1), "\n2 more rows\n");
	assert_null(strstr(rendered(FORMAT_JSON, 1), "more"));

	aggregate_reset(aggregate);
	sort_rows(SORT_KEY, 2);
	assert_string_equal(rendered(FORMAT_TABLE, 1), "no calls\n");
	assert_string_equal(rendered(FORMAT_JSON, 1), "");
}

static const char *histograms_of(const struct call *calls, size_t nr)
{
	FILE *out = out_open();

	aggregate = rows_of(calls, nr, &rows);
	assert_int_equal(histogram_draw(out, &rows), 0);
	return out_close(out);
}

ROWS_TEST(histograms)
{
	struct call calls[10];
	const char *text;

	for (size_t i = 0; i < 10; i++)
		calls[i] = plain;
	calls[8].latency_ns = 67ULL * 1000000000;
	calls[9] = unknown;
	text = histograms_of(calls, 10);
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
}

ROWS_TEST(histogram_of_extremes)
{
	struct call calls[] = {plain, plain, plain};
	const char *text;

	calls[0].latency_ns = 0;
	calls[1].latency_ns = 1;
	calls[2].latency_ns = UNKNOWN_NS - 1;
	text = histograms_of(calls, 3);
	check_has(text, "      0ns .. 2ns              2 |***");
	check_has(text, "  106752d .. 213504d          1 |***");
	assert_int_equal(occurrences(text, "\n"), 2 + 64);
}

/* The figures of a row with one teardown without a known time. */
#define NULL_PHASE(name)                                                                           \
	"\"" name "_sum_ns\":null,\"" name "_p50_ns\":null,\"" name "_p90_ns\":null,"              \
	"\"" name "_p99_ns\":null,\"" name "_max_ns\":null,"
#define UNMEASURED                                                                                                                                                                                                                                                                                                                                                           \
	"\"count\":1,\"unmeasured\":1," NULL_PHASE("wait") NULL_PHASE("free")                                                                                                                                                                                                                                                                                                \
		NULL_PHASE("destroy") NULL_PHASE("deferred") NULL_PHASE("held") NULL_PHASE(                                                                                                                                                                                                                                                                                  \
			"total") "\"total_min_ns\":null,\"total_mean_ns\":null,\"cpu_sum_ns\":null,\"runqueue_sum_ns\":null,\"grace_sum_ns\":null,\"instructions_mean\":null,\"instructions_n\":0,\"cycles_mean\":null,\"cycles_n\":0,\"cache_misses_mean\":null,\"cache_misses_n\":0,\"dtlb_misses_mean\":null,\"dtlb_misses_n\":0,\"entries\":null,\"ns_per_entry\":null," \
				 "\"bytes\":null,\"bytes_exact\":null}\n"

ROWS_TEST(group_rows)
{
	static const enum key by[] = {KEY_RELEASED_BY, KEY_RELEASED_PID, KEY_CGROUP,
				      KEY_TYPE,	       KEY_NAME,	 KEY_ID};
	struct teardown teardown = known_teardown();
	__u64 i;

	aggregate = aggregate_new(by, 6, 2);
	assert_non_null(aggregate);
	/* 1 to 100, small enough for exact percentiles. */
	for (i = 1; i <= 100; i++) {
		teardown.phase[PHASE_WAIT] = i;
		teardown.phase[PHASE_TOTAL] = 101 - i;
		teardown.run.time.events[COUNTER_DTLB_MISSES] = i % 2;
		add_teardown(&teardown);
	}
	teardown = unknown_teardown();
	add_teardown(&teardown);
	teardown.map.identity.map_id = 9;
	add_teardown(&teardown);
	sort_rows(SORT_COUNT, 0);
	assert_string_equal(
		rendered_of(true, FORMAT_JSON, 3),
		"{\"type\":\"row\",\"interval\":3,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"released_by\":\"loader\",\"released_pid\":500,"
		"\"cgroup_id\":4242,\"cgroup\":\"/a/b.scope\",\"map_type\":\"hash\",\"map_name\":\"events\",\"map_id\":7,"
		"\"count\":100,\"unmeasured\":0,\"wait_sum_ns\":5050,\"wait_p50_ns\":50,"
		"\"wait_p90_ns\":90,\"wait_p99_ns\":99,\"wait_max_ns\":100,"
		"\"free_sum_ns\":200000,\"free_p50_ns\":2000,\"free_p90_ns\":2000,"
		"\"free_p99_ns\":2000,\"free_max_ns\":2000,\"destroy_sum_ns\":30000,"
		"\"destroy_p50_ns\":300,\"destroy_p90_ns\":300,\"destroy_p99_ns\":300,"
		"\"destroy_max_ns\":300,\"deferred_sum_ns\":4000,\"deferred_p50_ns\":40,"
		"\"deferred_p90_ns\":40,\"deferred_p99_ns\":40,\"deferred_max_ns\":40,"
		"\"held_sum_ns\":0,\"held_p50_ns\":0,\"held_p90_ns\":0,\"held_p99_ns\":0,\"held_max_ns\":0,"
		"\"total_sum_ns\":5050,\"total_p50_ns\":50,\"total_p90_ns\":90,"
		"\"total_p99_ns\":99,\"total_max_ns\":100,\"total_min_ns\":1,"
		"\"total_mean_ns\":51,\"cpu_sum_ns\":120000,\"runqueue_sum_ns\":3000,\"grace_sum_ns\":50000,\"instructions_mean\":70000,\"instructions_n\":100,\"cycles_mean\":null,\"cycles_n\":0,\"cache_misses_mean\":null,\"cache_misses_n\":0,\"dtlb_misses_mean\":0.5,\"dtlb_misses_n\":100,\"entries\":100000,"
		"\"ns_per_entry\":2,\"bytes\":12345600,\"bytes_exact\":false}\n"
		"{\"type\":\"row\",\"interval\":3,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"released_by\":null,\"released_pid\":null,"
		"\"cgroup_id\":null,\"cgroup\":null,\"map_type\":null,\"map_name\":null,\"map_id\":null," UNMEASURED
		"{\"type\":\"row\",\"interval\":3,\"time\":\"1970-01-01T00:00:00.000000000Z\",\"released_by\":\"(other: row limit)\","
		"\"released_pid\":null,\"cgroup_id\":null,\"cgroup\":\"(other: row limit)\",\"map_type\":\"(other: row limit)\","
		"\"map_name\":\"(other: row limit)\",\"map_id\":null," UNMEASURED);
}

ROWS_TEST(group_rows_as_text)
{
	static const enum key by[] = {KEY_RELEASED_BY};
	struct teardown teardown = known_teardown();

	aggregate = aggregate_new(by, 1, 10);
	assert_non_null(aggregate);
	sort_rows(SORT_TOTAL, 0);
	assert_string_equal(rendered_of(true, FORMAT_TABLE, INTERVAL_NONE), "no teardowns\n");

	add_teardown(&teardown);
	sort_rows(SORT_TOTAL, 0);
	assert_string_equal(
		rendered_of(true, FORMAT_TABLE, INTERVAL_NONE),
		"RELEASED BY  COUNT  TOTAL   WAIT    FREE  DESTROY  DEFERRED  WAIT P50  WAIT P99  FREE P50  FREE P99  DESTROY P50  DESTROY"
		" P99  DEFERRED P50  DEFERRED P99  TOTAL P50  TOTAL P99  ON CPU  RUNQUEUE  GRACE  ENTRIES  PER ENTRY    BYTES\n"
		"loader           1  1.00s  1.00s  2.00us    300ns      40ns     1.00s     1.00s    2.00us    2.00us        300ns"
		"        300ns          40ns          40ns      1.00s      1.00s  1.20us      30ns  500ns     1000"
		"        2ns  121KiB+\n");

	assert_string_equal(
		rendered_of(true, FORMAT_CSV, INTERVAL_NONE),
		"type,released_by,count,unmeasured,wait_sum_ns,wait_p50_ns,wait_p90_ns,"
		"wait_p99_ns,wait_max_ns,free_sum_ns,free_p50_ns,free_p90_ns,free_p99_ns,"
		"free_max_ns,destroy_sum_ns,destroy_p50_ns,destroy_p90_ns,destroy_p99_ns,"
		"destroy_max_ns,deferred_sum_ns,deferred_p50_ns,deferred_p90_ns,"
		"deferred_p99_ns,deferred_max_ns,held_sum_ns,held_p50_ns,held_p90_ns,held_p99_ns,held_max_ns,total_sum_ns,total_p50_ns,total_p90_ns,"
		"total_p99_ns,total_max_ns,total_min_ns,total_mean_ns,cpu_sum_ns,runqueue_sum_ns,grace_sum_ns,instructions_mean,instructions_n,cycles_mean,cycles_n,cache_misses_mean,cache_misses_n,dtlb_misses_mean,dtlb_misses_n,entries,ns_per_entry,bytes,"
		"bytes_exact\n"
		"row,loader,1,0,1000000123,1000000123,1000000123,1000000123,1000000123,2000,2000,"
		"2000,2000,2000,300,300,300,300,300,40,40,40,40,40,0,0,0,0,0,1000002163,1000002163,"
		"1000002163,1000002163,1000002163,1000002163,1000002163,1200,30,500,70000,1,,0,,0,0,1,1000,2,123456,false\n");
}

TEST_MAIN(NULL, NULL)
