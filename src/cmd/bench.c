// SPDX-License-Identifier: GPL-2.0-only
/* "bench": runs the benchmark, records it if asked to, and shows the results. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bench/plan.h"
#include "bench/worker.h"
#include "cmd/bench_against.h"
#include "cmd/option_rows.h"
#include "cmd/recorder.h"
#include "output/bench_table.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

#define PROGRESS_NS (NSEC_PER_SEC / 2)

struct run {
	struct recorder recorder; /* first, as its functions require */
	struct tracer tracer;
	const struct scenario *list;
	size_t nr;
	struct plan *plan;
	struct worker worker;
	struct aggregate *aggregate; /* teardowns by scenario */
	int err;		     /* of the worker */
	bool blind;		     /* the plan would wait for what goes unseen */
};

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct run *run = ctx;
	const struct scenario *scenario = plan_count_teardown(run->plan, teardown);
	struct teardown measured = *teardown;
	int err = 0;

	if (scenario) {
		measured.map.scenario = scenario->name;
		err = aggregate_add_teardown(run->aggregate, &measured);
	}
	return err ? err : recorder_teardown(ctx, teardown);
}

static int tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct run *run = ctx;
	struct plan_progress progress = plan_progress(run->plan);
	struct teardown_counts counts;
	struct ledger ledger;
	int err;

	*next_ns = now_ns + PROGRESS_NS;
	run->blind = *session_count(run->tracer.session, &ledger, &counts);
	err = run->recorder.writer ? recorder_tick(ctx, now_ns, next_ns) : 0;
	diag_status("%3u %%, round %llu of %llu: %s", progress.percent, progress.round,
		    progress.rounds, run->list[progress.index].name);
	return err;
}

/* Also drives the benchmark: the session calls it again and again. */
static bool done(void *ctx)
{
	struct run *run = ctx;
	size_t index;
	bool warm_up;
	int answer, err = 0;

	if (run->blind)
		return true;
	while (!err) {
		err = worker_read_answer(&run->worker, &index, &answer);
		if (!err)
			plan_take_answer(run->plan, clock_now_ns(), answer);
		if (!err && answer == -EPERM) { /* all scenarios would fail alike */
			run->tracer.traceable = TRACEABLE_FORBIDDEN;
			err = answer;
		}
	}
	if (err == -EAGAIN)
		err = 0;
	if (!err && plan_is_over(run->plan, clock_now_ns())) {
		if (!plan_next(run->plan, &index, &warm_up))
			return true;
		err = worker_run(&run->worker, index, warm_up);
	}
	run->err = err;
	return err;
}

static const struct event_sink_ops show_ops = {
	.teardown = take_teardown,
	.stuck = recorder_stuck,
};

static const struct event_sink_ops record_ops = {
	.call = recorder_call,
	.teardown = take_teardown,
	.deferred_free = recorder_deferred_free,
	.stuck = recorder_stuck,
};

static const struct run_ops run_ops = {.max_pending = RECORDER_PENDING, .tick = tick, .done = done};

/*
 * Maps may go unseen as the ledger says, but not all of a scenario's. Scenarios left out were
 * reported at once. -ENODATA: there are no figures; reported here.
 */
static int report_missing(const struct run *run)
{
	bool blind = run->tracer.traceable != TRACEABLE_YES;
	__u64 runs = 0, maps = 0, seen = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const struct plan_counts *counts = plan_counts(run->plan, i);

		runs += counts->runs;
		maps += counts->maps;
		seen += counts->seen;
		if (counts->maps && !counts->seen)
			blind = true;
	}
	if (!runs)
		diag_error("nothing was measured");
	else if (seen < maps && blind)
		diag_error("of %llu maps, %llu were seen torn down: no figures", maps, seen);
	else if (seen < maps)
		diag_warn("of %llu maps, %llu were seen torn down", maps, seen);
	return !runs || (seen < maps && blind) ? -ENODATA : 0;
}

