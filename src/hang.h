/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells of what hangs, as text.
 */
#ifndef MEMDESTROY_HANG_H
#define MEMDESTROY_HANG_H

#include <stdio.h>

#include "stuck.h"

/* A line, and one for each function of the stack; flushed. */
void hang_print(FILE *file, const struct hang *hang);

#endif
