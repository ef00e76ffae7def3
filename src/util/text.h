/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes bytes, durations and changes printable.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

#define TEXT_SIZE(len) (4 * (len) + 1) /* room for any len bytes of src */
#define DURATION_SIZE  8	       /* "59m59s", "999d23h" and their NUL */
#define BYTES_SIZE     8	       /* "1023KiB" and its NUL */
#define CHANGE_SIZE    16	       /* "-99999.9%", "+1.8e+21%" and their NUL */

/*
 * Decodes the UTF-8 character at the start of len bytes. Returns its length and sets *c; 0 if there
 * is none, or NUL.
 */
size_t text_char(const char *s, size_t len, __s32 *c);

/*
 * Writes len bytes of src to dst as valid UTF-8. NUL, and each byte that is no UTF-8, become the
 * four characters \xNN. dst is NUL-terminated; characters that do not fit into size (at least 1)
 * are left out as a whole. Returns the length of dst.
 */
size_t text_utf8(char *dst, size_t size, const char *src, size_t len);

/*
 * The same. Control characters, bidirectional marks and others that show nothing become \xNN, and
 * so does an accent without a letter: no name can move the cursor, colour the screen, reorder or
 * fake a line, or look like another one.
 */
size_t text_printable(char *dst, size_t size, const char *src, size_t len);

/* Columns on a terminal of a text from text_printable(). Escape sequences for colors have none. */
size_t text_width(const char *text);

/* The bytes at its beginning that have at most so many columns, without escape sequences. */
size_t text_within(const char *text, size_t width);

/*
 * Copies such a text, without escape sequences, in at most so many columns: "bpf_lo…map_free". What
 * is too long loses its middle, in whose place are the dots. size has room for text and dots.
 * Returns the columns of dst.
 */
size_t text_shorten(char *dst, size_t size, const char *text, size_t width, const char *dots);

/* Appends to a text, as far as it fits into size. */
__attribute__((format(printf, 3, 4))) void text_append(char *text, size_t size, const char *fmt,
						       ...);

/*
 * Closes a stream of open_memstream(), whose text the caller frees. glibc reports no error if it
 * has no memory for the last part. Returns 0, or -ENOMEM with *text freed and NULL.
 */
int text_memory_end(FILE *stream, char **text);

/* A duration in three significant digits or two units, at most 7 characters. Returns dst. */
char *text_duration(char dst[DURATION_SIZE], __u64 ns);

/* A count in three significant digits: "999", "1.23k", "1.23M". Returns dst. */
char *text_count(char dst[DURATION_SIZE], __u64 count);

/* Bytes in three significant digits or four: "999B", "1.23KiB", "1023MiB". Returns dst. */
char *text_bytes(char dst[BYTES_SIZE], __u64 bytes);

/* A change in percent, "+12.3%", with its sign if it is not 0 when rounded. Returns dst. */
char *text_change(char dst[CHANGE_SIZE], double percent);

#define TEXT_WIDTH 80

/*
 * Writes words from column indent on, where the cursor is. Breaks lines at TEXT_WIDTH, and ends the
 * last one.
 */
void text_wrap(FILE *out, const char *text, size_t indent);

/*
 * Writes a line. On a terminal it breaks at blanks if the line is wider, and the rest is indented;
 * elsewhere it stays one line.
 */
void text_line(FILE *out, const char *text);
