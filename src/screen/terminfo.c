// SPDX-License-Identifier: GPL-2.0-only
/* Asks for the description of the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "screen/terminfo.h"

const char *terminfo_refusal(void)
{
	const char *term = getenv("TERM");
	static char why[256];
	int found;

	if (!isatty(STDOUT_FILENO) || (term && !strcmp(term, "dumb")))
		return "";
	if (!term || !*term)
		return "TERM is not set";
	if (setupterm(term, STDOUT_FILENO, &found) == OK) {
		int can_move = cursor_address && *cursor_address;

		del_curterm(cur_term);
		if (can_move)
			return NULL;
		snprintf(why, sizeof(why), "the terminal '%.64s' cannot move its cursor", term);
		return why;
	}
	snprintf(why, sizeof(why),
		 found ? "the terminal '%.64s' is not one for screens"
		       : "there is no description of the terminal '%.64s'",
		 term);
	return why;
}

size_t terminfo_reset(char *sequences, size_t size)
{
	const char *const parts[] = {exit_attribute_mode, orig_pair,	keypad_local,
				     cursor_normal,	  exit_ca_mode, "\r"};
	size_t len = 0, part;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		part = parts[i] ? strlen(parts[i]) : 0;
		if (len + part > size)
			continue;
		memcpy(sequences + len, parts[i] ? parts[i] : "", part);
		len += part;
	}
	return len;
}
