/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a page of a run, of the files that gather and write it only.
 */
#pragma once

#include "analysis/aggregate.h"
#include "analysis/top_teardowns.h"
#include "output/html/rate.h"
#include "output/html/report.h"

#define MAX_STUCK 32 /* reports kept, each of some kilobytes */

/* Calls or teardowns; all NULL if they are not shown. */
struct page_gathered {
	struct aggregate *rows;
	struct aggregate *all; /* in one row */
	struct rate rate;
	__u64 filtered;
};

struct kept_stuck {
	struct stuck stuck;
	char where[128]; /* to which stuck.where points when it is written */
};

struct page_report {
	const struct view_options *opts;
	const struct filter *filter;
	__u64 start_ns;
	struct page_gathered calls, teardowns;
	struct top_teardowns *slowest; /* NULL if teardowns are not shown */
	__u64 from_ns, to_ns;	       /* of all events; UNKNOWN_NS and 0: none has a time */
	__u64 undated;		       /* events without a time */
	struct kept_stuck *stuck;
	size_t nr_stuck; /* also those not kept */
};

/* A page in the making. */
struct page_writing {
	FILE *out;
	struct page_report *report;
	const struct page_facts *facts;
	struct rows calls, teardowns; /* by key */
	struct rows all_calls, all_teardowns;
	const struct teardown *const *slowest;
	size_t nr_slowest, slowest_left_out;
	char *ledger; /* in words */
};

/* The row of all; NULL: there is none. */
static inline const struct row *only_row(const struct rows *rows)
{
	return rows->nr ? rows->row[0] : NULL;
}

/* Sections of the page. The last returns 0 or -ENOMEM. */
void report_put_phases(struct page_writing *page);
void report_put_distributions(struct page_writing *page);
int report_put_timeline(struct page_writing *page);
