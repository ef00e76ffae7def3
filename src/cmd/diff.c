// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares recordings, and says if one side is slower than it may be.
 */
#include <string.h>

#include "analysis/diff.h"
#include "cmd/cmd.h"
#include "output/diff_report.h"
#include "output/table_cell.h"
#include "recording/comparable.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"
#include "util/text.h"

/* Keys kept apart on each side; the values of others are put together. */
#define MAX_ROWS 4096

/* What is compared. */
struct selection {
	enum view view;
	bool identity;
	const enum key *by;
	size_t nr_by;
};

/* One side of the comparison. */
struct gathering {
	struct reader_set readers;
	struct aggregate *aggregate;
	const struct filter *filter;
};

static int take_call(void *ctx, const struct call *call)
{
	struct gathering *side = ctx;

	return filter_wants_call(side->filter, call) ? aggregate_add(side->aggregate, call) : 0;
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct gathering *side = ctx;

	if (!filter_wants_teardown(side->filter, teardown))
		return 0;
	return aggregate_add_teardown(side->aggregate, teardown);
}

static int gather(struct gathering *side, const struct selection *selection,
		  const struct filter *filter)
{
	static const struct sink_ops ops = {.call = take_call, .teardown = take_teardown};
	const struct sink sink = {.ops = &ops, .ctx = side};
	int err;

	side->filter = filter;
	side->aggregate = aggregate_new(selection->by, selection->nr_by, MAX_ROWS);
	if (!side->aggregate)
		return -ENOMEM;
	aggregate_keep_samples(side->aggregate);
	err = reader_set_run(&side->readers, selection->view, selection->identity, &sink);
	if (!err && aggregate_overflow(side->aggregate))
		diag_warn("more than %d keys: %llu values are put together in one row", MAX_ROWS,
			  aggregate_overflow(side->aggregate));
	return err;
}

/* A file can hold anything. */
static void write_safe(FILE *file, enum format format, const char *text)
{
	char safe[TEXT_SIZE(RUN_INFO_LEN)];

	if (!*text)
		text = "?";
	text_printable(safe, sizeof(safe), text, strnlen(text, RUN_INFO_LEN));
	if (format == FORMAT_MARKDOWN)
		table_cell_markdown(file, safe);
	else
		fputs(safe, file);
}

/* What is compared with what. */
static void write_side(FILE *file, enum format format, const char *name,
		       const struct reader_set *side)
{
	const struct run_info *run_info = side->first;

	fprintf(file, "%s%s: ", format == FORMAT_MARKDOWN ? "- " : "", name);
	write_safe(file, format, reader_path(side->reader[0]));
	if (side->nr > 1)
		fprintf(file, " and %zu more", side->nr - 1);
	fputs(", Linux ", file);
	write_safe(file, format, run_info->kernel_release);
	fputs(" on ", file);
	write_safe(file, format, run_info->host);
	fputs(", ", file);
	write_safe(file, format, run_info->attach);
	putc('\n', file);
}

static int write_diff(const struct options *opts, const struct gathering *side,
		      const struct diff *diff)
{
	struct outfile *output = NULL;
	enum format format = opts->show.format;
	int err = outfile_open(&output, opts->output, false);

	if (!err && (format == FORMAT_TABLE || format == FORMAT_MARKDOWN)) {
		write_side(outfile_stream(output), format, "base", &side[DIFF_BASE].readers);
		write_side(outfile_stream(output), format, "new", &side[DIFF_NEW].readers);
		putc('\n', outfile_stream(output));
	}
	if (!err)
		err = diff_write(outfile_stream(output), format, &opts->diff, diff);
	return outfile_end(output, opts->output, err);
}

/* The options, and defaults that depend on what the recordings are of. */
static struct selection select_keys(const struct options *opts,
				    const struct gathering side[NR_DIFF_SIDES])
{
	static const enum key of_bench[] = {KEY_SCENARIO}, of_teardowns[] = {KEY_TYPE, KEY_NAME},
			      of_calls[] = {KEY_CALLER, KEY_TYPE};
	bool bench = reader_set_have_scenarios(&side[DIFF_BASE].readers) &&
		     reader_set_have_scenarios(&side[DIFF_NEW].readers);
	const struct view_options *show = &opts->show;
	struct selection selection = {show->view, show->identity, show->by, show->nr_by};

	if (bench && !opts->view_given) {
		selection.view = VIEW_TEARDOWNS;
		selection.identity = true;
	}
	if (selection.nr_by)
		return selection;
	if (selection.view == VIEW_CALLS)
		selection.by = of_calls;
	else
		selection.by = bench ? of_bench : of_teardowns;
	selection.nr_by = selection.by == of_bench ? ARRAY_SIZE(of_bench) : 2;
	return selection;
}

static int compare(const struct options *opts, struct gathering side[NR_DIFF_SIDES])
{
	const struct selection selection = select_keys(opts, side);
	struct diff diff;
	int err = gather(&side[DIFF_BASE], &selection, &opts->filter);

	if (!err)
		err = gather(&side[DIFF_NEW], &selection, &opts->filter);
	if (!err)
		err = diff_make(&diff, side[DIFF_BASE].aggregate, side[DIFF_NEW].aggregate,
				&opts->diff);
	if (err) {
		if (err != -EINVAL) /* already reported */
			diag_error("cannot compare: %s", strerror(-err));
		return EXIT_FAILED;
	}
	err = write_diff(opts, side, &diff);
	if (!err && diff.failed)
		err = EXIT_REGRESSION;
	diff_free(&diff);
	return err < 0 ? EXIT_FAILED : err;
}

static int compare_if_comparable(const struct options *opts, struct gathering side[NR_DIFF_SIDES])
{
	int err;

	for (int i = 0; i < NR_DIFF_SIDES; i++)
		if (reader_set_open(&side[i].readers, opts->files[i], opts->nr_files[i]) ||
		    reader_set_spare(&side[i].readers, opts->output))
			return EXIT_FAILED;
	if (!comparable(&side[DIFF_BASE].readers, &side[DIFF_NEW].readers, &err)) {
		if (!err && !opts->force)
			diag_error("these recordings cannot be compared well (--force does)");
		if (err || !opts->force)
			return EXIT_FAILED;
	}
	return compare(opts, side);
}

int cmd_diff(const struct options *opts)
{
	static struct gathering side[NR_DIFF_SIDES];
	int status = compare_if_comparable(opts, side);

	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		aggregate_free(side[i].aggregate);
		reader_set_close(&side[i].readers);
	}
	return status;
}
