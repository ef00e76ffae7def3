/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words reports of stuck calls and teardowns.
 */
#pragma once

#include <stdio.h>

#include "model/stuck.h"

/* Writes a line, and one for each function of the stack. Flushes. */
void stuck_text_print(FILE *file, const struct stuck *stuck);
