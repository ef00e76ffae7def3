/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The signals that end a run: SIGINT, SIGTERM and, unless ignored, SIGHUP. The first one ends it
 * cleanly. Another one, more than SIGNALS_PATIENCE_NS later, ends the process at once, with a
 * message that the output is incomplete: a reader of the output may be stuck.
 */
#pragma once

#include <stdbool.h>

#include "util/macros.h"

/* Blocks the signals. Call it before any thread is created. */
void signals_block(void);

/*
 * Starts to wait for them, once in a process. Returns a file descriptor that is readable when one
 * has come, or -errno.
 */
int signals_open(void);

/* Stops to wait: the output is complete. They are blocked again. */
void signals_close(void);

/*
 * Returns the signal that has come and resets the file descriptor; 0: none. *to_group: the kernel
 * sent it, to all foreground processes of a terminal.
 */
int signals_take(bool *to_group);

/*
 * The run is over: no signal is handed over any more. Those within SIGNALS_PATIENCE_NS are ignored,
 * because timeout(1) sends its own twice.
 */
#define SIGNALS_PATIENCE_NS NSEC_PER_SEC
void signals_end(void);
