// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads events back as JSON, CSV and tables, and writes to a disk that is full.
 */
#include <errno.h>

#include "output/histogram.h"
#include "support/json.h"
#include "support/rendered.h"
#include "util/macros.h"

/* Bytes that terminals, CSV and JSON give a meaning. */
#define HOSTILE "\"a,\n\033[2J\xff\\'"

static bool get_integer(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->integer = *(const __s64 *)object;
	return true;
}

TEST(event_json)
{
	struct call call = plain;

	/* The order of the names is part of the interface. */
	assert_string_equal(
		event(FORMAT_JSON, call_columns, &call),
		"{\"type\":\"destroy\",\"ts_ns\":5000000123,\"time\":\"1970-01-01T00:00:05.000000123Z\",\"latency_ns\":1234,"
		"\"caller\":\"htab_map_free\",\"caller_offset\":71,\"alloc\":\"ma\","
		"\"percpu\":false,\"empty\":false,\"unit_size\":64,\"map_type\":\"hash\","
		"\"map_name\":\"events\",\"key_size\":4,\"value_size\":3145728,"
		"\"max_entries\":4294967295,\"map_flags\":1,\"pid\":100,\"tid\":101,"
		"\"comm\":\"kworker/3:1\",\"cpu\":3}\n");

	call.flags |= CALL_EMPTY | CALL_PERCPU;
	call.map.known &= ~CALL_NAME;
	call.alloc = ALLOC_STORAGE_MA;
	call.caller.name = NULL;
	assert_string_equal(
		event(FORMAT_JSON, call_columns, &call),
		"{\"type\":\"destroy\",\"ts_ns\":5000000123,\"time\":\"1970-01-01T00:00:05.000000123Z\",\"latency_ns\":1234,"
		"\"caller\":\"0xffffffff81234567\",\"caller_offset\":null,"
		"\"alloc\":\"storage_ma\",\"percpu\":true,\"empty\":true,\"unit_size\":64,"
		"\"map_type\":\"hash\",\"map_name\":null,\"key_size\":4,"
		"\"value_size\":3145728,\"max_entries\":4294967295,\"map_flags\":1,"
		"\"pid\":100,\"tid\":101,\"comm\":\"kworker/3:1\",\"cpu\":3}\n");
	assert_string_equal(
		event(FORMAT_JSON, call_columns, &unknown),
		"{\"type\":\"destroy\",\"ts_ns\":null,\"time\":null,\"latency_ns\":null,\"caller\":null,"
		"\"caller_offset\":null,\"alloc\":\"unknown\",\"percpu\":null,"
		"\"empty\":null,\"unit_size\":null,\"map_type\":null,\"map_name\":null,"
		"\"key_size\":null,\"value_size\":null,\"max_entries\":null,"
		"\"map_flags\":null,\"pid\":0,\"tid\":0,\"comm\":\"x\",\"cpu\":0}\n");
}

TEST(hostile_names)
{
	struct call call = plain;
	const char *text;
	int byte;

	strcpy(call.task.comm, HOSTILE);
	text = event(FORMAT_JSON, call_columns, &call);
	assert_null(strpbrk(text, "\033\xff"));
	json_check_lines(text);
	assert_true(json_is(text, "comm", "\"\\\"a,\\n\\u001B[2J\\\\xff\\\\'\""));

	/* Valid UTF-8 is written in ASCII, and read back unchanged. */
	strcpy(call.map.name, "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80");
	text = event(FORMAT_JSON, call_columns, &call);
	json_check_lines(text);
	assert_true(json_is(text, "map_name", "\"gr\\u00FC\\u00DF\\uD83D\\uDE00\""));

	check_has(event(FORMAT_CSV, call_columns, &call), ",\"\"\"a,\\x0a\\x1b[2J\\xff\\'\",3\n");
	check_has(event(FORMAT_TABLE, call_columns, &call), "  \"a,\\x0a\\x1b[2J\\xff\\'  ");

	/* Any byte: one line of printable characters. */
	for (byte = 1; byte < 256; byte++) {
		memset(call.task.comm, byte, NAME_LEN - 1);
		memset(call.map.name, byte, NAME_LEN - 1);
		json_check_lines(event(FORMAT_JSON, call_columns, &call));
		text = event(byte % 2 ? FORMAT_CSV : FORMAT_TABLE, call_columns, &call);
		assert_int_equal(printable_lines(text), 1);
	}
}

/* No cell is a formula, nor is one behind a semicolon; numbers are numbers. */
TEST(spreadsheets)
{
	static const char *const cases[][2] = {
		{"=cmd|'/c'!A0", "\\x3dcmd|'/c'!A0"},
		{"+1", "\\x2b1"},
		{"-1", "\\x2d1"},
		{"@SUM(1)", "\\x40SUM(1)"},
		{"\t=1", "\\x09=1"},
		{"\r=1", "\\x0d=1"},
		{"  =1", "  \\x3d1"},
		{"\xef\xbc\x9d"
		 "1",
		 "\\xef\\xbc\\x9d1"},
		{"=\"a\"", "\"\\x3d\"\"a\"\"\""},
		{"a;=1", "\"a;=1\""},
		{"a=1-2+3@4", "a=1-2+3@4"},
	};
	static const struct column integer[] = {
		{"n", "N", VALUE_INTEGER, .get = get_integer},
		{},
	};
	const __s64 minus = -5;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct call call = plain;
		char want[64];

		snprintf(call.task.comm, sizeof(call.task.comm), "%s", cases[i][0]);
		snprintf(want, sizeof(want), ",101,%s,3\n", cases[i][1]);
		check_has(event(FORMAT_CSV, call_columns, &call), want);
	}
	assert_string_equal(event(FORMAT_CSV, integer, &minus), "-5\n");
}

