/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loop of a trace: feeds records to the correlator until the time is up, a signal comes or the
 * sink wants no more.
 */
#pragma once

#include "model/event_sink.h"
#include "model/ledger.h"
#include "model/pending.h"
#include "model/run_ops.h"
#include "model/unfinished.h"
#include "trace/ksyms.h"
#include "trace/probe.h"
#include "trace/trace_options.h"

struct session;

/*
 * All arguments must outlive the session. On success *out is to be freed with session_close().
 * Returns 0 or -errno; errors are already reported.
 */
int session_open(struct session **out, const struct trace_options *opts, struct probe *probe,
		 struct ksyms *ksyms, const struct event_sink *sink, const struct run_ops *run);
void session_close(struct session *session); /* takes NULL */

/* Runs until the end, when the sink has got all events. Returns 0 or the -errno of the sink. */
int session_run(struct session *session);

/*
 * Sets both to what has been counted so far; *counts means something if teardowns are traced.
 * Returns why not all may have been seen, as witness_blind(): then no figure is known.
 */
const char *session_count(struct session *session, struct ledger *ledger,
			  struct teardown_counts *counts);

/* As correlator_for_each_pending(). */
bool session_for_each_pending(struct session *session, pending_fn *each, void *ctx);

/*
 * Hands over each teardown in progress, with the functions of up to nr_looks workers.
 */
void session_for_each_unfinished(struct session *session, size_t nr_looks,
				 void (*each)(void *ctx, const struct unfinished *unfinished),
				 void *ctx);

/* The kernel stack of a thread, one function a line, innermost first; empty if it is not known. */
void session_stack(struct session *session, __u32 tid, char text[STACK_TEXT]);

/* Bytes of records that wait for the sink. */
size_t session_pending(const struct session *session);

/* Is anything of before that time not complete: in a call, released, or to be freed later? */
bool session_waits(struct session *session, __u64 before_ns);
