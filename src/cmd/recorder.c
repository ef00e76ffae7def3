// SPDX-License-Identifier: GPL-2.0-only
/* Records a live run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/recorder.h"
#include "model/ledger_figures.h"
#include "output/ledger_text.h"
#include "output/progress.h"
#include "output/stuck_text.h"
#include "recording/file_set.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/text.h"

/* Half of the promised second, because ticks may come late. */
#define COMMIT_NS (NSEC_PER_SEC / 2)
#define LOOK_NS	  (NSEC_PER_SEC / 10) /* how often it looks whether it keeps up */

int recorder_call(void *ctx, const struct call *call)
{
	struct recorder *recorder = ctx;

	if (!recorder->sheds || shed_keeps_call(&recorder->shed, call))
		return writer_call(recorder->writer, call);
	recorder->shed_counts.calls++;
	return 0;
}

int recorder_teardown(void *ctx, const struct teardown *teardown)
{
	struct recorder *recorder = ctx;

	if (!recorder->writer)
		return 0;
	if (!recorder->sheds || shed_keeps_map(&recorder->shed, &teardown->map))
		return writer_teardown(recorder->writer, teardown);
	recorder->shed_counts.teardowns++;
	return 0;
}

int recorder_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	struct recorder *recorder = ctx;

	if (!recorder->sheds || shed_keeps_map(&recorder->shed, &deferred_free->map))
		return writer_deferred_free(recorder->writer, deferred_free);
	recorder->shed_counts.deferred_frees++;
	return 0;
}

int recorder_stuck(void *ctx, const struct stuck *stuck)
{
	struct writer *writer = ((struct recorder *)ctx)->writer;

	stuck_text_print(stderr, stuck);
	return writer ? writer_stuck(writer, stuck) : 0;
}

/* Sets both to what has been counted so far. Returns as session_count(). */
static const char *count(const struct recorder *recorder, struct ledger *ledger,
			 struct teardown_counts *counts)
{
	const char *blind = session_count(recorder->tracer->session, ledger, counts);

	ledger->shed = recorder->shed_counts.calls;
	counts->ledger.shed = recorder->shed_counts.teardowns;
	counts->ledger.shed_frees = recorder->shed_counts.deferred_frees;
	return blind;
}

/* Events in all files. */
static __u64 recorded(const struct recorder *recorder)
{
	return recorder->events_before + writer_events(recorder->writer);
}

static const char *path_of(const struct recorder *recorder)
{
	return recorder->path ?: recorder->opts->output;
}

/*
 * Writes what has been counted while this file was recorded. A call that waits for a return which
 * was perhaps missed has no row yet: it has not returned, should the recorder be killed. goes_on:
 * another file follows, and has these calls.
 */
static int write_ledger(struct recorder *recorder, struct ledger ledger,
			struct teardown_counts counts, bool goes_on)
{
	struct teardown_counts *before = &recorder->counts_before;

	if (ledger.not_passed_on && figure_known(ledger.entry_only)) {
		ledger.entry_only -= ledger.not_passed_on;
		ledger.still_running =
			ledger.not_passed_on +
			(figure_known(ledger.still_running) ? ledger.still_running : 0);
	}
	figures_since(ledger_figures, &ledger, &recorder->ledger_before, goes_on);
	figures_since(teardown_ledger_figures, &counts.ledger, &before->ledger, goes_on);
	for (int i = 0; i < NR_HOOKS; i++)
		figures_since(hook_figures, &counts.hooks[i], &before->hooks[i], goes_on);
	return writer_ledger(recorder->writer, &ledger, &counts);
}

