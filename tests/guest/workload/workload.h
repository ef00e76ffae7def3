/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of workload that have a file of their own.
 */
#pragma once

#include <stdbool.h>

#define MAX_RELEASES 600 /* two digits for each way */

/*
 * Makes this number of maps of many types, releases them in all ways, and prints who released each
 * and how.
 */
void releases_run(unsigned int maps);

/* Two processes named after programs make maps of their shapes, print them, and release them. */
void programs_run(void);

/*
 * Makes maps of every type, and prints the memory and the elements that the kernel says they have.
 * Returns at the end of standard input.
 */
void memory_run(void);

/* Which part of a teardown can be held up: "wait", "free" or "deferred". */
bool stuck_where_is_known(const char *where);
/* Holds up the teardown of a map. Returns after this time, or at SIGTERM. */
/* Runs the command with bpf() failing with this errno. Does not return. */
void refused_run(int err, char **command);

void stuck_run(const char *where, unsigned int seconds);
