/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a scenario's maps, fills them, and lets go of them: the work of the benchmark.
 */
#ifndef MEMDESTROY_BENCH_MAPS_H
#define MEMDESTROY_BENCH_MAPS_H

#include <stdbool.h>

#include "bench/scenario.h"

/*
 * One run: makes threads * maps maps of this name, fills them, and empties them if asked to; then
 * all threads let go of theirs at the same moment. Has let go of all of them when it returns, in
 * any case; the kernel frees them later.
 *
 * 0, or -errno, of which the user has been told in one line: -EPERM a capability is missing;
 * -EOPNOTSUPP this kernel has no such maps; -ENOMEM there is not enough memory, or not enough for
 * this to be tried.
 *
 * With keep it makes one more map first, SCENARIO_KEPT_MAP, for one entry and without any, and lets
 * it be. Such maps, and the processes and sockets that own entries of local storage, are there for
 * later runs and go with the process. Not for use by several threads at a time.
 */
int scenario_run(const struct scenario *scenario, const char *map_name, bool keep);

#endif
