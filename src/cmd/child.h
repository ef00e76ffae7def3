/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command that a recording is made of.
 */
#ifndef MEMDESTROY_CMD_CHILD_H
#define MEMDESTROY_CMD_CHILD_H

#include <stdbool.h>

#include <sys/types.h>

/* All zero is one that has not been started. */
struct child {
	char *const *argv;
	pid_t pid;  /* 0: none, or over */
	int go;	    /* written to when it may begin */
	int status; /* once it is over: as a shell would have it */
};

/*
 * Makes the process, with what privileges this one has now, and its signals as they are; it runs
 * argv once it is told to. argv must outlive it. -errno, of which the user has been told.
 */
int child_start(struct child *child, char *const *argv);
void child_go(struct child *child);

/* Sends a signal, if it still runs. */
void child_signal(const struct child *child, int signal);

/* Is it over? Its status is known then. */
bool child_is_over(struct child *child);

/* Ends it if it has not been told to go, else leaves it to itself. */
void child_close(struct child *child);

#endif
