/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run: drains the ring buffer until the time is up, a signal comes or nothing more is wanted.
 */
#ifndef MEMDESTROY_TRACE_SESSION_H
#define MEMDESTROY_TRACE_SESSION_H

#include "model/event_sink.h"
#include "model/ledger.h"
#include "model/run_ops.h"
#include "trace/ksyms.h"
#include "trace/probe.h"
#include "trace/trace_options.h"

struct session;

/* All of these must outlive the session. -errno, of which the user has been told. */
int session_open(struct session **out, const struct trace_options *opts, struct probe *probe,
		 struct ksyms *ksyms, const struct event_sink *sink, const struct run_ops *run);
void session_close(struct session *session);

/* Runs until the end, with all that was seen handed over. -errno of the sink if it ended it. */
int session_run(struct session *session);

/* What has been counted so far; of teardowns, if these are traced. */
void session_count(const struct session *session, struct ledger *ledger,
		   struct teardown_counts *counts);

/* Is there anything of before that time that has been let go of and is not all freed yet? */
bool session_waits(struct session *session, __u64 before_ns);

#endif
