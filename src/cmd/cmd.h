/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program can be asked to do: a function each, which returns the exit status.
 */
#ifndef MEMDESTROY_CMD_CMD_H
#define MEMDESTROY_CMD_CMD_H

#include <errno.h>

#include "cmd/exit_status.h"
#include "cmd/options.h"

/* What the errors of probe_open() mean to whoever waits for the program's end. */
static inline int exit_status_of(int err)
{
	switch (-err) {
	case 0:
		return EXIT_DONE;
	case EOPNOTSUPP:
		return EXIT_UNTRACEABLE;
	case EPERM:
		return EXIT_FORBIDDEN;
	default:
		return EXIT_FAILED;
	}
}

int cmd_trace(const struct options *opts);
int cmd_record(const struct options *opts); /* the command's status, if all went well */
int cmd_report(const struct options *opts);
int cmd_diff(const struct options *opts); /* EXIT_REGRESSION if a gate failed */
int cmd_bench(const struct options *opts);
int cmd_check(const struct options *opts); /* the verdict's */

#endif
