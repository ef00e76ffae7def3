/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the tests of formats: calls to show, and ways to look at the output.
 */
#pragma once

#include "support/test.h"
#include "analysis/aggregate.h"
#include "output/column.h"
#include "output/format.h"

static const struct call plain = {
	.ts_ns = 5000000123,
	.latency_ns = 1234,
	.caller.address = 0xffffffff81234567,
	.caller.name = "htab_map_free",
	.caller.offset = 0x47,
	.task.pid = 100,
	.task.tid = 101,
	.cpu = 3,
	.map.type = 1,
	.map.key_size = 4,
	.map.value_size = 3 << 20,
	.map.max_entries = ~0U,
	.map.flags = 1,
	.unit_size = 64,
	.alloc = ALLOC_MA,
	.map.known = CALL_MAP | CALL_NAME | CALL_SIZES,
	.flags = CALL_EMPTY_KNOWN | CALL_PERCPU_KNOWN,
	.map.name = "events",
	.task.comm = "kworker/3:1",
};

static const struct call unknown = {
	.ts_ns = UNKNOWN_NS,
	.latency_ns = UNKNOWN_NS,
	.task.comm = "x",
};

static char *written;
static size_t written_len;

static inline FILE *out_open(void)
{
	FILE *out = open_memstream(&written, &written_len);

	assert_non_null(out);
	return out;
}

/* The output since, valid until the next call. */
static inline const char *out_close(FILE *out)
{
	static char *last;

	assert_int_equal(fclose(out), 0);
	free(last);
	last = written;
	return last;
}

/* A list of objects, by pointers to them. */
static inline const char *list_of(enum format format, const struct column *columns,
				  const void *const *objects, size_t nr, size_t left_out,
				  __u64 start_ns)
{
	const struct object_list list = {
		.objects = objects,
		.nr = nr,
		.left_out = left_out,
		.empty = "none",
		.start_ns = start_ns,
	};
	FILE *out = out_open();

	assert_int_equal(format_list(out, format, columns, &list), 0);
	return out_close(out);
}

/* Aggregates these calls by caller, type and map name. The caller frees the aggregate. */
static inline struct aggregate *rows_of(const struct call *calls, size_t nr, struct rows *rows)
{
	static const enum key by[] = {KEY_CALLER, KEY_TYPE, KEY_NAME};
	struct aggregate *aggregate = aggregate_new(by, 3, 3);

	assert_non_null(aggregate);
	while (nr--)
		assert_int_equal(aggregate_add(aggregate, calls++), 0);
	assert_int_equal(aggregate_sort(aggregate, SORT_COUNT, 0, rows), 0);
	return aggregate;
}

/* Where a heading's column begins, or ends if its figures are aligned to the right. */
static inline size_t edge(const char *header, const char *heading, bool right)
{
	const char *at = strstr(header, heading);

	assert_non_null(at);
	return at - header + (right ? strlen(heading) : 0);
}

static inline void check_cell(const char *header, const char *line, const char *heading, bool right,
			      const char *want)
{
	size_t at = edge(header, heading, right) - (right ? strlen(want) : 0);

	if (strncmp(line + at, want, strlen(want)) || (at && line[at - 1] != ' ') ||
	    !strchr(" \n", line[at + strlen(want)]))
		fail_msg("no %s under %s:\n%s%s", want, heading, header, line);
}
