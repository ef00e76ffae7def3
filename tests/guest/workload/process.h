/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes. Any failure ends the program.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* An array that children share, all zero */
void *shared_memory(size_t count, size_t size);
/* As fork(); the child does not outlive its parent. */
pid_t fork_child(void);
/* Waits for the next children to end. When one fails, the others die with their parent. */
void wait_for(unsigned long count);
void wait_for_child(pid_t pid);
/* Waits until a child has stopped itself; false if it has ended. */
bool wait_for_stop(pid_t pid);
void kill_child(pid_t pid);
