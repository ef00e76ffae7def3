// SPDX-License-Identifier: GPL-2.0-only
/*
 * record: writes calls and teardowns in the running kernel to a file, perhaps while a command runs.
 */
#include <errno.h>
#include <string.h>

#include "cmd/child.h"
#include "cmd/option_rows.h"
#include "cmd/recorder.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

/*
 * How long recording continues after the command's end: always for the first time, because programs
 * release their maps only after an RCU grace period; up to the second one for pending teardowns.
 */
#define LINGER_NS     NSEC_PER_SEC
#define MAX_LINGER_NS (30 * NSEC_PER_SEC)

struct record {
	struct recorder recorder; /* first, as its functions require */
	struct child child;
	bool started;
	bool interrupted;
	__u64 over_ns; /* when the end of the command was detected; 0: it still runs */
};

static bool signalled(void *ctx, int signal, bool to_group)
{
	struct record *record = ctx;

	/* The second signal is for this program. */
	if (!record->child.pid || record->interrupted)
		return false;
	record->interrupted = true;
	/* Otherwise the command has got it already, and might count it twice. */
	if (!to_group)
		child_signal(&record->child, signal);
	return true;
}

static bool done(void *ctx)
{
	struct record *record = ctx;
	__u64 now;

	if (!record->child.argv)
		return false;
	if (!record->started) {
		child_go(&record->child);
		record->started = true;
	}
	if (!child_is_over(&record->child))
		return false;
	now = clock_now_ns();
	if (!record->over_ns)
		record->over_ns = now;
	if (now - record->over_ns < LINGER_NS)
		return false;
	if (!session_waits(record->recorder.tracer->session, record->over_ns + LINGER_NS))
		return true;
	if (now - record->over_ns < MAX_LINGER_NS)
		return false;
	diag_warn("recording stops 30 s after the command's end, although the end of some "
		  "teardowns was not seen");
	return true;
}

static const struct event_sink_ops sink_ops = {
	.call = recorder_call,
	.teardown = recorder_teardown,
	.deferred_free = recorder_deferred_free,
	.stuck = recorder_stuck,
};

static const struct run_ops run_ops = {
	.max_pending = RECORDER_PENDING,
	.keeps_no_events = true,
	.tick = recorder_tick,
	.done = done,
	.signalled = signalled,
};

static int cmd_record(const struct options *opts)
{
	struct record record = {};
	struct tracer tracer = {};
	int status;
	const struct event_sink sink = {.ops = &sink_ops, .ctx = &record};
	int err = opts->run_argv ? child_start(&record.child, opts->run_argv) : 0;

	if (!err)
		err = recorder_open(&record.recorder, &tracer, opts);
	record.recorder.sheds = true;
	if (!err)
		err = recorder_begin(&record.recorder);
	if (!err)
		err = recorder_end(&record.recorder, tracer_run(&tracer, &sink, &run_ops));
	if (record.started && !child_is_over(&record.child))
		diag_warn("'%s' still runs", opts->run_argv[0]);
	recorder_close(&record.recorder);
	child_close(&record.child);
	status = exit_status_of(err, tracer.traceable);
	return err || !record.child.status ? status : record.child.status;
}

/* Ignores argc: argv ends with NULL. */
static int take_words(struct options *opts, int argc, char **argv)
{
	(void)argc;
	opts->run_argv = argv;
	opts->trace.ends_by_itself = true;
	return 0;
}

static int finish(struct options *opts)
{
	opts->trace.records = true;
	if (opts->output)
		return 0;
	return diag_invalid("record needs --output FILE%s, such as -o run.mdt",
			    opts->run_argv ? " before the command" : "");
}

static const struct option_row rows[] = {
	PROBING_ROWS,
	HEADING("When"),
	DURATION_ROW(),
	STUCK_ROW,
	FLAG(0, "user-stack", trace.user_stack,
	     "record also the user stacks of the tasks that release maps"),
	COUNTERS_ROW(),
	HEADING("Output"),
	RECORDING_ROW("the recording to write; required"),
	FORCE_ROW("overwrite an existing recording", .not_with = "rotate"),
	VALUE(0, "rotate", "SIZE|TIME", option_rotate,
	      "begin another file after so many bytes (100M, 1G) or so long (10m, 1h); run.mdt"
	      " becomes run-000001.mdt, run-000002.mdt, ..."),
	VALUE(0, "keep", "N", option_keep,
	      "with --rotate, remove all but the last N of these files", .needs = "rotate"),
	COLOR_ROW,
	LIVE_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command record_command = {
	.name = "record",
	.run = cmd_record,
	.rows = rows,
	.view = VIEW_BOTH,
	.getopt_flags = "+",
	.take_words = take_words,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace record -o FILE [OPTION]... [--] [COMMAND [ARG]...]\n"
			 "\n"
			 "Write every call of bpf_mem_alloc_destroy() and every teardown of a BPF map to a\n"
			 "file, with a description of the machine, for report and diff. Ends when COMMAND\n"
			 "ends, or without one, at Ctrl-C.\n",
		 .examples = "  memdestroy-trace record -o run.mdt\n"
			     "      until Ctrl-C\n"
			     "  memdestroy-trace record -o run.mdt -d 1m\n"
			     "      for a minute\n"
			     "  memdestroy-trace record -o test.mdt -- make test\n"
			     "      while this runs\n"
			     "  memdestroy-trace record -o run.mdt --force -q\n"
			     "      overwrite the recording of the last time\n"},
	.statuses = LIVE_STATUSES "126  the command cannot be run\n"
				  "127  the command is not found; otherwise its own status\n",
};
