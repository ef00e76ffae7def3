/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes teardowns as a trace: Chrome's JSON trace event format, which ui.perfetto.dev and
 * chrome://tracing open.
 *
 * Each task has a track. That of a worker shows the maps that it frees, with their destroy calls,
 * and its deferred frees; that of a releasing task shows its releases. Waits have tracks of their
 * own below the process of the releasing task. Arrows lead from a release to the worker, and from a
 * destroy call to its deferred free. An event without a known end is an instant; one that is
 * running at the end of the run has no end. Tasks are known by their ids: if several had the same,
 * the track has the name of the first.
 *
 * Functions return 0, or -errno if the stream could not be written (-EIO if it had failed before)
 * or memory ran out (-ENOMEM: the last object may be missing in part). Only perfetto_end() flushes.
 */
#pragma once

#include <stdio.h>

#include "model/teardown.h"

struct perfetto;

/* Deferred frees kept until their teardown comes; further ones replace the oldest. */
#define PERFETTO_MAX_DEFERRED 65536

/*
 * Begins a trace on a stream, which must outlive *perfetto.
 *
 * origin_ns (CLOCK_MONOTONIC) becomes time 0 of the trace, and is in its metadata. It has to be a
 * time before the programs are attached: viewers drop earlier events. They hold times in doubles,
 * which are exact to the nanosecond for 52 days after 0. *perfetto is to be freed with
 * perfetto_free(); NULL on errors.
 */
int perfetto_begin(struct perfetto **perfetto, FILE *out, __u64 origin_ns);

/* An arrow leads to it if its teardown comes later. */
int perfetto_deferred_free(struct perfetto *perfetto, const struct deferred_free *deferred);

/* Writes nothing if neither the release nor the worker's start is known. */
int perfetto_teardown(struct perfetto *perfetto, const struct teardown *teardown);

/* Ends the trace, and flushes the stream. Nothing may be written after it. */
int perfetto_end(struct perfetto *perfetto);

void perfetto_free(struct perfetto *perfetto);
