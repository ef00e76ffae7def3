/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The signals that end a run: SIGINT, SIGTERM and SIGHUP, unless that is to be ignored. The first
 * ends it in good order. One more, a while later, ends the process as if nobody had asked for any,
 * and says that not all has been written: whoever reads the output may never do so.
 */
#ifndef MEMDESTROY_TRACE_SIGNALS_H
#define MEMDESTROY_TRACE_SIGNALS_H

#include <stdbool.h>

#include "util/macros.h"

/* To be called before any probe is attached, or thread made: they wait from here on. */
void signals_block(void);

/* Begins to look out for them, once in a process. A file descriptor to wait for, or -errno. */
int signals_open(void);

/* All that was to be written has been: they wait again. */
void signals_close(void);

/*
 * Takes off the one that has come, if any. 0: none. *to_group: the kernel sent it, as it does to
 * all of a terminal's foreground processes. The file descriptor is readable until then.
 */
int signals_take(bool *to_group);

/*
 * The run is over: none is taken any more. Those that come within SIGNALS_PATIENCE_NS are ignored;
 * timeout(1) sends its own twice.
 */
#define SIGNALS_PATIENCE_NS NSEC_PER_SEC
void signals_end(void);

#endif
