// SPDX-License-Identifier: GPL-2.0-only
/* Takes keys and draws a screen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/color.h"
#include "output/wall_time.h"
#include "screen/screen.h"
#include "screen/screen_view.h"
#include "screen/terminfo.h"
#include "util/diag.h"

#define CLOCK_LEN 8 /* "15:04:05" */

bool screen_wanted(const struct view_options *show, const char *output)
{
	const char *why;

	if (show->format != FORMAT_TABLE || show->histogram || show->timeline || output)
		return false;
	why = terminfo_refusal();
	if (why && *why)
		diag_warn("showing tables instead of a screen: %s", why);
	return !why;
}

struct screen *screen_new(const struct view_options *show, const struct filter *filter,
			  const struct start *start)
{
	static const enum key usual[] = {KEY_CALLER, KEY_TYPE};
	bool given = show->view == VIEW_CALLS && show->nr_by;
	struct screen *screen = calloc(1, sizeof(*screen));

	if (screen)
		screen->model = screen_model_new(filter, given ? show->by : usual,
						 given ? show->nr_by : 2, start->ns);
	if (!screen || !screen->model) {
		diag_error("cannot open the screen: %s", strerror(ENOMEM));
		free(screen);
		return NULL;
	}
	screen_state_init(&screen->state, show);
	wall_time_set(start, show->timestamp);
	return screen;
}

void screen_free(struct screen *screen)
{
	if (!screen)
		return;
	screen_close(screen);
	screen_model_free(screen->model);
	free(screen);
}

int screen_open(struct screen *screen)
{
	/* Colors are attributes of ncurses, and never a part of the text. */
	bool color = color_used(stdout);
	int err;

	color_init(COLOR_NEVER);
	err = screen_terminal_open(&screen->terminal, color);
	if (err)
		screen_close(screen);
	return err;
}

void screen_close(struct screen *screen)
{
	screen_terminal_close(screen->terminal);
	screen->terminal = NULL;
}

bool screen_take_input(struct screen *screen)
{
	bool changed = false; /* is to be */
	int input;

	while (screen->terminal && !screen->ended) {
		input = screen_terminal_input(screen->terminal);
		if (input == SCREEN_INPUT_NONE)
			break;
		if (changed) /* a key goes by what is on the screen */
			screen_draw(screen);
		changed = true;
		if (input == SCREEN_INPUT_END)
			screen->ended = true;
		else if (input > 0)
			screen_state_key(&screen->state, input);
		screen->ended |= screen->state.quit;
	}
	return changed && !screen->ended;
}

int screen_draw(struct screen *screen)
{
	struct screen_state *state = &screen->state;
	char time[WALL_TIME_SIZE];
	int err;

	if (!screen->terminal)
		return 0;
	wall_time_local(time, screen->model->figures.now_ns);
	snprintf(screen->clock, sizeof(screen->clock), "%.*s", CLOCK_LEN, time);
	state->clock = screen->clock;
	screen_terminal_message(screen->terminal, state->message, sizeof(state->message));
	screen_terminal_size(screen->terminal, &screen->lines);
	err = screen_view_draw(&screen->lines, screen->model, state);
	screen_terminal_draw(screen->terminal, &screen->lines);
	return err;
}
