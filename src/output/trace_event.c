// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the events of a trace, in Chrome's JSON trace event format.
 */
#include <errno.h>
#include <string.h>

#include "output/json_line.h"
#include "output/table_cell.h"
#include "output/trace_event.h"
#include "util/outfile.h"
#include "util/text.h"

static void put_key(struct json_writer *json, const char *name)
{
	json_key(json, name, strlen(name));
}

/* Without control characters, whose escapes viewers read in different ways. */
static void put_text(struct json_writer *json, const char *name, const char *text)
{
	char safe[CELL_SIZE];

	put_key(json, name);
	json_string(json, safe, text_printable(safe, sizeof(safe), text, strlen(text)));
}

static void put_args(struct json_writer *json, const struct trace_event *event)
{
	const struct column *column;
	struct value value;

	put_key(json, "args");
	json_begin_object(json);
	for (column = event->columns; column->name; column++) {
		if (!*column->name || !strcmp(column->name, "type"))
			continue;
		if (column->kind == VALUE_TEXT && column_read(column, event->object, &value)) {
			put_text(json, column->name, value.text);
			continue;
		}
		put_key(json, column->name);
		json_column(json, column, event->object);
	}
	json_end_object(json);
}

static void put_us(struct json_writer *json, const char *name, bool negative, __u64 ns)
{
	put_key(json, name);
	json_printf(json, "%s%llu.%03llu", negative ? "-" : "", ns / 1000, ns % 1000);
}

static void put_id(struct json_writer *json, const char *name, __u64 id)
{
	put_key(json, name);
	json_printf(json, "\"0x%llx\"", id);
}

/* The members that only some phases have. */
static void put_phase_members(struct json_writer *json, const struct trace_event *event)
{
	switch (*event->phase) {
	case 'X':
		put_us(json, "dur", false, event->dur_ns);
		break;
	case 'i':
		put_text(json, "s", "t");
		break;
	case 'b':
	case 'e':
		put_key(json, "id2");
		json_begin_object(json);
		put_id(json, "local", event->id);
		json_end_object(json);
		break;
	case 's':
		put_id(json, "id", event->id);
		break;
	case 'f':
		put_id(json, "id", event->id);
		put_text(json, "bp", "e");
		break;
	}
}

int trace_put(struct trace_file *trace, const struct trace_event *event)
{
	__u64 ts_ns = event->place.ts_ns, origin_ns = trace->origin_ns;
	struct json_writer json = {.out = trace->out, .utf8 = true, .digits = 17};
	bool before = ts_ns < origin_ns;

	fputs(trace->separator, trace->out);
	trace->separator = ",\n";
	json_begin_object(&json);
	put_text(&json, "ph", event->phase);
	put_text(&json, "name", event->name);
	put_key(&json, "pid");
	json_u64(&json, event->place.pid);
	put_key(&json, "tid");
	json_u64(&json, event->place.tid);
	if (event->category) {
		put_text(&json, "cat", event->category);
		put_us(&json, "ts", before, before ? origin_ns - ts_ns : ts_ns - origin_ns);
		put_phase_members(&json, event);
	}
	if (event->columns)
		put_args(&json, event);
	json_end_object(&json);
	json_flush(&json);
	return stream_error(trace->out);
}

int trace_begin(struct trace_file *trace, FILE *out, __u64 origin_ns)
{
	*trace = (struct trace_file){.out = out, .origin_ns = origin_ns, .separator = "\n"};
	errno = 0;
	fprintf(out,
		"{\"metadata\":{\"tool\":\"memdestroy-trace " VERSION
		"\",\"clock\":\"CLOCK_MONOTONIC\",\"origin_ns\":%llu},\"traceEvents\":[",
		origin_ns);
	return stream_error(out);
}

int trace_end(struct trace_file *trace)
{
	errno = 0;
	fputs("\n]}\n", trace->out);
	return stream_flush(trace->out);
}
