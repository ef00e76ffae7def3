// SPDX-License-Identifier: GPL-2.0-only
/* Reads the recordings of one side of a comparison. */
#include <errno.h>
#include <string.h>

#include "analysis/trend.h"
#include "cmd/gathering.h"
#include "cmd/option_values.h"
#include "output/hint.h"
#include "recording/comparable.h"
#include "util/diag.h"

/* Counts it. */
static bool is_wanted(struct gathering *side, bool wanted)
{
	side->taken += wanted;
	side->filtered += !wanted;
	return wanted;
}

static int take_call(void *ctx, const struct call *call)
{
	struct gathering *side = ctx;
	int err;

	if (!is_wanted(side, filter_wants_call(side->filter, call)))
		return 0;
	err = aggregate_add(side->aggregate, call);
	return err || !side->current ? err : aggregate_add(side->current, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct gathering *side = ctx;
	int err;

	if (!is_wanted(side, filter_wants_teardown(side->filter, teardown)))
		return 0;
	err = aggregate_add_teardown(side->aggregate, teardown);
	return err || !side->current ? err : aggregate_add_teardown(side->current, teardown);
}

static int count_measured(void *ctx, const struct teardown *teardown)
{
	return aggregate_add_teardown(((struct gathering *)ctx)->measured, teardown);
}

int gathering_count_measured(struct gathering *side)
{
	static const struct event_sink_ops ops = {.teardown = count_measured};
	static const enum key by_scenario[] = {KEY_SCENARIO};
	const struct event_sink sink = {.ops = &ops, .ctx = side};

	side->measured = aggregate_new(by_scenario, 1, DIFF_MAX_ROWS);
	if (!side->measured)
		return -ENOMEM;
	return reader_set_run(&side->readers, VIEW_TEARDOWNS, false, &sink, NULL);
}

/* How many maps the side's benchmarks were to measure. */
static __u64 planned_maps(const struct reader_set *readers, const char *name)
{
	__u64 maps = 0;

	for (size_t i = 0; i < readers->nr; i++) {
		const struct reader *reader = readers->reader[i];

		for (size_t j = 0; j < reader->nr_scenarios; j++)
			if (!strcmp(reader->scenarios[j].name, name))
				maps += reader->scenarios[j].runs *
					scenario_maps(&reader->scenarios[j]);
	}
	return maps;
}

bool gathering_is_measured(const struct gathering *side)
{
	struct rows rows = {};
	bool all = true;

	if (side->measured && aggregate_sort(side->measured, SORT_KEY, 0, &rows))
		return false;
	for (size_t i = 0; i < rows.nr; i++) {
		const char *name = rows.row[i]->key.map.scenario;
		__u64 planned = name ? planned_maps(&side->readers, name) : 0;

		if (rows.row[i]->count >= planned - planned / COMPARABLE_LOSS)
			continue;
		diag_warn("%s: of %llu map%s in '%s', %llu were measured", name, planned,
			  planned == 1 ? "" : "s", side->readers.reader[0]->path,
			  rows.row[i]->count);
		all = false;
	}
	return all;
}

static struct aggregate *samples_new(const struct view_options *show, enum measure measure)
{
	struct aggregate *aggregate = aggregate_new(show->by, show->nr_by, DIFF_MAX_ROWS);

	if (aggregate)
		aggregate_keep_samples(aggregate, measure);
	return aggregate;
}

/* The first file of the run that this one is a part of. */
static size_t first_part(const struct gathering *side, size_t nth)
{
	const struct run_info *part = side->readers.reader[nth]->run_info;
	size_t first = 0;

	while (first < nth &&
	       !(part->part && *part->run_id && !strcmp(part->run_id, side->run[first].run_id)))
		first++;
	return first;
}

/* Adds a recording to the side, and, among several, to a run of its own. */
static int gather_run(struct gathering *side, size_t nth, const struct view_options *show,
		      const struct diff_options *opts)
{
	static const struct event_sink_ops ops = {.call = take_call, .teardown = take_teardown};
	const struct event_sink sink = {.ops = &ops, .ctx = side};
	const struct run_info *run_info = side->readers.reader[nth]->run_info;
	bool several = side->readers.nr > 1 && !opts->within_run;
	size_t first = first_part(side, nth);

	side->run[nth] = (struct diff_run){NULL, run_info->run_id, run_info->boot_id};
	side->current = several && first < nth ? side->run[first].aggregate : NULL;
	if (several && !side->current) {
		side->current = side->run[nth].aggregate = samples_new(show, opts->measure);
		if (!side->current)
			return -ENOMEM;
	} else if (!several) {
		side->run[nth].aggregate = side->aggregate;
	}
	return reader_set_run_one(&side->readers, nth, show->view, show->identity, &sink, NULL);
}

int gather(struct gathering *side, const struct view_options *show, const struct options *opts)
{
	int err = 0;

	side->filter = &opts->filter;
	side->aggregate = samples_new(show, opts->diff.measure);
	if (!side->aggregate)
		return -ENOMEM;
	for (size_t i = 0; i < side->readers.nr && !err; i++)
		err = gather_run(side, i, show, &opts->diff);
	if (!err && opts->diff.nr_limits && !opts->force)
		err = gathering_count_measured(side);
	if (!err && aggregate_overflow(side->aggregate))
		diag_warn("more than %d keys: %llu values of further keys are in one row",
			  DIFF_MAX_ROWS, aggregate_overflow(side->aggregate));
	if (!err && !side->taken && side->filtered)
		hint_warn_filtered(side->filter, show->view, side->filtered,
				   side->readers.reader[0]->path, side->readers.nr - 1);
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
	} else if (opts->diff.phases & ~(1U << PHASE_DESTROY) ||
		   opts->diff.measure != MEASURE_TIME) {
		show->view = VIEW_TEARDOWNS;
		show->identity = true;
		opts->view_given = true;
	}
}

