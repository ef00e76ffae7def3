// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads teardowns, deferred frees and stuck calls back as JSON, CSV and tables.
 */
#include <errno.h>

#include "model/stuck.h"
#include "support/json.h"
#include "support/rendered_teardowns.h"

TEST(teardown_json)
{
	struct teardown teardown = known_teardown();

	/* The order of the names is part of the interface. */
	assert_string_equal(
		event(FORMAT_JSON, teardown_columns, &teardown),
		"{\"type\":\"teardown\",\"released_ns\":4000000000,\"queued_ns\":4000001000,"
		"\"start_ns\":5000000123,\"time\":\"1970-01-01T00:00:05.000000123Z\",\"id\":7,\"map_type\":\"hash\",\"map_name\":\"events\","
		"\"held_ns\":0,\"held_by\":[],\"wait_ns\":1000000123,\"free_ns\":2000,\"destroy_ns\":300,\"deferred_ns\":40,"
		"\"total_ns\":1000002163,\"cpu_ns\":1200,\"runqueue_ns\":30,\"grace_ns\":500,\"grace_for\":\"synchronize_rcu\",\"deferred_for\":\"srcu_barrier\",\"instructions\":70000,\"cycles\":null,\"cache_misses\":null,\"dtlb_misses\":0,\"entries\":1000,\"ns_per_entry\":2,"
		"\"bytes\":123456,\"bytes_exact\":false,\"bytes_cached\":6144,\"memcg_id\":null,\"running\":false,\"freed_by_rcu\":false,"
		"\"destroys\":{\"empty\":1,\"direct\":2,\"deferred\":3,\"pending\":4,"
		"\"unknown\":5},\"key_size\":4,\"value_size\":3145728,\"max_entries\":4294967295,"
		"\"map_flags\":1,\"worker\":{\"pid\":100,\"comm\":\"kworker/3:1\"},"
		"\"released_by\":{\"pid\":44,\"tid\":44,\"comm\":\"kworker/0:2\","
		"\"cgroup_id\":1},\"released_in\":\"kernel\",\"closed_by\":{\"pid\":500,"
		"\"tid\":501,\"comm\":\"loader\",\"cgroup_id\":4242},"
		"\"cgroup\":\"/a/b.scope\",\"unit\":\"b.scope\",\"pod_uid\":null,\"container_id\":\"0123\","
		"\"closed_at_exit\":false,\"user_stack\":[\"drop+0x1c (/bin/a)\",\"0x10\"]}\n");

	/* Unknown values are null, objects as a whole. */
	teardown = unknown_teardown();
	assert_string_equal(
		event(FORMAT_JSON, teardown_columns, &teardown),
		"{\"type\":\"teardown\",\"released_ns\":null,\"queued_ns\":null,"
		"\"start_ns\":null,\"time\":null,\"id\":null,\"map_type\":null,\"map_name\":null,"
		"\"held_ns\":null,\"held_by\":null,\"wait_ns\":null,\"free_ns\":null,\"destroy_ns\":null,\"deferred_ns\":null,"
		"\"total_ns\":null,\"cpu_ns\":null,\"runqueue_ns\":null,\"grace_ns\":null,\"grace_for\":null,\"deferred_for\":null,\"instructions\":null,\"cycles\":null,\"cache_misses\":null,\"dtlb_misses\":null,\"entries\":null,\"ns_per_entry\":null,"
		"\"bytes\":null,\"bytes_exact\":null,\"bytes_cached\":null,\"memcg_id\":null,\"running\":null,\"freed_by_rcu\":null,"
		"\"destroys\":{\"empty\":0,\"direct\":0,\"deferred\":0,\"pending\":0,"
		"\"unknown\":0},\"key_size\":null,\"value_size\":null,\"max_entries\":null,"
		"\"map_flags\":null,\"worker\":null,\"released_by\":null,\"released_in\":null,"
		"\"closed_by\":null,"
		"\"cgroup\":null,\"unit\":null,\"pod_uid\":null,\"container_id\":null,"
		"\"closed_at_exit\":null,\"user_stack\":null}\n");
}

static bool has(const struct teardown *teardown, const char *name, const char *value)
{
	return json_is(event(FORMAT_JSON, teardown_columns, teardown), name, value);
}