/* A command that runs meanwhile has the terminal for itself. */
static void show_progress(struct recorder *recorder, __u64 now_ns, const struct ledger *ledger,
			  const struct teardown_counts *counts)
{
	__u64 events = recorded(recorder), rate = 0;
	size_t pending = session_pending(recorder->tracer->session);
	__u64 shed = recorder->shed_counts.calls + recorder->shed_counts.teardowns +
		     recorder->shed_counts.deferred_frees;
	__u32 level = shed_level(&recorder->shed);
	char more[160] = "";
	int len = 0;

	if (recorder->opts->run_argv)
		return;
	if (now_ns > recorder->committed_ns)
		rate = (events - recorder->shown_events) * NSEC_PER_SEC /
		       (now_ns - recorder->committed_ns);
	if (pending > RECORDER_PENDING / 8)
		len = snprintf(more, sizeof(more), "; falls behind: %zu %% of its memory full",
			       pending * 100 / RECORDER_PENDING);
	if (level)
		len += snprintf(more + len, sizeof(more) - len, "; records 1 of %u maps",
				1U << level);
	if (shed)
		snprintf(more + len, sizeof(more) - len, "; %llu event%s shed", shed,
			 shed == 1 ? "" : "s");
	progress_of_recording(now_ns - recorder->run_info.start_ns, events, rate, ledger, counts,
			      more);
	recorder->shown_events = events;
}

/* Records fewer maps while too much waits. */
static int adjust_shed(struct recorder *recorder, __u64 now_ns)
{
	bool first = !recorder->shed.nr;
	const struct shed_change *change =
		recorder->sheds
			? shed_adjust(&recorder->shed, session_pending(recorder->tracer->session),
				      RECORDER_PENDING, now_ns)
			: NULL;

	if (!change)
		return 0;
	if (first)
		diag_warn("writing falls behind: recording a sample of the maps, each of them "
			  "whole, until it has caught up");
	return writer_shed(recorder->writer, change);
}

static int commit(struct recorder *recorder, __u64 now_ns)
{
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind = count(recorder, &ledger, &counts);
	int err;

	show_progress(recorder, now_ns, &ledger, &counts);
	err = writer_blind(recorder->writer, blind);
	if (!err)
		err = write_ledger(recorder, ledger, counts, false);
	if (!err)
		err = writer_commit(recorder->writer);
	recorder->committed_ns = clock_now_ns();
	return err;
}

/* Several files */

static int make_file(struct recorder *recorder, const struct run_info *run_info,
		     struct writer **writer)
{
	const struct options *opts = recorder->opts;
	char *path;
	int err;

	if (!recorder_rotates(opts))
		return writer_create(writer, opts->output, opts->force, run_info);
	err = file_set_next(opts->output, &recorder->nr);
	if (err)
		return err;
	path = file_set_path(opts->output, recorder->nr);
	if (!path) {
		diag_error("cannot write '%s': %s", opts->output, strerror(ENOMEM));
		return -ENOMEM;
	}
	err = writer_create(writer, path, false, run_info);
	if (err) {
		free(path);
		return err;
	}
	/* The writer of the file before needs its name until it is closed. */
	recorder->path_before = recorder->path;
	recorder->path = path;
	return 0;
}

/* Readers delay it, as the rows that they keep from the file are not in another one. */
static bool is_file_full(const struct recorder *recorder, __u64 now_ns)
{
	const struct options *opts = recorder->opts;
	struct stat st;

	if (!recorder_rotates(opts) || !writer_is_committed(recorder->writer))
		return false;
	if (opts->rotate_ns)
		return now_ns - recorder->file_ns >= opts->rotate_ns;
	return !stat(recorder->path, &st) && (__u64)st.st_size >= opts->rotate_bytes;
}

static int end_file(struct recorder *recorder, const struct moment *end)
{
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind = count(recorder, &ledger, &counts);
	int err = writer_blind(recorder->writer, blind);

	if (!err)
		err = write_ledger(recorder, ledger, counts, true);
	return err ?: writer_end(recorder->writer, end);
}

