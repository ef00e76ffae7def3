/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traces the running kernel: symbols, programs and session, from start to end.
 */
#pragma once

#include "model/run_info.h"
#include "trace/ksyms.h"
#include "trace/probe.h"
#include "trace/session.h"
#include "trace/trace_options.h"

/* All zero is one that has not been started. */
struct tracer {
	const struct trace_options *opts;
	enum traceable traceable; /* known from tracer_start() on, also after tracer_stop() */
	struct ksyms *ksyms;
	struct probe *probe;
	struct session *session;
};

/*
 * Loads and attaches. From here on the signals that end a run are blocked, and privileges are
 * dropped, except what writing files takes if keep_files is set. Call tracer_stop() in any case.
 * opts must outlive the tracer. Returns 0 or -errno; errors are already
 * reported.
 */
int tracer_start(struct tracer *tracer, const struct trace_options *opts,
		 const struct filter *filter, bool keep_files);

/* The conditions of the run that begins or has begun, of this command line. */
struct run_info tracer_run_info(const struct tracer *tracer, int argc, char *const *argv);

/* Hands all that happens to the sink until the end. -errno of the sink, or as session_open(). */
int tracer_run(struct tracer *tracer, const struct event_sink *sink, const struct run_ops *run);

/* Takes all zero. */
void tracer_stop(struct tracer *tracer);