TEST(release_context)
{
	struct teardown teardown = known_teardown();
	struct identity *identity = &teardown.map.identity;

	identity->by_kernel = false;
	assert_true(has(&teardown, "released_in", "\"task\""));
	identity->by_interrupt = true;
	identity->released_by = (struct releaser){};
	assert_true(has(&teardown, "released_in", "\"interrupt\""));
	assert_true(has(&teardown, "released_by", "null"));
	assert_false(has(&teardown, "closed_by", "null"));
	/* Perhaps in one. */
	identity->by_interrupt = false;
	identity->unsure = true;
	assert_true(has(&teardown, "released_in", "null"));
	assert_true(has(&teardown, "released_ns", "4000000000"));
	/* Closed, and the last put was not seen. */
	identity->unsure = false;
	identity->released_ns = UNKNOWN_NS;
	assert_true(has(&teardown, "released_in", "null"));
	assert_true(has(&teardown, "released_ns", "null"));
}

TEST(elements)
{
	struct teardown teardown = known_teardown();

	/* Zero elements are a known number, and no divisor. */
	teardown.entries = 0;
	assert_true(has(&teardown, "entries", "0"));
	assert_true(has(&teardown, "ns_per_entry", "null"));
	teardown.entries = 3;
	assert_true(has(&teardown, "ns_per_entry", "666"));
	teardown.phase[PHASE_FREE] = UNKNOWN_NS;
	assert_true(has(&teardown, "ns_per_entry", "null"));
	teardown.running = true;
	assert_true(has(&teardown, "running", "true"));
	/* Its end was not seen, but may have happened. */
	teardown.running = false;
	assert_true(has(&teardown, "running", "null"));
}

/* What RCU frees is not over at the end of the worker's run, even of a map without destroy calls.
 */
TEST(freed_by_rcu)
{
	struct teardown teardown = known_teardown();

	teardown.nr_destroys = 0;
	teardown.phase[PHASE_DESTROY] = 0;
	assert_false(teardown_has_phase(&teardown, PHASE_DEFERRED));
	teardown.rcu_flags = RCU_KNOWN | RCU_FREES;
	teardown.phase[PHASE_DEFERRED] = teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	assert_true(has(&teardown, "freed_by_rcu", "true"));
	assert_true(has(&teardown, "deferred_ns", "null"));
	assert_true(teardown_has_phase(&teardown, PHASE_DEFERRED));
	assert_false(teardown_has_phase(&teardown, PHASE_DESTROY));
	teardown.rcu_flags = 0;
	assert_true(has(&teardown, "freed_by_rcu", "null"));
	assert_false(teardown_has_phase(&teardown, PHASE_DEFERRED));
}

TEST(teardown_csv)
{
	struct teardown teardown = known_teardown();
	const char *names = header(FORMAT_CSV, teardown_columns), *c;
	size_t commas = 0;

	assert_string_equal(
		names,
		"type,released_ns,queued_ns,start_ns,time,id,map_type,map_name,held_ns,held_by,wait_ns,"
		"free_ns,destroy_ns,deferred_ns,total_ns,cpu_ns,runqueue_ns,grace_ns,grace_for,deferred_for,instructions,cycles,cache_misses,dtlb_misses,entries,ns_per_entry,bytes,bytes_exact,bytes_cached,memcg_id,running,freed_by_rcu,"
		"destroys.empty,destroys.direct,destroys.deferred,destroys.pending,"
		"destroys.unknown,key_size,value_size,max_entries,map_flags,"
		"worker.pid,worker.comm,released_by.pid,released_by.tid,"
		"released_by.comm,released_by.cgroup_id,released_in,closed_by.pid,"
		"closed_by.tid,closed_by.comm,closed_by.cgroup_id,cgroup,unit,pod_uid,"
		"container_id,closed_at_exit,user_stack\n");
	for (c = names; *c; c++)
		commas += *c == ',';
	assert_string_equal(
		event(FORMAT_CSV, teardown_columns, &teardown),
		"teardown,4000000000,4000001000,5000000123,1970-01-01T00:00:05.000000123Z,7,hash,events,0,\"\",1000000123,"
		"2000,300,40,1000002163,1200,30,500,synchronize_rcu,srcu_barrier,70000,,,0,1000,2,123456,false,6144,,false,false,1,2,3,4,5,4,3145728,4294967295,1,"
		"100,kworker/3:1,44,44,kworker/0:2,1,kernel,500,501,loader,4242,/a/b.scope,b.scope,,0123,"
		"false,drop+0x1c (/bin/a);0x10\n");
	teardown = unknown_teardown();
	assert_string_equal(
		event(FORMAT_CSV, teardown_columns, &teardown),
		"teardown,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,0,0,0,0,0,,,,,,,,,,,,,,,,,,,,,\n");
	for (c = event(FORMAT_CSV, teardown_columns, &teardown); *c; c++)
		commas -= *c == ',';
	assert_int_equal(commas, 0);
}