static int measure(struct run *run)
{
	struct writer *writer = run->recorder.writer;
	const struct event_sink sink = {.ops = writer ? &record_ops : &show_ops, .ctx = run};
	int err = 0;

	for (size_t i = 0; writer && i < run->nr && !err; i++)
		err = writer_scenario(writer, &run->list[i]);
	if (!err)
		err = recorder_begin(&run->recorder);
	return err ? err : recorder_end(&run->recorder, tracer_run(&run->tracer, &sink, &run_ops));
}

/*
 * Some figures are shown, but are not all. by_name: the user asked for each
 * scenario; a standard one may be left out, where a kernel has no such maps.
 */
static int report_incomplete(const struct run *run, bool by_name)
{
	unsigned int percent = plan_progress(run->plan).percent;

	if (percent < 100) {
		diag_error("interrupted after %u %% of the runs", percent);
		return -EINTR;
	}
	for (size_t i = 0; by_name && i < run->nr; i++) {
		if (!plan_counts(run->plan, i)->err)
			continue;
		diag_error("not measured: %s", run->list[i].name);
		return -ENODATA;
	}
	return 0;
}

static int show_results(const struct run *run, const struct view_options *show)
{
	const struct table_style style = view_style(show, stdout);
	enum format format = show->format;
	struct rows rows;
	int err = aggregate_sort(run->aggregate, SORT_KEY, 0, &rows);

	if ((format == FORMAT_TABLE || format == FORMAT_MARKDOWN) && same_stream(stdout, stderr))
		fputc('\n', stderr); /* below the ledger */
	if (!err)
		err = bench_table(stdout, format, run->list, run->nr, &rows, &style);
	return outfile_end(NULL, NULL, err);
}

static int run_all(const struct options *opts, const struct scenario *list, size_t nr)
{
	static const enum key by[] = {KEY_SCENARIO};
	struct run run = {
		.list = list,
		.nr = nr,
		.plan = plan_new(list, nr),
		.aggregate = aggregate_new(by, 1, nr),
	};
	int err = -ENOMEM;

	if (run.plan && run.aggregate)
		err = worker_start(&run.worker, list, nr);
	if (!err)
		err = recorder_open(&run.recorder, &run.tracer, opts);
	if (!err && witness_silence(probe_witness(run.tracer.probe))) { /* as was warned */
		run.tracer.traceable = TRACEABLE_NO;
		err = -ENODATA;
	}
	if (!err)
		err = measure(&run);
	if (!err)
		err = run.err;
	if (!err)
		err = report_missing(&run);
	recorder_close(&run.recorder);
	worker_stop(&run.worker);
	if (!err && !opts->nr_files[DIFF_BASE])
		err = show_results(&run, &opts->show);
	if (!err)
		err = report_incomplete(&run, opts->nr_scenarios);
	aggregate_free(run.aggregate);
	free(run.plan);
	if (err == -EINTR && opts->bisect)
		return EXIT_SIGNAL + SIGINT;
	return exit_status_of(err, run.tracer.traceable);
}

static int choose(const struct options *opts, struct scenario **list, size_t *nr)
{
	const struct scenario *standard = scenario_standard(opts->quick, nr);
	int err = 0;

	if (opts->nr_scenarios)
		*nr = opts->nr_scenarios;
	*list = calloc(*nr, sizeof(**list));
	if (!*list) {
		diag_error("cannot measure: %s", strerror(ENOMEM));
		return -ENOMEM;
	}
	if (!opts->nr_scenarios)
		memcpy(*list, standard, *nr * sizeof(**list));
	for (size_t i = 0; i < opts->nr_scenarios && !err; i++)
		err = scenario_parse(&(*list)[i], opts->scenarios[i]);
	return err ? err : scenario_name_maps(*list, *nr);
}

static int name_all(const struct scenario *list, size_t nr)
{
	int err;

	for (size_t i = 0; i < nr; i++)
		printf("%s\n", list[i].name);
	err = stream_flush(stdout);
	if (err)
		outfile_failed(NULL, err);
	return err;
}

