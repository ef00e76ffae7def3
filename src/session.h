/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run: drains the ring buffer until the time is up, a signal comes or nobody reads any more.
 */
#ifndef MEMDESTROY_SESSION_H
#define MEMDESTROY_SESSION_H

#include "ksyms.h"
#include "options.h"
#include "probe.h"
#include "report.h"

/* To be called before any probe is attached: the signals that end a run wait from here on. */
void session_block_signals(void);

/*
 * Runs, and reports the calls, the interim tables and the end with its ledger. 0, or -errno of
 * what ended the run early, of which the user has been told; the end was reported even so.
 */
int session_run(const struct options *opts, struct probe *probe, const struct ksyms *ksyms,
		struct report *report);

#endif
