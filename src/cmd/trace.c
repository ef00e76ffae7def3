// SPDX-License-Identifier: GPL-2.0-only
/* trace, the default: shows calls, teardowns or both in the running kernel. */
#include "cmd/option_rows.h"
#include "output/html/output.h"
#include "output/ledger_text.h"
#include "output/report.h"
#include "trace/tracer.h"
#include "util/clock.h"

static void count(void *ctx, struct ledger *ledger, struct teardown_counts *counts)
{
	const struct tracer *tracer = ctx;

	session_count(tracer->session, ledger, counts);
}

static int trace(struct tracer *tracer, struct report *report)
{
	const struct moment *began = probe_began(tracer->probe);
	const struct start start = {began->ns, began->realtime_ns, true};
	const struct event_sink sink = report_sink(report);
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind;
	int err = report_begin(report, &start);

	if (err)
		return err;
	report_show_progress(report, count, tracer);
	err = tracer_run(tracer, &sink, &report_run_ops);
	if (!tracer->session)
		return err;
	blind = session_count(tracer->session, &ledger, &counts);
	if (*blind)
		tracer->traceable = TRACEABLE_NO;
	err = report_end(report, clock_now_ns(), &ledger, &counts, err);
	ledger_text_blind(stderr, blind);
	return err;
}

/* In place of trace(). */
static int trace_for_page(struct tracer *tracer, const struct options *opts,
			  struct page_output *output)
{
	struct run_info run_info = tracer_run_info(tracer, opts->argc, opts->argv);
	const struct page_run run = {&run_info, NULL};
	const struct event_sink sink = page_output_sink(output);
	struct teardown_counts counts;
	struct ledger ledger;
	struct page_facts facts = {&run, 1, 0, &ledger, &counts};
	struct moment end;
	int err;

	page_output_begin(output, run_info.start_ns);
	err = tracer_run(tracer, &sink, &page_output_run_ops);
	if (!tracer->session)
		return err;
	end = clock_moment();
	facts.end_ns = end.ns;
	run_info_end(&run_info, &end);
	snprintf(run_info.blind, sizeof(run_info.blind), "%s",
		 session_count(tracer->session, &ledger, &counts));
	if (*run_info.blind)
		tracer->traceable = TRACEABLE_NO;
	err = page_output_end(output, &facts, err);
	ledger_text_blind(stderr, run_info.blind);
	return err;
}

static int write_page(struct tracer *tracer, const struct options *opts)
{
	struct page_output *output;
	int err = page_output_open(&output, &opts->show, &opts->filter, opts->output);

	if (err)
		return err;
	err = tracer_start(tracer, &opts->trace, &opts->filter, opts->output);
	if (!err)
		err = trace_for_page(tracer, opts, output);
	page_output_close(output);
	return err;
}

static int cmd_page(const struct options *opts)
{
	struct tracer tracer = {};
	int err = write_page(&tracer, opts);

	tracer_stop(&tracer);
	return exit_status_of(err, tracer.traceable);
}

static int cmd_trace(const struct options *opts)
{
	struct report *report;
	struct tracer tracer = {};
	int err;

	if (opts->show.format == FORMAT_HTML)
		return cmd_page(opts);
	err = report_open(&report, &opts->show, &opts->filter, opts->output);
	if (err)
		return EXIT_FAILED;
	err = tracer_start(&tracer, &opts->trace, &opts->filter, opts->output);
	if (!err)
		err = trace(&tracer, report);
	tracer_stop(&tracer);
	report_close(report);
	return exit_status_of(err, tracer.traceable);
}

static int finish(struct options *opts)
{
	option_page_view(opts);
	option_default_keys(&opts->show);
	return 0;
}

