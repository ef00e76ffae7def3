/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traces the running kernel: symbols, programs and session, from start to end.
 */
#ifndef MEMDESTROY_TRACE_TRACER_H
#define MEMDESTROY_TRACE_TRACER_H

#include "cmd/options.h"
#include "trace/ksyms.h"
#include "trace/probe.h"
#include "trace/session.h"

/* All zero is one that has not been started. */
struct tracer {
	const struct options *opts;
	struct ksyms *ksyms;
	struct probe *probe;
	struct session *session;
	struct sink sink;
};

/*
 * Loads and attaches; the signals that end a run wait from here on, and privileges are dropped but
 * for what writing files takes. Whether it succeeds or not, tracer_stop() is to be called. Errors
 * are those of probe_open().
 */
int tracer_start(struct tracer *tracer, const struct options *opts);

/* Hands all that happens to the sink until the end. -errno of the sink, or as session_open(). */
int tracer_run(struct tracer *tracer, const struct sink *sink);

/* Takes all zero. */
void tracer_stop(struct tracer *tracer);

#endif
