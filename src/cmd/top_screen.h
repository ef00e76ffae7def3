/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen of "top": of the running kernel, and of a recording.
 */
#pragma once

#include "cmd/options.h"

/* Return the exit status. */
int top_trace(const struct options *opts);
int top_replay(const struct options *opts);
