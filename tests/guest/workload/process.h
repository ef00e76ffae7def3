/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes. Whatever goes wrong with one ends the program.
 */
#ifndef WORKLOAD_PROCESS_H
#define WORKLOAD_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* As fork(); the child does not outlive its parent. */
pid_t fork_child(void);
/* Waits for the next children to end. When one fails, the others die with their parent. */
void wait_for(unsigned long count);
void wait_for_child(pid_t pid);
/* Waits until a child has stopped itself; false if it ended instead. */
bool wait_for_stop(pid_t pid);
void kill_child(pid_t pid);

#endif
