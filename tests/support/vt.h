/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a terminal shows: as much of an xterm as programs with a screen use.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define VT_MAX_COLUMNS 400
#define VT_MAX_ROWS    120

struct vt_cell {
	char text[20]; /* a character and what combines with it; empty: the right half of the one
			  before */
	unsigned char color; /* 0: the default, else 1 and the number of the color */
	bool bold, reverse;
};

struct vt_page {
	struct vt_cell cells[VT_MAX_ROWS][VT_MAX_COLUMNS];
	int row, column;
	bool wraps; /* the next character goes to the next line */
};

struct vt {
	int rows, columns;
	struct vt_page pages[2]; /* the usual one, and the alternate one */
	int page;
	int top, bottom; /* that scroll */
	struct vt_cell style;
	bool cursor_hidden, keypad;
	char sequence[128]; /* an incomplete escape sequence or character */
	size_t len;
	char unknown[64]; /* the first sequence that is not known here */
};

void vt_init(struct vt *vt, int rows, int columns);
void vt_resize(struct vt *vt, int rows, int columns);
void vt_write(struct vt *vt, const char *bytes, size_t len);

/* Whether a line of the page shown has this text. */
bool vt_shows(const struct vt *vt, const char *text);

/* The lines of the page shown, without the blanks at their ends. */
void vt_print(const struct vt *vt, FILE *out);

/* The same as HTML, with colors. */
void vt_print_html(const struct vt *vt, FILE *out);
