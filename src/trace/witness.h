/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the programs see what they are attached to. A map of our own proves before the run that
 * they run at all. During the run tracepoints, which no switch of the kernel silences, count what
 * they must see.
 */
#pragma once

#include "event.h"
#include "memdestroy_trace.skel.h"
#include "model/hooks.h"
#include "trace/ksyms.h"
#include "trace/prog_counts.h"

#define WITNESS_TEXT 256

struct witness {
	enum attach_mode mode;
	bool ftrace; /* this mode's programs run by ftrace */
	struct memdestroy_trace_bpf *skel;
	const struct prog_counts *counts;
	bool proven;		  /* the programs ran when our map was freed */
	bool tried;		  /* a map could be made */
	const char *switched_off; /* why they were not attached; NULL: they were */
	__u64 looked_ns;	  /* the last look at the figures that follow */
	__u64 freed, hashes;	  /* what the programs must have seen by now */
	__u64 in_flight_ns;	  /* since when witness_in_flight(); 0: it is not so */
	char blind[WITNESS_TEXT]; /* why the programs did not see all; empty: nothing shows that */
};

/*
 * Sets up. Returns whether the programs can be attached. They must not be while ftrace is switched
 * off: when they are detached then, the kernel keeps flags of theirs, and later switches ftrace off
 * for good (ftrace_shutdown(), kernel/trace/ftrace.c).
 */
bool witness_init(struct witness *witness, enum attach_mode mode, struct memdestroy_trace_bpf *skel,
		  const struct prog_counts *counts, const struct ksyms *ksyms);

/*
 * Attaches the witness and makes the programs run, which are all attached. Takes a few ms, and up
 * to two seconds if they do not run. To be called in STAGE_ATTACHING, so that the run's figures do
 * not have this map.
 */
void witness_prove(struct witness *witness);

/* Why the programs see nothing; NULL: they ran when a map was freed, or it is not known. */
const char *witness_silence(const struct witness *witness);

/*
 * The end of the run: nothing more is counted. Returns whether the programs have seen all that was;
 * what they have not may still come.
 */
bool witness_close(struct witness *witness);

/*
 * After witness_close() returned false: may workers that have begun, and have not called the
 * function yet, have the unseen maps? On a busy machine that takes seconds.
 */
bool witness_in_flight(const struct witness *witness);

/*
 * Why the run's figures are not known, as far as is known by now; empty: nothing shows that. Once
 * not empty, it stays. at_end: the run is over, and witness_close() was called in time.
 */
const char *witness_blind(struct witness *witness, bool at_end);

/* How many maps the kernel has begun to free in the run; LEDGER_UNKNOWN: not counted. */
__u64 witness_freed(const struct witness *witness);
