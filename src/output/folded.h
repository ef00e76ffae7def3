/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds teardowns up as folded stacks, the input of flame graphs: who let go of the map, its type,
 * its name, and what the time went by with.
 *
 *   TASK;TYPE;NAME;wait                                 until a worker began
 *   TASK;TYPE;NAME;free                                 the worker's part without destroy calls
 *   TASK;TYPE;NAME;free;bpf_mem_alloc_destroy (ALLOC)   in destroy calls
 *   TASK;TYPE;NAME;deferred                             until all that was left was freed
 *
 * The weights are nanoseconds. Those of a teardown of which all is known add up to its total; what
 * is not known adds nothing, and is counted.
 */
#ifndef MEMDESTROY_OUTPUT_FOLDED_H
#define MEMDESTROY_OUTPUT_FOLDED_H

#include <stdio.h>

#include "model/teardown.h"

#define FOLDED_MAX_STACKS 4096

struct folded;

/*
 * Up to max_stacks different stacks are kept, each in some 400 bytes; the time of those beyond goes
 * to the stack "[other]". NULL: no memory.
 */
struct folded *folded_new(size_t max_stacks);

/* 0, or -ENOMEM if part of the teardown's time is left out. */
int folded_add(struct folded *folded, const struct teardown *teardown);

/*
 * The teardowns of which this is missing, not being known: any phase but PHASE_TOTAL, where
 * PHASE_FREE is without the destroy calls, and of PHASE_DESTROY some of the calls may be there.
 */
__u64 folded_unknown(const struct folded *folded, enum phase phase);

/*
 * A line for each stack: the frames, a blank, the weight. In the order of their bytes; valid UTF-8
 * without control characters. What would look like the end of a frame, or like one of this tool's
 * own making, is written as \xNN. 0, -ENOMEM, -errno if the stream could not be written, or -EIO
 * if it had failed before.
 */
int folded_write(const struct folded *folded, FILE *out);

void folded_free(struct folded *folded);

#endif
