/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All the ways to let go of a map.
 */
#ifndef WORKLOAD_RELEASES_H
#define WORKLOAD_RELEASES_H

#define MAX_RELEASES 600 /* two digits for each way */

/* Makes so many maps, of many types; lets go of each, and prints who did it and how. */
void releases_run(unsigned int maps);

#endif
