/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of the files of a run that is recorded into several: "run.mdt" stands for
 * "run-000001.mdt", "run-000002.mdt" and so on. Numbers go on where an earlier run ended.
 */
#pragma once

#include <stddef.h>

#define FILE_SET_MAX 999999999 /* the highest number */

/*
 * Sets *nr to the number after the highest one that a file in the directory has. Returns 0 or
 * -errno; errors are already reported.
 */
int file_set_next(const char *path, unsigned int *nr);

/* The name of the file with this number, to be freed. NULL: no memory. */
char *file_set_path(const char *path, unsigned int nr);

/*
 * Removes all files except the keep ones with the highest numbers, and their journals. Returns 0 or
 * -errno; errors are already reported.
 */
int file_set_trim(const char *path, size_t keep);