TEST(teardown_table)
{
	struct teardown teardown = known_teardown();

	/* The task that had the map freed, not the kernel's worker that released it. */
	assert_string_equal(
		header(FORMAT_TABLE, teardown_columns),
		"       START      ID  TYPE            NAME             RELEASED BY       BY PID"
		"      HELD  HELD BY              WAIT      FREE   DESTROY  DEFERRED     TOTAL    ON CPU  RUNQUEUE     GRACE  ENTRIES  PER ENTRY     BYTES\n");
	assert_string_equal(
		event(FORMAT_TABLE, teardown_columns, &teardown),
		"    2.000000       7  hash            events           loader               500"
		"       0ns  -                   1.00s    2.00us     300ns      40ns     1.00s    1.20us      30ns     500ns     1000        2ns   121KiB+\n");
	teardown = unknown_teardown();
	assert_string_equal(
		event(FORMAT_TABLE, teardown_columns, &teardown),
		"           ?       ?  ?               ?                ?"
		"                      ?         ?  ?                       ?         ?         ?         ?         ?"
		"         ?         ?         ?        ?          ?         ?\n");
}

TEST(holders)
{
	struct teardown teardown = known_teardown();

	teardown.phase[PHASE_HELD] = 7000000000;
	/* Held, and by what is not known. */
	assert_true(has(&teardown, "held_by", "null"));
	teardown.holders = (struct map_holders){
		.nr = 2,
		.by = {{.kind = HOLDER_PROGRAM,
			.id = 12,
			.type = 1,
			.until_ns = 3999000000,
			.grace_ns = 600,
			.worker_ns = 400,
			.name = "agent"},
		       {.kind = HOLDER_LINK,
			.until_ns = 3998000000,
			.grace_ns = UNKNOWN_NS,
			.worker_ns = UNKNOWN_NS}},
	};
	assert_true(has(&teardown, "held_ns", "7000000000"));
	assert_non_null(
		strstr(event(FORMAT_JSON, teardown_columns, &teardown),
		       "\"held_by\":[{\"kind\":\"program\",\"id\":12,\"name\":\"agent\","
		       "\"type\":\"socket_filter\",\"until_ns\":3999000000,\"grace_ns\":600,"
		       "\"worker_ns\":400},{\"kind\":\"link\",\"id\":null,\"name\":null,"
		       "\"type\":null,\"until_ns\":3998000000,\"grace_ns\":null,"
		       "\"worker_ns\":null}],"));
	assert_non_null(strstr(event(FORMAT_CSV, teardown_columns, &teardown),
			       ",7000000000,program 12 agent;link,"));
	assert_non_null(strstr(event(FORMAT_TABLE, teardown_columns, &teardown),
			       "     7.00s  program 12 agent"));
}

/* Lists have the widths they need. */
TEST(list_table)
{
	struct teardown first = known_teardown(), second = unknown_teardown();
	const void *const list[] = {&first, &second};

	first.map.identity.map_id = 123456789;
	strcpy(first.map.identity.closed_by.task.comm, "a loader's name");
	assert_string_equal(
		list_of(FORMAT_TABLE, teardown_columns, list, 2, 1, 3000000000),
		"   START         ID  TYPE  NAME    RELEASED BY      BY PID   WAIT    FREE"
		"  DESTROY  DEFERRED  TOTAL  ON CPU  RUNQUEUE  GRACE  ENTRIES  PER ENTRY    BYTES\n"
		"2.000000  123456789  hash  events  a loader's name     500  1.00s  2.00us"
		"    300ns      40ns  1.00s  1.20us      30ns  500ns     1000        2ns  121KiB+\n"
		"       ?          ?  ?     ?       ?                     ?      ?       ?"
		"        ?         ?      ?       ?         ?      ?        ?          ?        ?\n"
		"1 more row\n");
	assert_null(
		strstr(list_of(FORMAT_TABLE, teardown_columns, list, 2, 0, 3000000000), "more"));
	check_has(list_of(FORMAT_TABLE, teardown_columns, list, 2, 2, 3000000000),
		  "\n2 more rows\n");
	assert_string_equal(list_of(FORMAT_TABLE, teardown_columns, list, 0, 0, 3000000000),
			    "none\n");
}

