// SPDX-License-Identifier: GPL-2.0-only
/* Reads the recordings of one side of a comparison. */
#include <errno.h>

#include "cmd/gathering.h"
#include "cmd/option_values.h"
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

struct view_options gathering_view(const struct options *opts, bool bench)
{
	struct view_options show = opts->show;

	if (bench && !opts->view_given) {
		show.view = VIEW_TEARDOWNS;
		show.identity = true;
	}
	option_default_keys(&show);
	if (!show.nr_by && bench) {
		show.by[show.nr_by++] = KEY_SCENARIO;
	} else if (!show.nr_by) {
		show.by[show.nr_by++] = KEY_TYPE;
		show.by[show.nr_by++] = KEY_NAME;
	}
	return show;
}

void gathering_imply_view(struct options *opts)
{
	struct view_options *show = &opts->show;
	bool calls = opts->filter.nr_callers || opts->filter.no_empty;

	for (size_t i = 0; i < show->nr_by; i++)
		calls |= show->by[i] < KEY_TYPE;
	if (calls) {
		opts->view_given = true;
	} else if (opts->diff.phases & ~(1U << PHASE_DESTROY)) {
		show->view = VIEW_TEARDOWNS;
		show->identity = true;
		opts->view_given = true;
	}
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
