// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records what happens in the running kernel, perhaps while a command runs.
 */
#include <string.h>

#include "cmd/child.h"
#include "cmd/cmd.h"
#include "cmd/recorder.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

/*
 * After the command's end: programs let go of their maps after a grace period of RCU, so that
 * nothing to wait for does not mean yet that nothing will come; and what it let go of may take
 * long.
 */
#define SETTLE_NS      NSEC_PER_SEC
#define SETTLE_MOST_NS 30000000000ULL

struct record {
	struct recorder recorder; /* first: what a ctx begins with */
	struct command command;
	bool told_to_go;
	bool interrupted;
	__u64 over_ns; /* when the command was seen to be over; 0: it is not */
};

static bool signalled(void *ctx, int signal, bool to_group)
{
	struct record *record = ctx;

	/* The second one is meant for this program. */
	if (!record->command.pid || record->interrupted)
		return false;
	record->interrupted = true;
	/* Twice the same may mean more to the command than once. */
	if (!to_group)
		command_signal(&record->command, signal);
	return true;
}

static bool done(void *ctx)
{
	struct record *record = ctx;
	__u64 now;

	if (!record->command.argv)
		return false;
	if (!record->told_to_go) {
		command_go(&record->command);
		record->told_to_go = true;
	}
	if (!command_is_over(&record->command))
		return false;
	now = clock_now_ns();
	if (!record->over_ns)
		record->over_ns = now;
	if (now - record->over_ns < SETTLE_NS)
		return false;
	if (!session_waits(record->recorder.tracer->session, record->over_ns + SETTLE_NS))
		return true;
	if (now - record->over_ns < SETTLE_MOST_NS)
		return false;
	diag_warn("after the command's end, teardowns still go on: the rest is not recorded");
	return true;
}

static const struct sink_ops record_ops = {
	.call = recorder_call,
	.teardown = recorder_teardown,
	.reclaim = recorder_deferred_free,
	.stuck = recorder_stuck,
	.wants_stuck = recorder_wants_stuck,
	.tick = recorder_tick,
	.done = done,
	.signalled = signalled,
};

static int run(struct record *record, struct tracer *tracer)
{
	const struct sink sink = {.ops = &record_ops, .ctx = record};
	int err = recorder_begin(&record->recorder);

	return err ? err : recorder_end(&record->recorder, tracer_run(tracer, &sink));
}

int cmd_record(const struct options *opts)
{
	struct record record = {};
	struct tracer tracer = {};
	int err = opts->command ? command_start(&record.command, opts->command) : 0;

	if (!err)
		err = recorder_open(&record.recorder, &tracer, opts);
	if (!err)
		err = run(&record, &tracer);
	if (record.told_to_go && !command_is_over(&record.command))
		diag_warn("'%s' still runs", opts->command[0]);
	recorder_close(&record.recorder);
	command_close(&record.command);
	return err ? exit_status_of(err) : record.command.status;
}
