/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a scenario's maps, fills and releases them: the work of the benchmark.
 */
#pragma once

#include <stdbool.h>

#include "bench/scenario.h"

/*
 * One run: makes threads * maps maps of this name, fills them and, if the scenario says so, empties
 * them; then all threads release theirs at the same moment. All maps are released on return, in any
 * case; the kernel frees them later. With keep it first makes one more map, SCENARIO_KEPT_MAP,
 * which stays, like the owners of local storage, until the process ends. Not thread-safe.
 *
 * Returns 0 or -errno; errors are already reported in one line: -EPERM a capability is missing;
 * -EOPNOTSUPP this kernel has no such maps; -ENOMEM memory is too short, or would be.
 */
int maps_run(const struct scenario *scenario, const char *map_name, bool keep);
