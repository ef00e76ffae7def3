/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench --against: measures the scenarios of a base, and ends with the verdict of diff.
 */
#pragma once

#include "cmd/options.h"

/* Measures, without showing results, and records in opts->output. Returns an exit status. */
typedef int bench_fn(const struct options *opts, const struct scenario *list, size_t nr);

/*
 * Runs bench() with the scenarios of the base, a list to which it may not write, and compares its
 * recording with the base. Without opts->output the recording is a temporary file. Returns an exit
 * status, with --bisect an enum bisect_status.
 */
int bench_against(const struct options *opts, bench_fn *bench);
