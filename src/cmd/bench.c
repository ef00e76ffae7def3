// SPDX-License-Identifier: GPL-2.0-only
/* "bench": runs the benchmark, records it if asked to, and shows the results. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bench/others.h"
#include "bench/plan.h"
#include "bench/worker.h"
#include "cmd/bench_against.h"
#include "cmd/bench_runs.h"
#include "cmd/gathering.h"
#include "cmd/option_rows.h"
#include "cmd/recorder.h"
#include "output/bench_table.h"
#include "recording/reader_set.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/outfile.h"

#define PROGRESS_NS (NSEC_PER_SEC / 2)

struct run {
	struct recorder recorder; /* first, as its functions require */
	struct tracer tracer;
	const struct bench_job *job;
	struct plan *plan;
	struct worker worker;
	struct others others;
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

	others_teardown(&run->others, teardown);
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
	const struct bench_job *job = run->job;
	struct teardown_counts counts;
	struct ledger ledger;
	char nth[32] = "";
	int err;

	*next_ns = now_ns + PROGRESS_NS;
	if (job->nr_runs)
		snprintf(nth, sizeof(nth), "run %u of %u: ", job->nth, job->nr_runs);
	run->blind = *session_count(run->tracer.session, &ledger, &counts);
	others_sample(&run->others);
	err = run->recorder.writer ? recorder_tick(ctx, now_ns, next_ns) : 0;
	diag_status("%s%3u %%, round %llu of %llu: %s", nth, progress.percent, progress.round,
		    progress.rounds, job->list[progress.index].name);
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
 * Maps may go unseen as the ledger says, but not all of a scenario's, unless the run ended early. A
 * run that ended because it did not see all has no figures, whatever it had seen until then.
 * Scenarios left out were reported at once. -ENODATA, -EINTR: there are no figures; reported here.
 */
static int report_missing(const struct run *run)
{
	bool blind = run->tracer.traceable != TRACEABLE_YES;
	bool early = plan_progress(run->plan).percent < 100;
	bool interrupted = !blind && !run->blind && early, none;
	__u64 runs = 0, maps = 0, seen = 0;

	for (size_t i = 0; i < run->job->nr; i++) {
		const struct plan_counts *counts = plan_counts(run->plan, i);

		runs += counts->runs;
		maps += counts->maps;
		seen += counts->seen;
		if (counts->maps && !counts->seen)
			blind = true;
	}
	none = blind && (seen < maps || early);
	if (interrupted && !runs)
		diag_error("interrupted before anything was measured");
	else if (interrupted)
		return 0;
	else if (!runs)
		diag_error("nothing was measured");
	else if (none)
		diag_error("of %llu map%s, %llu were seen torn down: no figures", maps,
			   maps == 1 ? "" : "s", seen);
	else if (seen < maps)
		diag_warn("of %llu map%s, %llu were seen torn down", maps, maps == 1 ? "" : "s",
			  seen);
	if (!runs)
		return interrupted ? -EINTR : -ENODATA;
	return none ? -ENODATA : 0;
}

/* At the end of the run. */
static void report_others(struct run *run)
{
	struct run_info *run_info = &run->recorder.run_info;
	char text[ACTIVITY_SIZE];

	others_end(&run->others, &run_info->others);
	if (run->recorder.writer)
		writer_others(run->recorder.writer, &run_info->others);
	run_info->end_ns = clock_now_ns();
	/* Who reads the recording says so, too. */
	if (run->job->show && run_info_activity(run_info, text))
		diag_warn("other activity: %s", text);
}

static int measure(struct run *run)
{
	struct writer *writer = run->recorder.writer;
	const struct event_sink sink = {.ops = writer ? &record_ops : &show_ops, .ctx = run};
	int err = 0;

	for (size_t i = 0; writer && i < run->job->nr && !err; i++)
		err = writer_scenario(writer, &run->job->list[i]);
	if (!err)
		err = recorder_begin(&run->recorder);
	if (err)
		return err;
	others_begin(&run->others, run->worker.pid);
	err = tracer_run(&run->tracer, &sink, &run_ops);
	report_others(run);
	return recorder_end(&run->recorder, err);
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
	for (size_t i = 0; by_name && i < run->job->nr; i++) {
		if (!plan_counts(run->plan, i)->err)
			continue;
		diag_error("not measured: %s", run->job->list[i].name);
		return -ENODATA;
	}
	return 0;
}

static int show_results(struct aggregate *aggregate, const struct scenario *list, size_t nr,
			const struct view_options *show)
{
	const struct table_style style = view_style(show, stdout);
	enum format format = show->format;
	struct rows rows;
	int err = aggregate_sort(aggregate, SORT_KEY, 0, &rows);

	if ((format == FORMAT_TABLE || format == FORMAT_MARKDOWN) && same_stream(stdout, stderr))
		fputc('\n', stderr); /* below the ledger */
	if (!err)
		err = bench_table(stdout, format, list, nr, &rows, &style);
	return outfile_end(NULL, NULL, err);
}

static const enum key by_scenario[] = {KEY_SCENARIO};

