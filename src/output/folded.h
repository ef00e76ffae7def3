/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds teardowns up as folded stacks, the input of flame graphs: the task that released the map,
 * the map's type and name, and the phase.
 *
 *   TASK;TYPE;NAME;wait                                 until the worker started
 *   TASK;TYPE;NAME;free                                 in the worker without destroy calls
 *   TASK;TYPE;NAME;free;bpf_mem_alloc_destroy (ALLOC)   in destroy calls
 *   TASK;TYPE;NAME;deferred                             until the end of its deferred frees
 *
 * With user stacks, the functions of the task follow TASK, outermost first, or "[closed at exit]"
 * or "[user stack unknown]".
 *
 * Weights are nanoseconds. Those of a teardown add up to its total if all of its phases are known;
 * an unknown phase adds nothing, and is counted.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "model/teardown.h"

#define FOLDED_MAX_STACKS 4096

struct folded;

/*
 * Keeps up to max_stacks different stacks, of some 400 bytes each, or with user stacks up to 9 KiB;
 * the time of further ones goes to the stack "[other]". NULL: no memory.
 */
struct folded *folded_new(size_t max_stacks, bool user_stacks);

/* 0, or -ENOMEM if part of the teardown's time is left out. */
int folded_add(struct folded *folded, const struct teardown *teardown);

/*
 * The teardowns whose phase is unknown, for any phase except PHASE_TOTAL. PHASE_FREE is without the
 * destroy calls; if PHASE_DESTROY is unknown, some of its calls may be in stacks.
 */
__u64 folded_unknown(const struct folded *folded, enum phase phase);

/*
 * Writes a line for each stack: the frames, a blank, the weight; in the order of their bytes, as
 * UTF-8 without control characters. ";", "[", and "#" at the start of a name, become \xNN. Returns
 * as stream_flush().
 */
int folded_write(struct folded *folded, FILE *out);

void folded_free(struct folded *folded);
