// SPDX-License-Identifier: GPL-2.0-only
/* Records a live run. */
#include <errno.h>
#include <string.h>

#include "cmd/recorder.h"
#include "model/ledger_figures.h"
#include "output/ledger_text.h"
#include "output/progress.h"
#include "output/stuck_text.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/text.h"

/* Half of the promised second, because ticks may come late. */
#define COMMIT_NS (NSEC_PER_SEC / 2)

int recorder_call(void *ctx, const struct call *call)
{
	return writer_call(((struct recorder *)ctx)->writer, call);
}

int recorder_teardown(void *ctx, const struct teardown *teardown)
{
	struct writer *writer = ((struct recorder *)ctx)->writer;

	return writer ? writer_teardown(writer, teardown) : 0;
}

int recorder_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	return writer_deferred_free(((struct recorder *)ctx)->writer, deferred_free);
}

int recorder_stuck(void *ctx, const struct stuck *stuck)
{
	struct writer *writer = ((struct recorder *)ctx)->writer;

	stuck_text_print(stderr, stuck);
	return writer ? writer_stuck(writer, stuck) : 0;
}

/* A command that runs meanwhile has the terminal for itself. */
static void show_progress(struct recorder *recorder, __u64 now_ns, const struct ledger *ledger,
			  const struct teardown_counts *counts)
{
	__u64 events = writer_events(recorder->writer), rate = 0;
	size_t pending = session_pending(recorder->tracer->session);
	char waiting[64] = "";

	if (recorder->opts->run_argv)
		return;
	if (now_ns > recorder->committed_ns)
		rate = (events - recorder->shown_events) * NSEC_PER_SEC /
		       (now_ns - recorder->committed_ns);
	if (pending > RECORDER_PENDING / 8)
		snprintf(waiting, sizeof(waiting), "; falls behind: %zu %% of its memory full",
			 pending * 100 / RECORDER_PENDING);
	progress_of_recording(now_ns - recorder->run_info.start_ns, events, rate, ledger, counts,
			      waiting);
	recorder->shown_events = events;
}

int recorder_tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct recorder *recorder = ctx;
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind;
	int err;

	*next_ns = recorder->committed_ns + COMMIT_NS;
	if (now_ns < *next_ns)
		return 0;
	blind = session_count(recorder->tracer->session, &ledger, &counts);
	show_progress(recorder, now_ns, &ledger, &counts);
	err = writer_blind(recorder->writer, blind);
	if (!err)
		err = writer_ledger(recorder->writer, &ledger, &counts);
	if (!err)
		err = writer_commit(recorder->writer);
	recorder->committed_ns = clock_now_ns();
	*next_ns = recorder->committed_ns + COMMIT_NS;
	return err;
}

static int make_file(struct recorder *recorder, const struct options *opts)
{
	const struct run_info run_info = tracer_run_info(recorder->tracer, opts->argc, opts->argv);

	if (!opts->output)
		return 0;
	return writer_create(&recorder->writer, opts->output, opts->force, &run_info);
}

int recorder_open(struct recorder *recorder, struct tracer *tracer, const struct options *opts)
{
	int err = 0;

	memset(recorder, 0, sizeof(*recorder));
	recorder->tracer = tracer;
	recorder->opts = opts;
	if (!opts->force)
		err = make_file(recorder, opts);
	if (!err)
		err = tracer_start(tracer, &opts->trace, &opts->filter, opts->output);
	if (!err && opts->force)
		err = make_file(recorder, opts);
	return err;
}

int recorder_begin(struct recorder *recorder)
{
	recorder->run_info =
		tracer_run_info(recorder->tracer, recorder->opts->argc, recorder->opts->argv);
	recorder->committed_ns = recorder->run_info.start_ns;
	return recorder->writer ? writer_begin(recorder->writer, &recorder->run_info) : 0;
}

int recorder_end(struct recorder *recorder, int err)
{
	struct writer *writer = recorder->writer;
	const struct moment end = clock_moment();
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind;

	if (!recorder->tracer->session)
		return err;
	blind = session_count(recorder->tracer->session, &ledger, &counts);
	if (*blind)
		recorder->tracer->traceable = TRACEABLE_NO;
	if (writer && !err)
		err = writer_blind(writer, blind);
	if (writer && !err)
		err = writer_ledger(writer, &ledger, &counts);
	if (writer && !err)
		err = writer_end(writer, &end);
	if (writer && err)
		diag_info("'%s' holds the events before that", recorder->opts->output);
	else if (writer)
		diag_info("recorded %llu events in '%s'", writer_events(writer),
			  recorder->opts->output);
	run_info_end(&recorder->run_info, &end);
	if (writer)
		run_info_warn_of_clocks(&recorder->run_info, recorder->opts->output);
	ledger_text(stderr, &(struct ledger_text){.calls = &ledger,
						  .teardowns = &counts.ledger,
						  .hooks = counts.hooks,
						  .view = VIEW_BOTH});
	ledger_text_blind(stderr, blind);
	return err;
}

void recorder_close(struct recorder *recorder)
{
	bool has_run = recorder->tracer && recorder->tracer->session;

	if (recorder->tracer)
		tracer_stop(recorder->tracer);
	if (has_run)
		writer_close(recorder->writer);
	else
		writer_discard(recorder->writer);
}
