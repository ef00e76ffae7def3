// SPDX-License-Identifier: GPL-2.0-only
/*
 * Colors of a terminal, if the user and the terminal want them.
 */
#include <stdlib.h>
#include <string.h>

#include "output/color.h"
#include "output/terminal.h"

static enum color_when chosen = COLOR_AUTO;

void color_init(enum color_when when)
{
	chosen = when;
}

static bool is_wanted_by_environment(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_color && *no_color) && term && *term && strcmp(term, "dumb");
}

bool color_used(FILE *out)
{
	if (chosen != COLOR_AUTO)
		return chosen == COLOR_ALWAYS;
	return terminal_width(out) && is_wanted_by_environment();
}

const char *color_start(FILE *out, enum color color)
{
	static const char *const escapes[NR_COLORS] = {
		[COLOR_WAIT] = "\033[33m",	/* yellow */
		[COLOR_FREE] = "\033[36m",	/* cyan */
		[COLOR_DESTROY] = "\033[1;35m", /* bright magenta */
		[COLOR_DEFERRED] = "\033[34m",	/* blue */
		[COLOR_WARNING] = "\033[1;33m", /* bright yellow */
		[COLOR_BAD] = "\033[1;31m",	/* bright red */
		[COLOR_GOOD] = "\033[32m",	/* green */
	};

	return color != COLOR_NONE && color_used(out) ? escapes[color] : "";
}

const char *color_end(FILE *out, enum color color)
{
	return color != COLOR_NONE && color_used(out) ? "\033[0m" : "";
}
