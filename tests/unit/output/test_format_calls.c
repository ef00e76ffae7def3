// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads events back as JSON, CSV and tables, and writes to a disk that is full.
 */
#include <errno.h>

#include "output/histogram.h"
#include "support/json.h"
#include "support/rendered.h"

/* Bytes that terminals, CSV and JSON give a meaning. */
#define HOSTILE "\"a,\n\033[2J\xff\\'"

TEST(event_json)
{
	struct call call = plain;

	/* The order of the names is part of the interface. */
	assert_string_equal(
		event(FORMAT_JSON, call_columns, &call),
		"{\"type\":\"destroy\",\"ts_ns\":5000000123,\"latency_ns\":1234,"
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
		"{\"type\":\"destroy\",\"ts_ns\":5000000123,\"latency_ns\":1234,"
		"\"caller\":\"0xffffffff81234567\",\"caller_offset\":null,"
		"\"alloc\":\"storage_ma\",\"percpu\":true,\"empty\":true,\"unit_size\":64,"
		"\"map_type\":\"hash\",\"map_name\":null,\"key_size\":4,"
		"\"value_size\":3145728,\"max_entries\":4294967295,\"map_flags\":1,"
		"\"pid\":100,\"tid\":101,\"comm\":\"kworker/3:1\",\"cpu\":3}\n");
	assert_string_equal(
		event(FORMAT_JSON, call_columns, &unknown),
		"{\"type\":\"destroy\",\"ts_ns\":null,\"latency_ns\":null,\"caller\":null,"
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

TEST(event_csv)
{
	struct call call = plain;

	assert_string_equal(header(FORMAT_JSON, call_columns), "");
	assert_string_equal(header(FORMAT_CSV, call_columns),
			    "type,ts_ns,latency_ns,caller,caller_offset,alloc,percpu,empty,"
			    "unit_size,map_type,map_name,key_size,value_size,max_entries,"
			    "map_flags,pid,tid,comm,cpu\n");
	assert_string_equal(event(FORMAT_CSV, call_columns, &call),
			    "destroy,5000000123,1234,htab_map_free,71,ma,false,false,64,hash,"
			    "events,4,3145728,4294967295,1,100,101,kworker/3:1,3\n");
	assert_string_equal(event(FORMAT_CSV, call_columns, &unknown),
			    "destroy,,,,,unknown,,,,,,,,,,0,0,x,0\n");
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
		"           ?        ?  ?                            unknown     ?      ?"
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
		assert_int_equal(format_rows(full, format, &rows, false, INTERVAL_NONE), -ENOSPC);
		clearerr(full);
	}
	assert_int_equal(histogram_draw(full, &rows), -ENOSPC);
	clearerr(full);
	assert_int_equal(format_rows_heading(full, FORMAT_CSV, &rows, false, 1), -ENOSPC);
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
