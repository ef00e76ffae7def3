/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the tests of formats: calls to show, and ways to look at the output.
 */
#pragma once

#include "support/written.h"
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

static inline const char *event(enum format format, const struct column *columns,
				const void *object)
{
	FILE *out = out_open();

	assert_int_equal(format_line(out, format, columns, object, 3000000000), 0);
	return out_close(out);
}

static inline const char *header(enum format format, const struct column *columns)
{
	FILE *out = out_open();

	assert_int_equal(format_heading(out, format, columns), 0);
	return out_close(out);
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
