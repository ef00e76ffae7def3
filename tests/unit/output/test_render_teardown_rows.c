// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads rows of teardowns back as JSON, CSV and tables.
 */
#include "support/rendered_teardowns.h"

static const char group_rows_json[] =
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
	"\"cgroup_id\":null,\"map_type\":null,\"map_name\":null,\"map_id\":null,"
	"\"count\":1,\"unmeasured\":1,\"wait_sum_ns\":null,\"wait_p50_ns\":null,"
	"\"wait_p90_ns\":null,\"wait_p99_ns\":null,\"wait_max_ns\":null,"
	"\"free_sum_ns\":null,\"free_p50_ns\":null,\"free_p90_ns\":null,"
	"\"free_p99_ns\":null,\"free_max_ns\":null,\"destroy_sum_ns\":null,"
	"\"destroy_p50_ns\":null,\"destroy_p90_ns\":null,\"destroy_p99_ns\":null,"
	"\"destroy_max_ns\":null,\"deferred_sum_ns\":null,\"deferred_p50_ns\":null,"
	"\"deferred_p90_ns\":null,\"deferred_p99_ns\":null,\"deferred_max_ns\":null,"
	"\"total_sum_ns\":null,\"total_p50_ns\":null,\"total_p90_ns\":null,"
	"\"total_p99_ns\":null,\"total_max_ns\":null,\"entries\":null,"
	"\"ns_per_entry\":null}\n"
	"{\"type\":\"row\",\"interval\":3,\"released_by\":\"(other: row limit)\","
	"\"released_pid\":null,\"cgroup_id\":null,\"map_type\":\"(other: row limit)\","
	"\"map_name\":\"(other: row limit)\",\"map_id\":null,\"count\":1,"
	"\"unmeasured\":1,\"wait_sum_ns\":null,\"wait_p50_ns\":null,"
	"\"wait_p90_ns\":null,\"wait_p99_ns\":null,\"wait_max_ns\":null,"
	"\"free_sum_ns\":null,\"free_p50_ns\":null,\"free_p90_ns\":null,"
	"\"free_p99_ns\":null,\"free_max_ns\":null,\"destroy_sum_ns\":null,"
	"\"destroy_p50_ns\":null,\"destroy_p90_ns\":null,\"destroy_p99_ns\":null,"
	"\"destroy_max_ns\":null,\"deferred_sum_ns\":null,\"deferred_p50_ns\":null,"
	"\"deferred_p90_ns\":null,\"deferred_p99_ns\":null,\"deferred_max_ns\":null,"
	"\"total_sum_ns\":null,\"total_p50_ns\":null,\"total_p90_ns\":null,"
	"\"total_p99_ns\":null,\"total_max_ns\":null,\"entries\":null,"
	"\"ns_per_entry\":null}\n";

static void group_rows(void **state)
{
	static const enum key by[] = {KEY_RELEASED_BY, KEY_RELEASED_PID, KEY_CGROUP,
				      KEY_TYPE,	       KEY_NAME,	 KEY_ID};
	struct aggregate *aggregate = aggregate_new(by, 6, 2);
	struct teardown teardown = known_teardown();
	struct rows rows;
	FILE *out = out_open();
	__u64 i;

	(void)state;
	assert_non_null(aggregate);
	/* 1 to 100, which are told apart to the last digit. */
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
	assert_int_equal(render_rows(out, FORMAT_JSON, &rows, true, 3), 0);
	assert_string_equal(out_close(out), group_rows_json);
	aggregate_free(aggregate);
}

static void group_rows_as_text(void **state)
{
	static const enum key by[] = {KEY_RELEASED_BY};
	struct aggregate *aggregate = aggregate_new(by, 1, 10);
	struct teardown teardown = known_teardown();
	const char *head, *line;
	struct rows rows;
	FILE *out = out_open();

	(void)state;
	assert_non_null(aggregate);
	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, &rows), 0);
	assert_int_equal(render_rows(out, FORMAT_TABLE, &rows, true, INTERVAL_NONE), 0);
	assert_string_equal(out_close(out), "no teardowns\n");

	assert_int_equal(aggregate_add_teardown(aggregate, &teardown), 0);
	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, &rows), 0);
	out = out_open();
	assert_int_equal(render_rows(out, FORMAT_TABLE, &rows, true, INTERVAL_NONE), 0);
	head = out_close(out);
	line = strchr(head, '\n') + 1;
	check_cell(head, line, "RELEASED BY", false, "loader");
	check_cell(head, line, "COUNT", true, "1");
	check_cell(head, line, "WAIT P50", true, "1.00s");
	check_cell(head, line, "WAIT P99", true, "1.00s");
	check_cell(head, line, "FREE P50", true, "2.00us");
	check_cell(head, line, "DESTROY P99", true, "300ns");
	check_cell(head, line, "DEFERRED P99", true, "40ns");
	check_cell(head, line, "TOTAL P99", true, "1.00s");
	check_cell(head, line, "ENTRIES", true, "1000");
	check_cell(head, line, "PER ENTRY", true, "2ns");
	assert_null(strstr(head, "UNMEASURED"));

	out = out_open();
	assert_int_equal(render_rows_header(out, FORMAT_TABLE, &rows, true, INTERVAL_NONE), 0);
	assert_int_equal(render_rows_header(out, FORMAT_CSV, &rows, true, INTERVAL_NONE), 0);
	assert_int_equal(render_rows(out, FORMAT_CSV, &rows, true, INTERVAL_NONE), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(group_rows),
		cmocka_unit_test(group_rows_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
