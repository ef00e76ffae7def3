/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal of a screen, by ncurses. It is left as it was, whatever ends the process except
 * SIGKILL.
 */
#pragma once

#include <stdbool.h>

#include "screen/lines.h"

struct screen_terminal;

/*
 * Blocks the signals that the screen takes; before any thread is created. ends: also SIGINT,
 * SIGTERM and SIGHUP, which nobody else takes.
 */
void screen_terminal_block(bool ends);

/* Opens the screen, once in a process. Returns 0 or -errno; errors are already reported. */
int screen_terminal_open(struct screen_terminal **out, bool color);

/* Gives the terminal back. What was written to stderr meanwhile follows. Takes NULL. */
void screen_terminal_close(struct screen_terminal *terminal);

/* Is readable if there are keys or signals. */
int screen_terminal_fd(const struct screen_terminal *terminal);

/* What to do next. Keys are those of screen_state.h; the terminal's size may have changed. */
enum screen_input {
	SCREEN_INPUT_NONE = -1,
	SCREEN_INPUT_REDRAW = -2, /* all of it */
	SCREEN_INPUT_END = -3,	  /* a signal, or the terminal is gone */
};
int screen_terminal_input(struct screen_terminal *terminal);

/* The signal after SCREEN_INPUT_END; 0: the terminal is gone. */
int screen_terminal_signal(const struct screen_terminal *terminal);

/* Makes all lines empty, with the terminal's size. */
void screen_terminal_size(const struct screen_terminal *terminal, struct screen_lines *lines);

void screen_terminal_draw(struct screen_terminal *terminal, const struct screen_lines *lines);

/* Copies the last line written to stderr since the screen was opened, if it is a new one. */
bool screen_terminal_message(struct screen_terminal *terminal, char *text, size_t size);
