/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Colors of a terminal, where they help: phases, losses, verdicts.
 *
 * Widths are those of the text: measure it before it is colored, or with text_width(), which counts
 * no escape sequence.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER, NR_COLOR_WHENS };

enum color {
	COLOR_NONE,
	COLOR_WAIT, /* of a teardown, and so on */
	COLOR_FREE,
	COLOR_DESTROY,
	COLOR_DEFERRED,
	COLOR_WARNING, /* losses */
	COLOR_BAD,     /* a failure, something slower */
	COLOR_GOOD,    /* a success, something faster */
	NR_COLORS,
};

/*
 * At first COLOR_AUTO: on a terminal, unless NO_COLOR is set and not empty, or TERM is not set or
 * "dumb".
 */
void color_init(enum color_when when);

/* Whether the stream gets colors. */
bool color_used(FILE *out);

/* The text to write before and after a colored one; empty for COLOR_NONE, and without colors.
 */
const char *color_start(FILE *out, enum color color);
const char *color_end(FILE *out, enum color color);
