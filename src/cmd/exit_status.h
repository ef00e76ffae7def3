/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exit status of the program.
 */
#pragma once

#include "trace/probe_failure.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNTRACEABLE = 3,
	EXIT_FORBIDDEN = 4,
	EXIT_REGRESSION = 10,
	EXIT_CANNOT_RUN = 126, /* as in shells and programs that run commands */
	EXIT_NO_COMMAND = 127,
	EXIT_SIGNAL = 128, /* plus the number of the signal that ended the command */
};

/* What "git bisect run" takes an exit status for. */
enum bisect_status {
	BISECT_GOOD = 0,
	BISECT_BAD = 1,
	BISECT_SKIP = 125,
	BISECT_STOP = 128, /* or more: the bisection ends */
};

/* err: 0 or -errno of a run. traceable: whether the kernel can be traced. */
static inline int exit_status_of(int err, enum traceable traceable)
{
	static const enum exit_status statuses[] = {
		[TRACEABLE_YES] = EXIT_DONE,
		[TRACEABLE_NO] = EXIT_UNTRACEABLE,
		[TRACEABLE_FORBIDDEN] = EXIT_FORBIDDEN,
		[TRACEABLE_UNKNOWN] = EXIT_FAILED,
	};

	return err && traceable == TRACEABLE_YES ? EXIT_FAILED : statuses[traceable];
}