TEST(list_of_lines)
{
	struct teardown first = known_teardown(), second = unknown_teardown();
	const void *const list[] = {&second, &first};
	enum format format;
	char want[4096];

	for (format = FORMAT_JSON; format <= FORMAT_CSV; format++) {
		strcpy(want, event(format, teardown_columns, &second));
		strcat(want, event(format, teardown_columns, &first));
		assert_string_equal(list_of(format, teardown_columns, list, 2, 5, 3000000000),
				    want);
		assert_string_equal(list_of(format, teardown_columns, list, 0, 0, 3000000000), "");
	}
}

/* Calls with their map and releaser. */
TEST(identified_calls)
{
	struct call call = plain;
	const char *line;

	call.map.identity = known_teardown().map.identity;
	line = event(FORMAT_JSON, identified_call_columns, &call);
	check_has(line, "\"cpu\":3,\"map_id\":7,\"released_by\":{\"pid\":44,");
	check_has(line, "},\"released_in\":\"kernel\",\"closed_by\":{\"pid\":500,");
	check_has(
		event(FORMAT_CSV, identified_call_columns, &call),
		",kworker/3:1,3,7,44,44,kworker/0:2,1,kernel,500,501,loader,4242,/a/b.scope,b.scope,,0123\n");
	check_has(header(FORMAT_CSV, identified_call_columns), ",comm,cpu,map_id,released_by.pid,");
	assert_string_equal(
		header(FORMAT_TABLE, identified_call_columns),
		"        TIME  LATENCY  CALLER                       ALLOC       EMPTY  TYPE"
		"              NAME                 PID  COMM             CPU       ID  RELEASED"
		" BY       BY PID\n");
	assert_string_equal(
		event(FORMAT_TABLE, identified_call_columns, &call),
		"    2.000000   1.23us  htab_map_free                ma          no     hash"
		"              events               100  kworker/3:1        3        7  loader"
		"               500\n");

	call.map.identity = (struct identity){.released_ns = UNKNOWN_NS};
	check_has(event(FORMAT_JSON, identified_call_columns, &call),
		  "\"cpu\":3,\"map_id\":null,\"released_by\":null,"
		  "\"released_in\":null,\"closed_by\":null,"
		  "\"cgroup\":null,\"unit\":null,\"pod_uid\":null,\"container_id\":null}\n");
	check_has(event(FORMAT_CSV, identified_call_columns, &call),
		  ",kworker/3:1,3,,,,,,,,,,,,,,\n");
}

TEST(deferred_free_event)
{
	struct deferred_free deferred = {
		.map = plain.map,
		.run = {plain.ts_ns,
			plain.latency_ns,
			plain.task,
			{10,
			 0,
			 1200,
			 TIME_CPU_KNOWN | TIME_GRACE_KNOWN,
			 1 + GRACE_RCU_CALLBACKS,
			 {}}},
		.alloc = ALLOC_PCPU_MA,
		.destroy_ns = 5000000000,
		.latency_ns = 1357,
	};

	deferred.map.identity.map_id = 7;
	assert_string_equal(
		event(FORMAT_JSON, deferred_free_columns, &deferred),
		"{\"type\":\"reclaim\",\"destroy_ns\":5000000000,"
		"\"start_ns\":5000000123,\"time\":\"1970-01-01T00:00:05.000000123Z\",\"latency_ns\":1357,\"free_ns\":1234,\"cpu_ns\":10,\"runqueue_ns\":null,\"grace_ns\":1200,\"grace_for\":\"rcu_barrier\","
		"\"id\":7,\"map_type\":\"hash\",\"map_name\":\"events\","
		"\"alloc\":\"pcpu_ma\",\"worker\":{\"pid\":100,"
		"\"comm\":\"kworker/3:1\"}}\n");

	/* A stray has a known worker. */
	deferred = (struct deferred_free){
		.run = {plain.ts_ns, plain.latency_ns, plain.task, {}},
		.destroy_ns = UNKNOWN_NS,
		.latency_ns = UNKNOWN_NS,
	};
	assert_string_equal(
		event(FORMAT_JSON, deferred_free_columns, &deferred),
		"{\"type\":\"reclaim\",\"destroy_ns\":null,\"start_ns\":5000000123,\"time\":\"1970-01-01T00:00:05.000000123Z\","
		"\"latency_ns\":null,\"free_ns\":1234,\"cpu_ns\":null,\"runqueue_ns\":null,\"grace_ns\":null,\"grace_for\":null,\"id\":null,\"map_type\":null,"
		"\"map_name\":null,\"alloc\":\"unknown\",\"worker\":{\"pid\":100,"
		"\"comm\":\"kworker/3:1\"}}\n");
	deferred.run.worker = (struct task){};
	check_has(event(FORMAT_JSON, deferred_free_columns, &deferred), ",\"worker\":null}\n");
}

