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

/* Makes maps that programs, links, pins and maps of maps hold for this time, and prints how long.
 */
void held_run(unsigned int ms);

/* Where maps and programs are pinned: below /sys/fs/bpf. */
void mount_bpffs(void);

/* Two processes named after programs make maps of their shapes, print them, and release them. */
void programs_run(void);

/*
 * Makes maps of every type, and prints the memory and the elements that the kernel says they have.
 * Returns at the end of standard input.
 */
void memory_run(void);

/* Makes and releases maps, and prints how many bytes their allocators kept for reuse. */
void cached_run(void);

/*
 * Makes and releases maps whose free may leave memory to RCU, and prints their elements; of the
 * last, when RCU freed them.
 */
void left_run(void);

/* Releases a map with elements while a reader of RCU runs for this time, and prints when it did. */
void read_run(const char *type, const char *name, unsigned int ms);

/*
 * Releases maps in the functions us_drop_inner() and us_drop_outer(), in this process and in one
 * that exits right after, and one by an exit. Then waits for this time.
 */
void user_stack_run(unsigned int seconds);

#define MAX_HOG_CPU 63

/* Takes half of a processor's time, as a real-time task. Returns at SIGTERM. */
void hog_run(unsigned int cpu);

#define MAX_EVENTS 64

/* Opens so many perf events of the first processor, and keeps them until a signal ends it. */
void counters_run(unsigned int events);

struct scrape_plan {
	unsigned int per_second, seconds, port;
};

/*
 * Scrapes the exporter at this port of 127.0.0.1 and prints how many answers were whole, and how
 * long they took. A guest that is too slow takes longer, up to four times the seconds, and then
 * makes fewer.
 */
void scrape_run(const struct scrape_plan *plan);

/* Which part of a teardown can be held up: "wait", "free" or "deferred". */
bool stuck_where_is_known(const char *where);
/* Holds up the teardown of a map. Returns after this time, or at SIGTERM. */
void stuck_run(const char *where, unsigned int seconds);

/* Prints the kernel's types as a file of BTF, with other names for allocators of maps. */
void renamed_run(void);

/* Runs the command with bpf() failing with this errno. Does not return. */
void refused_run(int err, char **command);
