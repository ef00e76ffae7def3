/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A screen: the model, the user's choices and the terminal together.
 */
#pragma once

#include "model/run_info.h"
#include "output/view_options.h"
#include "screen/screen_model.h"
#include "screen/screen_state.h"
#include "screen/screen_terminal.h"

struct screen {
	struct screen_model *model;
	struct screen_terminal *terminal; /* NULL: not open */
	struct screen_state state;
	struct screen_lines lines;
	char clock[16];
	bool ended; /* by the user, a signal, or with the terminal */
};

/* Whether the options ask for a screen, and the terminal can be one; warns if it cannot be. */
bool screen_wanted(const struct view_options *show, const char *output);

/*
 * Makes the model. show and filter must outlive the screen. NULL: no memory, already reported. Free
 * with screen_free().
 */
struct screen *screen_new(const struct view_options *show, const struct filter *filter,
			  const struct start *start);
void screen_free(struct screen *screen); /* takes NULL */

/* Opens and closes the terminal. Closing may be repeated. Errors are already reported. */
int screen_open(struct screen *screen);
void screen_close(struct screen *screen);

/* Takes all keys and signals, if the terminal is open. Returns whether to draw. */
bool screen_take_input(struct screen *screen);

/* Returns 0 or -ENOMEM. */
int screen_draw(struct screen *screen);
