/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recognises stuck reports that repeat: a run reports a stuck call or phase when it finds it, and
 * again at its end.
 */
#pragma once

#include <stddef.h>

#include "model/stuck.h"

/* Memory is bounded: of more reports, the oldest are forgotten, and their repetitions are new. */
#define STUCK_SET_MAX 16384

struct stuck_set;

/* NULL: no memory. */
struct stuck_set *stuck_set_new(void);
void stuck_set_free(struct stuck_set *set); /* takes NULL */

/*
 * Adds a report. place: a number in place of stuck->where. Returns false for a repetition, true for
 * a new report, also if there is no memory to keep it.
 */
bool stuck_set_add(struct stuck_set *set, const struct stuck *stuck, size_t place);
