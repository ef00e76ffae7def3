/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a run, live or recorded, to a file as an HTML page: the counterpart of output/report.h.
 */
#pragma once

#include "model/event_sink.h"
#include "model/run_ops.h"
#include "output/html/report.h"

struct page_output;

/*
 * Opens the file of this path, NULL: stdout. On success *out is to be freed with
 * page_output_close(). opts, filter and path must outlive the output. Returns 0 or -errno; errors
 * are already reported.
 */
int page_output_open(struct page_output **out, const struct view_options *opts,
		     const struct filter *filter, const char *path);
void page_output_close(struct page_output *output);

/* The run starts: CLOCK_MONOTONIC. */
void page_output_begin(struct page_output *output, __u64 start_ns);

/* Takes events and filters them. Reports stuck calls on stderr at once, too. */
struct event_sink page_output_sink(struct page_output *output);
extern const struct run_ops page_output_run_ops;

/*
 * Corrects the ledgers by what was filtered, and writes the page, and the ledgers to stderr. err:
 * the error that ended the run; -EPIPE is none. Returns 0 or -errno; errors are already reported.
 */
int page_output_end(struct page_output *output, const struct page_facts *facts, int err);
