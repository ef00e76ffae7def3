/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lays a screen out: the model and the user's choices as lines.
 */
#pragma once

#include "screen/lines.h"
#include "screen/screen_state.h"

/* The least terminal that has tables; a smaller one has a line. */
#define SCREEN_LEAST_WIDTH  20
#define SCREEN_LEAST_HEIGHT 6

/*
 * Draws the screen into lines, whose size is set. Keeps in *state what the keys need to know of it:
 * rows, pages, the selected row. Returns 0, or -ENOMEM with a part of the lines.
 */
int screen_view_draw(struct screen_lines *lines, const struct screen_model *model,
		     struct screen_state *state);

/* The parts, which are in files of their own. Each adds lines. */
void screen_header_title(struct screen_lines *lines, const struct screen_model *model,
			 const struct screen_state *state);
void screen_header_rates(struct screen_lines *lines, const struct screen_model *model,
			 enum view view);
void screen_header_pending(struct screen_lines *lines, const struct screen_model *model);
int screen_help_draw(struct screen_lines *lines, struct screen_state *state);
int screen_details_draw(struct screen_lines *lines, const struct screen_model *model,
			struct screen_state *state);

/* The rest of the screen: this text from the overlay's first line on. */
void screen_overlay_draw(struct screen_lines *lines, struct screen_state *state, const char *text);
