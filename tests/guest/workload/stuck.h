/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holds up the teardown of a map.
 */
#pragma once

#include <stdbool.h>

/* Which part of the teardown: "wait", "free" or "deferred". */
bool stuck_where_is_known(const char *where);

/* Returns after this time, or at SIGTERM. */
void stuck_run(const char *where, unsigned int seconds);
