/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exit status of the program.
 */
#ifndef MEMDESTROY_CMD_EXIT_STATUS_H
#define MEMDESTROY_CMD_EXIT_STATUS_H

#include <errno.h>

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

/* Of the errors of probe_open(). */
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

#endif