static const struct option_row rows[] = {
	PROBING_ROWS,
	FILTER_ROWS,
	HEADING("When"),
	DURATION_ROW(),
	INTERVAL_ROW("print the table also at this interval"),
	TIMESTAMP_ROW,
	STUCK_ROW,
	HEADING("What to show"),
	SHOW_BY_ROW,
	ROW_ROWS,
	EVENTS_ROW("one line for each event as it happens, instead of a table"),
	IDENTITY_ROW,
	USER_STACK_ROW,
	COUNTERS_ROW(.view = OF_TEARDOWNS),
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	OUTPUT_ROW,
	LIVE_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command trace_command = {
	.run = cmd_trace,
	.rows = rows,
	.view = VIEW_BOTH,
	.views = true,
	.formats = RUN_FORMATS,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace [OPTION]...\n"
			 "       memdestroy-trace calls [OPTION]...\n"
			 "       memdestroy-trace teardowns [OPTION]...\n"
			 "       memdestroy-trace COMMAND [OPTION]... [ARG]...\n"
			 "\n"
			 "Show what it costs to release BPF maps: calls of the kernel's\n"
			 "bpf_mem_alloc_destroy() by caller and map type, and the slowest teardowns of\n"
			 "maps, until Ctrl-C. An option that applies to one of them shows that one only;\n"
			 "--by, --sort and --events show calls.\n"
			 "\n"
			 "COMMANDS (see help COMMAND):\n"
			 "  calls      trace calls only, at the lowest cost\n"
			 "  teardowns  trace whole teardowns of maps only\n"
			 "  top        a screen of the teardowns in progress\n"
			 "  record     write calls and teardowns to a file, a recording\n"
			 "  report     show recordings\n"
			 "  diff       compare recordings: what is slower, and is it significant?\n"
			 "  trend      find changes over many recordings\n"
			 "  bench      create and release maps, and measure their teardowns\n"
			 "  check      check whether this kernel, or another one, can be traced\n"
			 "  export     serve metrics for Prometheus, or write them to a file\n"
			 "  help       show the help of a command\n",
		 .examples =
			 "  memdestroy-trace\n"
			 "      until Ctrl-C\n"
			 "  memdestroy-trace -d 10\n"
			 "      for 10 seconds\n"
			 "  memdestroy-trace calls --by name,comm --sort max\n"
			 "      maps and tasks of the longest calls\n"
			 "  memdestroy-trace teardowns --by type,name,released_by -i 10\n"
			 "      what the maps of each name and program cost, every ten seconds\n"
			 "  memdestroy-trace record -o run.mdt -d 1m\n"
			 "      a minute to look at later: memdestroy-trace report run.mdt\n"},
	.help[HELP_CALLS] =
		{.head = "Usage: memdestroy-trace calls [OPTION]...\n"
			 "\n"
			 "Trace every call of the kernel's bpf_mem_alloc_destroy(): who calls it, for\n"
			 "which type of BPF map, and how long each call takes. Nothing else is traced.\n",
		 .examples = "  memdestroy-trace calls -d 10 -H\n"
			     "      for 10 seconds, with histograms\n"
			     "  memdestroy-trace calls -i 1 -n 5\n"
			     "      the five most expensive rows, every second\n"
			     "  memdestroy-trace calls -t lpm_trie --by name,comm --sort max\n"
			     "      which LPM trie takes longest, and in which task\n"
			     "  memdestroy-trace calls -e --min-latency 10ms\n"
			     "      each call of 10 ms and more, as it happens\n"
			     "  memdestroy-trace calls -e -f json | jq .\n"
			     "      events for other programs\n"},
	.help[HELP_TEARDOWNS] =
		{.head = "Usage: memdestroy-trace teardowns [OPTION]...\n"
			 "\n"
			 "Trace whole teardowns of BPF maps of all types: which map, who released it, and\n"
			 "where the time goes: the wait for a worker, the worker's part, its destroy\n"
			 "calls, and the deferred frees.\n",
		 .examples =
			 "  memdestroy-trace teardowns -n 10\n"
			 "      the ten slowest teardowns, and who released the maps\n"
			 "  memdestroy-trace teardowns --by type,name,released_by -i 10\n"
			 "      what the maps of each name and program cost, every ten seconds\n"
			 "  memdestroy-trace teardowns --timeline --min-latency 10ms\n"
			 "      the phases of each teardown of 10 ms and more, to scale\n"
			 "  memdestroy-trace teardowns -f perfetto -o trace.json\n"
			 "      for ui.perfetto.dev\n"},
	.statuses = LIVE_STATUSES,
};
