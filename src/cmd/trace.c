// SPDX-License-Identifier: GPL-2.0-only
/* trace, the default: shows calls or teardowns in the running kernel. */
#include "cmd/option_rows.h"
#include "output/ledger_text.h"
#include "output/report.h"
#include "trace/tracer.h"
#include "util/clock.h"

static int trace(struct tracer *tracer, struct report *report, const struct start *start)
{
	const struct event_sink sink = report_sink(report);
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind;
	int err = report_begin(report, start);

	if (err)
		return err;
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

static int cmd_trace(const struct options *opts)
{
	const struct moment now = clock_moment();
	struct start start = {.realtime_ns = now.realtime_ns, .live = true};
	struct report *report;
	struct tracer tracer = {};
	int err = report_open(&report, &opts->show, &opts->filter, opts->output);

	if (err)
		return EXIT_FAILED;
	err = tracer_start(&tracer, &opts->trace, &opts->filter, opts->output);
	start.ns = clock_corrected_ns(now.ns); /* the programs know by how much */
	if (!err)
		err = trace(&tracer, report, &start);
	tracer_stop(&tracer);
	report_close(report);
	return exit_status_of(err, tracer.traceable);
}

static int finish(struct options *opts)
{
	option_default_keys(&opts->show);
	return 0;
}

static const struct option_row rows[] = {
	PROBING_ROWS,
	FILTER_ROWS,
	HEADING("When"),
	DURATION_ROW,
	INTERVAL_ROW("print the table also at this interval"),
	TIMESTAMP_ROW,
	STUCK_ROW,
	HEADING("What to show"),
	BY_ROW("one row for each: " CALL_KEYS MAP_KEYS DEFAULT_KEYS),
	ROW_ROWS,
	EVENTS_ROW("one line for each call or teardown as it happens, no table"),
	IDENTITY_ROW("for --events of calls: also find the map's id and who released it"),
	HEADING("Output"),
	FORMAT_ROW(ALL_FORMATS_TEXT),
	OUTPUT_ROW,
	LIVE_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command trace_command = {
	.run = cmd_trace,
	.rows = rows,
	.formats = ALL_FORMATS,
	.finish = finish,
	.head = "Usage: memdestroy-trace [OPTION]...\n"
		"       memdestroy-trace teardowns [OPTION]...\n"
		"       memdestroy-trace COMMAND [OPTION]... [ARG]...\n"
		"\n"
		"Trace every call of the kernel's bpf_mem_alloc_destroy(): who calls it, for\n"
		"which type of BPF map, and how long each call takes.\n"
		"\n"
		"teardowns: trace whole teardowns of BPF maps of all types instead: which map,\n"
		"who released it, and where the time goes: the wait for a worker, the worker's\n"
		"part, its destroy calls, and the deferred frees.\n"
		"\n"
		"COMMANDS (see COMMAND --help):\n"
		"  teardowns  trace whole teardowns of maps\n"
		"  record     write calls and teardowns to a file\n"
		"  report     show such files, as live tracing would have shown the run\n"
		"  diff       compare such files: what is slower, and is it significant?\n"
		"  bench      create and release maps, and measure their teardowns\n"
		"  check      check whether this kernel, or another one, can be traced\n",
	.times = SEC_AND_TIME,
	.statuses = LIVE_STATUSES " 10  diff: a regression beyond --fail-on\n",
	.examples = "  memdestroy-trace\n"
		    "      callers and map types, until Ctrl-C\n"
		    "  memdestroy-trace -d 10 -H\n"
		    "      for 10 seconds, with histograms\n"
		    "  memdestroy-trace -i 1 -T -n 5\n"
		    "      the five most expensive rows, every second\n"
		    "  memdestroy-trace -t lpm_trie --by name,comm --sort max\n"
		    "      which LPM trie takes longest, and in which task\n"
		    "  memdestroy-trace -e --min-latency 10ms\n"
		    "      each call of 10 ms and more, as it happens\n"
		    "  memdestroy-trace -e -f json | jq .\n"
		    "      events for other programs\n"
		    "  memdestroy-trace teardowns -n 10\n"
		    "      the ten slowest teardowns, and who released the maps\n"
		    "  memdestroy-trace teardowns --by type,name,released_by -i 10\n"
		    "      what the maps of each name and program cost, every ten seconds\n"
		    "  memdestroy-trace teardowns -f perfetto -o trace.json\n"
		    "      for ui.perfetto.dev\n"
		    "  memdestroy-trace record -o run.mdt -d 60\n"
		    "      a minute to look at later, with memdestroy-trace report run.mdt\n",
};
