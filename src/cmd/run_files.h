/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The recordings that a benchmark writes: one, or one for each of its runs.
 */
#pragma once

#include "cmd/options.h"

#define MAX_RUNS 100

/* All zero before. */
struct run_files {
	char *path[MAX_RUNS];
	size_t nr;
	char *folder; /* temporary, with all of them; NULL: they are to be kept */
};

/*
 * Names the files: opts->output itself, or with --runs 3 for "new.mdt": "new-1.mdt", "new-2.mdt",
 * "new-3.mdt". Without opts->output they are in a temporary folder. -EEXIST: one exists, and may
 * not be overwritten. Returns 0 or -errno; errors are already reported. Call run_files_free() in
 * any case.
 */
int run_files_name(struct run_files *files, const struct options *opts);

/* Removes temporary files. */
void run_files_free(struct run_files *files);
