/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws teardowns to scale, one bar each.
 */
#ifndef MEMDESTROY_OUTPUT_TIMELINE_H
#define MEMDESTROY_OUTPUT_TIMELINE_H

#include <stdio.h>

#include "model/teardown.h"

/* Room that bars have at least, whatever the width: with less there is nothing to see. */
#define TIMELINE_MIN_BAR   10
#define TIMELINE_MAX_WIDTH 1000

/*
 * A legend, a scale, and for each of the nr teardowns, in the list's order, a line with its map,
 * its total and its bar:
 *
 *   |....====##==~~~~|   . wait, = the worker's part, # its destroy calls, ~ deferred
 *
 * All bars are on one scale, and begin when their map was released or, if that is not known, when
 * the worker began. Each edge is where it belongs, rounded to the nearest column; what is not known
 * is a '?' there, one column wide, and what is not over ends in '>'.
 *
 * width: columns that a line may take, up to TIMELINE_MAX_WIDTH. The columns before the bars are as
 * wide as they need; a width that leaves bars less than TIMELINE_MIN_BAR is exceeded. 0, or -errno
 * if the stream could not be written (-EIO if it had failed before); flushes it.
 */
int timeline_draw(FILE *out, const struct teardown *const *list, size_t nr, int width);

#endif
