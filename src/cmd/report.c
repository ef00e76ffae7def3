// SPDX-License-Identifier: GPL-2.0-only
/* report: shows recordings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/option_rows.h"
#include "output/html/output.h"
#include "output/ledger_text.h"
#include "output/report.h"
#include "recording/reader_set.h"
#include "util/diag.h"

static void report_blind(const struct reader_set *readers)
{
	for (size_t i = 0; i < readers->nr; i++)
		ledger_text_blind(stderr, readers->reader[i]->run_info->blind);
}

static int show(struct reader_set *readers, const struct options *opts, struct report *report)
{
	const struct event_sink sink = report_sink(report);
	struct teardown_counts counts;
	struct ledger ledger;
	const struct start start = {readers->first->start_ns, readers->first->start_realtime_ns,
				    false};
	int err = report_begin(report, &start);

	if (err)
		return err;
	reader_set_ledger(readers, &ledger, &counts);
	err = reader_set_run(readers, opts->show.view, opts->show.identity, &sink, &report_run_ops);
	if (err == -EINVAL) /* damaged: do not show a part of it */
		return err;
	err = report_end(report, reader_set_end_ns(readers), &ledger, &counts, err);
	report_blind(readers);
	return err;
}

static int show_report(struct reader_set *readers, const struct options *opts)
{
	struct report *report;
	int err = report_open(&report, &opts->show, &opts->filter, opts->output);

	if (err)
		return err;
	err = show(readers, opts, report);
	report_close(report);
	return err;
}

/* In place of show(). */
static int write_page(struct reader_set *readers, const struct options *opts,
		      struct page_output *output, const struct page_run *runs)
{
	const struct event_sink sink = page_output_sink(output);
	struct teardown_counts counts;
	struct ledger ledger;
	const struct page_facts facts = {runs, readers->nr, reader_set_end_ns(readers), &ledger,
					 &counts};
	int err;

	reader_set_ledger(readers, &ledger, &counts);
	page_output_begin(output, readers->first->start_ns);
	err = reader_set_run(readers, opts->show.view, opts->show.identity, &sink,
			     &page_output_run_ops);
	if (err == -EINVAL)
		return err;
	err = page_output_end(output, &facts, err);
	report_blind(readers);
	return err;
}

static int show_page(struct reader_set *readers, const struct options *opts)
{
	struct page_output *output;
	struct page_run *runs;
	int err = page_output_open(&output, &opts->show, &opts->filter, opts->output);

	if (err)
		return err;
	runs = page_runs_new(readers);
	if (!runs)
		diag_error("cannot read recordings: %s", strerror(ENOMEM));
	err = runs ? write_page(readers, opts, output, runs) : -ENOMEM;
	page_output_close(output);
	free(runs);
	return err;
}

static int cmd_report(const struct options *opts)
{
	struct reader_set readers = {};
	int err = reader_set_open(&readers, opts->files[DIFF_BASE], opts->nr_files[DIFF_BASE]);

	if (!err)
		err = reader_set_spare(&readers, opts->output);
	if (!err && opts->show.format == FORMAT_HTML)
		err = show_page(&readers, opts);
	else if (!err)
		err = show_report(&readers, opts);
	reader_set_close(&readers);
	return err ? EXIT_FAILED : EXIT_DONE;
}

static int finish(struct options *opts)
{
	if (!opts->nr_files[DIFF_BASE])
		return diag_invalid("report needs a recording, such as run.mdt (see record)");
	if (opts->show.interval_ns && opts->nr_files[DIFF_BASE] > 1)
		return diag_invalid("--interval needs a single recording");
	option_page_view(opts);
	option_default_keys(&opts->show);
	opts->show.recorded = true;
	return 0;
}

static const struct option_row rows[] = {
	FILTER_ROWS,
	HEADING("When"),
	INTERVAL_ROW("for a single recording: print the table also at this interval"),
	TIMESTAMP_ROW,
	HEADING("What to show"),
	SHOW_BY_ROW,
	ROW_ROWS,
	EVENTS_ROW("one line for each event instead of a table"),
	IDENTITY_ROW,
	USER_STACK_ROW,
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	OUTPUT_ROW,
	RECORDED_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command report_command = {
	.name = "report",
	.run = cmd_report,
	.rows = rows,
	.view = VIEW_BOTH,
	.views = true,
	.formats = RUN_FORMATS,
	.take_words = option_files,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace report [OPTION]... FILE...\n"
			 "       memdestroy-trace report calls [OPTION]... FILE...\n"
			 "       memdestroy-trace report teardowns [OPTION]... FILE...\n"
			 "\n"
			 "Show recordings in the views of live tracing; several recordings are shown as\n"
			 "one. Options select calls or teardowns as in a live run. This command traces no\n"
			 "kernel and needs no privileges.\n",
		 .examples =
			 "  memdestroy-trace report run.mdt\n"
			 "      callers and map types, and the slowest teardowns\n"
			 "  memdestroy-trace report calls -e -f json --identity run.mdt | jq .\n"
			 "      all calls for other programs\n"
			 "  memdestroy-trace report teardowns --by host,type *.mdt\n"
			 "      what the maps of each type cost on each machine\n"
			 "  memdestroy-trace report teardowns -f perfetto -o trace.json run.mdt\n"
			 "      for ui.perfetto.dev\n"},
	.help[HELP_CALLS] =
		{.head = "Usage: memdestroy-trace report calls [OPTION]... FILE...\n"
			 "\n"
			 "Show the calls of bpf_mem_alloc_destroy() in recordings.\n",
		 .examples =
			 "  memdestroy-trace report calls run.mdt\n"
			 "      callers and map types\n"
			 "  memdestroy-trace report calls -H --by name --sort max run.mdt\n"
			 "      maps by their longest call, with histograms\n"
			 "  memdestroy-trace report calls -e -f json --identity run.mdt | jq .\n"
			 "      all calls for other programs\n"},
	.help[HELP_TEARDOWNS] =
		{.head = "Usage: memdestroy-trace report teardowns [OPTION]... FILE...\n"
			 "\n"
			 "Show the teardowns of BPF maps in recordings: which map, who released it, and\n"
			 "where the time went.\n",
		 .examples =
			 "  memdestroy-trace report teardowns -n 10 run.mdt\n"
			 "      the ten slowest teardowns, and who released the maps\n"
			 "  memdestroy-trace report teardowns --by host,type *.mdt\n"
			 "      what the maps of each type cost on each machine\n"
			 "  memdestroy-trace report teardowns -f perfetto -o trace.json run.mdt\n"
			 "      for ui.perfetto.dev\n"
			 "  memdestroy-trace report teardowns --by type -f markdown run.mdt\n"
			 "      a table for an issue or a mail\n"},
};
