/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench --against: measures the scenarios of a base, and ends with the verdict of diff.
 */
#pragma once

#include "cmd/bench_runs.h"

/*
 * Runs bench() with the scenarios of the base, and compares its recordings with the base. Without
 * opts->output they are temporary. Returns an exit status, with --bisect an enum bisect_status.
 */
int bench_against(const struct options *opts, bench_fn *bench);