/* Letters of all scripts, with their accents, are as wide as they are. */
TEST(letters)
{
	static const char *const names[] = {"gr\xc3\xbc\xc3\x9f", "\xe5\x90\x8d\xe5\x89\x8d",
					    "e\xcc\x81t\xc3\xa9",
					    "\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\x82\xe0\xa4\xa6"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct call call = plain;
		const void *objects[] = {&call};

		strcpy(call.task.comm, names[i]);
		check_has(event(FORMAT_CSV, call_columns, &call), names[i]);
		check_has(event(FORMAT_TABLE, call_columns, &call), names[i]);
		check_has(list_of(FORMAT_MARKDOWN, call_columns, objects, 1, 0, 0), names[i]);
		assert_int_equal(text_width(line_of(event(FORMAT_TABLE, call_columns, &call), 0)),
				 text_width(line_of(header(FORMAT_TABLE, call_columns), 0)));
	}
}

TEST(event_csv)
{
	struct call call = plain;

	assert_string_equal(header(FORMAT_JSON, call_columns), "");
	assert_string_equal(header(FORMAT_CSV, call_columns),
			    "type,ts_ns,time,latency_ns,caller,caller_offset,alloc,percpu,empty,"
			    "unit_size,map_type,map_name,key_size,value_size,max_entries,"
			    "map_flags,pid,tid,comm,cpu\n");
	assert_string_equal(
		event(FORMAT_CSV, call_columns, &call),
		"destroy,5000000123,1970-01-01T00:00:05.000000123Z,1234,htab_map_free,71,ma,false,false,64,hash,"
		"events,4,3145728,4294967295,1,100,101,kworker/3:1,3\n");
	assert_string_equal(event(FORMAT_CSV, call_columns, &unknown),
			    "destroy,,,,,,unknown,,,,,,,,,,0,0,x,0\n");
	/* An empty name is known. */
	call.map.name[0] = '\0';
	check_has(event(FORMAT_CSV, call_columns, &call), ",hash,\"\",4,");
}

TEST(event_table)
{
	struct call call = plain;
	FILE *out = out_open();

	call.flags |= CALL_EMPTY;
	assert_int_equal(format_heading(out, FORMAT_TABLE, call_columns), 0);
	assert_int_equal(format_line(out, FORMAT_TABLE, call_columns, &call, 3000000000), 0);
	/* Begun before the start. */
	assert_int_equal(format_line(out, FORMAT_TABLE, call_columns, &call, 5000001123), 0);
	assert_int_equal(format_line(out, FORMAT_TABLE, call_columns, &unknown, 0), 0);
	assert_string_equal(
		out_close(out),
		"        TIME  LATENCY  CALLER                       ALLOC       EMPTY  TYPE"
		"              NAME                 PID  COMM             CPU\n"
		"    2.000000   1.23us  htab_map_free                ma          yes    hash"
		"              events               100  kworker/3:1        3\n"
		"   -0.000001   1.23us  htab_map_free                ma          yes    hash"
		"              events               100  kworker/3:1        3\n"
		"           ?        ?  ?                            ?           ?      ?"
		"                 ?                      0  x                  0\n");
}

/* All of them report a full disk; single lines only once the buffer is full. */
TEST(write_errors)
{
	struct call calls[] = {plain};
	struct rows rows;
	struct aggregate *aggregate = rows_of(calls, 1, &rows);
	FILE *full = full_disk();
	enum format format;
	int i, err = 0;

	for (format = FORMAT_TABLE; format <= FORMAT_CSV; format++) {
		assert_int_equal(format_rows(full, format, &rows, false, INTERVAL_NONE, 0, NULL),
				 -ENOSPC);
		clearerr(full);
	}
	assert_int_equal(histogram_draw(full, &rows), -ENOSPC);
	clearerr(full);
	assert_int_equal(format_rows_heading(full, FORMAT_CSV, &rows, false, 1, NULL), -ENOSPC);
	/* A stream that failed stays failed until clearerr(). */
	assert_int_equal(format_heading(full, FORMAT_CSV, call_columns), -EIO);
	clearerr(full);

	/* Buffered: at the latest when the buffer is full. */
	for (i = 0; i < 10000 && !err; i++)
		err = format_line(full, FORMAT_JSON, call_columns, &plain, 0);
	assert_int_equal(err, -ENOSPC);
	fclose(full);

	full = full_disk();
	setvbuf(full, NULL, _IOLBF, 0);
	for (format = FORMAT_TABLE; format <= FORMAT_CSV; format++) {
		assert_int_equal(format_line(full, format, call_columns, &plain, 0), -ENOSPC);
		clearerr(full);
	}
	fclose(full);
	aggregate_free(aggregate);
}

TEST_MAIN(NULL, NULL)
