/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gathers a run in bounded memory, and writes it as an HTML page.
 */
#pragma once

#include "model/call.h"
#include "model/filter.h"
#include "model/ledger.h"
#include "model/stuck.h"
#include "model/teardown.h"
#include "output/html/page_table.h"
#include "output/view_options.h"

struct page_report;

/* Teardowns shown singly unless the options say how many. */
#define PAGE_ROWS 250

/* opts and filter must outlive it. NULL: no memory. */
struct page_report *page_report_new(const struct view_options *opts, const struct filter *filter);
void page_report_free(struct page_report *report);

/* The time that the run started, CLOCK_MONOTONIC; before all events. */
void page_report_begin(struct page_report *report, __u64 start_ns);

/* Filter events, and keep the others. Return 0 or -ENOMEM. */
int page_report_call(struct page_report *report, const struct call *call);
int page_report_teardown(struct page_report *report, const struct teardown *teardown);
int page_report_stuck(struct page_report *report, const struct stuck *stuck);

/* Set and correct the figures that are counted here. */
void page_report_count(const struct page_report *report, struct ledger *ledger,
		       struct teardown_ledger *teardown_ledger);

/* The run as a whole. */
struct page_facts {
	const struct page_run *runs;
	size_t nr_runs;
	__u64 end_ns; /* CLOCK_MONOTONIC */
	struct ledger *ledger;
	struct teardown_counts *counts;
};

/* Returns 0, -ENOMEM, or an error of the stream as stream_flush(). */
int page_report_write(struct page_report *report, FILE *out, const struct page_facts *facts);