static int cmd_bench(const struct options *opts)
{
	struct scenario *list = NULL;
	size_t nr;
	int err, status;

	if (opts->nr_files[DIFF_BASE])
		return bench_against(opts, run_all);
	err = choose(opts, &list, &nr);

	if (err)
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	else if (opts->list)
		status = name_all(list, nr) ? EXIT_FAILED : EXIT_DONE;
	else
		status = run_all(opts, list, nr);
	free(list);
	return status;
}

static int take_words(struct options *opts, int argc, char **argv)
{
	opts->scenarios = (const char *const *)argv;
	opts->nr_scenarios = argc;
	return 0;
}

static int option_against(struct options *opts, const char *value)
{
	return option_files(opts, 1, (char **)&value);
}

static int finish(struct options *opts)
{
	opts->trace.ends_by_itself = opts->trace.records = true;
	if (opts->nr_scenarios && opts->nr_files[DIFF_BASE])
		return diag_invalid("--against measures the scenarios of the base, not '%s'",
				    opts->scenarios[0]);
	if (!opts->nr_scenarios || !(opts->list || opts->quick))
		return 0;
	return diag_invalid("--%s applies to the standard scenarios only, not to '%s'",
			    opts->list ? "list" : "quick", opts->scenarios[0]);
}

static const struct option_row rows[] = {
	HEADING("Scenarios"),
	FLAG(0, "list", list, "list the names of the standard scenarios, and measure nothing"),
	FLAG(0, "quick", quick, "fewer and smaller ones"),
	HEADING("Comparing"),
	VALUE(0, "against", "FILE", option_against,
	      "measure the scenarios of this recording, and compare the results with it, as diff"
	      " does (repeatable)",
	      .repeatable = true, .recording = true, .not_with = "list quick columns"),
	PHASE_ROW("all"),
	LIMIT_ROWS,
	FLAG(0, "bisect", bisect,
	     "end with the statuses of \"git bisect run\": 0 good, 1 bad, 125 unknown, 128 or more"
	     " to give up",
	     .needs = "against fail-on", .not_with = "output"),
	PROBING_ROWS,
	HEADING("Output"),
	FORMAT_ROW,
	TABLE_ROWS,
	RECORDING_ROW("keep the measurements in this file, as a recording"),
	FORCE_ROW("overwrite an existing recording"),
	LIVE_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command bench_command = {
	.name = "bench",
	.run = cmd_bench,
	.rows = rows,
	.formats = FIGURE_FORMATS,
	.view = VIEW_BOTH,
	.take_words = take_words,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace bench [OPTION]... [SCENARIO]...\n"
			 "\n"
			 "Create BPF maps, fill them, release them, and measure their teardowns. SCENARIO\n"
			 "is the name of a standard scenario (see --list), or a list of settings, such as\n"
			 "type=hash,entries=1000,value=64,prealloc=no,fill=full,threads=1,maps=1,runs=50,\n"
			 "which are the defaults. Without a scenario, all standard ones are measured, or\n"
			 "those of the recording to compare with.\n",
		 .examples =
			 "  memdestroy-trace bench --quick\n"
			 "      a first look\n"
			 "  memdestroy-trace bench -o old.mdt\n"
			 "      all standard scenarios, kept for diff\n"
			 "  memdestroy-trace bench type=lpm_trie,entries=100000,runs=20\n"
			 "      how long large tries take\n"
			 "  memdestroy-trace bench --against old.mdt\n"
			 "      what has changed since then\n"
			 "  git bisect run ... memdestroy-trace bench --against old.mdt --within-run \\\n"
			 "          --fail-on 'p50>10%' --bisect\n"
			 "      the commit that made it slower; ... boots the kernel of each commit\n"
			 "  memdestroy-trace bench -f markdown type=hash type=hash,prealloc=yes\n"
			 "      a table for an issue or a mail\n"},
	.statuses = LIVE_STATUSES " 10  a regression beyond --fail-on; 1 if that is unknown\n",
};
