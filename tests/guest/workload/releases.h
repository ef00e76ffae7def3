/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All ways to release a map.
 */
#pragma once

#define MAX_RELEASES 600 /* two digits for each way */

/* Makes this number of maps of many types, releases them, and prints who released each and how. */
void releases_run(unsigned int maps);
