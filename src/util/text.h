/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes bytes, durations and changes fit to be shown.
 */
#ifndef MEMDESTROY_UTIL_TEXT_H
#define MEMDESTROY_UTIL_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

#define TEXT_SIZE(len) (4 * (len) + 1) /* room that always suffices for len bytes of src */
#define DURATION_SIZE  8	       /* "59m59s", "999d23h" and their NUL */
#define CHANGE_SIZE    16	       /* "-99999.9%", "+1.8e+21%" and their NUL */

/*
 * Decodes the UTF-8 character at the start of len bytes. Returns its length and sets *c; 0 if there
 * is none, or NUL.
 */
size_t text_char(const char *s, size_t len, wchar_t *c);

/*
 * Writes len bytes of src to dst as valid UTF-8: what is valid is kept, each byte that is not, and
 * NUL, becomes the four characters \xNN. dst is always NUL-terminated; what does not fit into size
 * (at least 1) is left out, whole characters at a time. Returns the length of dst.
 */
size_t text_utf8(char *dst, size_t size, const char *src, size_t len);

/*
 * The same, and the bytes of control characters and of all that takes no room on a terminal
 * (combining and bidirectional marks too) become \xNN, so that no name can move the cursor,
 * recolour the screen, reorder a line or fake one.
 */
size_t text_printable(char *dst, size_t size, const char *src, size_t len);

/* Columns that a text made by text_printable() takes on a terminal. */
size_t text_width(const char *text);

/* A duration in three significant digits or two units, at most 7 characters. Returns dst. */
char *text_duration(char dst[DURATION_SIZE], __u64 ns);

/* A change in percent, "+12.3%", with its sign if it is not 0 when rounded. Returns dst. */
char *text_change(char dst[CHANGE_SIZE], double percent);

#define TEXT_WIDTH 80

/*
 * Writes words from column indent on, where the cursor is; lines that would be longer than
 * TEXT_WIDTH go on below. A newline ends the last one.
 */
void text_wrap(FILE *out, const char *text, size_t indent);

#endif
