/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of the terminal that a stream may be.
 */
#pragma once

#include <stdio.h>

/*
 * Its columns: as it says, or COLUMNS if it does not, or 80. 0: the stream is no terminal, and its
 * lines may have any width. errno is preserved, here and below.
 */
int terminal_width(FILE *out);

/* What stands for the middle of a name that was too long: "…", or ".." if the locale lacks it. */
const char *terminal_dots(void);

/*
 * Writes lines of text. Those longer than the terminal are wrapped between words, and go on two
 * columns further right; longer words are shortened in the middle.
 */
void terminal_lines(FILE *out, const char *text);
