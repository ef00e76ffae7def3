/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells of what hangs, as text.
 */
#ifndef MEMDESTROY_OUTPUT_STUCK_TEXT_H
#define MEMDESTROY_OUTPUT_STUCK_TEXT_H

#include <stdio.h>

#include "model/stuck.h"

/* A line, and one for each function of the stack; flushed. */
void stuck_text_print(FILE *file, const struct stuck *stuck);

#endif
