/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Properties of the terminal behind a stream, if it is one.
 */
#pragma once

#include <stdio.h>

/*
 * Its columns: as it says, or COLUMNS if it does not, or 80. 0: the stream is no terminal, and its
 * lines may have any width. errno is preserved, here and below.
 */
int terminal_width(FILE *out);

/* Replaces the middle of a name that is too long: "…", or ".." if the locale lacks it. */
const char *terminal_dots(void);

/*
 * Writes lines of text. Those longer than the terminal are wrapped between words, and go on two
 * columns further right; longer words are shortened in the middle.
 */
void terminal_lines(FILE *out, const char *text);
