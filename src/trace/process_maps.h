/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code that a process has mapped, by /proc/PID, and the files that it is in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* A range of executable memory. */
struct mapping {
	__u64 start, end;
	__u64 offset; /* of start, in the file */
	char *path;   /* as the kernel shows it: "[vdso]", "/usr/bin/x (deleted)", "" */
};

struct process_maps {
	struct mapping *mapping;
	size_t nr;
};

/*
 * Reads the mappings of code, at most 4096. Returns 0 or -errno: the process may be gone, or may
 * not be looked at. Free them in any case; all zero is none.
 */
int process_maps_read(struct process_maps *maps, __u32 pid);
void process_maps_free(struct process_maps *maps);

/* Reads one line of /proc/PID/maps. false: it is not of executable memory. path is in the line. */
bool process_maps_parse(char *line, struct mapping *mapping);

/* NULL: none has the address. */
const struct mapping *process_maps_find(const struct process_maps *maps, __u64 address);

/*
 * Is it still the process whose stack started there, with the program that it ran then? That
 * address is random for each run of a program.
 */
bool process_is(__u32 pid, __u64 start_stack);

/* The same of the contents of /proc/PID/stat. 0: unknown. */
__u64 process_start_stack(const char *stat);

/* In which folder a path of a mapping is looked up. */
enum process_root {
	ROOT_PROCESS, /* the process's own, as in a container */
	ROOT_OWN,     /* that of this process: the kernel shows paths from there */
	NR_ROOTS,
};

/*
 * Opens a regular file for reading, without following symbolic links, which mapped paths do not
 * have. Returns a file descriptor or -errno.
 */
int process_open_file(__u32 pid, enum process_root root, const char *path);