/* Between two events. A file whose writer is killed here has all that the next one lacks. */
static int begin_next_file(struct recorder *recorder)
{
	const struct moment now = clock_moment();
	struct writer *next;
	int err;

	recorder->run_info.part++;
	err = make_file(recorder, &recorder->run_info, &next);
	if (err)
		return err;
	err = end_file(recorder, &now);
	recorder->events_before += writer_events(recorder->writer);
	writer_close(recorder->writer);
	free(recorder->path_before);
	recorder->path_before = NULL;
	recorder->writer = next;
	recorder->file_ns = now.ns;
	if (!err && shed_level(&recorder->shed))
		err = writer_shed(next, shed_last(&recorder->shed));
	return err || !recorder->opts->keep
		       ? err
		       : file_set_trim(recorder->opts->output, recorder->opts->keep);
}

int recorder_tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct recorder *recorder = ctx;
	int err = adjust_shed(recorder, now_ns);

	if (!err && now_ns >= recorder->committed_ns + COMMIT_NS) {
		err = commit(recorder, now_ns);
		if (!err && is_file_full(recorder, now_ns))
			err = begin_next_file(recorder);
	}
	*next_ns = recorder->committed_ns + COMMIT_NS;
	if (recorder->sheds && now_ns + LOOK_NS < *next_ns)
		*next_ns = now_ns + LOOK_NS;
	return err;
}

/* From start to end */

static int make_first_file(struct recorder *recorder)
{
	const struct options *opts = recorder->opts;
	const struct run_info run_info = tracer_run_info(recorder->tracer, opts->argc, opts->argv);

	return opts->output ? make_file(recorder, &run_info, &recorder->writer) : 0;
}

int recorder_open(struct recorder *recorder, struct tracer *tracer, const struct options *opts)
{
	int err = 0;

	memset(recorder, 0, sizeof(*recorder));
	recorder->tracer = tracer;
	recorder->opts = opts;
	if (!opts->force)
		err = make_first_file(recorder);
	if (!err)
		err = tracer_start(tracer, &opts->trace, &opts->filter, opts->output);
	if (!err && opts->force)
		err = make_first_file(recorder);
	return err;
}

int recorder_begin(struct recorder *recorder)
{
	int err = 0;

	recorder->run_info =
		tracer_run_info(recorder->tracer, recorder->opts->argc, recorder->opts->argv);
	recorder->run_info.part = recorder_rotates(recorder->opts);
	recorder->committed_ns = recorder->file_ns = recorder->run_info.start_ns;
	if (recorder->writer)
		err = writer_begin(recorder->writer, &recorder->run_info);
	if (!err && recorder->opts->keep)
		err = file_set_trim(recorder->opts->output, recorder->opts->keep);
	return err;
}

/* A temporary file has a name that says nothing to the user. */
static void report_recorded(const struct recorder *recorder, int err)
{
	const struct options *opts = recorder->opts;
	__u64 events = recorded(recorder), files = recorder->run_info.part;
	char in[64] = "", kept[64] = "";

	if (files > 1)
		snprintf(in, sizeof(in), "%llu files, the last of them ", files);
	if (opts->keep && files > opts->keep)
		snprintf(kept, sizeof(kept), "; --keep removed %llu", files - opts->keep);
	if (err && !opts->temporary)
		diag_info("'%s' holds the events before that", path_of(recorder));
	else if (!err && opts->temporary)
		diag_info("recorded %llu event%s", events, events == 1 ? "" : "s");
	else if (!err)
		diag_info("recorded %llu event%s in %s'%s'%s", events, events == 1 ? "" : "s", in,
			  path_of(recorder), kept);
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
	blind = count(recorder, &ledger, &counts);
	if (*blind)
		recorder->tracer->traceable = TRACEABLE_NO;
	if (writer && !err)
		err = writer_blind(writer, blind);
	if (writer && !err)
		err = write_ledger(recorder, ledger, counts, false);
	if (writer && !err)
		err = writer_end(writer, &end);
	if (writer)
		report_recorded(recorder, err);
	run_info_end(&recorder->run_info, &end);
	if (writer)
		run_info_warn_of_clocks(&recorder->run_info, path_of(recorder));
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
	free(recorder->path_before);
	free(recorder->path);
}
