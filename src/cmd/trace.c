// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what happens in the running kernel.
 */
#include "cmd/cmd.h"
#include "output/report.h"
#include "trace/tracer.h"
#include "util/clock.h"

static struct start now(void)
{
	return (struct start){
		.ns = clock_now_ns(),
		.realtime_ns = clock_realtime_ns(),
	};
}

static int trace(struct tracer *tracer, struct report *report)
{
	const struct sink sink = report_sink(report);
	struct teardown_counts counts;
	struct ledger ledger;
	int err = report_begin(report);

	if (err)
		return err;
	err = tracer_run(tracer, &sink);
	if (!tracer->session)
		return err;
	session_count(tracer->session, &ledger, &counts);
	return report_end(report, clock_now_ns(), &ledger, &counts, err);
}

int cmd_trace(const struct options *opts)
{
	const struct start start = now();
	struct report *report;
	struct tracer tracer = {};
	int err = report_open(&report, &opts->show, &opts->filter, opts->output, &start);

	if (err)
		return exit_status_of(err);
	err = tracer_start(&tracer, &opts->trace, &opts->filter, opts->output);
	if (!err)
		err = trace(&tracer, report);
	tracer_stop(&tracer);
	report_close(report);
	return exit_status_of(err);
}
