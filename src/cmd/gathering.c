// SPDX-License-Identifier: GPL-2.0-only
/* Reads the recordings of one side of a comparison. */
#include <errno.h>

#include "cmd/gathering.h"
#include "util/diag.h"

static int take_call(void *ctx, const struct call *call)
{
	struct gathering *side = ctx;
	int err;

	if (!filter_wants_call(side->filter, call))
		return 0;
	err = aggregate_add(side->aggregate, call);
	return err || !side->current ? err : aggregate_add(side->current, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct gathering *side = ctx;
	int err;

	if (!filter_wants_teardown(side->filter, teardown))
		return 0;
	err = aggregate_add_teardown(side->aggregate, teardown);
	return err || !side->current ? err : aggregate_add_teardown(side->current, teardown);
}

static int count_measured(void *ctx, const struct teardown *teardown)
{
	return aggregate_add_teardown(((struct gathering *)ctx)->measured, teardown);
}

static int gather_measured(struct gathering *side)
{
	static const struct event_sink_ops ops = {.teardown = count_measured};
	static const enum key by_scenario[] = {KEY_SCENARIO};
	const struct event_sink sink = {.ops = &ops, .ctx = side};

	side->measured = aggregate_new(by_scenario, 1, DIFF_MAX_ROWS);
	if (!side->measured)
		return -ENOMEM;
	return reader_set_run(&side->readers, VIEW_TEARDOWNS, false, &sink, NULL);
}

static struct aggregate *samples_new(const struct view_options *show)
{
	struct aggregate *aggregate = aggregate_new(show->by, show->nr_by, DIFF_MAX_ROWS);

	if (aggregate)
		aggregate_keep_samples(aggregate);
	return aggregate;
}

/* Adds a recording to the side, and, among several, to a run of its own. */
static int gather_run(struct gathering *side, size_t nth, const struct view_options *show,
		      bool within_run)
{
	static const struct event_sink_ops ops = {.call = take_call, .teardown = take_teardown};
	const struct event_sink sink = {.ops = &ops, .ctx = side};
	const struct run_info *run_info = side->readers.reader[nth]->run_info;
	bool several = side->readers.nr > 1 && !within_run;

	side->current = several ? samples_new(show) : NULL;
	if (several && !side->current)
		return -ENOMEM;
	side->run[nth] = (struct diff_run){side->current ?: side->aggregate, run_info->run_id,
					   run_info->boot_id};
	return reader_set_run_one(&side->readers, nth, show->view, show->identity, &sink, NULL);
}

int gather(struct gathering *side, const struct view_options *show, const struct options *opts)
{
	int err = 0;

	side->filter = &opts->filter;
	side->aggregate = samples_new(show);
	if (!side->aggregate)
		return -ENOMEM;
	for (size_t i = 0; i < side->readers.nr && !err; i++)
		err = gather_run(side, i, show, opts->diff.within_run);
	if (!err && opts->diff.nr_limits && !opts->force)
		err = gather_measured(side);
	if (!err && aggregate_overflow(side->aggregate))
		diag_warn("more than %d keys: %llu values of further keys are in one row",
			  DIFF_MAX_ROWS, aggregate_overflow(side->aggregate));
	return err;
}

void gathering_free_runs(struct gathering *side)
{
	for (size_t i = 0; i < side->readers.nr; i++) {
		if (side->run[i].aggregate != side->aggregate)
			aggregate_free(side->run[i].aggregate);
		side->run[i].aggregate = NULL;
	}
}

void gathering_free(struct gathering *side)
{
	gathering_free_runs(side);
	aggregate_free(side->aggregate);
	aggregate_free(side->measured);
	reader_set_close(&side->readers);
}