TEST(stuck_event)
{
	static struct stuck stuck;
	const char *text;

	stuck = (struct stuck){
		.where = "bpf_map_free_deferred",
		.map = plain.map,
		.worker = plain.task,
		.since_ns = plain.ts_ns,
		.for_ns = 10000000000,
		.in_worker = true,
		.stack = "synchronize_rcu+0x12\nbpf_map_free_deferred+0x34\n0xffffffff81000000",
	};
	stuck.map.identity = known_teardown().map.identity;
	assert_string_equal(
		event(FORMAT_JSON, stuck_columns, &stuck),
		"{\"type\":\"stuck\",\"where\":\"bpf_map_free_deferred\",\"since_ns\":5000000123,\"time\":\"1970-01-01T00:00:05.000000123Z\","
		"\"for_ns\":10000000000,\"id\":7,\"map_type\":\"hash\",\"map_name\":\"events\","
		"\"worker\":{\"pid\":101,\"comm\":\"kworker/3:1\"},"
		"\"stack\":[\"synchronize_rcu+0x12\",\"bpf_map_free_deferred+0x34\","
		"\"0xffffffff81000000\"],"
		"\"released_by\":{\"pid\":44,\"tid\":44,\"comm\":\"kworker/0:2\","
		"\"cgroup_id\":1},\"released_in\":\"kernel\",\"closed_by\":{\"pid\":500,"
		"\"tid\":501,\"comm\":\"loader\",\"cgroup_id\":4242},"
		"\"cgroup\":\"/a/b.scope\",\"unit\":\"b.scope\",\"pod_uid\":null,\"container_id\":\"0123\"}\n");

	/* A wait has no worker yet, and no stack. */
	stuck.where = "wait";
	stuck.in_worker = false;
	stuck.stack[0] = '\0';
	stuck.map.identity.map_id = 0;
	text = event(FORMAT_JSON, stuck_columns, &stuck);
	check_has(text, "\"where\":\"wait\"");
	check_has(text, "\"id\":null,");
	check_has(text, "\"worker\":null,\"stack\":null,");

	/* A stack as long as its buffer, with any bytes. */
	memset(stuck.stack, 'x', sizeof(stuck.stack) - 1);
	stuck.stack[1] = '\n';
	stuck.stack[3] = '"';
	stuck.stack[4] = '\xff';
	stuck.stack[sizeof(stuck.stack) - 2] = '\n';
	text = event(FORMAT_JSON, stuck_columns, &stuck);
	json_check_lines(text);
	text = json_find(text, "stack");
	check_begins(text, "[\"x\",\"x\\\"\\\\xffxxx");
	assert_int_equal(strspn(text + 17, "x"), sizeof(stuck.stack) - 10);
	check_begins(text + 17 + sizeof(stuck.stack) - 10, "\"],");
}

/* Lists notice a full disk at once, and say so again only after clearerr(). */
TEST(write_errors)
{
	const struct teardown teardown = known_teardown();
	struct object_list list = {
		.objects = &teardown, .size = sizeof(teardown), .nr = 1, .empty = "none"};
	FILE *full = full_disk();
	enum format format;

	for (format = FORMAT_TABLE; format <= FORMAT_CSV; format++) {
		assert_int_equal(format_list(full, format, teardown_columns, &list), -ENOSPC);
		clearerr(full);
	}
	list.nr = 0;
	assert_int_equal(format_list(full, FORMAT_TABLE, teardown_columns, &list), -ENOSPC);
	assert_int_equal(format_list(full, FORMAT_TABLE, teardown_columns, &list), -EIO);
	fclose(full);
}

TEST_MAIN(NULL, NULL)