static int run_once(const struct options *opts, const struct bench_job *job)
{
	struct run run = {
		.job = job,
		.plan = plan_new(job->list, job->nr),
		.aggregate = aggregate_new(by_scenario, 1, job->nr),
	};
	int err = -ENOMEM;

	if (run.plan && run.aggregate)
		err = worker_start(&run.worker, job->list, job->nr);
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
	if (!err && job->show)
		err = show_results(run.aggregate, job->list, job->nr, &opts->show);
	if (!err)
		err = report_incomplete(&run, opts->nr_scenarios);
	aggregate_free(run.aggregate);
	free(run.plan);
	if (err == -EINTR && opts->bisect)
		return EXIT_SIGNAL + SIGINT;
	return exit_status_of(err, run.tracer.traceable);
}

static int add_measured(void *aggregate, const struct teardown *teardown)
{
	return teardown->map.scenario ? aggregate_add_teardown(aggregate, teardown) : 0;
}

/* Shows the first nr_runs of the runs as one. */
static int show_runs(const struct options *opts, const struct scenario *list, size_t nr,
		     const struct run_files *files, size_t nr_runs)
{
	static const struct event_sink_ops ops = {.teardown = add_measured};
	struct aggregate *aggregate = aggregate_new(by_scenario, 1, nr);
	const struct event_sink sink = {.ops = &ops, .ctx = aggregate};
	struct reader_set readers = {};
	int err = aggregate ? 0 : -ENOMEM;

	if (err)
		diag_error("cannot show the runs: %s", strerror(ENOMEM));
	else
		err = reader_set_open(&readers, (const char *const *)files->path, nr_runs);
	if (!err)
		err = reader_set_run(&readers, VIEW_TEARDOWNS, false, &sink, NULL);
	if (!err)
		err = show_results(aggregate, list, nr, &opts->show);
	reader_set_close(&readers);
	aggregate_free(aggregate);
	return err;
}

static int run_several(const struct options *opts, const struct scenario *list, size_t nr)
{
	struct run_files files = {};
	size_t whole = 0;
	int status = EXIT_FAILED;

	if (!run_files_name(&files, opts))
		status = bench_runs(opts, list, nr, run_once, &files, &whole);
	if (whole && show_runs(opts, list, nr, &files, whole))
		status = EXIT_FAILED;
	run_files_free(&files);
	return status;
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
		return bench_against(opts, run_once);
	err = choose(opts, &list, &nr);

	if (err)
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	else if (opts->list)
		status = name_all(list, nr) ? EXIT_FAILED : EXIT_DONE;
	else if (opts->runs)
		status = run_several(opts, list, nr);
	else
		status = run_once(opts, &(struct bench_job){.list = list, .nr = nr, .show = true});
	free(list);
	return status;
}

static int take_words(struct options *opts, int argc, char **argv)
{
	opts->scenarios = (const char *const *)argv;
	opts->nr_scenarios = argc;
	return 0;
}

static int option_runs(struct options *opts, const char *value)
{
	char *end;
	unsigned long runs = strtoul(value, &end, 10);

	if (*value < '0' || *value > '9' || *end || !runs || runs > MAX_RUNS)
		return diag_invalid("--runs: '%s' is not a number from 1 to %d", value, MAX_RUNS);
	opts->runs = runs;
	return 0;
}

static int option_against(struct options *opts, const char *value)
{
	return option_files(opts, 1, (char **)&value);
}

static int finish(struct options *opts)
{
	opts->trace.ends_by_itself = opts->trace.records = true;
	opts->trace.counters |= opts->diff.measure != MEASURE_TIME;
	if (opts->nr_scenarios && opts->nr_files[DIFF_BASE])
		return diag_invalid("--against measures the scenarios of the base, not '%s'",
				    opts->scenarios[0]);
	if (gathering_check_alpha(opts))
		return -EINVAL;
	if (!opts->nr_scenarios || !(opts->list || opts->quick))
		return 0;
	return diag_invalid("--%s applies to the standard scenarios only, not to '%s'",
			    opts->list ? "list" : "quick", opts->scenarios[0]);
}

static const struct option_row rows[] = {
	HEADING("Scenarios"),
	FLAG(0, "list", list, "list the names of the standard scenarios, and measure nothing",
	     .not_with = "attach k buffer format columns wide color output force"),
	FLAG(0, "quick", quick, "fewer and smaller ones"),
	VALUE(0, "runs", "N", option_runs,
	      "measure N times, each time in a process of its own that writes a recording:"
	      " new-1.mdt, new-2.mdt, ... for -o new.mdt",
	      .not_with = "list"),
	COUNTERS_ROW(.not_with = "list"),
	HEADING("Comparing"),
	VALUE(0, "against", "FILE", option_against,
	      "measure the scenarios of this recording, and compare the results with it, as diff"
	      " does (repeatable)",
	      .repeatable = true, .recording = true, .not_with = "list quick columns"),
	PHASE_ROW("all"),
	MEASURE_ROW,
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
	FORCE_ROW("overwrite an existing recording", .needs = "output"),
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
			 "  memdestroy-trace bench --quick --runs 5 -o old.mdt\n"
			 "      the five runs that a verdict needs: old-1.mdt to old-5.mdt\n"
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
