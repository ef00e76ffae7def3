/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Annotations for GitHub Actions: lines of a job's log that its runner takes for commands.
 */
#pragma once

#include <stdio.h>

#include "output/diff_cases.h"

/* Of a kind; the runner shows no more of one step. */
#define GITHUB_ANNOTATIONS 10

#define GITHUB_TOKEN_SIZE 33

/*
 * The runner takes no commands between these two lines of the log, whatever names are there.
 * Flush. Return as stream_flush().
 */
int github_stop_commands(FILE *log, char token[GITHUB_TOKEN_SIZE]);
int github_resume_commands(FILE *log, const char *token);

/*
 * The verdict, errors for rows that fail or are not known to pass, and warnings for others that
 * are slower. Flushes. Returns 0, -ENOMEM, or an error of the stream as stream_flush().
 */
int github_annotate(FILE *log, const struct diff *diff, const struct diff_sides *sides);

/* Without a comparison: an error. reason: any bytes. */
int github_refuse(FILE *log, const char *reason);
