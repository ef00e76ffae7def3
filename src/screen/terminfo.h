/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the description of the terminal says, in the words of terminfo(5). Apart from all else,
 * because <term.h> defines common words.
 */
#pragma once

#include <stddef.h>

/*
 * Whether standard output can be a screen. NULL: it can. Empty: it is no terminal, or a dumb one.
 * Otherwise why not, in a static buffer.
 */
const char *terminfo_refusal(void);

/*
 * Copies the sequences that end a screen, of the terminal that ncurses has opened. Returns how many
 * bytes; what does not fit is left out.
 */
size_t terminfo_reset(char *sequences, size_t size);
