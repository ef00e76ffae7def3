/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws teardowns to scale, one bar each.
 */
#pragma once

#include <stdio.h>

#include "model/teardown.h"

/* Bars have this room at least, whatever the width. */
#define TIMELINE_MIN_BAR   10
#define TIMELINE_MAX_WIDTH 1000

/*
 * A legend, a scale, and for each of the nr teardowns, in the list's order, a line with its map,
 * its total and its bar:
 *
 *   |....====##==~~~~|   . wait, = worker, # its destroy calls, ~ deferred
 *
 * All bars have one scale. They begin at the release of the map or, if that is unknown, at the
 * start of the worker. Edges are rounded to the nearest column. An unknown part is a '?', one
 * column wide; a running teardown ends in '>'.
 *
 * width: columns of a line, up to TIMELINE_MAX_WIDTH. It is exceeded if it leaves bars less than
 * TIMELINE_MIN_BAR. Flushes. Returns as stream_flush().
 */
int timeline_draw(FILE *out, const struct teardown *const *list, size_t nr, int width);