/* Of a run: teardowns, and of these those with a known count. */
struct counted {
	enum measure measure;
	__u64 teardowns, known;
};

static int count_known(void *ctx, const struct teardown *teardown)
{
	struct counted *counted = ctx;
	__u64 count;

	counted->teardowns++;
	counted->known += teardown_count(teardown, counted->measure, &count);
	return 0;
}

/* Whether the file continues the run of the one before. */
static bool is_next_part(const struct reader_set *readers, size_t nth)
{
	const struct run_info *part = readers->reader[nth]->run_info;

	return nth && part->part && *part->run_id &&
	       !strcmp(part->run_id, readers->reader[nth - 1]->run_info->run_id);
}

int gathering_check_counts(struct reader_set *readers, enum measure measure)
{
	static const struct event_sink_ops ops = {.teardown = count_known};
	struct counted counted = {.measure = measure};
	const struct event_sink sink = {.ops = &ops, .ctx = &counted};
	int err;

	for (size_t i = 0; i < readers->nr && measure != MEASURE_TIME; i++) {
		bool last = i + 1 == readers->nr || !is_next_part(readers, i + 1);

		if (!is_next_part(readers, i))
			counted.teardowns = counted.known = 0;
		err = reader_set_run_one(readers, i, VIEW_TEARDOWNS, false, &sink, NULL);
		if (err)
			return err;
		if (!last || counted.known || !counted.teardowns)
			continue;
		diag_error("'%s' has no known %s of frees: record it with --counters, on a machine"
			   " that can count them",
			   readers->reader[i]->path, measure_names[measure]);
		return -ENODATA;
	}
	return 0;
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

/* The least P of 9,999 random orders of trend; that of diff is half of it. */
#define LEAST_ALPHA (1.0 / (TREND_ARRANGEMENTS + 1))

int gathering_check_alpha(const struct options *opts)
{
	if (opts->diff.within_run || opts->diff.alpha > LEAST_ALPHA)
		return 0;
	return diag_invalid(
		"--alpha: %g is too small: P is a share of random arrangements (use more"
		" than %g%s)",
		opts->diff.alpha, LEAST_ALPHA,
		opts->command == &trend_command ? "" : ", or --within-run");
}
