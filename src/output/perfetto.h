/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes teardowns as a trace: Chrome's JSON trace event format, which ui.perfetto.dev and
 * chrome://tracing open.
 *
 * Each task has a track. On a worker's lie the maps that it frees, with the destroy calls in them,
 * and what it frees of other maps' later; on a releasing task's, its releases; the waits lie on
 * tracks of their own below the releasing task's process. Arrows lead from a release to the
 * worker's part, and from a destroy call to the freeing of what it left. An event of which only
 * the start is known is an instant; one that goes on at the end of the run has no end. The format
 * knows tasks by their ids only: of several that had the same, the track has the first one's name.
 *
 * Functions that return int return 0, or -errno if the stream could not be written (-EIO if it
 * had failed before) or memory ran out (-ENOMEM: what was given last is left out, or part of it).
 * All but the last leave flushing to the stream's own buffering.
 */
#ifndef MEMDESTROY_OUTPUT_PERFETTO_H
#define MEMDESTROY_OUTPUT_PERFETTO_H

#include <stdio.h>

#include "model/teardown.h"

struct perfetto;

/* Reclaims that wait for their teardown, at most; those given up have no arrow. */
#define PERFETTO_MAX_RECLAIMS 65536

/*
 * Begins a trace on a stream, which must outlive *perfetto.
 *
 * origin_ns (CLOCK_MONOTONIC) becomes the trace's time 0: take it before the probes are attached.
 * Viewers drop what lies before, and hold times in doubles, which tell nanoseconds apart for 52
 * days from 0 only. The trace's metadata names it. *perfetto is for perfetto_free(), and NULL on
 * errors.
 */
int perfetto_begin(struct perfetto **perfetto, FILE *out, __u64 origin_ns);

/* Reclaims have to come before the teardown they belong to for an arrow to lead to them. */
int perfetto_reclaim(struct perfetto *perfetto, const struct deferred_free *reclaim);

/* Of a teardown with neither a task that released the map nor the worker's start, nothing shows. */
int perfetto_teardown(struct perfetto *perfetto, const struct teardown *teardown);

/* Ends the trace, and flushes the stream. Nothing may be written after it. */
int perfetto_end(struct perfetto *perfetto);

void perfetto_free(struct perfetto *perfetto);

#endif
