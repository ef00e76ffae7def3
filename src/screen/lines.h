/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of a screen: text, and where in it which style is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/color.h"

#define SCREEN_MAX_WIDTH  512
#define SCREEN_MAX_HEIGHT 256

/* A style is an enum color with any of these. */
#define STYLE_BOLD    0x100u
#define STYLE_REVERSE 0x200u
#define STYLE_COLOR   0xffu

#define MAX_SPANS 32

struct span {
	size_t from, to; /* bytes of the text */
	unsigned int style;
};

struct screen_line {
	char text[SCREEN_MAX_WIDTH * 4 + 1]; /* UTF-8 */
	size_t len;			     /* bytes */
	size_t width;			     /* columns */
	struct span spans[MAX_SPANS];	     /* from left to right; no style between them */
	size_t nr_spans;
};

struct screen_lines {
	size_t width, height; /* of the terminal, up to the limits above */
	bool utf8;	      /* it shows more than ASCII */
	size_t nr;	      /* lines used */
	struct screen_line line[SCREEN_MAX_HEIGHT];
};

/* Makes all lines empty. Sizes beyond the limits are cut. */
void lines_clear(struct screen_lines *lines, size_t width, size_t height, bool utf8);

/* A new line at the end. NULL: there is no room for it. */
struct screen_line *lines_add(struct screen_lines *lines);

/*
 * Appends text, as from text_printable(), as far as it fits. Without UTF-8, each column of what is
 * not ASCII becomes '?'.
 */
void line_put(const struct screen_lines *lines, struct screen_line *line, unsigned int style,
	      const char *text);
void line_printf(const struct screen_lines *lines, struct screen_line *line, unsigned int style,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Appends blanks up to this column. */
void line_fill(const struct screen_lines *lines, struct screen_line *line, unsigned int style,
	       size_t column);

/* Sets the style of the columns from this one to that one, in a line without spans behind it. */
void line_style(struct screen_line *line, unsigned int style, size_t from, size_t to);
