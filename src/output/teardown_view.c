// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows teardowns in the view asked for: lines, the slowest, rows, bars, a trace or stacks.
 */
#include <errno.h>
#include <stdlib.h>

#include "analysis/aggregate.h"
#include "analysis/top_teardowns.h"
#include "model/filter.h"
#include "model/ledger_figures.h"
#include "output/folded.h"
#include "output/perfetto.h"
#include "output/column.h"
#include "output/format.h"
#include "output/table.h"
#include "output/teardown_view.h"
#include "output/terminal.h"
#include "output/timeline.h"
#include "output/user_stack_text.h"
#include "util/diag.h"

/* Rows or teardowns kept at a time: bounds the memory of a long run. */
#define MAX_ROWS 4096

#define DEFAULT_WIDTH 100 /* without a terminal */
#define TERMINAL_TOP  20  /* teardowns or rows that fit on a screen */

/* Teardowns of the run or of an interval: one of the two. */
struct gathered {
	struct aggregate *rows;
	struct top_teardowns *slowest;
};

struct teardown_view {
	const struct view_options *opts;
	struct table_style style;
	struct table_layout events; /* with --events */
	__u64 start_ns;
	const struct filter *filter;
	struct gathered run, interval;
	struct perfetto *perfetto;
	struct folded *folded;
	__u64 filtered, filtered_bytes, filtered_pending,
		filtered_by_rcu;   /* teardowns; see struct teardown_ledger */
	__u64 taken, taken_before; /* in the run; before this interval */
	__u64 interim_dropped;	   /* teardowns without room in the interim lists */
};

static int gathered_open(struct gathered *gathered, const struct view_options *opts)
{
	if (opts->nr_by && opts->view != VIEW_BOTH)
		gathered->rows = aggregate_new(opts->by, opts->nr_by, MAX_ROWS);
	else
		gathered->slowest = top_teardowns_new(MAX_ROWS, opts->sort);
	return gathered->rows || gathered->slowest ? 0 : -ENOMEM;
}

static void gathered_close(struct gathered *gathered)
{
	aggregate_free(gathered->rows);
	top_teardowns_free(gathered->slowest);
}

static int gathered_add(struct gathered *gathered, const struct teardown *teardown)
{
	if (gathered->rows)
		return aggregate_add_teardown(gathered->rows, teardown);
	return gathered->slowest ? top_teardowns_add(gathered->slowest, teardown) : 0;
}

static void gathered_reset(struct gathered *gathered)
{
	if (gathered->rows)
		aggregate_reset(gathered->rows);
	else
		top_teardowns_reset(gathered->slowest);
}

static int view_open(struct teardown_view *view)
{
	const struct view_options *opts = view->opts;
	int err = 0;

	if (opts->format == FORMAT_PERFETTO) /* begins with its file */
		return err;
	if (!err && opts->format == FORMAT_FOLDED) {
		view->folded = folded_new(FOLDED_MAX_STACKS, opts->user_stack);
		return view->folded ? 0 : -ENOMEM;
	}
	if (!err && !opts->events)
		err = gathered_open(&view->run, opts);
	if (!err && opts->interval_ns)
		err = gathered_open(&view->interval, opts);
	return err;
}

struct teardown_view *teardown_view_new(const struct view_options *opts,
					const struct filter *filter)
{
	struct teardown_view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->opts = opts;
	view->filter = filter;
	if (!view_open(view))
		return view;
	teardown_view_free(view);
	return NULL;
}

void teardown_view_free(struct teardown_view *view)
{
	if (!view)
		return;
	gathered_close(&view->run);
	gathered_close(&view->interval);
	perfetto_free(view->perfetto);
	folded_free(view->folded);
	free(view);
}

/* The first line of CSV, the same for all tables of a run. */
static int write_names(struct teardown_view *view, FILE *file)
{
	const struct view_options *opts = view->opts;
	struct rows rows;
	int err;

	if (!view->run.rows)
		return format_lines(file, opts->format, &view->events, teardown_columns,
				    &view->style);
	err = aggregate_sort(view->run.rows, opts->sort, opts->top, &rows);
	if (err)
		return err;
	return format_rows_heading(file, opts->format, &rows, true,
				   opts->interval_ns ? INTERVAL_WHOLE : INTERVAL_NONE,
				   &view->style);
}

/* As many as a screen shows, unless the user has said how many. */
static __u64 top_of(const struct view_options *opts, FILE *file)
{
	bool screen = opts->format == FORMAT_TABLE && terminal_width(file);

	return opts->top_given || !screen ? opts->top : TERMINAL_TOP;
}

int teardown_view_begin(struct teardown_view *view, FILE *file, __u64 start_ns)
{
	view->start_ns = start_ns;
	view->style = view_style(view->opts, file);
	if (top_of(view->opts, file) != view->opts->top)
		view->style.how = "-n 0: all";
	if (view->opts->format == FORMAT_PERFETTO)
		return perfetto_begin(&view->perfetto, file, start_ns);
	if (view->opts->events || view->opts->format == FORMAT_CSV)
		return write_names(view, file);
	return 0;
}

bool teardown_view_wants(const struct teardown_view *view, const struct map_info *map)
{
	return filter_wants_map(view->filter, map);
}

static void note_filtered(struct teardown_view *view, const struct teardown *teardown)
{
	view->filtered++;
	view->filtered_by_rcu += (teardown->rcu_flags & RCU_FREES) != 0;
	if (!map_memory_known(&teardown->memory))
		return;
	figure_add(&view->filtered_bytes, teardown->memory.bytes);
	if (teardown_owes_memory(teardown))
		figure_add(&view->filtered_pending, teardown->memory.bytes);
}

