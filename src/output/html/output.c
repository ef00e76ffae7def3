// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a run to a file as an HTML page, once it is over.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/hooks.h"
#include "output/html/output.h"
#include "output/ledger_text.h"
#include "output/stuck_text.h"
#include "util/outfile.h"

struct page_output {
	const struct view_options *opts;
	const struct filter *filter;
	const char *path; /* NULL: stdout */
	struct outfile *file;
	struct page_report *report;
};

int page_output_open(struct page_output **out, const struct view_options *opts,
		     const struct filter *filter, const char *path)
{
	struct page_output *output = calloc(1, sizeof(*output));
	int err = output ? 0 : -ENOMEM;

	if (!err) {
		*output = (struct page_output){.opts = opts, .filter = filter, .path = path};
		err = outfile_open(&output->file, path, false);
	}
	if (!err) {
		output->report = page_report_new(opts, filter);
		err = output->report ? 0 : -ENOMEM;
	}
	if (err) {
		outfile_failed(path, err);
		page_output_close(output);
		return err;
	}
	*out = output;
	return 0;
}

void page_output_close(struct page_output *output)
{
	if (!output)
		return;
	outfile_close(output->file, false);
	page_report_free(output->report);
	free(output);
}

void page_output_begin(struct page_output *output, __u64 start_ns)
{
	page_report_begin(output->report, start_ns);
}

static int take_call(void *ctx, const struct call *call)
{
	return page_report_call(((struct page_output *)ctx)->report, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	return page_report_teardown(((struct page_output *)ctx)->report, teardown);
}

static bool wants_stuck(void *ctx, const struct map_info *map)
{
	const struct page_output *output = ctx;
	bool kernel_filters = output->opts->view == VIEW_CALLS && !output->opts->recorded &&
			      !filter_by_releaser(output->filter);

	return kernel_filters || filter_wants_map(output->filter, map);
}

/* A recording has stuck teardowns, too, and does not know the callers of calls. */
static bool is_of_wanted_call(const struct filter *filter, const struct stuck *stuck)
{
	return !filter->nr_callers && !strcmp(stuck->where, TRACED_FUNCTION);
}

static int take_stuck(void *ctx, const struct stuck *stuck)
{
	const struct page_output *output = ctx;
	const struct view_options *opts = output->opts;

	if (!wants_stuck(ctx, &stuck->map))
		return 0;
	if (opts->recorded && opts->view == VIEW_CALLS && !is_of_wanted_call(output->filter, stuck))
		return 0;
	stuck_text_print(stderr, stuck);
	return page_report_stuck(output->report, stuck);
}

static bool done(void *ctx)
{
	return outfile_abandoned(((struct page_output *)ctx)->file);
}

static int outlet(void *ctx)
{
	return fileno(outfile_stream(((struct page_output *)ctx)->file));
}

struct event_sink page_output_sink(struct page_output *output)
{
	static const struct event_sink_ops ops[] = {
		[VIEW_CALLS] = {.call = take_call, .stuck = take_stuck},
		[VIEW_TEARDOWNS] = {.teardown = take_teardown, .stuck = take_stuck},
		[VIEW_BOTH] = {.call = take_call, .teardown = take_teardown, .stuck = take_stuck},
	};

	return (struct event_sink){.ops = &ops[output->opts->view], .ctx = output};
}

const struct run_ops page_output_run_ops = {
	.wants_stuck = wants_stuck,
	.done = done,
	.outlet = outlet,
};

int page_output_end(struct page_output *output, const struct page_facts *facts, int err)
{
	const bool teardowns = output->opts->view != VIEW_CALLS;
	const struct ledger_text ledger = {
		.calls = facts->ledger,
		.teardowns = teardowns ? &facts->counts->ledger : NULL,
		.hooks = teardowns ? facts->counts->hooks : NULL,
		.view = output->opts->view,
	};

	page_report_count(output->report, facts->ledger, &facts->counts->ledger);
	if (!err)
		err = page_report_write(output->report, outfile_stream(output->file), facts);
	err = outfile_end(output->file, output->path, err);
	output->file = NULL;
	ledger_text(stderr, &ledger);
	return err;
}
