/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words reports of stuck calls and teardowns.
 */
#ifndef MEMDESTROY_OUTPUT_STUCK_TEXT_H
#define MEMDESTROY_OUTPUT_STUCK_TEXT_H

#include <stdio.h>

#include "model/stuck.h"

/* Writes a line, and one for each function of the stack. Flushes. */
void stuck_text_print(FILE *file, const struct stuck *stuck);

#endif
