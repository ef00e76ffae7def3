/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process of the command that record runs.
 */
#pragma once

#include <stdbool.h>

#include <sys/types.h>

/* All zero: not started. */
struct child {
	char *const *argv;
	pid_t pid;  /* 0: not started, or ended */
	int go;	    /* pipe: a byte lets it run argv */
	int status; /* once it has ended, as in shells */
};

/*
 * Forks the process, with the present privileges and signal settings; it waits for child_go() to
 * run argv. argv must outlive it. Returns 0 or -errno; errors are already reported.
 */
int child_start(struct child *child, char *const *argv);
void child_go(struct child *child);

/* Sends a signal if the process still runs. */
void child_signal(const struct child *child, int signal);

/* Has it ended? If so, sets its status. */
bool child_is_over(struct child *child);

/* Ends a process that still waits for child_go(); does not touch one that runs. */
void child_close(struct child *child);
