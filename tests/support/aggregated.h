/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by tests of aggregation: a call, and functions to add and sort with checks.
 */
#pragma once

#include "support/test.h"
#include "analysis/aggregate.h"

#define ALL_ROWS 1000

static const struct cgroup plain_cgroup = {4242, "/", "a.scope", "uid", "id"};

static const struct call plain = {
	.latency_ns = 1000,
	.caller.address = 0xffffffff81234567,
	.caller.name = "htab_map_free",
	.cpu = 3,
	.map.type = 1,
	.alloc = ALLOC_MA,
	.map.known = CALL_MAP | CALL_NAME,
	.flags = CALL_EMPTY_KNOWN,
	.map.name = "events",
	.task.comm = "kworker/3:1",
	.map.host = "host1",
	.map.scenario = "hash",
	.map.identity =
		{
			.map_id = 7,
			.released_ns = 1000,
			.released_by =
				{
					.known = true,
					.task.pid = 500,
					.task.tid = 501,
					.cgroup_id = 4242,
					.task.comm = "loader",
					.cgroup = &plain_cgroup,
				},
		},
};

static inline struct aggregate *make(const enum key *by, size_t nr_by, size_t max_rows)
{
	struct aggregate *aggregate = aggregate_new(by, nr_by, max_rows);

	assert_non_null(aggregate);
	return aggregate;
}

static inline void add(struct aggregate *aggregate, const struct call *call, int times)
{
	while (times--)
		assert_int_equal(aggregate_add(aggregate, call), 0);
}

static inline struct rows sort(struct aggregate *aggregate, enum sort by, __u64 top)
{
	struct rows rows;

	assert_int_equal(aggregate_sort(aggregate, by, top, &rows), 0);
	return rows;
}