int teardown_view_teardown(struct teardown_view *view, FILE *file, const struct teardown *teardown)
{
	const struct view_options *opts = view->opts;
	int err;

	if (!filter_wants_teardown(view->filter, teardown)) {
		note_filtered(view, teardown);
		return 0;
	}
	view->taken++;
	if (view->perfetto)
		return perfetto_teardown(view->perfetto, teardown);
	if (view->folded)
		return folded_add(view->folded, teardown);
	if (opts->events) {
		err = format_line(file, opts->format, view->events.columns, teardown,
				  view->start_ns);
		if (opts->user_stack && opts->format == FORMAT_TABLE)
			user_stack_text_print(file, teardown);
		return err;
	}
	err = gathered_add(&view->run, teardown);
	return err ? err : gathered_add(&view->interval, teardown);
}

int teardown_view_deferred_free(struct teardown_view *view, FILE *file,
				const struct deferred_free *deferred)
{
	if (!teardown_view_wants(view, &deferred->map))
		return 0;
	if (view->perfetto)
		return perfetto_deferred_free(view->perfetto, deferred);
	/* Tables and CSV have room for one sort of line. */
	if (!view->opts->events || view->opts->format != FORMAT_JSON)
		return 0;
	return format_line(file, FORMAT_JSON, deferred_free_columns, deferred, view->start_ns);
}

static int write_timeline(FILE *file, const struct teardown *const *teardowns,
			  const struct object_list *list)
{
	int err = timeline_draw(file, teardowns, list->nr, terminal_width(file) ?: DEFAULT_WIDTH);

	return err ? err : format_left_out(file, list);
}

static int write_slowest(struct teardown_view *view, FILE *file, struct top_teardowns *slowest,
			 __u64 interval)
{
	const struct view_options *opts = view->opts;
	struct object_list list = {
		.start_ns = view->start_ns,
		.empty = "no teardowns",
		.style = &view->style,
		.no_note = interval != INTERVAL_NONE && interval > 1,
		.below = opts->user_stack ? user_stack_text_print : NULL,
	};
	const struct teardown *const *teardowns =
		top_teardowns_sorted(slowest, top_of(opts, file), &list.nr, &list.left_out);

	if (opts->timeline)
		return write_timeline(file, teardowns, &list);
	list.objects = teardowns;
	return format_list(file, opts->format, teardown_columns, &list);
}

static int write_gathered(struct teardown_view *view, FILE *file, struct gathered *gathered,
			  __u64 interval, __u64 end_ns)
{
	const struct view_options *opts = view->opts;
	struct rows rows;
	int err;

	if (gathered->slowest)
		return write_slowest(view, file, gathered->slowest, interval);
	err = aggregate_sort(gathered->rows, opts->sort, top_of(opts, file), &rows);
	return err ? err
		   : format_rows(file, opts->format, &rows, true, interval, end_ns, &view->style);
}

/* Interim lists have shown each teardown, and only tables say which interval they are of. */
static bool interim_only(const struct teardown_view *view)
{
	return view->interval.slowest && !format_is_for_people(view->opts->format);
}

bool teardown_view_is_empty(const struct teardown_view *view, bool interval)
{
	return view->taken == (interval ? view->taken_before : 0);
}

int teardown_view_interval(struct teardown_view *view, FILE *file, __u64 interval, __u64 end_ns)
{
	int err = write_gathered(view, file, &view->interval, interval, end_ns);

	if (interim_only(view))
		view->interim_dropped += top_teardowns_dropped(view->interval.slowest);
	gathered_reset(&view->interval);
	view->taken_before = view->taken;
	return err;
}

/* Stacks cannot show that a time is unknown. */
static void warn_of_unknown(const struct folded *folded)
{
	enum phase phase;

	for (phase = 0; phase < PHASE_TOTAL; phase++)
		if (folded_unknown(folded, phase))
			diag_warn("stacks lack the %s time of %llu teardown%s: unknown",
				  phase_names[phase], folded_unknown(folded, phase),
				  folded_unknown(folded, phase) == 1 ? "" : "s");
}

int teardown_view_end(struct teardown_view *view, FILE *file, __u64 end_ns)
{
	if (view->perfetto)
		return perfetto_end(view->perfetto);
	if (view->folded) {
		warn_of_unknown(view->folded);
		return folded_write(view->folded, file);
	}
	if (view->opts->events)
		return 0;
	if (interim_only(view))
		return 0;
	return write_gathered(view, file, &view->run,
			      view->opts->interval_ns ? INTERVAL_WHOLE : INTERVAL_NONE, end_ns);
}

void teardown_view_count(const struct teardown_view *view, struct teardown_ledger *ledger)
{
	ledger->filtered = view->filtered;
	figure_subtract(&ledger->shown, view->filtered);
	figure_subtract(&ledger->freed_by_rcu, view->filtered_by_rcu);
	figure_subtract(&ledger->bytes, view->filtered_bytes);
	figure_subtract(&ledger->bytes_pending, view->filtered_pending);
	if (view->run.rows)
		ledger->rows_full = aggregate_overflow(view->run.rows);
	else if (view->run.slowest && !interim_only(view))
		ledger->rows_full = top_teardowns_dropped(view->run.slowest);
	else
		ledger->rows_full = view->interim_dropped;
}
