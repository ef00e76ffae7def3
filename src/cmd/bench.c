// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the benchmark, records it, and shows what came of it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/plan.h"
#include "bench/worker.h"
#include "cmd/cmd.h"
#include "cmd/recorder.h"
#include "output/bench_table.h"
#include "recording/reader_set.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/outfile.h"

struct run {
	struct recorder recorder; /* first: what a ctx begins with */
	const struct scenario *list;
	struct bench *bench;
	struct bench_worker *worker;
	int err; /* of the worker */
};

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct run *run = ctx;

	bench_saw(run->bench, teardown);
	return recorder_teardown(ctx, teardown);
}

static int tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	const struct run *run = ctx;
	struct bench_progress progress = bench_progress(run->bench);
	int err = recorder_tick(ctx, now_ns, next_ns);

	diag_status("%3u %%, round %llu of %llu: %s", progress.percent, progress.round,
		    progress.rounds, run->list[progress.index].name);
	return err;
}

/* Also what drives it: called again and again. */
static bool done(void *ctx)
{
	struct run *run = ctx;
	size_t index;
	bool warm_up;
	int answer, err = 0;

	while (!err) {
		err = bench_worker_answer(run->worker, &index, &answer);
		if (!err)
			bench_answered(run->bench, clock_now_ns(), answer);
		if (!err && answer == -EPERM) /* so it would be with all */
			err = answer;
	}
	if (err == -EAGAIN)
		err = 0;
	if (!err && bench_over(run->bench, clock_now_ns())) {
		if (!bench_next(run->bench, &index, &warm_up))
			return true;
		err = bench_worker_run(run->worker, index, warm_up);
	}
	run->err = err;
	return err;
}

static const struct sink_ops bench_ops = {
	.call = recorder_call,
	.teardown = take_teardown,
	.reclaim = recorder_deferred_free,
	.stuck = recorder_stuck,
	.wants_stuck = recorder_wants_stuck,
	.tick = tick,
	.done = done,
};

/* Why a scenario was left out has been told when it was. -ENODATA: nothing is left. */
static int tell_of_missing(const struct run *run, size_t nr)
{
	__u64 runs = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct bench_counts *counts = bench_counts(run->bench, i);

		runs += counts->runs;
		if (counts->seen < counts->maps)
			diag_warn("%s: of %llu maps, %llu were seen to be torn down",
				  run->list[i].name, counts->maps, counts->seen);
	}
	if (runs)
		return 0;
	diag_error("nothing was measured");
	return -ENODATA;
}

static int record(struct run *run, struct tracer *tracer, size_t nr)
{
	const struct sink sink = {.ops = &bench_ops, .ctx = run};
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = writer_scenario(run->recorder.writer, &run->list[i]);
	if (!err)
		err = recorder_begin(&run->recorder);
	if (err)
		return err;
	err = recorder_end(&run->recorder, tracer_run(tracer, &sink));
	if (!err)
		err = run->err;
	return err ? err : tell_of_missing(run, nr);
}

static int record_all(const struct options *opts, const struct scenario *list, size_t nr)
{
	struct run run = {.list = list, .bench = bench_new(list, nr)};
	struct tracer tracer = {};
	int err = run.bench ? bench_worker_start(&run.worker, list, nr) : -ENOMEM;

	if (!err)
		err = recorder_open(&run.recorder, &tracer, opts);
	if (!err)
		err = record(&run, &tracer, nr);
	recorder_close(&run.recorder);
	bench_worker_stop(run.worker);
	bench_free(run.bench);
	return err;
}

static int take_row(void *ctx, const struct teardown *teardown)
{
	return aggregate_add_teardown(ctx, teardown);
}

static int show(const struct options *opts, const char *path, const struct scenario *list,
		size_t nr)
{
	static const struct sink_ops ops = {.teardown = take_row};
	static const enum key by[] = {KEY_SCENARIO};
	struct aggregate *aggregate = aggregate_new(by, 1, nr + 1);
	const struct sink sink = {.ops = &ops, .ctx = aggregate};
	struct reader_set readers = {};
	struct rows rows;
	int err = aggregate ? reader_set_open(&readers, &path, 1) : -ENOMEM;

	if (!err)
		err = reader_set_run(&readers, VIEW_TEARDOWNS, true, &sink);
	if (!err)
		err = aggregate_sort(aggregate, SORT_KEY, 0, &rows);
	if (!err) {
		err = bench_table(stdout, opts->show.format, list, nr, &rows);
		if (err == -EPIPE)
			err = 0;
		if (err)
			diag_error("cannot write stdout: %s", strerror(-err));
	}
	reader_set_close(&readers);
	aggregate_free(aggregate);
	return err;
}

static int run_in(struct options *opts, const struct scenario *list, size_t nr)
{
	int err = record_all(opts, list, nr);

	return err ? err : show(opts, opts->output, list, nr);
}

/* A recording that nobody asked to keep. */
static int run_in_passing(struct options *opts, const struct scenario *list, size_t nr)
{
	const char *folder = getenv("TMPDIR");
	char *temp = NULL, *file = NULL;
	int err;

	if (asprintf(&temp, "%s/memdestroy-bench.XXXXXX", folder ? folder : "/tmp") < 0)
		return -ENOMEM;
	if (!mkdtemp(temp)) {
		err = errno == EPERM ? -EACCES : -errno; /* -EPERM is a word on tracing */
		diag_error("cannot make a directory in '%s': %s", folder ? folder : "/tmp",
			   strerror(errno));
		free(temp);
		return err;
	}
	if (asprintf(&file, "%s/recording", temp) < 0) {
		err = -ENOMEM;
	} else {
		opts->output = file;
		err = run_in(opts, list, nr);
		unlink(file);
	}
	rmdir(temp);
	free(file);
	free(temp);
	return err;
}

static int choose(const struct options *opts, struct scenario **list, size_t *nr)
{
	const struct scenario *standard = scenario_standard(opts->quick, nr);
	int err = 0;

	if (opts->nr_scenarios)
		*nr = opts->nr_scenarios;
	*list = calloc(*nr, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	if (!opts->nr_scenarios)
		memcpy(*list, standard, *nr * sizeof(**list));
	for (size_t i = 0; i < opts->nr_scenarios && !err; i++)
		err = scenario_parse(&(*list)[i], opts->scenarios[i]);
	return err ? err : scenario_name_maps(*list, *nr);
}

static int name_all(const struct scenario *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		printf("%s\n", list[i].name);
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	diag_error("cannot write stdout: %s", strerror(errno));
	return -EIO;
}

int cmd_bench(const struct options *given)
{
	static struct options opts;
	struct scenario *list = NULL;
	size_t nr;
	int err = choose(given, &list, &nr);

	opts = *given;
	if (err) {
		free(list);
		return err == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	}
	if (opts.list)
		err = name_all(list, nr);
	else if (opts.output)
		err = run_in(&opts, list, nr);
	else
		err = run_in_passing(&opts, list, nr);
	free(list);
	return exit_status_of(err);
}
